//! Where the direct answers to a caller go.

use aizuchi_core::outcome::Event;
use bytes::Bytes;

/// Where the direct answers to a caller go.
pub(crate) enum Answers {
    /// To his connection.
    Push,
    /// To whoever called in his name.
    Keep(Vec<Bytes>),
}

/// Bytes of a `SYNC` that are kept before it ends early: what one answer may
/// have, well below what the fronts can carry.
const KEPT_SYNC: usize = 1024 * 1024;

impl Answers {
    /// Whether a `SYNC` that brought this ends here. Not among conversations,
    /// since its caller has no cursor to go on from.
    pub(crate) fn are_enough(&self, brought: &Event) -> bool {
        let Self::Keep(frames) = self else { return false };
        let brings_entries =
            matches!(brought, Event::Changes { entries, .. } if !entries.is_empty());
        brings_entries && frames.iter().map(Bytes::len).sum::<usize>() >= KEPT_SYNC
    }
}
