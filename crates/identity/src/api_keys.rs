//! Keys by which programs call in the name of a bot: 256 random bits after a
//! prefix that secret scanners know them by. Only their hashes are stored.

use std::{error::Error, sync::Arc};

use aizuchi_core::{
    accounts::{InvalidUsername, TokenHash, Username},
    bots::{ApiKey, Bots, KeyName},
    clock::Clock,
    directory::{Directory, Profile},
    error::PortError,
    identity::{Identity, TokenError, TokenVerifier},
    ids::UserId,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::{
    pool::new_user_id,
    secret::{base64url, hash, random},
    verify::Verifier,
};

/// How every key begins.
pub const KEY_PREFIX: &str = "aizuchi_";

/// A fresh secret, as it is shown once, and its hash.
fn fresh() -> (String, TokenHash) {
    let secret: [u8; 32] = random();
    (format!("{KEY_PREFIX}{}", base64url(&secret)), hash(&secret))
}

/// The hash of a key that somebody brought; `None` where it is none.
fn hash_of(token: &str) -> Option<TokenHash> {
    let mut secret = [0; 32];
    let text = token.strip_prefix(KEY_PREFIX)?;
    let length = BASE64_URL_SAFE_NO_PAD.decode_slice(text, &mut secret).ok()?;
    (length == secret.len()).then(|| hash(&secret))
}

/// Why a bot was not added.
#[derive(Debug, thiserror::Error)]
pub enum NewBotError {
    /// The name cannot be one.
    #[error(transparent)]
    Name(#[from] InvalidUsername),
    /// Somebody has it, or had.
    #[error("this name is taken")]
    Taken,
    /// The directory failed.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// Adds a bot to a directory whose people sign in elsewhere. Nobody signs in as it.
///
/// # Errors
/// Where the name cannot be had.
pub async fn add_bot(directory: &impl Directory, name: &str) -> Result<Profile, NewBotError> {
    let username = Username::parse(name)?;
    if directory.by_name(name).await?.is_some() || directory.is_retired(name).await? {
        return Err(NewBotError::Taken);
    }
    let bot = Profile { user: new_user_id(), username: username.shown().clone() };
    directory.remember(&bot).await?;
    Ok(bot)
}

/// Makes a key for a bot. Gives its secret, which nobody can give again, and
/// what is kept of it.
///
/// # Errors
/// `Conflict` where the bot has a key of this name; `Rejected` where it has too
/// many; and what the store fails with.
pub async fn make_key(
    bots: &impl Bots,
    user: &UserId,
    name: KeyName,
    created_at: u64,
    expires_at: Option<u64>,
) -> Result<(String, ApiKey), PortError> {
    let (secret, hash) = fresh();
    let user = user.clone();
    let key = ApiKey { hash, user, name, created_at, expires_at, last_used_at: None };
    bots.add_key(&key).await?;
    Ok((secret, key))
}

/// Verifies people's access tokens and, by one look-up, the keys of bots.
///
/// A call that is about an account (passwords, sessions, leaving) is verified
/// by the [`Verifier`] itself, which knows no keys: whoever has one is no owner.
pub struct WithKeys<B> {
    people: Arc<Verifier>,
    bots: B,
    clock: Arc<dyn Clock>,
}

impl<B: Bots + Directory> WithKeys<B> {
    /// These people, and the bots of a store.
    pub fn new(people: Arc<Verifier>, bots: B, clock: Arc<dyn Clock>) -> Self {
        Self { people, bots, clock }
    }

    async fn bot(&self, token: &str) -> Result<Identity, TokenError> {
        let hash = hash_of(token).ok_or(TokenError::Refused("no key"))?;
        let key = self.bots.key(hash).await?.ok_or(TokenError::Refused("an unknown key"))?;
        let now = self.clock.now_ms();
        if key.has_expired(now) {
            return Err(TokenError::Expired);
        }
        let bot = self.bots.by_id(&key.user).await?;
        let bot = bot.ok_or(TokenError::Refused("its bot is not there"))?;
        if key.is_news(now)
            && let Err(error) = self.bots.key_used(hash, now).await
        {
            tracing::warn!(error = &error as &dyn Error, "a key's use is not noted");
        }
        Ok(Identity {
            session: Some(key.session()),
            expires_at: key.expires_at.unwrap_or(u64::MAX),
            user: key.user,
            username: bot.username,
        })
    }
}

impl<B: Bots + Directory> TokenVerifier for WithKeys<B> {
    async fn verify(&self, token: &str) -> Result<Identity, TokenError> {
        if token.starts_with(KEY_PREFIX) {
            self.bot(token).await
        } else {
            self.people.verify(token).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_by_its_hash() {
        let (secret, hash) = fresh();
        assert_eq!(secret.len(), KEY_PREFIX.len() + 43, "{secret}");
        assert!(secret.is_ascii() && !secret.contains(['=', '+', '/', '.']), "{secret}");
        assert_eq!(hash_of(&secret), Some(hash));
        assert_ne!(fresh().0, secret);
        let bare = &secret[KEY_PREFIX.len()..];
        for other in ["", KEY_PREFIX, bare, &secret[1..], &secret[..50], &format!("{secret}A")] {
            assert_eq!(hash_of(other), None, "{other}");
        }
    }
}
