//! Folding changes into the index.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::{BLOCK, Head, PLACE, block, block_of, block_row, encode_place, head};
use crate::{
    journal::kind,
    rows::{ConversationRow, PersonRow, signed},
    tail::{Changes, Part, Place},
};

/// Folds changes in: those that follow the watermark, all of them or none.
/// `name` gives the name of an entry.
///
/// Everything is written in the order of its keys: then each page is changed
/// once, however many rows of it change.
pub(crate) fn fold(
    index: &mut Connection,
    changes: &Changes,
    name: impl FnOnce(u64) -> rusqlite::Result<[u8; 16]>,
) -> rusqlite::Result<()> {
    let transaction = index.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut parts: Vec<_> = changes.conversations.iter().collect();
    parts.sort_unstable_by_key(|(conversation, _)| **conversation);

    let mut lists = Lists::default();
    for (conversation, part) in parts {
        let before = head(&transaction, *conversation)?.unwrap_or_default();
        let after = Head {
            last_seq: part.last_seq().unwrap_or(before.last_seq),
            newest: part.newest().unwrap_or(before.newest),
            changed: part.changed,
        };
        append_places(&transaction, *conversation, part)?;
        mark_deleted(&transaction, *conversation, part)?;
        set_cursors(&transaction, *conversation, part)?;
        set_head(&transaction, *conversation, after)?;
        lists.note(*conversation, part, before, after);
    }
    lists.write(&transaction)?;
    add_sent(&transaction, changes)?;
    set_watermark(&transaction, changes, name)?;
    transaction.commit()
}

/// Adds the part's places at the end of the conversation's last block, and in new ones.
fn append_places(
    index: &Connection,
    conversation: ConversationRow,
    part: &Part,
) -> rusqlite::Result<()> {
    let Some(last) = part.last_seq() else { return Ok(()) };
    let mut places: &[Place] = &part.places;
    for block in block_of(part.first)..=block_of(last) {
        let row = block_row(conversation, block);
        let mut bytes = if block == block_of(part.first) && !(part.first - 1).is_multiple_of(BLOCK)
        {
            index
                .prepare_cached("SELECT places FROM block WHERE id = ?1")?
                .query_row([row], |row| row.get(0))
                .optional()?
                .unwrap_or_default()
        } else {
            Vec::new()
        };
        let room = BLOCK as usize - bytes.len() / PLACE;
        let (here, rest) = places.split_at(room.min(places.len()));
        here.iter().for_each(|place| encode_place(place, &mut bytes));
        places = rest;
        index
            .prepare_cached(
                "INSERT INTO block VALUES (?1, ?2)
                 ON CONFLICT (id) DO UPDATE SET places = excluded.places",
            )?
            .execute((row, bytes))?;
    }
    Ok(())
}

/// A message that is deleted has another kind.
fn mark_deleted(
    index: &Connection,
    conversation: ConversationRow,
    part: &Part,
) -> rusqlite::Result<()> {
    for seq in &part.deleted {
        let row = block_row(conversation, block_of(*seq));
        let mut places = block(index, conversation, block_of(*seq))?;
        let at = ((seq - 1) % BLOCK) as usize;
        let Some(place) = places.get_mut(at).filter(|place| place.kind == kind::MESSAGE) else {
            continue;
        };
        place.kind = kind::DELETED;
        let mut bytes = Vec::with_capacity(places.len() * PLACE);
        places.iter().for_each(|place| encode_place(place, &mut bytes));
        index
            .prepare_cached("UPDATE block SET places = ?2 WHERE id = ?1")?
            .execute((row, bytes))?;
    }
    Ok(())
}

fn set_cursors(
    index: &Connection,
    conversation: ConversationRow,
    part: &Part,
) -> rusqlite::Result<()> {
    for (reader, seq) in &part.cursors {
        index
            .prepare_cached(
                "INSERT INTO cursor VALUES (?1, ?2, ?3)
                 ON CONFLICT (conversation, reader) DO UPDATE SET seq = excluded.seq",
            )?
            .execute((conversation, reader, signed(*seq)))?;
    }
    Ok(())
}

fn set_head(index: &Connection, conversation: ConversationRow, head: Head) -> rusqlite::Result<()> {
    index
        .prepare_cached(
            "INSERT INTO head VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (conversation) DO UPDATE SET
                last_seq = excluded.last_seq, newest = excluded.newest, changed = excluded.changed",
        )?
        .execute((
            conversation,
            signed(head.last_seq),
            signed(head.newest),
            signed(head.changed),
        ))?;
    Ok(())
}

/// How conversations move in people's lists.
#[derive(Debug, Default)]
struct Lists(Vec<Moved>);

#[derive(Debug)]
struct Moved {
    person: PersonRow,
    conversation: ConversationRow,
    before: Head,
    after: Head,
}

impl Lists {
    fn note(&mut self, conversation: ConversationRow, part: &Part, before: Head, after: Head) {
        let members = part.members.iter().flatten();
        self.0.extend(members.map(|person| Moved { person: *person, conversation, before, after }));
    }

    fn write(mut self, index: &Connection) -> rusqlite::Result<()> {
        self.0.sort_unstable_by_key(|moved| (moved.person, moved.after.newest));
        let mut remove =
            index.prepare_cached("DELETE FROM newest WHERE person = ?1 AND stamp = ?2")?;
        let mut insert = index.prepare_cached("INSERT INTO newest VALUES (?1, ?2, ?3)")?;
        for Moved { person, conversation, before, after } in &self.0 {
            if before.newest != after.newest {
                remove.execute((person, signed(before.newest)))?;
                insert.execute((person, signed(after.newest), conversation))?;
            }
        }
        let mut remove =
            index.prepare_cached("DELETE FROM changed WHERE person = ?1 AND stamp = ?2")?;
        let mut insert = index.prepare_cached("INSERT INTO changed VALUES (?1, ?2, ?3)")?;
        for Moved { person, conversation, before, after } in &self.0 {
            remove.execute((person, signed(before.changed)))?;
            insert.execute((person, signed(after.changed), conversation))?;
        }
        Ok(())
    }
}

fn add_sent(index: &Connection, changes: &Changes) -> rusqlite::Result<()> {
    let mut sent: Vec<_> = changes.sent.iter().collect();
    sent.sort_unstable_by_key(|(key, _)| *key);
    let mut insert = index.prepare_cached("INSERT INTO sent VALUES (?1, ?2, ?3, ?4)")?;
    for (key, entry) in sent {
        insert.execute((key.client.as_bytes(), key.author, key.conversation, signed(*entry)))?;
    }
    Ok(())
}

fn set_watermark(
    index: &Connection,
    changes: &Changes,
    name: impl FnOnce(u64) -> rusqlite::Result<[u8; 16]>,
) -> rusqlite::Result<()> {
    index.prepare_cached("UPDATE watermark SET stamp = ?1")?.execute([signed(changes.end)])?;
    let newest = changes.conversations.values().filter_map(Part::newest).max();
    if let Some(entry) = newest {
        index
            .prepare_cached("UPDATE watermark SET entry = ?1, message_id = ?2")?
            .execute((signed(entry), name(entry)?))?;
    }
    Ok(())
}
