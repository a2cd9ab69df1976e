//! Sessions that ended while their access tokens have yet to expire.

use std::{
    collections::HashMap,
    future::{Future, ready},
    pin::Pin,
    sync::{PoisonError, RwLock},
};

use aizuchi_core::{accounts::SessionId, ids::UserId};

/// Until somebody has heard.
pub type Heard<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Hears of sessions that end, so that their sockets can be closed.
pub trait SessionEvents: Send + Sync + 'static {
    /// This session of this person has ended; every session where `session` is
    /// `None`. May be told of one more than once. It is waited for before the
    /// call that ended it is answered: where a process is frozen in between,
    /// nothing runs afterwards. So it has a limit of its own, and its failures
    /// are its own to log.
    fn ended<'a>(&'a self, user: &'a UserId, session: Option<SessionId>) -> Heard<'a>;
}

/// For a process that holds no sockets.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSockets;

impl SessionEvents for NoSockets {
    fn ended<'a>(&'a self, _user: &'a UserId, _session: Option<SessionId>) -> Heard<'a> {
        Box::pin(ready(()))
    }
}

/// Which sessions ended lately, and when (ms since the epoch).
#[derive(Debug, Default)]
pub(crate) struct Ended(RwLock<HashMap<SessionId, u64>>);

impl Ended {
    /// Notes an end. False where it was known.
    pub(crate) fn note(&self, session: SessionId, at: u64) -> bool {
        let mut sessions = self.0.write().unwrap_or_else(PoisonError::into_inner);
        sessions.insert(session, at).is_none()
    }

    pub(crate) fn contains(&self, session: SessionId) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains_key(&session)
    }

    /// Forgets the ends before `before`.
    pub(crate) fn forget(&self, before: u64) {
        let mut sessions = self.0.write().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, at| *at >= before);
    }
}
