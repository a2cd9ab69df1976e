//! Everything, out of the database and into it, as a port.

use aizuchi_core::{
    accounts::fold,
    archive::{self, Archive, Found, HOLE, Part, Person, Position},
    clock::{Clock as _, SystemClock},
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    log::Entry,
};
use rusqlite::{Connection, OptionalExtension, Row, types::Type};

use crate::{
    answer::Answer,
    database::Database,
    log_writer::Unfit,
    people,
    rows::{signed, unsigned},
    writer::{Job, NewPart, Task},
};

/// Rows of one part; few in tests, so that they go through several.
const PART: u32 = if cfg!(test) { 2 } else { 500 };
/// What an entry takes up beside its text while it waits, in bytes.
const AROUND: usize = 512;

impl Archive for Database {
    async fn found(&self, from: Option<Position>) -> Result<Part<Found>, PortError> {
        let after = row_of(from)?;
        let (items, last) = self.read_log(move |log| log.found(after, PART)).await?;
        Ok(Part { items, next: last.map(position) })
    }

    async fn cursors(
        &self,
        conversation: &ConversationId,
    ) -> Result<Vec<(UserId, Seq)>, PortError> {
        let conversation = conversation.clone();
        self.read_log(move |log| log.cursors(&conversation)).await
    }

    async fn people(&self, from: Option<Position>) -> Result<Part<Person>, PortError> {
        let after = row_of(from)?;
        let rows = self.query(move |connection| everybody(connection, after)).await?;
        let last = rows.last().map(|(row, _)| *row).filter(|_| rows.len() == PART as usize);
        let items = rows.into_iter().map(|(_, person)| person).collect();
        Ok(Part { items, next: last.map(position) })
    }

    async fn restore(
        &self,
        conversation: &ConversationId,
        entries: Vec<Entry>,
    ) -> Result<u64, PortError> {
        self.log()?;
        archive::check(&entries)?;
        let text = |entry: &Entry| AROUND + entry.body.text_bytes();
        let bytes = entries.iter().map(text).sum();
        let stamp = archive::first_stamp(SystemClock.now_ms());
        let new = NewPart { conversation: conversation.clone(), entries, stamp };
        let restored =
            Answer::to(self.writes(), bytes, |answer| Job::Restore(Task::new(new, answer)));
        restored.await?.map_err(|unfit| match unfit {
            Unfit::Hole => HOLE,
            Unfit::Differs => PortError::Conflict,
            Unfit::AgainstTheRules => {
                PortError::Rejected("a change of a room that its rules do not allow")
            }
        })
    }

    async fn restore_person(&self, person: &Person) -> Result<bool, PortError> {
        let new = person.clone();
        let restored = self.write(move |connection| restore_person(connection, &new)).await?;
        self.profiles().pop(&person.user);
        restored.ok_or(PortError::Conflict)
    }
}

/// The row that a position is after.
fn row_of(from: Option<Position>) -> Result<u32, PortError> {
    match from.map(|Position(bytes)| bytes.try_into().map(u32::from_be_bytes)) {
        None => Ok(0),
        Some(Ok(row)) => Ok(row),
        Some(Err(_)) => Err(PortError::Rejected("a position of another store")),
    }
}

fn position(row: u32) -> Position {
    Position(row.to_be_bytes().into())
}

fn everybody(connection: &Connection, after: u32) -> rusqlite::Result<Vec<(u32, Person)>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, sub, username, folded, last_seen FROM person
         WHERE id > ?1 AND (username IS NOT NULL OR last_seen IS NOT NULL)
         ORDER BY id LIMIT ?2",
    )?;
    let rows = statement.query_map((after, PART), |row| Ok((row.get(0)?, person(row)?)))?;
    rows.collect()
}

/// The person whose id, name, folded name and last time are after the first column.
fn person(row: &Row<'_>) -> rusqlite::Result<Person> {
    let user = UserId::parse(row.get_ref(1)?.as_str()?).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(1, Type::Text, Box::new(error))
    })?;
    Ok(Person {
        user,
        username: row.get::<_, Option<String>>(2)?.map(Into::into),
        is_found: row.get_ref(3)?.as_str_or_null()?.is_some(),
        last_seen: row.get::<_, Option<i64>>(4)?.map(unsigned),
    })
}

/// Whether it changed something; `None` where the person cannot be written so.
fn restore_person(connection: &Connection, new: &Person) -> rusqlite::Result<Option<bool>> {
    let mut statement = connection
        .prepare_cached("SELECT id, sub, username, folded, last_seen FROM person WHERE sub = ?1")?;
    let there = statement.query_row([new.user.as_str()], person).optional()?;
    let mut changed = false;
    if let Some(username) = &new.username {
        let known = there.as_ref().and_then(|there| there.username.as_ref());
        if known.is_some_and(|known| fold(known) != fold(username)) {
            return Ok(None);
        }
        if new.is_found && !there.as_ref().is_some_and(|there| there.is_found) {
            let other: bool = connection
                .prepare_cached("SELECT 1 FROM person WHERE folded = ?1 AND sub <> ?2")?
                .exists((fold(username), new.user.as_str()))?;
            if other {
                return Ok(None);
            }
            people::name(connection, &new.user, username)?;
            changed = true;
        } else if known.is_none() {
            let row = people::row(connection, &new.user)?;
            connection
                .prepare_cached("UPDATE person SET username = ?2 WHERE id = ?1")?
                .execute((row, &**username))?;
            changed = true;
        }
    }
    if let Some(at) = new.last_seen
        && there.and_then(|there| there.last_seen).is_none_or(|seen| seen < at)
    {
        let row = people::row(connection, &new.user)?;
        connection
            .prepare_cached("UPDATE person SET last_seen = ?2 WHERE id = ?1")?
            .execute((row, signed(at)))?;
        changed = true;
    }
    Ok(Some(changed))
}
