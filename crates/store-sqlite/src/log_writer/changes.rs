//! What an entry changes beside the log's end: a message, or a room.

use std::sync::Arc;

use aizuchi_core::{
    ids::{ConversationId, Seq},
    limits::ROOMS,
    log::{Appended, Body, Entry, NewEntry},
    room::{Room, Rule},
};

use super::LogGroup;
use crate::{
    detail, journal,
    rows::{ConversationRow, PersonRow, signed},
    tail::What,
};

impl LogGroup<'_> {
    /// The row of the message that an entry changes, if it changes one.
    pub(super) fn target(
        &self,
        conversation: ConversationRow,
        body: &Body,
    ) -> rusqlite::Result<Option<u64>> {
        let Some(target) = body.target() else { return Ok(None) };
        let pending = self.pending.changes.iter().rev().find_map(|change| match change.what {
            What::Entry { seq, .. } if change.conversation == conversation && seq == target => {
                Some(change.stamp)
            }
            _ => None,
        });
        match pending {
            Some(row) => Ok(Some(row)),
            None => Ok(self.view.place(conversation, target)?.map(|place| place.entry)),
        }
    }

    /// Changes the message in this row. True where it is one.
    pub(super) fn change_target(
        &self,
        row: u64,
        entry: &NewEntry,
        appended: &Appended,
    ) -> rusqlite::Result<bool> {
        // Whose it is makes no difference to how it changes.
        let mut message = journal::entry(self.journal, row)?.by(entry.author.clone());
        if message.body.message().is_none() {
            return Ok(false);
        }
        message.fold(&Entry::new(entry.clone(), appended));
        journal::rewrite(self.journal, row, &message)?;
        Ok(true)
    }

    /// The room that an entry makes of one, if it changes one.
    pub(super) fn room_after(
        &mut self,
        conversation: ConversationRow,
        entry: &NewEntry,
        seq: Seq,
    ) -> rusqlite::Result<Result<Option<Arc<Room>>, Rule>> {
        let Body::Membership(change) = &entry.body else { return Ok(Ok(None)) };
        let before = self.room(conversation, &entry.conversation)?;
        let after = match Room::after(before.as_deref(), &entry.author, seq, change) {
            Ok(after) => after,
            Err(rule) => return Ok(Err(rule)),
        };
        for user in after.members.keys() {
            if before.as_ref().is_none_or(|room| !room.members.contains_key(user)) {
                let person = self.person(user)?;
                if self.rooms_of(person)? >= ROOMS {
                    return Ok(Err(Rule::TooManyRooms));
                }
            }
        }
        Ok(Ok(Some(Arc::new(after))))
    }

    /// Writes down a room after a change, and who came and went.
    pub(super) fn put_room(
        &mut self,
        conversation: ConversationRow,
        id: &ConversationId,
        room: Arc<Room>,
        stamp: u64,
    ) -> rusqlite::Result<()> {
        let before = self.room(conversation, id)?;
        self.journal
            .prepare_cached(
                "INSERT INTO room VALUES (?1, ?2)
                 ON CONFLICT (conversation) DO UPDATE SET state = excluded.state",
            )?
            .execute((conversation, detail::of_room(&room)))?;
        for user in room.members.keys() {
            if before.as_ref().is_none_or(|before| !before.members.contains_key(user)) {
                let person = self.person(user)?;
                self.journal
                    .prepare_cached(
                        "INSERT INTO room_member VALUES (?1, ?2, 0, NULL)
                         ON CONFLICT (person, conversation) DO UPDATE SET gone = NULL",
                    )?
                    .execute((person, conversation))?;
            }
        }
        for user in before.iter().flat_map(|before| before.members.keys()) {
            if !room.members.contains_key(user) {
                let person = self.person(user)?;
                self.journal
                    .prepare_cached(
                        "UPDATE room_member SET gone = ?3
                         WHERE person = ?1 AND conversation = ?2",
                    )?
                    .execute((person, conversation, signed(stamp)))?;
            }
        }
        self.pending.rooms.insert(id.clone(), room);
        Ok(())
    }

    /// Notes when somebody's cursor in a room moved.
    pub(super) fn note_move(
        &self,
        conversation: ConversationRow,
        reader: PersonRow,
        stamp: u64,
    ) -> rusqlite::Result<()> {
        self.journal
            .prepare_cached(
                "UPDATE room_member SET moved = ?3 WHERE person = ?1 AND conversation = ?2",
            )?
            .execute((reader, conversation, signed(stamp)))?;
        Ok(())
    }

    fn room(
        &self,
        conversation: ConversationRow,
        id: &ConversationId,
    ) -> rusqlite::Result<Option<Arc<Room>>> {
        if let Some(room) = self.pending.rooms.get(id) {
            return Ok(Some(Arc::clone(room)));
        }
        match self.rooms.get(id) {
            Some(room) => Ok(Some(room)),
            None => Ok(journal::room(self.journal, conversation)?.map(Arc::new)),
        }
    }

    fn rooms_of(&self, person: PersonRow) -> rusqlite::Result<usize> {
        self.journal
            .prepare_cached("SELECT count(*) FROM room_member WHERE person = ?1 AND gone IS NULL")?
            .query_row([person], |row| row.get::<_, i64>(0))
            .map(|count| usize::try_from(count).unwrap_or(usize::MAX))
    }
}
