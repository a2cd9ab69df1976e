//! The HTTP side that every front serves, over any gateway: who somebody is,
//! the frames of callers who hold no socket, and what a chat costs.

mod attachments;
mod cursor;
mod estimate;
mod events;
mod export;
mod frames;
mod messages;
mod notices;
mod openapi;
mod people;
mod refused;
mod relations;
mod rooms;
mod whole;

use std::sync::Arc;

use aizuchi_core::{
    accounts::SessionId,
    chat::{Caller, Ports},
    directory::Directory,
    error::PortError,
    identity::{Identity, TokenVerifier},
    ids::{ConnectionId, Ids, UserId},
    registry::Level,
};
use aizuchi_gateway::{Gateway, Push};
use aizuchi_identity::http::{ApiError, Origins, bearer, cross_origin};
use aizuchi_wire::ErrorCode;
use axum::{
    Router,
    http::HeaderMap,
    routing::{delete, get, post},
};

pub use attachments::{FileSettings, Files, PIECE_BYTES, attachments_router};
pub use cursor::{Cursor, Place, Since};
pub use events::{Asked, Events, changes};
pub use frames::call;
pub use notices::notices_router;
pub use openapi::{Served, SignsIn, openapi, openapi_router};
pub use refused::refused;
pub use whole::whole;

/// What the handlers share.
#[derive(Debug)]
struct Api<P, U, V> {
    gateway: Arc<Gateway<P, U>>,
    verifier: V,
}

/// The calls under `/api` that are about the chat, for pages of these origins
/// and for callers without one; but for [`without_lines`].
pub fn router<P: Ports, U: Push, V: TokenVerifier>(
    gateway: Arc<Gateway<P, U>>,
    verifier: V,
    origins: Arc<Origins>,
) -> Router {
    let own_presence = get(relations::audience::<P, U, V>).put(relations::set_audience::<P, U, V>);
    let links = get(rooms::links::<P, U, V>).post(rooms::make_link::<P, U, V>);
    let calls = Router::new()
        .route("/api/users", get(people::by_name::<P, U, V>))
        .route("/api/users/{sub}", get(people::by_id::<P, U, V>))
        .route("/api/introduction", post(people::introduce::<P, U, V>))
        .route("/api/blocks", get(relations::blocks::<P, U, V>))
        .route("/api/reports", post(relations::report::<P, U, V>))
        .route("/api/me/presence", own_presence)
        .route("/api/messages", post(messages::send::<P, U, V>))
        .route("/api/conversations", get(messages::list::<P, U, V>))
        .route("/api/conversations/{id}/messages", get(messages::history::<P, U, V>))
        .route("/api/rooms/preview", post(rooms::preview::<P, U, V>))
        .route("/api/rooms/{id}/members", get(rooms::members::<P, U, V>))
        .route("/api/rooms/{id}/links", links)
        .route("/api/rooms/{id}/links/{link}", delete(rooms::revoke_link::<P, U, V>))
        .route("/api/estimate", get(estimate::estimate))
        .route("/api/me/export", get(export::export::<P, U, V>))
        .with_state(Arc::new(Api { gateway, verifier }));
    cross_origin(calls, origins)
}

/// The chat without a socket, for a front that can hold no lines and so lets
/// nobody wait.
pub fn without_lines<P: Ports, U: Push, V: TokenVerifier>(
    gateway: Arc<Gateway<P, U>>,
    verifier: V,
    origins: Arc<Origins>,
) -> Router {
    let calls = Router::new()
        .route("/api/frames", post(frames::take::<P, U, V>))
        .route("/api/events", get(events::since::<P, U, V>))
        .with_state(Arc::new(Api { gateway, verifier }));
    cross_origin(calls, origins)
}

/// A caller over a connection of no front, so that all his devices hear of what
/// he does.
pub fn from_nowhere(identity: Identity, ids: &impl Ids) -> Caller {
    let Identity { user, session, .. } = identity;
    let name = format!("http:{}", SessionId(ids.random()));
    #[expect(clippy::expect_used, reason = "digits and a colon are a valid id")]
    let connection = ConnectionId::parse(&name).expect("a valid id");
    Caller { connection, user, level: Level::One, session }
}

impl<P: Ports, U: Push, V: TokenVerifier> Api<P, U, V> {
    /// Who calls. Whoever deleted his account may have a token still, where
    /// another issuer gave it.
    async fn identity(&self, headers: &HeaderMap) -> Result<Identity, ApiError> {
        let identity = bearer(&self.verifier, headers).await?;
        if self.is_gone(&identity.user).await.map_err(|cause| refused(&cause.into()))? {
            return Err(ApiError::new(ErrorCode::Unauthorized, "This account was deleted."));
        }
        Ok(identity)
    }

    async fn is_gone(&self, user: &UserId) -> Result<bool, PortError> {
        let directory = self.gateway.chat().ports().directory();
        Ok(directory.by_id(user).await?.is_none() && directory.is_deleted(user).await?)
    }

    /// Who calls, as the gateway knows callers.
    async fn caller(&self, headers: &HeaderMap) -> Result<Caller, ApiError> {
        let identity = self.identity(headers).await?;
        Ok(from_nowhere(identity, self.gateway.chat().ports().ids()))
    }
}
