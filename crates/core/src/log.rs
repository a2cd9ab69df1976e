//! The log: a conversation is an append-only sequence of entries, dense from 1.
//!
//! A message is one kind of entry. An edit, a deletion and a reaction are
//! others: they change the message that is their target ([`Entry::fold`]), and
//! lie in the log so that every device learns of them. So are the changes of a
//! room, which together make it ([`Room::after`]).
//!
//! [`LogStore`] is the port. Its laws, each a test of the conformance suite:
//!
//! 1. `seq` of a conversation is 1, 2, 3, … with no hole and no repeat.
//! 2. An append whose `(author, conversation, client_msg_id)` was stored before
//!    stores nothing and answers with the first one's place, for ever.
//! 3. An answered append is durable, and visible to every read that begins
//!    after the answer.
//! 4. Appends that one caller begins in an order take their places in it.
//! 5. An entry never changes its place.
//! 6. Read cursors only grow, and never pass the end.
//! 7. [`Stamp`]s grow: a conversation that changed after a stamp was taken is
//!    among those changed since it.
//! 8. Before an append is answered, its target has changed by it, wherever it
//!    is read. What is deleted stays so, and nothing reads its text again.
//! 9. A room is what [`Room::after`] makes of its log's changes. A change that
//!    it refuses is [`PortError::Refused`], and not stored.
//! 10. A room is in the list of each of its members. Whoever is no member any
//!     more finds it among what changed, and nowhere else.

mod body;
mod entry;

use std::{collections::HashMap, future::Future, sync::Arc};

pub(crate) use self::entry::written;
pub use self::{
    body::{Body, Emoji, Message},
    entry::{Appended, Edited, Entry, NewEntry, Reaction, State},
};
use crate::{
    error::PortError,
    ids::{ClientMsgId, ConversationId, Seq, UserId},
    room::Room,
};

/// Which part of a log a page takes. Both ends are exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// The newest.
    Newest,
    /// The newest of those before this place.
    Before(Seq),
    /// The oldest of those after this place; 0 is the beginning.
    After(Seq),
}

/// A part of a log, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Ascending by `seq`.
    pub entries: Vec<Entry>,
    /// Whether there is more in the direction asked.
    pub has_more: bool,
}

/// How much a page may hold: it ends before the entry that would go over
/// either. The first entry is taken whatever its size in bytes, so that a
/// reader always advances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize {
    /// Entries.
    pub entries: usize,
    /// Bytes of text.
    pub bytes: usize,
}

/// A place in the store's history of changes, opaque to all but the store.
/// 0 is before every change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Stamp(pub u64);

/// A conversation as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Which.
    pub conversation: ConversationId,
    /// The newest entry's place.
    pub last_seq: Seq,
    /// Other people's messages that are not deleted, after one's own cursor and
    /// what one sees of a room, exact up to [`crate::limits::UNREAD`].
    pub unread: u64,
    /// Every member's read cursor that has moved, ascending by user. Of a room
    /// with more members than [`crate::limits::TOLD`], one's own alone.
    pub reads: Vec<(UserId, Seq)>,
    /// The newest entry that is shown. Left out of [`LogStore::changed`], whose
    /// readers get entries.
    pub last: Option<Entry>,
    /// When its newest entry came: its place in the list.
    pub newest: Stamp,
    /// Its last change: an entry, or a cursor's move. Of a room: an entry, or
    /// one's own cursor's move.
    pub changed: Stamp,
    /// The room that it is; `None` for a direct conversation. One that its
    /// reader is no member of any more comes without entries and cursors.
    pub room: Option<Arc<Room>>,
}

impl Summary {
    /// About what it adds to a frame, in bytes.
    pub fn weight(&self) -> usize {
        /// About a cursor of a room's member.
        const CURSOR: usize = 60;
        /// Two members' ids, names and cursors, and numbers.
        const AROUND: usize = 700;
        let last = self.last.as_ref().map_or(0, Entry::weight);
        let room = self.room.as_ref().map_or(0, |room| room.weight() + self.reads.len() * CURSOR);
        AROUND + self.conversation.as_str().len() + last + room
    }
}

/// The answer to a read cursor's move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Where the cursor stands now.
    pub seq: Seq,
    /// Whether this call moved it.
    pub moved: bool,
}

/// Conversations of a user, a page at a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// In the order asked for.
    pub summaries: Vec<Summary>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<ListCursor>,
}

/// Where a page of conversations begins: after the conversation with this
/// [`Summary::newest`]. Stamps are unique to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListCursor(pub Stamp);

/// Where conversations are kept.
pub trait LogStore: Send + Sync + 'static {
    /// The wait for an append's outcome.
    type Appending: Future<Output = Result<Appended, PortError>> + Send + Unpin + 'static;

    /// Appends an entry to its conversation's log, beginning the log with it if
    /// need be.
    ///
    /// The place is taken in the order of the calls, not of the polls: the work
    /// begins at once, and the future only waits for its outcome. Dropping the
    /// future does not undo the append. `Rejected` where [`NewEntry::check`]
    /// refuses, `Refused` where [`Room::after`] does. An entry of a room that is
    /// no change of it is taken from anybody: who may say something is decided
    /// before.
    fn append(&self, entry: NewEntry) -> Self::Appending;

    /// What people see of a part of a log: messages, those deleted among them,
    /// and changes of a room ([`Body::is_shown`]). An unknown conversation is an
    /// empty page.
    fn messages(
        &self,
        conversation: &ConversationId,
        span: Span,
        size: PageSize,
    ) -> impl Future<Output = Result<Page, PortError>> + Send;

    /// All entries of a part of a log. An unknown conversation is an empty page.
    fn entries(
        &self,
        conversation: &ConversationId,
        span: Span,
        size: PageSize,
    ) -> impl Future<Output = Result<Page, PortError>> + Send;

    /// The entry at a place; `None` where there is none yet.
    fn entry(
        &self,
        conversation: &ConversationId,
        seq: Seq,
    ) -> impl Future<Output = Result<Option<Entry>, PortError>> + Send;

    /// What the first append of this author's under this name was answered
    /// with, as a duplicate; `None` where there was none.
    fn sent(
        &self,
        conversation: &ConversationId,
        author: &UserId,
        client_msg_id: &ClientMsgId,
    ) -> impl Future<Output = Result<Option<Appended>, PortError>> + Send;

    /// A room; `None` where there is none of this id. Its members were so at a
    /// moment after the call began.
    fn room(
        &self,
        room: &ConversationId,
    ) -> impl Future<Output = Result<Option<Arc<Room>>, PortError>> + Send;

    /// Moves a member's read cursor forward to `seq`, or to the end where that
    /// is nearer. Durable when it answers.
    fn read(
        &self,
        conversation: &ConversationId,
        reader: &UserId,
        seq: Seq,
    ) -> impl Future<Output = Result<Cursor, PortError>> + Send;

    /// Every read cursor of a conversation that has moved, ascending by reader;
    /// of a room's also those of people who were in it.
    fn reads(
        &self,
        conversation: &ConversationId,
    ) -> impl Future<Output = Result<Vec<(UserId, Seq)>, PortError>> + Send;

    /// One conversation as `user`, who is in it, sees it; `None` where it has no entry.
    fn summary(
        &self,
        conversation: &ConversationId,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<Summary>, PortError>> + Send;

    /// The conversations of `user`, the one with the newest entry first.
    fn conversations(
        &self,
        user: &UserId,
        from: Option<ListCursor>,
        limit: usize,
    ) -> impl Future<Output = Result<Listed, PortError>> + Send;

    /// The conversations of `user` that changed after `since`, the earliest
    /// change first. `next` of the page is given while there are more. A stamp
    /// that this log has not reached, since it was put back from a backup, is
    /// as good as 0.
    fn changed(
        &self,
        user: &UserId,
        since: Stamp,
        limit: usize,
    ) -> impl Future<Output = Result<Listed, PortError>> + Send;

    /// Those of these conversations of `user` that have entries after the place
    /// named with them, however long ago they changed.
    fn behind(
        &self,
        user: &UserId,
        places: &HashMap<ConversationId, Seq>,
    ) -> impl Future<Output = Result<Vec<Summary>, PortError>> + Send {
        async move {
            const ONE: PageSize = PageSize { entries: 1, bytes: 0 };
            let mut behind = Vec::new();
            for (conversation, place) in places {
                let is_member = match conversation.direct_members() {
                    Some(two) => two.contains(user),
                    None => {
                        let room = self.room(conversation).await?;
                        room.is_some_and(|room| room.role(user).is_some())
                    }
                };
                if !is_member {
                    continue;
                }
                let page = self.entries(conversation, Span::After(*place), ONE).await?;
                if !page.entries.is_empty() {
                    behind.extend(self.summary(conversation, user).await?);
                }
            }
            Ok(behind)
        }
    }

    /// The stamp of the newest change that every read sees by now.
    fn now(&self) -> impl Future<Output = Result<Stamp, PortError>> + Send;
}
