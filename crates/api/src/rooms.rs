//! What of rooms no socket carries: who is in one and how far each has read, and
//! the links by which people come in. A link's secret is in bodies alone, never
//! in an address, since addresses are logged.

use std::{sync::Arc, time::Duration};

use aizuchi_core::{
    chat::Ports,
    handlers::members::{MembersPage, Present},
    identity::{Identity, TokenVerifier},
    ids::{ConversationId, UserId},
    links::{Link, LinkId},
    outcome::Refusal,
    room::Role,
};
use aizuchi_gateway::{Push, decode::link_secret, encode::link_text};
use aizuchi_identity::http::ApiError;
use aizuchi_wire as wire;
use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{JsonRejection, QueryRejection},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Api, refused};

type Told<P, U, V> = State<Arc<Api<P, U, V>>>;

fn no(refusal: Refusal) -> ApiError {
    refused(&refusal)
}

fn invalid(sentence: &'static str) -> ApiError {
    refused(&Refusal::Invalid(sentence))
}

/// Nobody keeps a secret, or who has read what, where others may find it.
fn uncached(body: Value) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn room(id: &str) -> Result<ConversationId, ApiError> {
    ConversationId::parse(id).map_err(|_| no(Refusal::NotFound("There is no such conversation.")))
}

impl<P: Ports, U: Push, V: TokenVerifier> Api<P, U, V> {
    /// Who calls, unless too often.
    async fn admitted(&self, headers: &HeaderMap) -> Result<Identity, ApiError> {
        let caller = self.identity(headers).await?;
        self.gateway.chat().admit(&caller.user).await.map_err(no)?;
        Ok(caller)
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    cursor: Option<String>,
    limit: Option<usize>,
}

/// `GET /api/rooms/{id}/members`: who is in it, and how far each has read.
pub(crate) async fn members<P: Ports, U: Push, V: TokenVerifier>(
    State(api): Told<P, U, V>,
    headers: HeaderMap,
    Path(id): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, ApiError> {
    let caller = api.admitted(&headers).await?;
    let Ok(Query(Asked { cursor, limit })) = asked else {
        return Err(invalid("limit is 1 to 1,000."));
    };
    let after = cursor.as_deref().map(UserId::parse).transpose();
    let after = after.map_err(|_| invalid("cursor is what the last page ended with."))?;
    let chat = api.gateway.chat();
    let page = chat.room_members(&caller.user, &room(&id)?, after.as_ref(), limit).await;
    let MembersPage { members, next } = page.map_err(no)?;
    let members: Vec<Value> = members.iter().map(member).collect();
    let mut body = json!({ "members": members });
    if let Some(next) = next {
        body["cursor"] = json!(next.as_str());
    }
    Ok(uncached(body))
}

fn member(one: &Present) -> Value {
    let role = match one.role {
        Role::Member => wire::Role::Member,
        Role::Admin => wire::Role::Admin,
        Role::Owner => wire::Role::Owner,
    };
    json!({ "sub": one.user.as_str(), "username": &*one.username, "role": role, "read": one.read })
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wanted {
    expires_in_seconds: Option<u64>,
}

/// `POST /api/rooms/{id}/links`: makes a link. Its secret is told this once.
pub(crate) async fn make_link<P: Ports, U: Push, V: TokenVerifier>(
    State(api): Told<P, U, V>,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Result<Json<Wanted>, JsonRejection>,
) -> Result<Response, ApiError> {
    let caller = api.admitted(&headers).await?;
    let good_for = match body {
        Ok(Json(wanted)) => wanted.expires_in_seconds.map(Duration::from_secs),
        // No body at all wishes for nothing.
        Err(JsonRejection::MissingJsonContentType(_)) => None,
        Err(_) => return Err(invalid("The body is not the JSON this call takes.")),
    };
    let made = api.gateway.chat().make_link(&caller.user, &room(&id)?, good_for).await;
    let (link, secret) = made.map_err(no)?;
    let told = json!({ "linkId": link.id.to_string(), "secret": link_text(secret),
        "expiresAt": link.expires_at });
    Ok((StatusCode::CREATED, uncached(told)).into_response())
}

/// `GET /api/rooms/{id}/links`: those that lead somewhere.
pub(crate) async fn links<P: Ports, U: Push, V: TokenVerifier>(
    State(api): Told<P, U, V>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let caller = api.admitted(&headers).await?;
    let links = api.gateway.chat().links(&caller.user, &room(&id)?).await.map_err(no)?;
    let one = |link: &Link| {
        json!({ "linkId": link.id.to_string(), "createdBy": link.created_by.as_str(),
            "createdAt": link.created_at, "expiresAt": link.expires_at })
    };
    let links: Vec<Value> = links.iter().map(one).collect();
    Ok(uncached(json!({ "links": links })))
}

/// `DELETE /api/rooms/{id}/links/{linkId}`: takes one back.
pub(crate) async fn revoke_link<P: Ports, U: Push, V: TokenVerifier>(
    State(api): Told<P, U, V>,
    headers: HeaderMap,
    Path((id, link)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let caller = api.admitted(&headers).await?;
    let none = Refusal::NotFound("This room has no such link.");
    let link = LinkId::parse(&link).ok_or(none).map_err(no)?;
    let revoked = api.gateway.chat().revoke_link(&caller.user, &room(&id)?, link).await;
    revoked.map_err(no)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(crate) struct Held {
    secret: String,
}

/// `POST /api/rooms/preview`: where a link leads. By `POST`, so that the secret
/// is in no address.
pub(crate) async fn preview<P: Ports, U: Push, V: TokenVerifier>(
    State(api): Told<P, U, V>,
    headers: HeaderMap,
    body: Result<Json<Held>, JsonRejection>,
) -> Result<Response, ApiError> {
    let caller = api.admitted(&headers).await?;
    let Ok(Json(Held { secret })) = body else {
        return Err(invalid("The body is not the JSON this call takes."));
    };
    let secret = link_secret(&secret).map_err(no)?;
    let seen = api.gateway.chat().preview(&caller.user, secret).await.map_err(no)?;
    Ok(uncached(json!({ "conversationId": seen.room.as_str(), "name": &*seen.name,
        "members": seen.members })))
}
