//! The log: a conversation is an append-only sequence of entries, dense from 1.
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

use std::{collections::HashMap, future::Future, sync::Arc};

use crate::{
    error::PortError,
    ids::{ClientMsgId, ConversationId, MessageId, Seq, UserId},
    limits::MESSAGE_BYTES,
};

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A message: 1 byte to [`crate::limits::MESSAGE_BYTES`] of text.
    Message {
        /// The text.
        text: Arc<str>,
        /// The entry that it answers, in the same conversation.
        reply_to: Option<Seq>,
    },
}

impl Body {
    /// Refuses what no store takes.
    pub fn check(&self) -> Result<(), PortError> {
        match self {
            Self::Message { text, .. } if text.is_empty() => {
                Err(PortError::Rejected("a message without text"))
            }
            Self::Message { text, .. } if text.len() > MESSAGE_BYTES => {
                Err(PortError::Rejected("a message over the limit"))
            }
            Self::Message { .. } => Ok(()),
        }
    }
}

/// An entry that has no place yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// Whose log.
    pub conversation: ConversationId,
    /// Who says it: always the connection's identity, never a frame's word.
    pub author: UserId,
    /// Makes the append idempotent; level 0 clients have none.
    pub client_msg_id: Option<ClientMsgId>,
    /// Its name, should it be the first of its `client_msg_id`.
    pub message_id: MessageId,
    /// When the server accepted it, in ms since the epoch.
    pub timestamp: u64,
    /// The sending device's clock, in ms since the epoch; orders nothing.
    pub sent_at: Option<i64>,
    /// What it says.
    pub body: Body,
}

/// The answer to an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The entry's place.
    pub seq: Seq,
    /// The entry's name.
    pub message_id: MessageId,
    /// When the server accepted it, in ms since the epoch.
    pub timestamp: u64,
    /// Whether it was there before: then nothing was stored.
    pub duplicate: bool,
}

/// An entry in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub seq: Seq,
    /// Its name.
    pub message_id: MessageId,
    /// Who said it.
    pub author: UserId,
    /// What its author's device called it.
    pub client_msg_id: Option<ClientMsgId>,
    /// When the server accepted it, in ms since the epoch.
    pub timestamp: u64,
    /// The sending device's clock, in ms since the epoch.
    pub sent_at: Option<i64>,
    /// What it says.
    pub body: Body,
}

impl Entry {
    /// About what it adds to a frame, in bytes, but for its conversation's id.
    pub fn weight(&self) -> usize {
        /// Keys, ids of fixed length, numbers, and the device's name for it.
        const AROUND: usize = 300;
        let Body::Message { text, .. } = &self.body;
        AROUND + written(text) + written(self.author.as_str())
    }
}

/// What a text takes in a frame, in bytes: what JSON escapes takes more room
/// there than in the log, up to six times.
fn written(text: &str) -> usize {
    let byte = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 2,
        0..0x20 => 6,
        _ => 1,
    };
    text.bytes().map(byte).sum()
}

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
    /// Other people's messages after one's own cursor, exact up to [`crate::limits::UNREAD`].
    pub unread: u64,
    /// Every member's read cursor that has moved, ascending by user.
    pub reads: Vec<(UserId, Seq)>,
    /// The newest message. Left out of [`LogStore::changed`], whose readers get
    /// entries.
    pub last: Option<Entry>,
    /// When its newest entry came: its place in the list.
    pub newest: Stamp,
    /// Its last change: an entry, or a cursor's move.
    pub changed: Stamp,
}

impl Summary {
    /// About what it adds to a frame, in bytes.
    pub fn weight(&self) -> usize {
        /// Two members' ids, names and cursors, and numbers.
        const AROUND: usize = 700;
        AROUND + self.conversation.as_str().len() + self.last.as_ref().map_or(0, Entry::weight)
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
    /// future does not undo the append. `Rejected` where [`Body::check`] refuses.
    fn append(&self, entry: NewEntry) -> Self::Appending;

    /// The messages of a part of a log, folded (edits in, deleted ones and
    /// other kinds left out). An unknown conversation is an empty page.
    fn messages(
        &self,
        conversation: &ConversationId,
        span: Span,
        size: PageSize,
    ) -> impl Future<Output = Result<Page, PortError>> + Send;

    /// All entries of a part of a log, raw. An unknown conversation is an empty page.
    fn entries(
        &self,
        conversation: &ConversationId,
        span: Span,
        size: PageSize,
    ) -> impl Future<Output = Result<Page, PortError>> + Send;

    /// Moves a member's read cursor forward to `seq`, or to the end where that
    /// is nearer. Durable when it answers.
    fn read(
        &self,
        conversation: &ConversationId,
        reader: &UserId,
        seq: Seq,
    ) -> impl Future<Output = Result<Cursor, PortError>> + Send;

    /// One conversation as `user` sees it; `None` where it has no entry.
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
