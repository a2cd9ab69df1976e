//! Keys by which programs speak in the name of a person of the directory, a
//! bot, as a port.
//!
//! Laws, each a test of the conformance suite:
//!
//! 1. A key is found by its hash, from the answer of [`Bots::add_key`] to that
//!    of [`Bots::revoke_key`], and by nothing else. Whether it has expired is
//!    for whoever asks.
//! 2. A bot's keys have names of their own. Of any number that are added at
//!    once under one name, one is kept; the others meet
//!    [`PortError::Conflict`]. A name that was revoked is free again.
//! 3. Nobody revokes another bot's key.

use std::{fmt, future::Future, sync::Arc};

use crate::{
    accounts::{COARSE_MS, SessionId, TokenHash},
    error::PortError,
    ids::UserId,
};

/// Keys of one bot, at most.
pub const KEYS: usize = 20;
/// Longest name of a key, in characters.
pub const KEY_NAME_CHARS: usize = 64;

/// The name by which its operator knows a key: 1 to [`KEY_NAME_CHARS`]
/// characters, none of them a control character or at the edge a space.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(Arc<str>);

/// A text that is no name of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key's name is 1 to 64 characters, without control characters or spaces around it")]
pub struct InvalidKeyName;

impl KeyName {
    /// Takes a name.
    ///
    /// # Errors
    /// A text that is none.
    pub fn parse(text: &str) -> Result<Self, InvalidKeyName> {
        let fits = !text.is_empty() && text.chars().nth(KEY_NAME_CHARS).is_none();
        let plain = text.trim() == text && !text.chars().any(char::is_control);
        if fits && plain { Ok(Self(text.into())) } else { Err(InvalidKeyName) }
    }

    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Of its secret.
    pub hash: TokenHash,
    /// Whose.
    pub user: UserId,
    /// What its operator calls it; unique among the bot's.
    pub name: KeyName,
    /// In ms since the epoch.
    pub created_at: u64,
    /// From when on it is no longer good, in ms since the epoch.
    pub expires_at: Option<u64>,
    /// When it was used last, in ms since the epoch, to [`COARSE_MS`].
    pub last_used_at: Option<u64>,
}

impl ApiKey {
    /// The session that all its connections are of, so that they end with it.
    pub fn session(&self) -> SessionId {
        let mut id = [0; 16];
        id.copy_from_slice(&self.hash.0[..16]);
        SessionId(u128::from_be_bytes(id))
    }

    /// Whether it is no longer good, at this ms since the epoch.
    pub fn has_expired(&self, now: u64) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// Whether a use at this ms since the epoch is to be written down.
    pub fn is_news(&self, now: u64) -> bool {
        self.last_used_at.is_none_or(|at| at.saturating_add(COARSE_MS) <= now)
    }
}

/// Where keys are kept.
pub trait Bots: Send + Sync + 'static {
    /// Keeps a key. `Conflict` where its bot has one of this name; `Rejected`
    /// where it has [`KEYS`].
    fn add_key(&self, key: &ApiKey) -> impl Future<Output = Result<(), PortError>> + Send;

    /// The key of this hash.
    fn key(
        &self,
        hash: TokenHash,
    ) -> impl Future<Output = Result<Option<ApiKey>, PortError>> + Send;

    /// A bot's keys, by name.
    fn keys(&self, user: &UserId) -> impl Future<Output = Result<Vec<ApiKey>, PortError>> + Send;

    /// Notes that a key was used, at this ms since the epoch. One that was
    /// revoked stays so.
    fn key_used(
        &self,
        hash: TokenHash,
        at: u64,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Revokes a bot's key, at this ms since the epoch, and gives it. `None`
    /// where the bot has none of this name.
    fn revoke_key(
        &self,
        user: &UserId,
        name: &KeyName,
        at: u64,
    ) -> impl Future<Output = Result<Option<ApiKey>, PortError>> + Send;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        let long = "あ".repeat(KEY_NAME_CHARS);
        for good in ["default", "build server 2", &long] {
            assert_eq!(KeyName::parse(good).map(|name| name.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", " a", "a ", "a\nb", "\u{1b}[1m", &format!("{long}a")] {
            assert_eq!(KeyName::parse(bad), Err(InvalidKeyName), "{bad:?}");
        }
    }
}
