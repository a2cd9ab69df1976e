//! The chat as calls of their own, for back ends that would rather ask than
//! speak in frames. Each is a frame, and does what that frame does.

use std::sync::Arc;

use aizuchi_core::{
    chat::{Caller, Ports},
    identity::TokenVerifier,
    ids::Ids as _,
    outcome::Refusal,
};
use aizuchi_gateway::Push;
use aizuchi_identity::http::ApiError;
use aizuchi_wire::ErrorCode;
use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{JsonRejection, QueryRejection},
    },
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Api, refused};

/// What a bot sends.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Message {
    to: Option<String>,
    conversation_id: Option<String>,
    #[serde(default)]
    message: String,
    reply_to: Option<u64>,
    mentions: Option<Vec<String>>,
    attachments: Option<Vec<String>>,
    client_msg_id: Option<String>,
}

/// Which part of a history.
#[derive(Debug, Deserialize)]
pub(crate) struct Part {
    before: Option<u64>,
    after: Option<u64>,
    limit: Option<u64>,
}

/// Which part of the list.
#[derive(Debug, Deserialize)]
pub(crate) struct Listing {
    cursor: Option<String>,
    limit: Option<u64>,
}

/// The frame that a call is.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Frame {
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mentions: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_msg_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// `POST /api/messages`.
pub(crate) async fn send<P: Ports, U: Push, V: TokenVerifier>(
    State(api): State<Arc<Api<P, U, V>>>,
    headers: HeaderMap,
    body: Result<Json<Message>, JsonRejection>,
) -> Result<Response, ApiError> {
    let caller = api.caller(&headers).await?;
    let Json(sent) =
        body.map_err(|_| refused(&Refusal::Invalid("The body is not the JSON this call takes.")))?;
    let ids = api.gateway.chat().ports().ids();
    let frame = Frame {
        action: "SENDMSG",
        to_sub: sent.to,
        conversation_id: sent.conversation_id,
        message: Some(sent.message),
        reply_to: sent.reply_to,
        mentions: sent.mentions,
        attachments: sent.attachments,
        client_msg_id: Some(sent.client_msg_id.unwrap_or_else(|| format!("{:032x}", ids.random()))),
        ..Frame::default()
    };
    ask(&api, caller, frame).await
}

/// `GET /api/conversations/{id}/messages`.
pub(crate) async fn history<P: Ports, U: Push, V: TokenVerifier>(
    State(api): State<Arc<Api<P, U, V>>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    part: Result<Query<Part>, QueryRejection>,
) -> Result<Response, ApiError> {
    let caller = api.caller(&headers).await?;
    let Query(Part { before, after, limit }) =
        part.map_err(|_| refused(&Refusal::Invalid("before, after and limit are whole numbers.")))?;
    let conversation_id = Some(id);
    let frame =
        Frame { action: "GETMSG", conversation_id, before, after, limit, ..Frame::default() };
    ask(&api, caller, frame).await
}

/// `GET /api/conversations`.
pub(crate) async fn list<P: Ports, U: Push, V: TokenVerifier>(
    State(api): State<Arc<Api<P, U, V>>>,
    headers: HeaderMap,
    listing: Result<Query<Listing>, QueryRejection>,
) -> Result<Response, ApiError> {
    let caller = api.caller(&headers).await?;
    let Query(Listing { cursor, limit }) =
        listing.map_err(|_| refused(&Refusal::Invalid("limit is a whole number.")))?;
    let frame = Frame { action: "CONVERSATIONS", cursor, limit, ..Frame::default() };
    ask(&api, caller, frame).await
}

/// Does what a frame asks, and tells its one answer without its `action`.
async fn ask<P: Ports, U: Push, V: TokenVerifier>(
    api: &Api<P, U, V>,
    caller: Caller,
    frame: Frame,
) -> Result<Response, ApiError> {
    let frame = serde_json::to_string(&frame).map_err(|_| no_answer())?;
    let gateway = Arc::clone(&api.gateway);
    // In a task of its own: what is durable is told to others, whether or not
    // the caller is still there.
    let asked = tokio::spawn(async move { gateway.call(&caller, &frame).await });
    let answers = asked.await.map_err(|_| no_answer())?;
    let answer = answers.first().and_then(read).ok_or_else(no_answer)?;
    told(answer)
}

fn read(frame: &Bytes) -> Option<Map<String, Value>> {
    serde_json::from_slice(frame).ok()
}

fn told(mut answer: Map<String, Value>) -> Result<Response, ApiError> {
    let action = answer.remove("action");
    if action.as_ref().and_then(Value::as_str) != Some("ERROR") {
        let no_store = [(header::CACHE_CONTROL, "no-store")];
        return Ok((no_store, Json(answer)).into_response());
    }
    let code = answer.remove("code").and_then(|code| serde_json::from_value(code).ok());
    let sentence = answer.get("error").and_then(Value::as_str).unwrap_or_default();
    let error = ApiError::new(code.unwrap_or(ErrorCode::Unavailable), sentence);
    let wait = answer.get("retryAfterMs").and_then(Value::as_u64);
    Err(wait.map_or(error.clone(), |ms| error.retry_after(ms)))
}

fn no_answer() -> ApiError {
    ApiError::new(ErrorCode::Unavailable, "Please try that again.")
}
