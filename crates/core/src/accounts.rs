//! The built-in user pool's memory, as a port: people, their sessions, the
//! authorization codes under way and the signing keys.
//!
//! Laws, each a test of the conformance suite:
//!
//! 1. Of any number of people added at once with one folded name, one is
//!    stored; the others meet [`PortError::Conflict`].
//! 2. A session begins only for a person who exists and is not disabled, and
//!    disabling or a new password ends the sessions in the same step.
//! 3. Of any number of rotations from one refresh token, one succeeds; none
//!    does once the session has ended.
//! 4. An authorization code is taken once; whoever comes later learns that.
//! 5. An ended session is among [`Accounts::ended_since`] of every time up to
//!    its end, and never lives again.
//! 6. Deleting a person ends his sessions in the same step. From then on nobody
//!    has his id or his name, and nobody is given either again.

mod username;
mod visits;
mod whereabouts;

use std::{fmt, future::Future, sync::Arc};

pub use self::{
    username::{InvalidUsername, Username, fold},
    visits::{COARSE_MS, Visit, Visits},
    whereabouts::{DEVICE_BYTES, PLACE_BYTES, Whereabouts},
};
use crate::{error::PortError, ids::UserId};

/// A person of the built-in pool.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// The token's `sub`.
    pub id: UserId,
    /// The name that he signs in with.
    pub username: Username,
    /// A PHC string.
    pub password_hash: Arc<str>,
    /// In ms since the epoch.
    pub created_at: u64,
    /// Since when he may not sign in, in ms since the epoch.
    pub disabled_at: Option<u64>,
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .field("username", &self.username)
            .field("created_at", &self.created_at)
            .field("disabled_at", &self.disabled_at)
            .finish_non_exhaustive()
    }
}

/// One sign-in of one person at one client: the token's `sid`. 128 random bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub u128);

impl SessionId {
    /// Takes the 32 hexadecimal digits that [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        hex.then(|| u128::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What all refresh tokens of a session have in common. 128 random bits that
/// only a holder of one of them knows, so that a token of this family which is
/// not the current one is proof of reuse.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FamilyId(pub u128);

impl fmt::Debug for FamilyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FamilyId(…)")
    }
}

/// The SHA-256 of a secret of 256 random bits. The secret itself is stored nowhere.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// A refresh token that was used, kept for as long as its replay is answered
/// with the same successor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsedToken {
    /// Which.
    pub hash: TokenHash,
    /// With it, and the used token itself, the successor is derived again.
    pub salt: [u8; 32],
    /// In ms since the epoch.
    pub used_at: u64,
}

/// A session and its family of refresh tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its name, public to the holders of its tokens.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// At which client.
    pub client: Arc<str>,
    /// What its refresh tokens have in common; unique.
    pub family: FamilyId,
    /// The refresh token that is good now.
    pub current: TokenHash,
    /// Those used lately, oldest first.
    pub used: Vec<UsedToken>,
    /// From where it was used last.
    pub from: Whereabouts,
    /// In ms since the epoch.
    pub created_at: u64,
    /// When it began or was last refreshed, in ms since the epoch.
    pub last_used_at: u64,
    /// When its refresh token is no longer good, in ms since the epoch.
    pub expires_at: u64,
    /// When it was ended, in ms since the epoch.
    pub ended_at: Option<u64>,
}

/// What one use of a refresh token changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The successor.
    pub current: TokenHash,
    /// Replaces [`Session::used`].
    pub used: Vec<UsedToken>,
    /// From where; what it leaves out stays as it was.
    pub from: Whereabouts,
    /// In ms since the epoch.
    pub last_used_at: u64,
    /// In ms since the epoch.
    pub expires_at: u64,
}

/// An authorization code under way to its client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationCode {
    /// Of the code.
    pub hash: TokenHash,
    /// The session whose first refresh token it buys.
    pub session: SessionId,
    /// For which client.
    pub client: Arc<str>,
    /// Where it was sent; must be named again.
    pub redirect_uri: Arc<str>,
    /// PKCE, S256.
    pub challenge: Arc<str>,
    /// Goes into the id token.
    pub nonce: Option<Arc<str>>,
    /// In ms since the epoch.
    pub expires_at: u64,
}

/// An authorization code that somebody brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenCode {
    /// What was stored.
    pub code: AuthorizationCode,
    /// Whether it had been taken before.
    pub again: bool,
}

/// A key pair that signs tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its name in tokens and in the JWKS; unique.
    pub kid: Arc<str>,
    /// PKCS#8.
    pub pem: Arc<str>,
    /// In ms since the epoch. The newest signs; the others still verify.
    pub created_at: u64,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// A session that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedSession {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// In ms since the epoch.
    pub ended_at: u64,
}

/// The account store.
pub trait Accounts: Send + Sync + 'static {
    /// Adds a person. `Conflict` where the id or the folded name is taken.
    fn add_user(&self, user: &User) -> impl Future<Output = Result<(), PortError>> + Send;

    /// The person with this id.
    fn user(&self, id: &UserId) -> impl Future<Output = Result<Option<User>, PortError>> + Send;

    /// The person with this folded name.
    fn user_named(
        &self,
        folded: &str,
    ) -> impl Future<Output = Result<Option<User>, PortError>> + Send;

    /// At most `limit` people whose folded name comes after `after` by bytes,
    /// in that order.
    fn users(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<User>, PortError>> + Send;

    /// Changes a password and, in the same step, ends the person's sessions
    /// but `keep`. Answers with those it ended; `None` where nobody has this id.
    fn set_password(
        &self,
        user: &UserId,
        hash: &str,
        keep: Option<SessionId>,
        at: u64,
    ) -> impl Future<Output = Result<Option<Vec<SessionId>>, PortError>> + Send;

    /// Disables a person and, in the same step, ends his sessions. Answers with
    /// those it ended; `None` where nobody has this id. The first time stands.
    fn disable(
        &self,
        user: &UserId,
        at: u64,
    ) -> impl Future<Output = Result<Option<Vec<SessionId>>, PortError>> + Send;

    /// Lets a person sign in again. False where nobody has this id.
    fn enable(&self, user: &UserId) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Deletes a person for good: his name, his password and, in the same step,
    /// his sessions end. Answers with those it ended; `None` where nobody has
    /// this id. What he said stays, and his id with it.
    fn delete(
        &self,
        user: &UserId,
        at: u64,
    ) -> impl Future<Output = Result<Option<Vec<SessionId>>, PortError>> + Send;

    /// Who was deleted at `at` (ms since the epoch) or later, by whichever process.
    fn deleted_since(&self, at: u64)
    -> impl Future<Output = Result<Vec<UserId>, PortError>> + Send;

    /// Begins a session and, in the same step, ends the least recently used of
    /// the person's live ones over `most`. Answers with those it ended; `None`,
    /// with nothing stored, where the person does not exist or is disabled.
    fn add_session(
        &self,
        session: &Session,
        most: usize,
    ) -> impl Future<Output = Result<Option<Vec<SessionId>>, PortError>> + Send;

    /// A session, ended or not.
    fn session(
        &self,
        id: SessionId,
    ) -> impl Future<Output = Result<Option<Session>, PortError>> + Send;

    /// A person's sessions that have neither ended nor expired by `now` (ms
    /// since the epoch), the one used last first.
    fn sessions(
        &self,
        user: &UserId,
        now: u64,
    ) -> impl Future<Output = Result<Vec<Session>, PortError>> + Send;

    /// The session of a family, ended or not.
    fn session_of(
        &self,
        family: FamilyId,
    ) -> impl Future<Output = Result<Option<Session>, PortError>> + Send;

    /// Rotates if the session has not ended and its token is still `from`.
    /// False, with nothing changed, where it is not.
    fn rotate(
        &self,
        id: SessionId,
        from: TokenHash,
        to: &Rotation,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Ends a session. False where there is none or it had ended; the first end stands.
    fn end_session(
        &self,
        id: SessionId,
        at: u64,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Writes down a code.
    fn add_code(
        &self,
        code: &AuthorizationCode,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Takes a code.
    fn take_code(
        &self,
        hash: TokenHash,
    ) -> impl Future<Output = Result<Option<TakenCode>, PortError>> + Send;

    /// Adds a signing key. `Conflict` where its name is taken.
    fn add_signing_key(
        &self,
        key: &SigningKey,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Every signing key, newest first.
    fn signing_keys(&self) -> impl Future<Output = Result<Vec<SigningKey>, PortError>> + Send;

    /// The sessions that ended at `at` (ms since the epoch) or later, and have
    /// not been forgotten.
    fn ended_since(
        &self,
        at: u64,
    ) -> impl Future<Output = Result<Vec<EndedSession>, PortError>> + Send;

    /// Forgets the sessions that ended or expired, and the codes that expired,
    /// before `before` (ms since the epoch).
    fn forget(&self, before: u64) -> impl Future<Output = Result<(), PortError>> + Send;
}
