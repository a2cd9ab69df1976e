//! Who somebody is, as a port: a token in, an identity out.

use std::{future::Future, sync::Arc};

use crate::{accounts::SessionId, error::PortError, ids::UserId};

/// The person behind an access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The claim `aizuchi_id`, else `sub`.
    pub user: UserId,
    /// The name that others see.
    pub username: Arc<str>,
    /// The session, where the token names one: it may end before the token
    /// expires.
    pub session: Option<SessionId>,
    /// In ms since the epoch.
    pub expires_at: u64,
}

/// Why a token was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It was good once.
    #[error("the token has expired")]
    Expired,
    /// It is forged, foreign, broken, of the wrong kind, or its session has
    /// ended; in an operator's words.
    #[error("the token was refused: {0}")]
    Refused(&'static str),
    /// It cannot be told: the issuer's keys are out of reach.
    #[error(transparent)]
    Unavailable(#[from] PortError),
}

/// Token verification.
pub trait TokenVerifier: Send + Sync + 'static {
    /// Who holds this access token.
    fn verify(&self, token: &str) -> impl Future<Output = Result<Identity, TokenError>> + Send;
}

impl<V: TokenVerifier> TokenVerifier for Arc<V> {
    fn verify(&self, token: &str) -> impl Future<Output = Result<Identity, TokenError>> + Send {
        (**self).verify(token)
    }
}
