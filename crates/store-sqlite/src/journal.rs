//! The journal: reading what was written. See `migrations/0001_log.sql`.

use aizuchi_core::{
    ids::{ClientMsgId, ConversationId, MessageId, UserId},
    log::{Appended, Body, Entry, Message, State},
    room::Room,
};
use rusqlite::{Connection, OptionalExtension, Row, types::Type};

use crate::{
    client_key::{self, ClientKey},
    detail,
    rows::{ConversationRow, Members, PersonRow, signed, unsigned},
    tail::{Change, What},
};

/// The kinds of entries.
pub(crate) mod kind {
    use aizuchi_core::log::Body;

    pub(crate) const MESSAGE: u8 = 0;
    pub(crate) const EDIT: u8 = 1;
    pub(crate) const DELETION: u8 = 2;
    pub(crate) const REACTION: u8 = 3;
    pub(crate) const MEMBERSHIP: u8 = 4;
    /// A message that is deleted by now.
    pub(crate) const DELETED: u8 = 5;

    pub(crate) fn of(body: &Body) -> u8 {
        match body {
            Body::Message(_) => MESSAGE,
            Body::Edit { .. } => EDIT,
            Body::Deletion { .. } => DELETION,
            Body::Reaction { .. } => REACTION,
            Body::Membership(_) => MEMBERSHIP,
        }
    }

    /// Whether entries of this kind are shown.
    pub(crate) fn is_shown(kind: u8) -> bool {
        matches!(kind, MESSAGE | MEMBERSHIP | DELETED)
    }
}

pub(crate) fn conversation(
    journal: &Connection,
    name: &ConversationId,
) -> rusqlite::Result<Option<ConversationRow>> {
    journal
        .prepare_cached("SELECT id FROM conversation WHERE name = ?1")?
        .query_row([name.as_str()], |row| row.get(0))
        .optional()
}

pub(crate) fn conversation_name(
    journal: &Connection,
    row: ConversationRow,
) -> rusqlite::Result<ConversationId> {
    journal.prepare_cached("SELECT name FROM conversation WHERE id = ?1")?.query_row([row], |row| {
        let name = row.get_ref(0)?.as_str()?;
        ConversationId::parse(name).map_err(|error| unreadable(0, Type::Text, error))
    })
}

pub(crate) fn members(journal: &Connection, row: ConversationRow) -> rusqlite::Result<Members> {
    journal
        .prepare_cached("SELECT member_a, member_b FROM conversation WHERE id = ?1")?
        .query_row([row], members_of)
}

/// The members in the first two columns.
pub(crate) fn members_of(row: &Row<'_>) -> rusqlite::Result<Members> {
    let both: (Option<PersonRow>, Option<PersonRow>) = (row.get(0)?, row.get(1)?);
    Ok(both.0.zip(both.1).map(|(a, b)| [a, b]))
}

pub(crate) fn person(journal: &Connection, user: &UserId) -> rusqlite::Result<Option<PersonRow>> {
    journal
        .prepare_cached("SELECT id FROM person WHERE sub = ?1")?
        .query_row([user.as_str()], |row| row.get(0))
        .optional()
}

pub(crate) fn person_id(journal: &Connection, row: PersonRow) -> rusqlite::Result<UserId> {
    journal.prepare_cached("SELECT sub FROM person WHERE id = ?1")?.query_row([row], |row| {
        let sub = row.get_ref(0)?.as_str()?;
        UserId::parse(sub).map_err(|error| unreadable(0, Type::Text, error))
    })
}

/// An entry, but for its author's name.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) appended: Appended,
    pub(crate) client_msg_id: Option<ClientMsgId>,
    pub(crate) sent_at: Option<i64>,
    pub(crate) body: Body,
    pub(crate) state: State,
}

impl Stored {
    pub(crate) fn by(self, author: UserId) -> Entry {
        Entry {
            seq: self.appended.seq,
            message_id: self.appended.message_id,
            author,
            client_msg_id: self.client_msg_id,
            timestamp: self.appended.timestamp,
            sent_at: self.sent_at,
            body: self.body,
            state: self.state,
        }
    }
}

pub(crate) fn entry(journal: &Connection, id: u64) -> rusqlite::Result<Stored> {
    journal
        .prepare_cached(
            "SELECT seq, message_id, at, client_msg_id, sent_at, reply_to, text, detail, state, kind
             FROM entry WHERE id = ?1",
        )?
        .query_row([signed(id)], |row| {
            let client_msg_id = row.get_ref(3)?.as_blob_or_null()?.map(client_key::decode);
            let deleted = row.get::<_, u8>(9)? == kind::DELETED;
            let state = detail::state(row.get_ref(8)?.as_str_or_null()?, deleted);
            Ok(Stored {
                appended: appended(row)?,
                client_msg_id: client_msg_id
                    .transpose()
                    .map_err(|error| unreadable(3, Type::Blob, error))?,
                sent_at: row.get(4)?,
                body: body(journal, row)?,
                state: state.map_err(|error| unreadable(8, Type::Text, error))?,
            })
        })
}

/// What a row of [`entry`] says.
fn body(journal: &Connection, row: &Row<'_>) -> rusqlite::Result<Body> {
    let refers_to = row.get::<_, Option<i64>>(5)?.map(unsigned);
    let text = row.get_ref(6)?.as_str_or_null()?.unwrap_or_default();
    let detail = row.get_ref(7)?.as_str_or_null()?;
    let target = refers_to.unwrap_or(0);
    let body = match row.get(9)? {
        kind::EDIT => {
            let of = detail::edited(detail).map_err(|error| unreadable(7, Type::Text, error))?;
            let Message { text, mentions, .. } = match of {
                Some(id) => entry(journal, id)?.body.message().cloned().unwrap_or_default(),
                None => Message::default(),
            };
            return Ok(Body::Edit { target, text, mentions });
        }
        kind::DELETION => Ok(Body::Deletion { target }),
        kind::REACTION => detail::reaction(target, detail.unwrap_or_default()),
        kind::MEMBERSHIP => detail::membership(detail.unwrap_or_default()),
        _ => detail::message(text, refers_to, detail).map(Body::Message),
    };
    body.map_err(|error| unreadable(7, Type::Text, error))
}

/// Writes a message anew, after later entries changed it.
pub(crate) fn rewrite(journal: &Connection, id: u64, message: &Entry) -> rusqlite::Result<()> {
    let Body::Message(body) = &message.body else { return Ok(()) };
    let kind = if message.state.deleted { kind::DELETED } else { kind::MESSAGE };
    journal
        .prepare_cached(
            "UPDATE entry SET kind = ?2, reply_to = ?3, text = ?4, detail = ?5, state = ?6
             WHERE id = ?1",
        )?
        .execute((
            signed(id),
            kind,
            body.reply_to.map(signed),
            &*body.text,
            detail::of_message(body),
            detail::of_state(&message.state),
        ))?;
    Ok(())
}

pub(crate) fn room(journal: &Connection, row: ConversationRow) -> rusqlite::Result<Option<Room>> {
    journal
        .prepare_cached("SELECT state FROM room WHERE conversation = ?1")?
        .query_row([row], |row| {
            let room = detail::room(row.get_ref(0)?.as_str()?);
            room.map_err(|error| unreadable(0, Type::Text, error))
        })
        .optional()
}

/// A room in a person's list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Joined {
    pub(crate) conversation: ConversationRow,
    /// The stamp of his cursor's last move.
    pub(crate) moved: u64,
    /// The stamp of his going, where he is no member any more.
    pub(crate) gone: Option<u64>,
}

/// The rooms that a person is or was in.
pub(crate) fn rooms_of(journal: &Connection, person: PersonRow) -> rusqlite::Result<Vec<Joined>> {
    let mut statement = journal
        .prepare_cached("SELECT conversation, moved, gone FROM room_member WHERE person = ?1")?;
    let rows = statement.query_map([person], joined)?;
    rows.collect()
}

/// One of these rooms.
pub(crate) fn room_of(
    journal: &Connection,
    person: PersonRow,
    room: ConversationRow,
) -> rusqlite::Result<Option<Joined>> {
    journal
        .prepare_cached(
            "SELECT conversation, moved, gone FROM room_member
             WHERE person = ?1 AND conversation = ?2",
        )?
        .query_row((person, room), joined)
        .optional()
}

fn joined(row: &Row<'_>) -> rusqlite::Result<Joined> {
    Ok(Joined {
        conversation: row.get(0)?,
        moved: row.get(1).map(unsigned)?,
        gone: row.get::<_, Option<i64>>(2)?.map(unsigned),
    })
}

/// What the append of an entry was answered with.
pub(crate) fn answer(journal: &Connection, id: u64) -> rusqlite::Result<Appended> {
    journal
        .prepare_cached("SELECT seq, message_id, at FROM entry WHERE id = ?1")?
        .query_row([signed(id)], appended)
}

fn appended(row: &Row<'_>) -> rusqlite::Result<Appended> {
    Ok(Appended {
        seq: row.get(0).map(unsigned)?,
        message_id: row.get(1).map(MessageId::from_bytes)?,
        timestamp: row.get(2).map(unsigned)?,
        duplicate: false,
    })
}

/// The newest change's stamp; 0 where there is none.
pub(crate) fn end(journal: &Connection) -> rusqlite::Result<u64> {
    journal
        .query_row(
            "SELECT max(coalesce((SELECT max(id) FROM entry), 0),
                        coalesce((SELECT max(id) FROM cursor_move), 0))",
            [],
            |row| row.get(0),
        )
        .map(unsigned)
}

/// The name of an entry, if there is one with this id.
pub(crate) fn message_id(journal: &Connection, id: u64) -> rusqlite::Result<Option<[u8; 16]>> {
    journal
        .prepare_cached("SELECT message_id FROM entry WHERE id = ?1")?
        .query_row([signed(id)], |row| row.get(0))
        .optional()
}

/// The first changes after a stamp, at most `limit`, in their order.
pub(crate) fn changes_after(
    journal: &Connection,
    stamp: u64,
    limit: usize,
) -> rusqlite::Result<Vec<Change>> {
    let within = (signed(stamp), i64::try_from(limit).unwrap_or(i64::MAX));
    // A cross join keeps the planner from leading with the smaller table.
    let mut entries = journal.prepare_cached(
        "SELECT member_a, member_b, entry.id, conversation, seq, author, kind, client_msg_id,
                reply_to
         FROM entry CROSS JOIN conversation ON conversation.id = conversation
         WHERE entry.id > ?1 ORDER BY entry.id LIMIT ?2",
    )?;
    let entries = entries.query_map(within, |row| {
        let client_key = row.get_ref(7)?.as_blob_or_null()?.map(ClientKey::from_bytes);
        let (seq, author, kind) = (row.get(4).map(unsigned)?, row.get(5)?, row.get(6)?);
        let refers_to = row.get::<_, Option<i64>>(8)?.map(unsigned);
        let deletes = refers_to.filter(|seq| kind == kind::DELETION && *seq > 0);
        change(row, What::Entry { seq, author, kind, client_key, deletes })
    })?;
    let mut changes: Vec<Change> = entries.collect::<rusqlite::Result<_>>()?;

    let mut moves = journal.prepare_cached(
        "SELECT member_a, member_b, cursor_move.id, conversation, reader, seq
         FROM cursor_move CROSS JOIN conversation ON conversation.id = conversation
         WHERE cursor_move.id > ?1 ORDER BY cursor_move.id LIMIT ?2",
    )?;
    let moves = moves.query_map(within, |row| {
        change(row, What::Move { reader: row.get(4)?, seq: row.get(5).map(unsigned)? })
    })?;
    for moved in moves {
        changes.push(moved?);
    }
    // Both are the first after the stamp: so are the first of both together.
    changes.sort_unstable_by_key(|change| change.stamp);
    changes.truncate(limit);
    Ok(changes)
}

fn change(row: &Row<'_>, what: What) -> rusqlite::Result<Change> {
    Ok(Change {
        members: members_of(row)?,
        stamp: row.get(2).map(unsigned)?,
        conversation: row.get(3)?,
        what,
    })
}

fn unreadable(
    column: usize,
    kind: Type,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, kind, Box::new(error))
}
