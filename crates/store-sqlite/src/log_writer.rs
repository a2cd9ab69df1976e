//! The log's part in a group: names to rows, resends, places and stamps.
//!
//! Invariants. Only this writer changes the log, so what it remembers of a
//! conversation's end stays true; after a failed commit it forgets everything
//! and looks again. `next` follows the newest stamp that is committed. What a
//! group has already done is known to the rest of it: `heads` and `pending`
//! hold it until it is published.

mod changes;
mod restore;

use std::{collections::HashMap, num::NonZeroUsize, sync::Arc};

use aizuchi_core::{
    ids::{ConversationId, Seq, UserId},
    log::{Appended, Body, Cursor, NewEntry},
    room::{Room, Rule},
};
use lru::LruCache;
use rusqlite::{CachedStatement, Connection};

use crate::{
    client_key::ClientKey,
    detail, index,
    journal::{self, kind},
    people,
    rooms::Rooms,
    rows::{ConversationRow, Members, PersonRow, signed},
    tail::{Change, SentKey, Stuck, Tail, What},
    view::View,
    writer::NewMove,
};

pub(crate) use self::restore::Unfit;

/// Conversations and people that are remembered: more than a group can name,
/// so that none of a group's is forgotten before it is published.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(16_384).unwrap();

pub(crate) struct LogWriter {
    tail: Arc<Tail>,
    index: Connection,
    rooms: Arc<Rooms>,
    next: u64,
    conversations: LruCache<ConversationId, (ConversationRow, Members)>,
    people: LruCache<UserId, PersonRow>,
    heads: LruCache<ConversationRow, Seq>,
    pending: Pending,
}

/// What the group has done so far.
#[derive(Debug, Default)]
struct Pending {
    changes: Vec<Change>,
    sent: HashMap<SentKey, Appended>,
    cursors: HashMap<(ConversationRow, PersonRow), Seq>,
    rooms: HashMap<ConversationId, Arc<Room>>,
}

impl Pending {
    fn clear(&mut self) {
        self.changes.clear();
        self.sent.clear();
        self.cursors.clear();
        self.rooms.clear();
    }
}

impl LogWriter {
    /// A writer after the tail's end, with a connection that reads the index.
    pub(crate) fn new(tail: Arc<Tail>, index: Connection, rooms: Arc<Rooms>) -> Self {
        Self {
            next: tail.end() + 1,
            tail,
            index,
            rooms,
            conversations: LruCache::new(REMEMBERED),
            people: LruCache::new(REMEMBERED),
            heads: LruCache::new(REMEMBERED),
            pending: Pending::default(),
        }
    }

    /// Waits until the tail has room for a group.
    pub(crate) fn wait_for_room(&self) -> Result<(), Stuck> {
        self.tail.wait_for_room()
    }

    /// Begins the log's part in a group that `journal` is the transaction of.
    pub(crate) fn begin<'a>(
        &'a mut self,
        journal: &'a Connection,
    ) -> rusqlite::Result<LogGroup<'a>> {
        Ok(LogGroup {
            view: View::open(&self.tail, &self.index)?,
            sent: index::Sent::prepare(&self.index)?,
            insert_entry: journal.prepare_cached(
                "INSERT INTO entry (id, conversation, seq, kind, author, message_id,
                                    client_msg_id, at, sent_at, reply_to, text, detail)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?,
            journal,
            rooms: &self.rooms,
            next: self.next,
            conversations: &mut self.conversations,
            people: &mut self.people,
            heads: &mut self.heads,
            pending: &mut self.pending,
        })
    }

    /// The group is committed: shows it to all.
    pub(crate) fn publish(&mut self) {
        if let Some(last) = self.pending.changes.last() {
            self.next = last.stamp + 1;
        }
        self.rooms.put(self.pending.rooms.drain());
        self.tail.publish(self.pending.changes.drain(..));
        self.pending.clear();
    }

    /// The group is undone: so is what is remembered.
    pub(crate) fn forget(&mut self) {
        self.pending.clear();
        self.conversations.clear();
        self.people.clear();
        self.heads.clear();
    }
}

/// Where an entry is written.
struct Row {
    stamp: u64,
    conversation: ConversationRow,
    author: PersonRow,
    seq: Seq,
    /// The row of the message that it changes.
    target: Option<u64>,
}

/// The log's part in one group.
pub(crate) struct LogGroup<'a> {
    journal: &'a Connection,
    insert_entry: CachedStatement<'a>,
    view: View<'a>,
    sent: index::Sent<'a>,
    rooms: &'a Rooms,
    next: u64,
    conversations: &'a mut LruCache<ConversationId, (ConversationRow, Members)>,
    people: &'a mut LruCache<UserId, PersonRow>,
    heads: &'a mut LruCache<ConversationRow, Seq>,
    pending: &'a mut Pending,
}

impl LogGroup<'_> {
    pub(crate) fn append(&mut self, entry: &NewEntry) -> rusqlite::Result<Result<Appended, Rule>> {
        let (conversation, members) = self.conversation(&entry.conversation)?;
        let author = self.person(&entry.author)?;
        let client_key = entry.client_msg_id.as_ref().map(ClientKey::of);
        let key = client_key.map(|client| SentKey { client, author, conversation });
        if let Some(key) = &key
            && let Some(first) = self.sent(key)?
        {
            return Ok(Ok(Appended { duplicate: true, ..first }));
        }
        let seq = self.last_seq(conversation)? + 1;
        self.put(entry, (conversation, members), author, key, seq)
    }

    /// Puts an entry at the end of its conversation's log, and changes what it
    /// changes.
    fn put(
        &mut self,
        entry: &NewEntry,
        (conversation, members): (ConversationRow, Members),
        author: PersonRow,
        key: Option<SentKey>,
        seq: Seq,
    ) -> rusqlite::Result<Result<Appended, Rule>> {
        let room = match self.room_after(conversation, entry, seq)? {
            Ok(room) => room,
            Err(rule) => return Ok(Err(rule)),
        };
        let appended = Appended {
            seq,
            message_id: entry.message_id,
            timestamp: entry.timestamp,
            duplicate: false,
        };
        let target = self.target(conversation, &entry.body)?;
        let stamp = self.stamp();
        let row = Row { stamp, conversation, author, seq, target };
        self.insert(entry, &row, key.as_ref())?;
        let changes = match target {
            Some(target) => self.change_target(target, entry, &appended)?,
            None => false,
        };
        if let Some(room) = room {
            self.put_room(conversation, &entry.conversation, room, stamp)?;
        }
        self.heads.put(conversation, seq);
        let client_key = key.as_ref().map(|key| key.client.clone());
        if let Some(key) = key {
            self.pending.sent.insert(key, appended);
        }
        let deletes = match entry.body {
            Body::Deletion { target } if changes => Some(target),
            _ => None,
        };
        let what = What::Entry { seq, author, kind: kind::of(&entry.body), client_key, deletes };
        self.pending.changes.push(Change { stamp, conversation, members, what });
        Ok(Ok(appended))
    }

    /// Moves a cursor, if that is forward.
    pub(crate) fn advance(&mut self, new: &NewMove) -> rusqlite::Result<Cursor> {
        // Reading what nobody wrote leaves no trace.
        let known = self.conversations.get(&new.conversation).map(|(row, _)| *row);
        let known = match known {
            Some(row) => Some(row),
            None => journal::conversation(self.journal, &new.conversation)?,
        };
        let Some(row) = known else { return Ok(Cursor { seq: 0, moved: false }) };
        let asked = new.seq.min(self.last_seq(row)?);
        let reader = self.person(&new.reader)?;
        let stands = match self.pending.cursors.get(&(row, reader)) {
            Some(seq) => *seq,
            None => self.view.cursor(row, reader)?,
        };
        if asked <= stands {
            return Ok(Cursor { seq: stands, moved: false });
        }
        let (conversation, members) = self.conversation(&new.conversation)?;
        let stamp = self.stamp();
        self.journal
            .prepare_cached("INSERT INTO cursor_move VALUES (?1, ?2, ?3, ?4)")?
            .execute((signed(stamp), conversation, reader, signed(asked)))?;
        if members.is_none() {
            self.note_move(conversation, reader, stamp)?;
        }
        self.pending.cursors.insert((conversation, reader), asked);
        let what = What::Move { reader, seq: asked };
        self.pending.changes.push(Change { stamp, conversation, members, what });
        Ok(Cursor { seq: asked, moved: true })
    }

    fn insert(
        &mut self,
        entry: &NewEntry,
        row: &Row,
        key: Option<&SentKey>,
    ) -> rusqlite::Result<()> {
        let message = entry.body.message();
        let refers_to = match message {
            Some(message) => message.reply_to,
            None => entry.body.target(),
        };
        self.insert_entry.execute((
            signed(row.stamp),
            row.conversation,
            signed(row.seq),
            kind::of(&entry.body),
            row.author,
            entry.message_id.to_bytes(),
            key.map(|key| key.client.as_bytes()),
            signed(entry.timestamp),
            entry.sent_at,
            refers_to.map(signed),
            message.map(|message| &*message.text),
            detail::of_body(&entry.body, row.target),
        ))?;
        Ok(())
    }

    fn stamp(&mut self) -> u64 {
        let stamp = self.next;
        self.next += 1;
        stamp
    }

    /// What the first append under this key was answered with.
    fn sent(&mut self, key: &SentKey) -> rusqlite::Result<Option<Appended>> {
        if let Some(first) = self.pending.sent.get(key) {
            return Ok(Some(*first));
        }
        let first = self.view.sent(key, &mut self.sent)?;
        first.map(|entry| journal::answer(self.journal, entry)).transpose()
    }

    fn last_seq(&mut self, conversation: ConversationRow) -> rusqlite::Result<Seq> {
        if let Some(seq) = self.heads.get(&conversation) {
            return Ok(*seq);
        }
        let seq = self.view.last_seq(conversation)?;
        self.heads.put(conversation, seq);
        Ok(seq)
    }

    fn person(&mut self, user: &UserId) -> rusqlite::Result<PersonRow> {
        if let Some(row) = self.people.get(user) {
            return Ok(*row);
        }
        let row = people::row(self.journal, user)?;
        self.people.put(user.clone(), row);
        Ok(row)
    }

    /// The row of a conversation, made if need be.
    fn conversation(
        &mut self,
        name: &ConversationId,
    ) -> rusqlite::Result<(ConversationRow, Members)> {
        if let Some(known) = self.conversations.get(name) {
            return Ok(*known);
        }
        let known = match journal::conversation(self.journal, name)? {
            Some(row) => (row, journal::members(self.journal, row)?),
            None => self.new_conversation(name)?,
        };
        self.conversations.put(name.clone(), known);
        Ok(known)
    }

    fn new_conversation(
        &mut self,
        name: &ConversationId,
    ) -> rusqlite::Result<(ConversationRow, Members)> {
        let members = match name.direct_members() {
            Some([a, b]) => Some([self.person(&a)?, self.person(&b)?]),
            None => None,
        };
        let [a, b] = members.map_or([None; 2], |both| both.map(Some));
        let row = self
            .journal
            .prepare_cached(
                "INSERT INTO conversation (name, member_a, member_b) VALUES (?1, ?2, ?3)
                 RETURNING id",
            )?
            .query_row((name.as_str(), a, b), |row| row.get(0))?;
        Ok((row, members))
    }
}
