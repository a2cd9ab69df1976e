//! `POST /api/frames`: one client frame, answered as a socket would.

use std::sync::Arc;

use aizuchi_core::{
    chat::{Caller, Ports},
    identity::TokenVerifier,
};
use aizuchi_gateway::{Gateway, Push};
use aizuchi_identity::http::ApiError;
use aizuchi_wire::ErrorCode;
use axum::{extract::State, http::HeaderMap, response::Response};

use crate::{Api, events::json};

/// The direct answers to a frame as `{"events":[…]}`. A frame that is refused
/// is answered with an `ERROR` event, as on a socket.
///
/// # Errors
/// Where the process stops meanwhile.
pub async fn call<P: Ports, U: Push>(
    gateway: Arc<Gateway<P, U>>,
    caller: Caller,
    frame: String,
) -> Result<Response, ApiError> {
    // In a task of its own: what is durable is told to others, whether or not
    // the caller is still there.
    let calling = tokio::spawn(async move { gateway.call(&caller, &frame).await });
    let stopping = |_| ApiError::new(ErrorCode::Unavailable, "Please try that again.");
    let frames = calling.await.map_err(stopping)?;
    Ok(json(&frames, "}"))
}

pub(crate) async fn take<P: Ports, U: Push, V: TokenVerifier>(
    State(api): State<Arc<Api<P, U, V>>>,
    headers: HeaderMap,
    frame: String,
) -> Result<Response, ApiError> {
    let caller = api.caller(&headers).await?;
    call(Arc::clone(&api.gateway), caller, frame).await
}
