//! Passwords: what makes one, and hashing them with Argon2id away from the
//! threads that serve connections.

use std::sync::Arc;

use aizuchi_core::accounts::{Username, fold};
use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};
use unicode_normalization::UnicodeNormalization;

use crate::limits::{HASH_WAIT, HASHES_WAITING, PASSWORD_CHARACTERS};

/// The passwords that are tried first, of those long enough to be one.
const COMMON: &str = include_str!("common_passwords.txt");

/// A hash that no password has, in the form of all others: whether a name
/// exists does not show in how long a sign-in takes. An account that has it has
/// no password.
pub const NO_PASSWORD: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyBpdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a password cannot be one, in a sentence for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPassword {
    /// Too short or too long.
    #[error("A password is 8 to 256 characters long.")]
    Length,
    /// Among the first that anybody would try.
    #[error("This password is too easy to guess.")]
    Guessable,
}

/// A password in the one form that is hashed: NFC, since keyboards differ in
/// how they compose.
pub(crate) struct Password(String);

impl Password {
    /// Takes a password for `username`.
    pub(crate) fn choose(typed: &str, username: &Username) -> Result<Self, InvalidPassword> {
        let password = Self::typed(typed).ok_or(InvalidPassword::Length)?;
        if !PASSWORD_CHARACTERS.contains(&password.0.chars().count()) {
            return Err(InvalidPassword::Length);
        }
        let folded = fold(&password.0);
        if folded == username.folded() || COMMON.lines().any(|common| common == folded) {
            return Err(InvalidPassword::Guessable);
        }
        Ok(password)
    }

    /// For whoever keeps passwords in this server's stead.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes what may be somebody's password; `None` where it is too long to be.
    pub(crate) fn typed(typed: &str) -> Option<Self> {
        // A character of NFC is at most three typed ones.
        let longest = 3 * PASSWORD_CHARACTERS.end();
        typed.chars().nth(longest).is_none().then(|| Self(typed.nfc().collect()))
    }
}

/// Too many hash at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being hashed")]
pub(crate) struct Busy;

/// Hashes passwords, a few at a time.
///
/// Invariant: at most `at_once` hashes run and [`HASHES_WAITING`] wait, so that
/// sign-ins take neither the memory (19 MiB a hash) nor the cores of the chat.
pub(crate) struct Hasher {
    running: Arc<Semaphore>,
    admitted: Semaphore,
}

impl Hasher {
    pub(crate) fn new(at_once: usize) -> Self {
        Self {
            running: Arc::new(Semaphore::new(at_once)),
            admitted: Semaphore::new(at_once + HASHES_WAITING),
        }
    }

    /// A PHC string of this password.
    pub(crate) async fn hash(&self, password: Password) -> Result<String, Busy> {
        self.run(move || {
            Argon2::default().hash_password(password.0.as_bytes()).map(|hash| hash.to_string())
        })
        .await?
        .map_err(|_| Busy)
    }

    /// Whether this is the password of `hash`; takes as long where there is no hash.
    pub(crate) async fn verify(
        &self,
        password: Password,
        hash: Option<Arc<str>>,
    ) -> Result<bool, Busy> {
        self.run(move || {
            let hash = hash.as_deref().unwrap_or(NO_PASSWORD);
            PasswordHash::new(hash).is_ok_and(|hash| {
                Argon2::default().verify_password(password.0.as_bytes(), &hash).is_ok()
            })
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let _admitted = self.admitted.try_acquire().map_err(|_| Busy)?;
        let running = timeout(HASH_WAIT, Arc::clone(&self.running).acquire_owned());
        let running: OwnedSemaphorePermit = running.await.map_err(|_| Busy)?.map_err(|_| Busy)?;
        let task = spawn_blocking(move || {
            // Held by the work itself: a caller who goes away does not stop it.
            let _running = running;
            work()
        });
        task.await.map_err(|_| Busy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(typed: &str) -> Result<(), InvalidPassword> {
        Password::choose(typed, &Username::parse("Margarethe").unwrap()).map(drop)
    }

    #[test]
    fn a_password_is_long_enough_and_not_the_first_that_is_tried() {
        assert_eq!(choose("correct horse"), Ok(()));
        assert_eq!(choose("短い秘密の言葉だ"), Ok(()), "8 characters");
        assert_eq!(choose("1234567"), Err(InvalidPassword::Length));
        assert_eq!(choose(&"xy".repeat(128)), Ok(()));
        assert_eq!(choose(&"x".repeat(257)), Err(InvalidPassword::Length));
        assert_eq!(choose(&"x".repeat(1 << 20)), Err(InvalidPassword::Length));
        assert_eq!(choose("Password1"), Err(InvalidPassword::Guessable));
        assert_eq!(choose("ｐａｓｓｗｏｒｄ"), Err(InvalidPassword::Guessable), "full width");
        assert_eq!(choose("margaRETHE"), Err(InvalidPassword::Guessable), "the name");
    }

    #[test]
    fn the_list_holds_only_what_could_be_chosen() {
        for common in COMMON.lines() {
            assert!(PASSWORD_CHARACTERS.contains(&common.chars().count()), "{common}");
            assert_eq!(fold(common), common);
        }
        assert!(COMMON.lines().count() >= 100);
    }

    #[tokio::test]
    async fn only_the_password_verifies_however_it_is_composed() {
        let hasher = Hasher::new(1);
        let typed = |text| Password::typed(text).unwrap();
        let hash: Arc<str> = hasher.hash(typed("パスワード・é")).await.unwrap().into();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let again = typed("ハ\u{309a}スワート\u{3099}・e\u{301}");
        assert!(hasher.verify(again, Some(Arc::clone(&hash))).await.unwrap());
        assert!(!hasher.verify(typed("パスワード・e"), Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_nobodys_password() {
        let parsed = PasswordHash::new(NO_PASSWORD).unwrap();
        assert_eq!(parsed.params.to_string(), "m=19456,t=2,p=1", "as dear as all others");
        assert!(!Hasher::new(1).verify(Password::typed("").unwrap(), None).await.unwrap());
    }

    #[tokio::test]
    async fn more_than_may_wait_are_turned_away() {
        let hasher = Hasher::new(1);
        let _all = hasher.admitted.try_acquire_many((1 + HASHES_WAITING) as u32).unwrap();
        assert_eq!(hasher.verify(Password::typed("x").unwrap(), None).await, Err(Busy));
    }
}
