//! The index: what is looked up in the journal, in a file of its own.
//!
//! It is a fold of the journal up to its watermark, no more and no less: the
//! changes of a segment and the watermark that covers them are one
//! transaction. It can always be made again from the journal, so its commits
//! do not wait for the disk; after a power failure it may be some commits
//! behind, and its watermark with it.

mod fold;

use aizuchi_core::ids::Seq;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row};

pub(crate) use self::fold::fold;
use crate::{
    rows::{ConversationRow, PersonRow, signed, unsigned},
    tail::{Place, SentKey},
};

/// Counts the shapes that the index has had; one of another shape is made again.
pub(crate) const SHAPE: i64 = 1;

pub(crate) const SCHEMA: &str = "
    -- One row: the newest change that is folded in, and the newest entry among
    -- them by its name, so that another journal's index is told apart.
    CREATE TABLE watermark (
        id         INTEGER PRIMARY KEY CHECK (id = 1),
        stamp      INTEGER NOT NULL,
        entry      INTEGER NOT NULL,
        message_id BLOB
    ) STRICT;

    -- Places of a conversation, 64 to a row: entry, kind and author of each.
    -- `id` is the conversation's row and the block's number, in one.
    CREATE TABLE block (id INTEGER PRIMARY KEY, places BLOB NOT NULL) STRICT;

    -- What makes an append a resend. Led by the client's key: those of a
    -- device ascend, so the table grows at its end.
    CREATE TABLE sent (
        client       BLOB NOT NULL,
        author       INTEGER NOT NULL,
        conversation INTEGER NOT NULL,
        entry        INTEGER NOT NULL,
        PRIMARY KEY (client, author, conversation)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE head (
        conversation INTEGER PRIMARY KEY,
        last_seq     INTEGER NOT NULL,
        newest       INTEGER NOT NULL,
        changed      INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE cursor (
        conversation INTEGER NOT NULL,
        reader       INTEGER NOT NULL,
        seq          INTEGER NOT NULL,
        PRIMARY KEY (conversation, reader)
    ) STRICT, WITHOUT ROWID;

    -- A person's conversations by their newest entry, and by their last change.
    CREATE TABLE newest (
        person       INTEGER NOT NULL,
        stamp        INTEGER NOT NULL,
        conversation INTEGER NOT NULL,
        PRIMARY KEY (person, stamp)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE changed (
        person       INTEGER NOT NULL,
        stamp        INTEGER NOT NULL,
        conversation INTEGER NOT NULL,
        PRIMARY KEY (person, stamp)
    ) STRICT, WITHOUT ROWID;

    INSERT INTO watermark VALUES (1, 0, 0, NULL);
";

/// How far the index is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Watermark {
    /// The newest change folded in.
    pub(crate) stamp: u64,
    /// The newest entry folded in, 0 for none, and its name.
    pub(crate) entry: u64,
    pub(crate) message_id: Option<[u8; 16]>,
}

pub(crate) fn watermark(index: &Connection) -> rusqlite::Result<Watermark> {
    index.query_row("SELECT stamp, entry, message_id FROM watermark", [], |row| {
        Ok(Watermark {
            stamp: row.get(0).map(unsigned)?,
            entry: row.get(1).map(unsigned)?,
            message_id: row.get(2)?,
        })
    })
}

/// The watermark's stamp alone.
pub(crate) fn covered(index: &Connection) -> rusqlite::Result<u64> {
    let mut statement = index.prepare_cached("SELECT stamp FROM watermark")?;
    statement.query_row([], |row| row.get(0)).map(unsigned)
}

/// Looks for entries by the key that they were appended under.
pub(crate) struct Sent<'a>(CachedStatement<'a>);

impl<'a> Sent<'a> {
    pub(crate) fn prepare(index: &'a Connection) -> rusqlite::Result<Self> {
        let sql = "SELECT entry FROM sent WHERE client = ?1 AND author = ?2 AND conversation = ?3";
        index.prepare_cached(sql).map(Self)
    }

    pub(crate) fn find(&mut self, key: &SentKey) -> rusqlite::Result<Option<u64>> {
        let key = (key.client.as_bytes(), key.author, key.conversation);
        let entry = self.0.query_row(key, |row| row.get(0)).optional()?;
        Ok(entry.map(unsigned))
    }
}

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Head {
    pub(crate) last_seq: Seq,
    /// The newest entry's stamp.
    pub(crate) newest: u64,
    /// The newest change's stamp.
    pub(crate) changed: u64,
}

pub(crate) fn head(
    index: &Connection,
    conversation: ConversationRow,
) -> rusqlite::Result<Option<Head>> {
    index
        .prepare_cached("SELECT last_seq, newest, changed FROM head WHERE conversation = ?1")?
        .query_row([conversation], |row| {
            Ok(Head {
                last_seq: row.get(0).map(unsigned)?,
                newest: row.get(1).map(unsigned)?,
                changed: row.get(2).map(unsigned)?,
            })
        })
        .optional()
}

pub(crate) fn cursor(
    index: &Connection,
    conversation: ConversationRow,
    reader: PersonRow,
) -> rusqlite::Result<Option<Seq>> {
    index
        .prepare_cached("SELECT seq FROM cursor WHERE conversation = ?1 AND reader = ?2")?
        .query_row((conversation, reader), |row| row.get(0))
        .optional()
        .map(|seq| seq.map(unsigned))
}

pub(crate) fn cursors(
    index: &Connection,
    conversation: ConversationRow,
) -> rusqlite::Result<Vec<(PersonRow, Seq)>> {
    let mut statement =
        index.prepare_cached("SELECT reader, seq FROM cursor WHERE conversation = ?1")?;
    let rows =
        statement.query_map([conversation], |row| Ok((row.get(0)?, row.get(1).map(unsigned)?)))?;
    rows.collect()
}

/// A list of a person's conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    /// By the newest entry, newest first, those before a stamp.
    NewestBefore(u64),
    /// By the last change, earliest first, those after a stamp.
    ChangedAfter(u64),
}

/// Gives a list's rows, as stamp and conversation, to `take` until it is content.
pub(crate) fn list(
    index: &Connection,
    person: PersonRow,
    list: List,
    mut take: impl FnMut(u64, ConversationRow) -> bool,
) -> rusqlite::Result<()> {
    let (sql, stamp) = match list {
        List::NewestBefore(stamp) => (
            "SELECT stamp, conversation FROM newest
             WHERE person = ?1 AND stamp < ?2 ORDER BY stamp DESC",
            stamp,
        ),
        List::ChangedAfter(stamp) => (
            "SELECT stamp, conversation FROM changed
             WHERE person = ?1 AND stamp > ?2 ORDER BY stamp",
            stamp,
        ),
    };
    // A stamp that no change has is as good as the last that one may have.
    let stamp = stamp.min(i64::MAX.cast_unsigned());
    let mut statement = index.prepare_cached(sql)?;
    let mut rows = statement.query((person, signed(stamp)))?;
    while let Some(row) = rows.next()? {
        if !take(row.get(0).map(unsigned)?, row.get(1)?) {
            break;
        }
    }
    Ok(())
}

/// Places in a block.
pub(crate) const BLOCK: u64 = 64;
/// Bytes of a place: entry and kind in eight, author in four.
const PLACE: usize = 12;
/// Bits of the first eight that are the entry's; 2^56 entries are never reached.
const ENTRY_BITS: u32 = 56;

/// The number of the block that a place is in.
pub(crate) fn block_of(seq: Seq) -> u64 {
    (seq - 1) / BLOCK
}

/// The row of a block. A conversation of 2^32 blocks is never reached.
fn block_row(conversation: ConversationRow, block: u64) -> i64 {
    signed(u64::from(conversation.0) << 32 | block)
}

/// The places of a block, oldest first.
pub(crate) fn block(
    index: &Connection,
    conversation: ConversationRow,
    block: u64,
) -> rusqlite::Result<Vec<Place>> {
    index
        .prepare_cached("SELECT places FROM block WHERE id = ?1")?
        .query_row([block_row(conversation, block)], places)
        .optional()
        .map(Option::unwrap_or_default)
}

fn places(row: &Row<'_>) -> rusqlite::Result<Vec<Place>> {
    let (places, _) = row.get_ref(0)?.as_blob()?.as_chunks::<PLACE>();
    Ok(places.iter().map(decode_place).collect())
}

fn decode_place(bytes: &[u8; PLACE]) -> Place {
    let [a, b, c, d, e, f, g, h, author @ ..] = *bytes;
    let first = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
    Place {
        entry: first & ((1 << ENTRY_BITS) - 1),
        kind: a,
        author: PersonRow(u32::from_be_bytes(author)),
    }
}

fn encode_place(place: &Place, into: &mut Vec<u8>) {
    let first = u64::from(place.kind) << ENTRY_BITS | place.entry;
    into.extend_from_slice(&first.to_be_bytes());
    into.extend_from_slice(&place.author.0.to_be_bytes());
}
