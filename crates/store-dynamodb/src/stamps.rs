//! Stamps of changes, made by many processes without asking each other.
//!
//! A stamp is a moment: milliseconds since the epoch, a count within them, and
//! twelve bits of the conversation's digest and the process's own, so that those
//! of one moment differ from one conversation to another, and from one process
//! to another. In one process they grow, whatever the clock does. Those of two processes may be out of order by the difference of
//! their clocks, and a change is seen a while after it was stamped; so "now" is
//! said to be [`crate::Settings::overlap`] earlier than it is. A reader may be
//! brought a change twice, and never misses one.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use aizuchi_core::{ids::ConversationId, log::Stamp};

use crate::keys;

/// Bits below the milliseconds.
const MOMENT_BITS: u32 = 20;
/// Of those, the bits that name the conversation and the process.
const NAME_BITS: u32 = 12;
const NAME: u64 = (1 << NAME_BITS) - 1;

/// The stamps that one process makes.
#[derive(Debug)]
pub(crate) struct Stamps {
    /// The newest, without its name.
    last: AtomicU64,
    /// The process's own bits.
    process: u64,
}

impl Default for Stamps {
    fn default() -> Self {
        let mut random = [0; 8];
        // Without randomness processes look alike, which costs a frame told twice.
        let _ = getrandom::fill(&mut random);
        Self::of(u64::from_ne_bytes(random))
    }
}

impl Stamps {
    fn of(process: u64) -> Self {
        Self { last: AtomicU64::new(0), process }
    }

    /// A stamp for a change of this conversation, after all that were made before.
    pub(crate) fn make(&self, now_ms: u64, conversation: &ConversationId) -> Stamp {
        let digest = keys::digest(&[conversation.as_str()]);
        let name = u64::from(u16::from_be_bytes([digest[0], digest[1]])) ^ self.process;
        Stamp(self.moment(now_ms) | (name & NAME))
    }

    /// The moment that every read has reached by now; changes to come are after it.
    pub(crate) fn now(&self, now_ms: u64, overlap: Duration) -> Stamp {
        let overlap = u64::try_from(overlap.as_millis()).unwrap_or(u64::MAX);
        let earlier = overlap.saturating_mul(1 << MOMENT_BITS);
        Stamp((self.moment(now_ms) | NAME).saturating_sub(earlier))
    }

    /// The next moment of this process.
    fn moment(&self, now_ms: u64) -> u64 {
        let now = now_ms.saturating_mul(1 << MOMENT_BITS) & !NAME;
        let next = |last: u64| now.max(last.saturating_add(NAME + 1) & !NAME);
        let last =
            self.last.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(next(last)));
        next(last.unwrap_or_else(|last| last))
    }
}

/// The stamp of something that happened elsewhere, then (ms since the epoch).
/// The same wherever it is made, and different for most conversations.
pub(crate) fn of_then(ms: u64, conversation: &ConversationId) -> Stamp {
    let digest = keys::digest(&[conversation.as_str()]);
    let name = u64::from(u32::from_be_bytes([0, digest[0], digest[1], digest[2]]));
    Stamp(ms.saturating_mul(1 << MOMENT_BITS) | (name & ((1 << MOMENT_BITS) - 1)))
}

/// Milliseconds since the epoch of a stamp.
pub(crate) fn ms_of(stamp: Stamp) -> u64 {
    stamp.0 >> MOMENT_BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000_000;

    fn conversation(name: &str) -> ConversationId {
        ConversationId::parse(name).unwrap()
    }

    #[test]
    fn stamps_grow_whatever_the_clock_does() {
        let stamps = Stamps::default();
        let (one, other) = (conversation("d:ada:bob"), conversation("d:ada:cyd"));
        let mut all = Vec::new();
        for now in [NOW, NOW, NOW - 5_000, NOW + 1, 0, NOW + 2] {
            all.push(stamps.make(now, &one));
            all.push(stamps.now(now, Duration::ZERO));
            all.push(stamps.make(now, &other));
        }
        assert!(all.is_sorted_by(|one, next| one < next), "{all:?}");
    }

    #[test]
    fn one_moment_is_not_the_same_for_two_conversations_or_processes() {
        let of = |process, name| Stamps::of(process).make(NOW, &conversation(name));
        assert_ne!(of(1, "d:ada:bob"), of(1, "d:ada:cyd"));
        assert_ne!(of(1, "d:ada:bob"), of(2, "d:ada:bob"));
        assert_eq!(ms_of(of(u64::MAX, "d:ada:bob")), NOW);
    }

    #[test]
    fn now_is_earlier_by_the_overlap() {
        let now = Stamps::default().now(NOW, Duration::from_secs(30));
        assert_eq!(ms_of(now), NOW - 30_000);
        assert_eq!(Stamps::default().now(5, Duration::from_secs(30)), Stamp(0));
    }
}
