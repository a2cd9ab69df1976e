//! Every limit and lifetime that is not a setting, in one place.

use std::time::Duration;

/// Shortest and longest password, in characters.
pub const PASSWORD_CHARACTERS: std::ops::RangeInclusive<usize> = 8..=256;
/// Live sessions of one person; the least recently used gives way.
pub const SESSIONS_A_USER: usize = 100;
/// Within it a used refresh token is answered with the same successor: the tabs
/// of a browser share the cookie, and race.
pub const REPLAY_MS: u64 = 60_000;
/// Refreshes of one session within [`REPLAY_MS`]; more are refused for a while.
pub const REFRESHES_IN_REPLAY: usize = 20;
/// How long an authorization code is good.
pub const CODE_MS: u64 = 60_000;
/// Longest life of a token of the implicit flow.
pub const IMPLICIT_MOST: Duration = Duration::from_secs(60 * 60);
/// How far the clocks of issuer and verifier may differ.
pub const LEEWAY_MS: u64 = 30_000;
/// How long after signing in at another issuer somebody may delete his account
/// without saying more, in ms.
pub const FRESH_MS: u64 = 10 * 60 * 1_000;
/// Longest token that is looked at, in bytes.
pub const TOKEN_BYTES: usize = 8 * 1024;
/// Longest body of a request, in bytes.
pub const BODY_BYTES: usize = 64 * 1024;
/// Longest `state` or `nonce`, in bytes.
pub const STATE_BYTES: usize = 2 * 1024;

/// Password hashes that may wait for a core; more are turned away.
pub(crate) const HASHES_WAITING: usize = 64;
/// How long one waits.
pub(crate) const HASH_WAIT: Duration = Duration::from_secs(10);
/// After how long a client that was turned away may try again, in ms.
pub(crate) const HASH_RETRY_MS: u64 = 2_000;

/// How long an ended session is remembered, so that its access tokens are
/// refused until the last of them has expired.
pub(crate) const ENDED_KEPT_MS: u64 = 2 * 60 * 60 * 1000;
/// The same for sessions of another issuer's, whose access tokens live for a day
/// at most where it is Amazon Cognito.
pub(crate) const BARRED_MS: u64 = 24 * 60 * 60 * 1000;
/// How often the store is asked which sessions another process ended.
pub(crate) const ENDED_POLL: Duration = Duration::from_secs(2);
/// By how much each such question reaches back over the last one: an end is
/// stamped before it is stored.
pub(crate) const ENDED_OVERLAP_MS: u64 = 60_000;
/// For how long an end is told again: a socket that was let in just before may
/// be registered just after. Longer than a handshake takes.
pub(crate) const ENDED_RETOLD_MS: u64 = 30_000;
/// How often what is over is forgotten, in such questions.
pub(crate) const FORGET_EVERY: u32 = 1_800;

/// How old an issuer's keys may be before they are fetched again in the background, in ms.
pub(crate) const JWKS_FRESH_MS: u64 = 15 * 60 * 1000;
/// Shortest time between two fetches, in ms, whatever tokens arrive.
pub(crate) const JWKS_REFETCH_MS: u64 = 10_000;
/// Keys of one issuer.
pub(crate) const JWKS_KEYS: usize = 64;
/// How long a call of an issuer may take.
pub(crate) const ISSUER_TIMEOUT: Duration = Duration::from_secs(5);
/// Products that one server trusts.
pub(crate) const PRODUCTS: usize = 64;
/// Keys of one product that are not fetched.
pub(crate) const PRODUCT_KEYS: usize = 16;
/// Keys that one token is tried with.
pub(crate) const TRIED_KEYS: usize = 4;
/// What is read of a product's file of keys, in bytes.
pub(crate) const KEY_FILE_BYTES: u64 = 64 * 1024;
/// Largest answer of an issuer, in bytes.
pub(crate) const ISSUER_BYTES: usize = 256 * 1024;
/// Refreshes at an issuer whose outcome is kept for [`REPLAY_MS`]; more are
/// turned away.
pub(crate) const RENEWALS: usize = 4_096;
/// After how long somebody whom Amazon Cognito turned away may try again, in
/// ms: it does not say.
pub(crate) const COGNITO_RETRY_MS: u64 = 5_000;
/// Longest refresh token that fits a cookie, in bytes and as it is written there.
pub(crate) const COOKIE_BYTES: usize = 3_800;

/// Longest name that an outside issuer may give a person, in characters, as in
/// the built-in pool; whoever has a longer one is called by his id.
pub(crate) const NAME_CHARS: usize = 64;
