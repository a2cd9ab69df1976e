//! `GET /api/users`: who somebody is, by name or id.

use std::sync::Arc;

use aizuchi_core::{
    chat::Ports,
    directory::{Directory, Profile},
    error::PortError,
    identity::{Identity, TokenVerifier},
    ids::UserId,
    outcome::Refusal,
};
use aizuchi_gateway::encode::told;
use aizuchi_wire::ErrorCode;
use axum::{
    Json,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use crate::App;

#[derive(Debug, Deserialize)]
pub(crate) struct ByName {
    name: String,
}

pub(crate) async fn by_name<P: Ports, V: TokenVerifier>(
    State(app): State<Arc<App<P, V>>>,
    headers: HeaderMap,
    query: Result<Query<ByName>, QueryRejection>,
) -> Response {
    let Ok(Query(ByName { name })) = query else {
        return refuse(&Refusal::Invalid("The parameter name is missing."));
    };
    look_up(&app, &headers, app.gateway.chat().ports().directory().by_name(&name)).await
}

pub(crate) async fn by_id<P: Ports, V: TokenVerifier>(
    State(app): State<Arc<App<P, V>>>,
    headers: HeaderMap,
    Path(sub): Path<String>,
) -> Response {
    let Ok(user) = UserId::parse(&sub) else {
        return refuse(&Refusal::NotFound("There is nobody with this id."));
    };
    look_up(&app, &headers, app.gateway.chat().ports().directory().by_id(&user)).await
}

async fn look_up<P: Ports, V: TokenVerifier>(
    app: &App<P, V>,
    headers: &HeaderMap,
    found: impl Future<Output = Result<Option<Profile>, PortError>>,
) -> Response {
    let Some(caller) = bearer(&app.verifier, headers).await else {
        return error(ErrorCode::Unauthorized, "Sign in first.", None);
    };
    let profile = match found.await {
        Ok(Some(profile)) => profile,
        Ok(None) => return refuse(&Refusal::NotFound("There is nobody with this name.")),
        Err(cause) => return refuse(&cause.into()),
    };
    let looked_at = std::slice::from_ref(&profile.user);
    match app.gateway.chat().allow_look_up(&caller.user, looked_at).await {
        Ok(()) => Json(json!({ "sub": profile.user.as_str(), "username": &*profile.username }))
            .into_response(),
        Err(refusal) => refuse(&refusal),
    }
}

/// Whom the `Authorization` header names.
async fn bearer(verifier: &impl TokenVerifier, headers: &HeaderMap) -> Option<Identity> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    verifier.verify(token.trim()).await.ok()
}

/// A refusal as the HTTP side tells it.
fn refuse(refusal: &Refusal) -> Response {
    if let Refusal::Port(failure) = refusal {
        let cause = std::error::Error::source(failure).map(ToString::to_string);
        tracing::error!(error = %failure, cause, "a port failed");
    }
    let (code, sentence) = told(refusal);
    let retry_after_ms = match refusal {
        Refusal::RateLimited { retry_after_ms } => Some(*retry_after_ms),
        _ => None,
    };
    error(code, sentence, retry_after_ms)
}

/// An error as the HTTP side tells it.
pub(crate) fn error(code: ErrorCode, sentence: &str, retry_after_ms: Option<u64>) -> Response {
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut body = json!({ "code": code.as_str(), "error": sentence });
    let Some(ms) = retry_after_ms else { return (status, Json(body)).into_response() };
    body["retryAfterMs"] = ms.into();
    let seconds = ms.div_ceil(1_000).to_string();
    (status, [(header::RETRY_AFTER, seconds)], Json(body)).into_response()
}
