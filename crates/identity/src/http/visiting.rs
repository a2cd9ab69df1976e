//! Sessions that another issuer began: noted as they are used, listed, and
//! ended here, since no issuer lists or ends one of several.

use std::sync::Arc;

use aizuchi_core::{
    accounts::{SessionId, Visit, Visits, Whereabouts},
    clock::Clock,
    directory::Directory,
    error::PortError,
    identity::Identity,
    ids::UserId,
};
use axum::{
    Json as Answer, Router,
    extract::{Path, State},
    response::IntoResponse,
    routing::{delete, get},
};
use http::{HeaderMap, StatusCode};

use super::{
    accounts::no_store,
    error::{ApiError, bearer},
    own::{Own, Sessions, no_session},
    rate::{Attempt, ClientAddress, RateLimits},
};
use crate::{ended::SessionEvents, limits::FRESH_MS, pool::PoolError, verify::Verifier};

/// What is done with such sessions.
pub(super) struct Visiting<D> {
    pub(super) people: Arc<D>,
    pub(super) verifier: Arc<Verifier>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) sockets: Arc<dyn SessionEvents>,
    pub(super) limits: Arc<dyn RateLimits>,
    /// How long a refresh token is kept, in ms.
    pub(super) life: u64,
}

/// Whether a session begins or goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Begins,
    GoesOn,
}

type Shared<D> = State<Arc<Visiting<D>>>;

/// `/api/sessions`, of this issuer's people.
pub(super) fn routes<D: Directory + Visits>(visiting: Arc<Visiting<D>>) -> Router {
    Router::new()
        .route("/api/sessions", get(sessions).delete(end_others))
        .route("/api/sessions/{id}", delete(end))
        .with_state(visiting)
}

impl<D: Directory + Visits> Visiting<D> {
    /// Notes that somebody signed in or refreshed. Refuses whose session was
    /// ended, and whoever deleted his account.
    pub(super) async fn note(
        &self,
        identity: &Identity,
        from: Whereabouts,
        is: Use,
    ) -> Result<(), ApiError> {
        if self.people.by_id(&identity.user).await.map_err(failed)?.is_none()
            && self.people.is_deleted(&identity.user).await.map_err(failed)?
        {
            return Err(ApiError::forbidden("This account was deleted."));
        }
        let Some(id) = identity.session else { return Ok(()) };
        let now = self.clock.now_ms();
        let visit = Visit {
            id,
            from,
            created_at: (is == Use::Begins).then_some(now),
            last_used_at: now,
            expires_at: now.saturating_add(self.life),
        };
        let noted = self.people.note(&identity.user, &visit).await.map_err(failed)?;
        if noted { Ok(()) } else { Err(PoolError::SessionOver.into()) }
    }

    /// Ends a session of this person's: it is not refreshed here any more, its
    /// sockets are closed, and its access tokens open none. False where it is
    /// none of his that lives.
    pub(super) async fn end(&self, user: &UserId, id: SessionId) -> Result<bool, ApiError> {
        let now = self.clock.now_ms();
        let ended = self.people.end_visit(user, id, now).await.map_err(failed)?;
        if ended {
            self.close(user, id, now).await;
        }
        Ok(ended)
    }

    /// Ends the session of a token, whether it was noted or not.
    pub(super) async fn end_current(&self, caller: &Identity) {
        let Some(id) = caller.session else { return };
        let now = self.clock.now_ms();
        if let Err(error) = self.people.end_visit(&caller.user, id, now).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot note a session's end");
        }
        self.close(&caller.user, id, now).await;
    }

    /// Ends a person's sessions but `keep`.
    pub(super) async fn end_all(
        &self,
        user: &UserId,
        keep: Option<SessionId>,
    ) -> Result<(), ApiError> {
        let visits = self.people.visits(user, self.clock.now_ms()).await.map_err(failed)?;
        for visit in visits {
            if Some(visit.id) != keep {
                self.end(user, visit.id).await?;
            }
        }
        Ok(())
    }

    /// Ends all that a person has open, but leaves the token that asks as it is.
    pub(super) async fn replace(&self, caller: &Identity) -> Result<(), ApiError> {
        self.end_all(&caller.user, caller.session).await?;
        if let Some(id) = caller.session {
            let now = self.clock.now_ms();
            self.people.end_visit(&caller.user, id, now).await.map_err(failed)?;
        }
        self.sockets.ended(&caller.user, None).await;
        Ok(())
    }

    /// Whether the caller signed in so lately that nobody else is likely to sit
    /// at his device by now.
    pub(super) async fn is_fresh(&self, caller: &Identity) -> Result<bool, ApiError> {
        let now = self.clock.now_ms();
        let visits = self.people.visits(&caller.user, now).await.map_err(failed)?;
        let current = visits.iter().find(|visit| Some(visit.id) == caller.session);
        let since = current.and_then(|visit| visit.created_at);
        Ok(since.is_some_and(|since| since.saturating_add(FRESH_MS) > now))
    }

    /// Takes name and last seen from a person, for good.
    pub(super) async fn delete(&self, user: &UserId) -> Result<(), ApiError> {
        self.people.delete(user, self.clock.now_ms()).await.map_err(failed)
    }

    /// Ends all that a deleted person has open.
    pub(super) async fn close_all(&self, user: &UserId) -> Result<(), ApiError> {
        self.end_all(user, None).await?;
        self.sockets.ended(user, None).await;
        Ok(())
    }

    async fn close(&self, user: &UserId, id: SessionId, now: u64) {
        self.verifier.bar(id, now);
        self.sockets.ended(user, Some(id)).await;
    }

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

pub(super) fn failed(error: PortError) -> ApiError {
    PoolError::Store(error).into()
}

/// What is told of somebody who would leave and did not just sign in.
pub(super) fn not_fresh() -> ApiError {
    ApiError::forbidden("Sign in again first, so that it is surely you who leaves.")
}

async fn sessions<D: Directory + Visits>(
    State(visiting): Shared<D>,
    address: ClientAddress,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let caller = visiting.caller(address, &headers).await?;
    let visits = visiting.people.visits(&caller.user, visiting.clock.now_ms()).await;
    let own = |visit: Visit| {
        let times = (visit.created_at, visit.last_used_at);
        Own::new(visit.id, &visit.from, times, caller.session)
    };
    let sessions = visits.map_err(failed)?.into_iter().map(own).collect();
    Ok((no_store(), Answer(Sessions { sessions })))
}

async fn end<D: Directory + Visits>(
    State(visiting): Shared<D>,
    address: ClientAddress,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let caller = visiting.caller(address, &headers).await?;
    let id = SessionId::parse(&id).ok_or_else(no_session)?;
    let ended = visiting.end(&caller.user, id).await?;
    if ended { Ok((StatusCode::NO_CONTENT, no_store())) } else { Err(no_session()) }
}

async fn end_others<D: Directory + Visits>(
    State(visiting): Shared<D>,
    address: ClientAddress,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let caller = visiting.caller(address, &headers).await?;
    visiting.end_all(&caller.user, caller.session).await?;
    Ok((StatusCode::NO_CONTENT, no_store()))
}
