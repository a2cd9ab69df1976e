//! Rooms, and how they come into lists.

use std::sync::Arc;

use aizuchi_core::{
    ids::{ConversationId, UserId},
    limits::TOLD,
    room::Room,
};

use super::LogReader;
use crate::{
    index::List,
    journal::{self, Joined},
    rows::{ConversationRow, PersonRow},
    view::View,
};

/// A room as one of its members, or one who was, sees it.
#[derive(Debug, Clone)]
pub(super) struct Own {
    pub(super) room: Arc<Room>,
    /// The stamp of his cursor's last move.
    moved: u64,
    /// The stamp of his going.
    pub(super) gone: Option<u64>,
}

impl Own {
    /// The stamp of what changed last for him.
    pub(super) fn changed(&self, newest: u64) -> u64 {
        self.gone.unwrap_or(newest.max(self.moved))
    }

    /// Whether everybody's cursors are told.
    pub(super) fn tells_all(&self) -> bool {
        self.room.members.len() <= TOLD
    }

    /// The place that brought him in: what was before he has read.
    pub(super) fn since(&self, user: &UserId) -> u64 {
        self.room.members.get(user).map_or(0, |member| member.since)
    }
}

impl LogReader {
    pub(crate) fn room(&self, id: &ConversationId) -> rusqlite::Result<Option<Arc<Room>>> {
        match journal::conversation(&self.journal, id)? {
            Some(row) => self.room_in(row, id),
            None => Ok(None),
        }
    }

    pub(super) fn room_in(
        &self,
        row: ConversationRow,
        id: &ConversationId,
    ) -> rusqlite::Result<Option<Arc<Room>>> {
        if let Some(room) = self.rooms.get(id) {
            return Ok(Some(room));
        }
        let moment = self.rooms.now();
        let room = journal::room(&self.journal, row)?.map(Arc::new);
        if let Some(room) = &room {
            self.rooms.offer(moment, id, room);
        }
        Ok(room)
    }

    /// What a room is to somebody; `None` for a direct conversation, and a room
    /// that nobody made.
    pub(super) fn own(
        &self,
        row: ConversationRow,
        id: &ConversationId,
        person: Option<PersonRow>,
    ) -> rusqlite::Result<Option<Own>> {
        if id.direct_members().is_some() {
            return Ok(None);
        }
        let Some(room) = self.room_in(row, id)? else { return Ok(None) };
        let joined = person.map(|person| journal::room_of(&self.journal, person, row));
        let joined = joined.transpose()?.flatten();
        let moved = joined.map_or(0, |joined| joined.moved);
        Ok(Some(Own { room, moved, gone: joined.and_then(|joined| joined.gone) }))
    }
}

/// The rooms of a person that belong in a list, each with the stamp that it is
/// listed by.
pub(super) fn listed(
    view: &View<'_>,
    rooms: Vec<Joined>,
    list: List,
) -> rusqlite::Result<Vec<(u64, ConversationRow)>> {
    let mut found = Vec::new();
    for Joined { conversation, moved, gone } in rooms {
        let newest = view.newest_entry(conversation)?;
        let stamp = match (list, gone) {
            (List::NewestBefore(before), None) => Some(newest).filter(|stamp| *stamp < before),
            (List::NewestBefore(_), Some(_)) => None,
            (List::ChangedAfter(after), gone) => {
                Some(gone.unwrap_or(newest.max(moved))).filter(|stamp| *stamp > after)
            }
        };
        // One that was made a moment ago is in no view yet.
        found.extend(stamp.filter(|_| newest > 0).map(|stamp| (stamp, conversation)));
    }
    Ok(found)
}
