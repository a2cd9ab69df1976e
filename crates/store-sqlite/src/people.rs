//! People: a row for each whose id was ever seen, with the name that others
//! know him by, if he has one.

use aizuchi_core::{accounts, ids::UserId};
use rusqlite::Connection;

use crate::{journal, rows::PersonRow};

/// Gives a person this name. Whoever had it keeps it as what others see, but
/// is no longer found by it.
pub(crate) fn name(connection: &Connection, user: &UserId, username: &str) -> rusqlite::Result<()> {
    let folded = accounts::fold(username);
    connection
        .prepare_cached("UPDATE person SET folded = NULL WHERE folded = ?1 AND sub <> ?2")?
        .execute((&folded, user.as_str()))?;
    connection
        .prepare_cached(
            "INSERT INTO person (sub, username, folded) VALUES (?1, ?2, ?3)
             ON CONFLICT (sub) DO UPDATE SET username = ?2, folded = ?3",
        )?
        .execute((user.as_str(), username, &folded))?;
    Ok(())
}

/// The row of a person, made if need be.
pub(crate) fn row(connection: &Connection, user: &UserId) -> rusqlite::Result<PersonRow> {
    if let Some(row) = journal::person(connection, user)? {
        return Ok(row);
    }
    connection
        .prepare_cached("INSERT INTO person (sub) VALUES (?1) RETURNING id")?
        .query_row([user.as_str()], |row| row.get(0))
}
