//! The built-in user pool: what the HTTP side and the command line do with
//! people, sessions and codes.

mod codes;
mod people;
mod sessions;

use std::{
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::available_parallelism,
};

use aizuchi_core::{
    accounts::{Accounts, InvalidUsername, SessionId},
    clock::Clock,
    error::PortError,
    ids::UserId,
};
use jsonwebtoken::jwk::JwkSet;

pub(crate) use self::people::new_user_id;
pub use self::{codes::CodeRequest, sessions::Grant};
use crate::{
    ended::{Ended, SessionEvents},
    keys::{BrokenKey, Keys, generate},
    limits::{
        ENDED_KEPT_MS, ENDED_OVERLAP_MS, ENDED_POLL, ENDED_RETOLD_MS, FORGET_EVERY, HASH_RETRY_MS,
    },
    password::{Busy, Hasher, InvalidPassword},
    settings::Settings,
    tokens::{SigningError, TokenIssuer},
    verify::Verifier,
};

/// Why the pool said no. What it displays is for the person, but for
/// [`PoolError::Store`] and [`PoolError::Signing`], which are for the operator.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// The name cannot be one.
    #[error(transparent)]
    Username(#[from] InvalidUsername),
    /// The password cannot be one.
    #[error(transparent)]
    Password(#[from] InvalidPassword),
    /// Somebody has this name.
    #[error("This name is taken.")]
    NameTaken,
    /// No such name, or not its password: which of the two is not told.
    #[error("The name or the password is wrong.")]
    WrongCredentials,
    /// The password is right, and the person may not sign in.
    #[error("This account is disabled.")]
    Disabled,
    /// Nobody has this name or id.
    #[error("Nobody has this name.")]
    NobodyNamed,
    /// The refresh token is unknown, expired, used up or its session has ended.
    #[error("The session is over. Sign in again.")]
    SessionOver,
    /// The code is unknown, expired, used up or another client's, or its
    /// verifier is wrong.
    #[error("The code is not valid, or no longer.")]
    CodeRefused,
    /// All cores are hashing, and the queue is full.
    #[error("Too many people are signing in at the moment. Try again shortly.")]
    Busy {
        /// When it may be tried again.
        retry_after_ms: u64,
    },
    /// Over a rate limit.
    #[error("Too many tries. Try again later.")]
    TooOften {
        /// When it may be tried again.
        retry_after_ms: u64,
    },
    /// The account store failed.
    #[error(transparent)]
    Store(#[from] PortError),
    /// A token could not be signed.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

impl From<Busy> for PoolError {
    fn from(_: Busy) -> Self {
        Self::Busy { retry_after_ms: HASH_RETRY_MS }
    }
}

/// Why the pool did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The account store failed.
    #[error(transparent)]
    Store(#[from] PortError),
    /// A signing key cannot be used.
    #[error(transparent)]
    Key(#[from] BrokenKey),
}

/// The built-in user pool.
pub struct Pool<A> {
    accounts: Arc<A>,
    settings: Settings,
    clock: Arc<dyn Clock>,
    events: Arc<dyn SessionEvents>,
    hasher: Hasher,
    issuer: TokenIssuer,
    ended: Arc<Ended>,
    /// Up to when the store was asked for ended sessions, in ms since the epoch.
    asked: AtomicU64,
}

impl<A: Accounts> Pool<A> {
    /// Opens the pool in `accounts`, and makes the signing key where there is
    /// none yet. `events` hears of each session that ends.
    pub async fn open(
        accounts: Arc<A>,
        settings: Settings,
        clock: Arc<dyn Clock>,
        events: Arc<dyn SessionEvents>,
    ) -> Result<Self, OpenError> {
        let now = clock.now_ms();
        let keys = open_keys(&*accounts, now).await?;
        let ended = Ended::default();
        for session in accounts.ended_since(now.saturating_sub(ENDED_KEPT_MS)).await? {
            ended.note(session.id, session.ended_at);
        }
        Ok(Self {
            issuer: TokenIssuer::new(keys, settings.issuer()),
            accounts,
            settings,
            clock,
            events,
            hasher: Hasher::new(available_parallelism().map_or(1, NonZero::get)),
            ended: Arc::new(ended),
            asked: AtomicU64::new(now),
        })
    }

    /// What the operator decided.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The public halves of the signing keys.
    pub fn jwks(&self) -> &JwkSet {
        self.issuer.public()
    }

    /// Verifies this pool's access tokens, and refuses those of ended sessions.
    pub fn verifier(&self) -> Verifier {
        Verifier::of_pool(
            &self.settings,
            self.issuer.public(),
            Arc::clone(&self.ended),
            Arc::clone(&self.clock),
        )
    }

    /// Follows, for as long as it is polled, what other processes on the same
    /// store do (the command line disables people while the server runs), and
    /// forgets what is over. A failure of the store is logged, and tried again.
    pub async fn follow(&self) {
        let mut questions = tokio::time::interval(ENDED_POLL);
        questions.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        for number in 0_u32.. {
            questions.tick().await;
            if let Err(error) = self.ask_for_ended().await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "cannot follow the accounts"
                );
            }
            if number.is_multiple_of(FORGET_EVERY)
                && let Err(error) = self.forget().await
            {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "cannot forget old sessions"
                );
            }
        }
    }

    /// Asks the store once which sessions ended, whichever process ended them,
    /// and tells of those that ended lately.
    pub async fn ask_for_ended(&self) -> Result<(), PortError> {
        let now = self.clock.now_ms();
        let since = self.asked.load(Ordering::Relaxed).saturating_sub(ENDED_OVERLAP_MS);
        // First, so that whoever sees a socket close sees that its person is gone.
        for user in self.accounts.deleted_since(since).await? {
            self.events.ended(&user, None).await;
        }
        for session in self.accounts.ended_since(since).await? {
            let lately = session.ended_at.saturating_add(ENDED_RETOLD_MS) > now;
            if self.ended.note(session.id, session.ended_at) || lately {
                self.events.ended(&session.user, Some(session.id)).await;
            }
        }
        self.asked.store(now, Ordering::Relaxed);
        Ok(())
    }

    async fn forget(&self) -> Result<(), PortError> {
        let before = self.clock.now_ms().saturating_sub(ENDED_KEPT_MS);
        self.ended.forget(before);
        self.accounts.forget(before).await
    }

    /// Refuses the tokens of these sessions from now on, and has their sockets closed.
    async fn tell_ended(&self, user: &UserId, sessions: &[SessionId], at: u64) {
        for session in sessions {
            self.ended.note(*session, at);
            self.events.ended(user, Some(*session)).await;
        }
    }
}

async fn open_keys(accounts: &impl Accounts, now: u64) -> Result<Keys, OpenError> {
    if let Some(keys) = Keys::load(&accounts.signing_keys().await?)? {
        return Ok(keys);
    }
    accounts.add_signing_key(&generate(now)?).await?;
    // Read again: another process may have been here at the same time.
    let keys = Keys::load(&accounts.signing_keys().await?)?;
    keys.ok_or_else(|| PortError::unavailable("the account store", "it lost a key").into())
}
