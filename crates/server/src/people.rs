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
use aizuchi_identity::http::{ApiError, bearer};
use axum::{
    Json,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use crate::App;

const NOBODY: Refusal = Refusal::NotFound("There is nobody of this name or id.");

#[derive(Debug, Deserialize)]
pub(crate) struct ByName {
    name: String,
}

pub(crate) async fn by_name<P: Ports, V: TokenVerifier>(
    State(app): State<Arc<App<P, V>>>,
    headers: HeaderMap,
    query: Result<Query<ByName>, QueryRejection>,
) -> Result<Response, ApiError> {
    let caller = admitted(&app, &headers).await?;
    let Ok(Query(ByName { name })) = query else {
        return Err(refused(&Refusal::Invalid("The parameter name is missing.")));
    };
    answer(&app, &caller, app.gateway.chat().ports().directory().by_name(&name).await).await
}

pub(crate) async fn by_id<P: Ports, V: TokenVerifier>(
    State(app): State<Arc<App<P, V>>>,
    headers: HeaderMap,
    Path(sub): Path<String>,
) -> Result<Response, ApiError> {
    let caller = admitted(&app, &headers).await?;
    let Ok(user) = UserId::parse(&sub) else {
        return Err(refused(&NOBODY));
    };
    answer(&app, &caller, app.gateway.chat().ports().directory().by_id(&user).await).await
}

/// Who calls, unless too often: a name that nobody has tells something too.
async fn admitted<P: Ports, V: TokenVerifier>(
    app: &App<P, V>,
    headers: &HeaderMap,
) -> Result<Identity, ApiError> {
    let caller = bearer(&app.verifier, headers).await?;
    app.gateway.chat().admit(&caller.user).await.map_err(|refusal| refused(&refusal))?;
    Ok(caller)
}

async fn answer<P: Ports, V: TokenVerifier>(
    app: &App<P, V>,
    caller: &Identity,
    found: Result<Option<Profile>, PortError>,
) -> Result<Response, ApiError> {
    let profile = found.map_err(|cause| refused(&cause.into()))?.ok_or_else(|| refused(&NOBODY))?;
    let looked_at = std::slice::from_ref(&profile.user);
    let allowed = app.gateway.chat().allow_look_up(&caller.user, looked_at).await;
    allowed.map_err(|refusal| refused(&refusal))?;
    Ok(Json(json!({ "sub": profile.user.as_str(), "username": &*profile.username }))
        .into_response())
}

/// A refusal as the HTTP side tells it.
pub(crate) fn refused(refusal: &Refusal) -> ApiError {
    if let Refusal::Port(failure) = refusal {
        let cause = std::error::Error::source(failure).map(ToString::to_string);
        tracing::error!(error = %failure, cause, "a port failed");
    }
    let (code, sentence) = told(refusal);
    let error = ApiError::new(code, sentence);
    match refusal {
        Refusal::RateLimited { retry_after_ms } => error.retry_after(*retry_after_ms),
        _ => error,
    }
}
