//! How often somebody may try, as a hook that the server provides.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr},
};

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::pool::PoolError;

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Attempt {
    /// A new account.
    SignUp,
    /// A name and a password. Limited by how many failed before, of which it
    /// is one until [`RateLimits::right`] says otherwise.
    SignIn,
    /// A refresh token or an authorization code.
    Refresh,
}

/// Too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryAfter {
    /// When it may be tried again.
    pub ms: u64,
}

impl From<RetryAfter> for PoolError {
    fn from(retry: RetryAfter) -> Self {
        Self::TooOften { retry_after_ms: retry.ms }
    }
}

/// Limits tries. Names are folded; a refresh has none.
pub trait RateLimits: Send + Sync + 'static {
    /// Asked, and counted, before anything that costs.
    fn limit(&self, attempt: Attempt, address: IpAddr, name: &str) -> Result<(), RetryAfter>;

    /// A sign-in was right, or could not be told: it counts as a failure no
    /// more. (Counted first, or many tries at once would all pass.)
    fn right(&self, address: IpAddr, name: &str);
}

/// No limits, for benches.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLimits;

impl RateLimits for NoLimits {
    fn limit(&self, _: Attempt, _: IpAddr, _: &str) -> Result<(), RetryAfter> {
        Ok(())
    }

    fn right(&self, _: IpAddr, _: &str) {}
}

/// Whose request it is, as a request extension: the peer's address, or the one
/// that a trusted proxy forwarded.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // Where nobody told, all share one address: the stricter side.
        let told = parts.extensions.get().copied();
        Ok(told.unwrap_or(Self(Ipv4Addr::UNSPECIFIED.into())))
    }
}
