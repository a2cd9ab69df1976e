//! What somebody has decided about others: whom he blocks, who sees whether he
//! is there, and what he reports.

use std::sync::Arc;

use aizuchi_core::{
    chat::Ports,
    handlers::relations::Complaint,
    identity::TokenVerifier,
    ids::{ConversationId, UserId},
    outcome::Refusal,
    relations::Audience,
};
use aizuchi_gateway::Push;
use aizuchi_identity::http::ApiError;
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Api, refused};

const NOT_THE_JSON: Refusal = Refusal::Invalid("The body is not the JSON this call takes.");

/// `GET /api/blocks`: whom the caller blocks.
pub(crate) async fn blocks<P: Ports, U: Push, V: TokenVerifier>(
    State(api): State<Arc<Api<P, U, V>>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let caller = api.identity(&headers).await?;
    let chat = api.gateway.chat();
    chat.admit(&caller.user).await.map_err(|refusal| refused(&refusal))?;
    let people = chat.blocked(&caller.user).await.map_err(|refusal| refused(&refusal))?;
    let people: Vec<Value> = people
        .iter()
        .map(|one| json!({ "sub": one.user.as_str(), "username": &*one.username }))
        .collect();
    Ok(Json(json!({ "blocked": people })).into_response())
}

/// Who may see whether somebody is there, as it is written.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Written {
    Everybody,
    Contacts,
    Nobody,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Shown {
    audience: Written,
}

impl From<Written> for Audience {
    fn from(written: Written) -> Self {
        match written {
            Written::Everybody => Self::Everybody,
            Written::Contacts => Self::Contacts,
            Written::Nobody => Self::Nobody,
        }
    }
}

impl From<Audience> for Written {
    fn from(audience: Audience) -> Self {
        match audience {
            Audience::Everybody => Self::Everybody,
            Audience::Contacts => Self::Contacts,
            Audience::Nobody => Self::Nobody,
        }
    }
}

/// `GET /api/me/presence`: who may see whether the caller is there.
pub(crate) async fn audience<P: Ports, U: Push, V: TokenVerifier>(
    State(api): State<Arc<Api<P, U, V>>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let caller = api.identity(&headers).await?;
    let chat = api.gateway.chat();
    chat.admit(&caller.user).await.map_err(|refusal| refused(&refusal))?;
    let audience = chat.audience(&caller.user).await.map_err(|refusal| refused(&refusal))?;
    Ok(Json(Shown { audience: audience.into() }).into_response())
}

/// `PUT /api/me/presence`: decides it.
pub(crate) async fn set_audience<P: Ports, U: Push, V: TokenVerifier>(
    State(api): State<Arc<Api<P, U, V>>>,
    headers: HeaderMap,
    body: Result<Json<Shown>, JsonRejection>,
) -> Result<StatusCode, ApiError> {
    let caller = api.caller(&headers).await?;
    let Json(Shown { audience }) = body.map_err(|_| refused(&NOT_THE_JSON))?;
    let done = api.gateway.set_audience(&caller, audience.into()).await;
    done.map_err(|refusal| refused(&refusal))?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Told {
    sub: String,
    #[serde(default)]
    conversation_id: Option<String>,
    #[serde(default)]
    seq: Option<u64>,
    reason: String,
}

impl Told {
    fn complaint(self) -> Result<Complaint, Refusal> {
        let about = UserId::parse(&self.sub)
            .map_err(|_| Refusal::NotFound("There is nobody with this id."))?;
        let conversation = self.conversation_id.as_deref().map(ConversationId::parse).transpose();
        let conversation =
            conversation.map_err(|_| Refusal::NotFound("There is no such conversation."))?;
        Ok(Complaint { about, conversation, seq: self.seq, reason: self.reason.into() })
    }
}

/// `POST /api/reports`: tells the operator about somebody. His log has the ids,
/// and the reason is kept where he can read it.
pub(crate) async fn report<P: Ports, U: Push, V: TokenVerifier>(
    State(api): State<Arc<Api<P, U, V>>>,
    headers: HeaderMap,
    body: Result<Json<Told>, JsonRejection>,
) -> Result<StatusCode, ApiError> {
    let caller = api.identity(&headers).await?;
    let chat = api.gateway.chat();
    chat.admit(&caller.user).await.map_err(|refusal| refused(&refusal))?;
    let Json(told) = body.map_err(|_| refused(&NOT_THE_JSON))?;
    let complaint = told.complaint().map_err(|refusal| refused(&refusal))?;
    let report = chat.report(&caller.user, complaint).await;
    let report = report.map_err(|refusal| refused(&refusal))?;
    tracing::warn!(
        by = report.by.as_str(),
        about = report.about.as_str(),
        conversation = report.conversation.as_ref().map(ConversationId::as_str),
        seq = report.seq,
        "somebody was reported"
    );
    Ok(StatusCode::NO_CONTENT)
}
