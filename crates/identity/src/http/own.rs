//! One's own sessions, and leaving for good.

use aizuchi_core::{
    accounts::{Accounts, Session, SessionId, Whereabouts},
    identity::Identity,
};
use axum::{
    Json as Answer,
    extract::{Path, State},
    response::IntoResponse,
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

use super::{
    Front, Shared,
    accounts::{counted, no_store},
    body::Json,
    cookies::put,
    error::{ApiError, bearer},
    rate::{Attempt, ClientAddress},
};
use crate::pool::PoolError;

/// A session, as its owner sees it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Own {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    /// In ms since the epoch, where it was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<u64>,
    /// When it began or was last refreshed, in ms since the epoch.
    last_used_at: u64,
    /// Whether it is the one that asks.
    current: bool,
}

impl Own {
    pub(super) fn new(
        id: SessionId,
        from: &Whereabouts,
        (created_at, last_used_at): (Option<u64>, u64),
        current: Option<SessionId>,
    ) -> Self {
        let text = |text: &Option<std::sync::Arc<str>>| text.as_deref().map(str::to_owned);
        Self {
            id: id.to_string(),
            device: text(&from.device),
            place: text(&from.place),
            created_at,
            last_used_at,
            current: current == Some(id),
        }
    }
}

/// All of somebody's.
#[derive(Debug, Serialize)]
pub(super) struct Sessions {
    pub(super) sessions: Vec<Own>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Farewell {
    /// Again, since this cannot be undone.
    #[serde(default)]
    pub(super) password: Option<String>,
}

/// What is told of a session that is not one's own, or none.
pub(super) fn no_session() -> ApiError {
    ApiError::new(aizuchi_wire::ErrorCode::NotFound, "You have no such session.")
}

impl<A: Accounts> Front<A> {
    async fn caller(
        &self,
        address: ClientAddress,
        headers: &HeaderMap,
    ) -> Result<Identity, ApiError> {
        let caller = bearer(&*self.verifier, headers).await?;
        self.limits.limit(Attempt::Refresh, address.0, "").map_err(PoolError::from)?;
        Ok(caller)
    }
}

/// `GET /api/sessions`.
pub(crate) async fn sessions<A: Accounts>(
    State(front): Shared<A>,
    address: ClientAddress,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let caller = front.caller(address, &headers).await?;
    let sessions = front.pool.sessions(&caller.user).await?;
    let own = |session: Session| {
        let times = (Some(session.created_at), session.last_used_at);
        Own::new(session.id, &session.from, times, caller.session)
    };
    Ok((no_store(), Answer(Sessions { sessions: sessions.into_iter().map(own).collect() })))
}

/// `DELETE /api/sessions/{id}`.
pub(crate) async fn end_session<A: Accounts>(
    State(front): Shared<A>,
    address: ClientAddress,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let caller = front.caller(address, &headers).await?;
    let id = SessionId::parse(&id).ok_or_else(no_session)?;
    if front.pool.end_own(&caller.user, id).await? {
        Ok((StatusCode::NO_CONTENT, no_store()))
    } else {
        Err(no_session())
    }
}

/// `DELETE /api/sessions`: all but the one that asks.
pub(crate) async fn end_others<A: Accounts>(
    State(front): Shared<A>,
    address: ClientAddress,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let caller = front.caller(address, &headers).await?;
    front.pool.end_others(&caller.user, caller.session).await?;
    Ok((StatusCode::NO_CONTENT, no_store()))
}

/// `DELETE /api/me`.
pub(crate) async fn leave<A: Accounts>(
    State(front): Shared<A>,
    address: ClientAddress,
    headers: HeaderMap,
    Json(body): Json<Farewell>,
) -> Result<impl IntoResponse, ApiError> {
    let caller = bearer(&*front.verifier, &headers).await?;
    let name = counted(&caller.username);
    front.limits.limit(Attempt::SignIn, address.0, &name).map_err(PoolError::from)?;
    let password = body.password.as_deref().unwrap_or_default();
    let left = front.pool.leave(&caller.user, password).await;
    if !matches!(left, Err(PoolError::WrongCredentials)) {
        front.limits.right(address.0, &name);
    }
    left?;
    let mut answer = no_store();
    put(&mut answer, [front.cookies().clear_refresh()]);
    Ok((StatusCode::NO_CONTENT, answer))
}
