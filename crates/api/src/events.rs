//! `GET /api/events`: what changed, for those who hold no socket.

use std::sync::Arc;

use aizuchi_core::{chat::Ports, identity::TokenVerifier, outcome::Refusal};
use aizuchi_gateway::Push;
use aizuchi_identity::http::ApiError;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use crate::{Api, refused};

#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    /// From the last answer; without it, all conversations.
    after: Option<String>,
    /// How long to wait where nothing changed, in seconds. A wait of 0 is all
    /// that is served.
    #[serde(default)]
    wait: u8,
}

/// `{"events":[SYNC],"after":"…","more":false}`: the conversations that changed
/// after a cursor. Who is behind in one of them takes its messages by `GETMSG`.
pub(crate) async fn since<P: Ports, U: Push, V: TokenVerifier>(
    State(api): State<Arc<Api<P, U, V>>>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, ApiError> {
    let caller = api.caller(&headers).await?;
    let asked = asked.ok().filter(|Query(asked)| asked.wait <= MOST_WAIT);
    let Some(Query(Asked { after, .. })) = asked else {
        return Err(refused(&Refusal::Invalid("after is a cursor, and wait 0 to 25 seconds.")));
    };
    let changes = api.gateway.changes(&caller, after.as_deref()).await;
    let (frame, after, more) = changes.map_err(|refusal| refused(&refusal))?;
    // The frame is JSON already, and a cursor is digits.
    let mut body = Vec::with_capacity(frame.len() + 64);
    body.extend_from_slice(br#"{"events":["#);
    body.extend_from_slice(&frame);
    body.extend_from_slice(format!(r#"],"after":"{after}","more":{more}}}"#).as_bytes());
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, body).into_response())
}

/// The longest wait that may be asked for, in seconds.
const MOST_WAIT: u8 = 25;
