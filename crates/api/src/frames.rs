//! `POST /api/frames`: one client frame, answered as a socket would.

use std::sync::Arc;

use aizuchi_core::{chat::Ports, identity::TokenVerifier};
use aizuchi_gateway::Push;
use aizuchi_identity::http::ApiError;
use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

use crate::Api;

/// The direct answers as `{"events":[…]}`. A frame that is refused is answered
/// with an `ERROR` event, as on a socket.
pub(crate) async fn take<P: Ports, U: Push, V: TokenVerifier>(
    State(api): State<Arc<Api<P, U, V>>>,
    headers: HeaderMap,
    frame: String,
) -> Result<Response, ApiError> {
    let caller = api.caller(&headers).await?;
    let frames = api.gateway.call(&caller, &frame).await;
    // Frames are JSON already: they are joined, not read again.
    let mut body = Vec::with_capacity(16 + frames.iter().map(|one| one.len() + 1).sum::<usize>());
    body.extend_from_slice(br#"{"events":["#);
    for (at, frame) in frames.iter().enumerate() {
        if at > 0 {
            body.push(b',');
        }
        body.extend_from_slice(frame);
    }
    body.extend_from_slice(b"]}");
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, body).into_response())
}
