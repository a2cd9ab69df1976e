//! `GET /api/users`: who somebody is, by name or id.

use std::sync::Arc;

use aizuchi_core::{
    chat::Ports,
    directory::{DELETED, Directory, Profile},
    error::PortError,
    identity::{Identity, TokenVerifier},
    ids::UserId,
    outcome::Refusal,
};
use aizuchi_gateway::Push;
use aizuchi_identity::http::ApiError;
use axum::{
    Json,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use crate::{Api, refused};

const NOBODY: Refusal = Refusal::NotFound("There is nobody of this name or id.");

#[derive(Debug, Deserialize)]
pub(crate) struct ByName {
    name: String,
}

pub(crate) async fn by_name<P: Ports, U: Push, V: TokenVerifier>(
    State(api): State<Arc<Api<P, U, V>>>,
    headers: HeaderMap,
    query: Result<Query<ByName>, QueryRejection>,
) -> Result<Response, ApiError> {
    let caller = admitted(&api, &headers).await?;
    let Ok(Query(ByName { name })) = query else {
        return Err(refused(&Refusal::Invalid("The parameter name is missing.")));
    };
    answer(&api, &caller, api.gateway.chat().ports().directory().by_name(&name).await).await
}

pub(crate) async fn by_id<P: Ports, U: Push, V: TokenVerifier>(
    State(api): State<Arc<Api<P, U, V>>>,
    headers: HeaderMap,
    Path(sub): Path<String>,
) -> Result<Response, ApiError> {
    let caller = admitted(&api, &headers).await?;
    let Ok(user) = UserId::parse(&sub) else {
        return Err(refused(&NOBODY));
    };
    let directory = api.gateway.chat().ports().directory();
    let found = directory.by_id(&user).await;
    if let Ok(None) = &found
        && directory.is_deleted(&user).await.map_err(|cause| refused(&cause.into()))?
    {
        let gone = json!({ "sub": user.as_str(), "username": DELETED, "deleted": true });
        return Ok(Json(gone).into_response());
    }
    answer(&api, &caller, found).await
}

/// `POST /api/introduction`: who calls, who is known from now on.
///
/// A product's user is known to others from his first connection on. So his back
/// end can make him known before, and a page learns who its token names.
pub(crate) async fn introduce<P: Ports, U: Push, V: TokenVerifier>(
    State(api): State<Arc<Api<P, U, V>>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Identity { user, username, .. } = admitted(&api, &headers).await?;
    let profile = Profile { user, username };
    let chat = api.gateway.chat();
    chat.introduce(&profile).await.map_err(|refusal| refused(&refusal))?;
    let known = chat.ports().directory().by_id(&profile.user).await;
    let known = known.map_err(|cause| refused(&cause.into()))?.unwrap_or(profile);
    let told = json!({ "sub": known.user.as_str(), "username": &*known.username });
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(told)).into_response())
}

/// Who calls, unless too often: a name that nobody has tells something too.
async fn admitted<P: Ports, U: Push, V: TokenVerifier>(
    api: &Api<P, U, V>,
    headers: &HeaderMap,
) -> Result<Identity, ApiError> {
    let caller = api.identity(headers).await?;
    api.gateway.chat().admit(&caller.user).await.map_err(|refusal| refused(&refusal))?;
    Ok(caller)
}

async fn answer<P: Ports, U: Push, V: TokenVerifier>(
    api: &Api<P, U, V>,
    caller: &Identity,
    found: Result<Option<Profile>, PortError>,
) -> Result<Response, ApiError> {
    let profile = found.map_err(|cause| refused(&cause.into()))?.ok_or_else(|| refused(&NOBODY))?;
    let looked_at = std::slice::from_ref(&profile.user);
    let allowed = api.gateway.chat().allow_look_up(&caller.user, looked_at).await;
    allowed.map_err(|refusal| refused(&refusal))?;
    Ok(Json(json!({ "sub": profile.user.as_str(), "username": &*profile.username }))
        .into_response())
}
