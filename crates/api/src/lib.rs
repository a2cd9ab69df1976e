//! The HTTP side that every front serves, over any gateway: who somebody is,
//! the frames of callers who hold no socket, and what a chat costs.

mod cursor;
mod estimate;
mod events;
mod frames;
mod people;
mod refused;
mod whole;

use std::sync::Arc;

use aizuchi_core::{
    accounts::SessionId,
    chat::{Caller, Ports},
    identity::{Identity, TokenVerifier},
    ids::{ConnectionId, Ids},
    registry::Level,
};
use aizuchi_gateway::{Gateway, Push};
use aizuchi_identity::http::{ApiError, Origins, bearer, cross_origin};
use axum::{
    Router,
    http::HeaderMap,
    routing::{get, post},
};

pub use cursor::{Cursor, Place, Since};
pub use events::{Asked, Events, changes};
pub use frames::call;
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
    let calls = Router::new()
        .route("/api/users", get(people::by_name::<P, U, V>))
        .route("/api/users/{sub}", get(people::by_id::<P, U, V>))
        .route("/api/estimate", get(estimate::estimate))
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
        .route("/api/estimate", get(estimate::estimate))
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
    /// Who calls.
    async fn identity(&self, headers: &HeaderMap) -> Result<Identity, ApiError> {
        bearer(&self.verifier, headers).await
    }

    /// Who calls, as the gateway knows callers: over a connection of no front,
    /// so that all his devices hear of what he does.
    async fn caller(&self, headers: &HeaderMap) -> Result<Caller, ApiError> {
        let Identity { user, session, .. } = self.identity(headers).await?;
        Ok(Caller { connection: self.nowhere(), user, level: Level::One, session })
    }

    /// Who calls, as the gateway knows callers.
    async fn caller(&self, headers: &HeaderMap) -> Result<Caller, ApiError> {
        let identity = self.identity(headers).await?;
        Ok(from_nowhere(identity, self.gateway.chat().ports().ids()))
    }
}
