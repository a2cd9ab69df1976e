//! Sessions that begin at another issuer, as a port: what this server has seen
//! of them, so that their owner knows them and ends them.
//!
//! Laws, each a test of the conformance suite:
//!
//! 1. A session that was ended is never noted again while its refresh token
//!    could be used, and is listed no more.
//! 2. Nobody ends another's.

use std::future::Future;

use super::{SessionId, Whereabouts};
use crate::{error::PortError, ids::UserId};

/// A session of another issuer's, as this server has seen it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Which.
    pub id: SessionId,
    /// From where it was used last.
    pub from: Whereabouts,
    /// When its person signed in, in ms since the epoch; `None` where that was
    /// not seen.
    pub created_at: Option<u64>,
    /// When it was used last, in ms since the epoch, to [`COARSE_MS`].
    pub last_used_at: u64,
    /// When its refresh token is no longer good at the latest, in ms since the epoch.
    pub expires_at: u64,
}

/// By how much [`Visit::last_used_at`] may lie back, in ms: a use so shortly
/// after the last need not be written down.
pub const COARSE_MS: u64 = 60 * 60 * 1_000;

/// What is known of sessions that begin elsewhere.
pub trait Visits: Send + Sync + 'static {
    /// Notes that a person's session was used; of its beginning and of its
    /// whereabouts, what is left out stays. False, with nothing changed, where
    /// it was ended.
    fn note(
        &self,
        user: &UserId,
        visit: &Visit,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// A person's sessions that were neither ended nor have expired by `now`
    /// (ms since the epoch), the one used last first.
    fn visits(
        &self,
        user: &UserId,
        now: u64,
    ) -> impl Future<Output = Result<Vec<Visit>, PortError>> + Send;

    /// Ends a person's session, at this ms since the epoch. False, with nothing
    /// changed, where none of his is so named that has not ended.
    fn end_visit(
        &self,
        user: &UserId,
        id: SessionId,
        at: u64,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;
}
