//! Links into rooms, as a port. Whoever has a link may join its room by himself.
//!
//! A link's secret is known to those it was given to alone: what is kept is its
//! digest. Laws of [`Links`], each a test of the conformance suite:
//!
//! 1. A link is found by its digest as it was made, and by no other.
//! 2. A room has at most [`LINKS`] that are live, whoever makes them when.
//! 3. What was taken back or has expired is not among a room's links. It is
//!    found for [`KEPT_MS`] at least after it would have expired, and tells why
//!    it leads nowhere.

use std::{fmt, future::Future};

use sha2::{Digest as _, Sha256};

use crate::{
    error::PortError,
    ids::{ConversationId, UserId},
};

/// Links of one room that are live.
pub const LINKS: usize = 20;
/// How long a link is good unless told, in ms.
pub const LINK_MS: u64 = 7 * DAY_MS;
/// How long a link is good at most, in ms.
pub const LINK_MOST_MS: u64 = 90 * DAY_MS;
/// For how long a link that expired is known, in ms.
pub const KEPT_MS: u64 = 30 * DAY_MS;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// What a link leads by: 128 random bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LinkSecret(pub u128);

impl LinkSecret {
    /// What is kept of it. Nobody finds 128 random bits by trying, so a plain
    /// digest is as good as a slow one.
    pub fn digest(self) -> LinkDigest {
        LinkDigest(Sha256::digest(self.0.to_be_bytes()).into())
    }
}

impl fmt::Debug for LinkSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkSecret(…)")
    }
}

/// The SHA-256 of a link's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LinkDigest(pub [u8; 32]);

/// A link's name among those of its room. It leads nowhere by itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkId(pub u128);

impl LinkId {
    /// Takes the text that [`fmt::Display`] writes, 32 digits of lower-case
    /// hex, and no other spelling.
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let fits = text.len() == 32 && text.bytes().all(digit);
        fits.then(|| u128::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

impl fmt::Display for LinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for LinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A link into a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Which.
    pub id: LinkId,
    /// Where it leads.
    pub room: ConversationId,
    /// Who made it.
    pub created_by: UserId,
    /// When, in ms since the epoch.
    pub created_at: u64,
    /// From when on it leads nowhere, in ms since the epoch.
    pub expires_at: u64,
    /// Whether it was taken back.
    pub revoked: bool,
}

impl Link {
    /// Whether it leads somewhere.
    pub fn is_live(&self, now: u64) -> bool {
        !self.revoked && now < self.expires_at
    }
}

/// Where links are kept.
pub trait Links: Send + Sync + 'static {
    /// Keeps a new link; false, and nothing is kept, where its room has
    /// [`LINKS`] that are live at its making.
    fn make(
        &self,
        link: &Link,
        digest: LinkDigest,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// The link of this digest, live or not.
    fn find(
        &self,
        digest: LinkDigest,
    ) -> impl Future<Output = Result<Option<Link>, PortError>> + Send;

    /// The links of a room that are live at `now`, the oldest first.
    fn of_room(
        &self,
        room: &ConversationId,
        now: u64,
    ) -> impl Future<Output = Result<Vec<Link>, PortError>> + Send;

    /// Takes a room's link back. False where it has none of this id that is
    /// live at `now`.
    fn revoke(
        &self,
        room: &ConversationId,
        id: LinkId,
        now: u64,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_told_to_nobody_by_accident() {
        assert_eq!(format!("{:?}", LinkSecret(0xabcd)), "LinkSecret(…)");
    }

    /// What is kept stays good: this never changes.
    #[test]
    fn a_digest_is_fixed() {
        let LinkDigest(digest) = LinkSecret(1).digest();
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "7c3ccd10bb7ec37b46d37926ae6274267f007a34aeaf15c882a715a7f3300529");
    }

    #[test]
    fn an_id_has_one_spelling() {
        let id = LinkId(0xa1);
        assert_eq!(LinkId::parse(&id.to_string()), Some(id));
        for wrong in ["", "a1", "000000000000000000000000000000A1"] {
            assert_eq!(LinkId::parse(wrong), None, "{wrong}");
        }
    }
}
