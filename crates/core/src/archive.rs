//! Moving everything out of one store and into another, as a port.
//!
//! [`Archive`] adds to a [`LogStore`] what an export reads and an import
//! writes. Its laws, each a test of the conformance suite:
//!
//! 1. A log that was restored reads as it did: places, names, authors, times,
//!    texts, and what its authors' devices call its entries. So a resend is
//!    known after the move.
//! 2. Restoring again changes nothing. What differs from what is there is
//!    [`PortError::Conflict`], and what would leave a hole is `Rejected`.
//! 3. Lists and unread counts follow, in the order of the newest messages where
//!    conversations are restored in the order of theirs.
//! 4. What was restored is a change after every stamp that any store gave
//!    before, this one included. So a device that was in step with the old
//!    store is brought everything by the new.
//! 5. Every conversation with an entry is told once, and everybody who has a
//!    name or was seen.

use std::{future::Future, sync::Arc};

use crate::{
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    log::{Entry, LogStore},
};

/// Where a reading of everything goes on, opaque to all but the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position(pub Vec<u8>);

/// A part of everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<T> {
    /// In an order of the store's own. May be empty though there is more.
    pub items: Vec<T>,
    /// Where the next part begins; `None` at the end.
    pub next: Option<Position>,
}

/// A conversation, as it is found among all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub conversation: ConversationId,
    /// The newest entry's place.
    pub last_seq: Seq,
    /// When the newest entry was accepted, in ms since the epoch.
    pub newest_at: u64,
}

/// All that a store knows of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The id.
    pub user: UserId,
    /// The name that others see, as it was typed.
    pub username: Option<Arc<str>>,
    /// Whether he is found by it: a name is that of whoever had it last.
    pub is_found: bool,
    /// When a connection of his ended last, in ms since the epoch.
    pub last_seen: Option<u64>,
}

/// A store that everything can be moved out of and into.
pub trait Archive: LogStore {
    /// A part of all conversations that have an entry.
    fn found(
        &self,
        from: Option<Position>,
    ) -> impl Future<Output = Result<Part<Found>, PortError>> + Send;

    /// Every read cursor of a conversation that has moved, ascending by reader.
    fn cursors(
        &self,
        conversation: &ConversationId,
    ) -> impl Future<Output = Result<Vec<(UserId, Seq)>, PortError>> + Send;

    /// A part of everybody who has a name or was seen.
    fn people(
        &self,
        from: Option<Position>,
    ) -> impl Future<Output = Result<Part<Person>, PortError>> + Send;

    /// Puts entries in their places, ascending and without a hole, beginning at
    /// most one place after the end of what is there. Answers with how many
    /// were not there yet. Their states are not looked at: later entries make
    /// them anew. So an entry is the one that is there if [`Entry::is_same`].
    ///
    /// All that it answered for is durable. Not to be called twice at once for
    /// one conversation. Cursors follow by [`LogStore::read`].
    fn restore(
        &self,
        conversation: &ConversationId,
        entries: Vec<Entry>,
    ) -> impl Future<Output = Result<u64, PortError>> + Send;

    /// Writes down a person; false where that changes nothing. `Conflict` where
    /// he has another name, however it is typed, or somebody else is found by his.
    fn restore_person(
        &self,
        person: &Person,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;
}

/// Refuses entries that are not in ascending places without a hole, or that no
/// store takes.
pub fn check(entries: &[Entry]) -> Result<(), PortError> {
    let dense = entries.windows(2).all(|two| two[1].seq == two[0].seq + 1);
    if !dense || entries.first().is_some_and(|first| first.seq == 0) {
        return Err(HOLE);
    }
    entries.iter().try_for_each(|entry| entry.body.check_limits())
}

/// What [`Archive::restore`] answers to entries that do not follow what is there.
pub const HOLE: PortError = PortError::Rejected("entries that would leave a hole in the log");

/// Where a store that counts its changes goes on counting when something is
/// restored, unless it is further: seconds since the epoch times 2^24.
///
/// Law 4 rests on it. Whatever such a store gave as a stamp before is smaller,
/// whether it began at 1 or at an earlier restore, as long as it stored less
/// than 16 million changes a second since. A stamp stays below 2^56 until 2106.
pub fn first_stamp(now_ms: u64) -> u64 {
    const MOST: u64 = 0xff << 48;
    ((now_ms / 1_000) << 24).min(MOST)
}
