//! People: a row for each whose id was ever seen, with the name that others
//! know him by, if he has one.

use aizuchi_core::{accounts, ids::UserId};
use rusqlite::{Connection, ffi};
use sha2::{Digest, Sha256};

use crate::{
    journal,
    rows::{PersonRow, signed},
};

/// Gives a person this name. Whoever had it keeps it as what others see, but
/// is no longer found by it. A violated constraint where he was deleted, or
/// somebody of this name was.
pub(crate) fn name(connection: &Connection, user: &UserId, username: &str) -> rusqlite::Result<()> {
    let folded = accounts::fold(username);
    if is_deleted(connection, user)? || is_retired(connection, &folded)? {
        let constraint = ffi::Error::new(ffi::SQLITE_CONSTRAINT);
        return Err(rusqlite::Error::SqliteFailure(constraint, None));
    }
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

/// Takes a person's name and when he was seen last from him, for good; the name
/// he is found by becomes nobody's.
pub(crate) fn delete(connection: &Connection, user: &UserId, at: u64) -> rusqlite::Result<()> {
    let person = row(connection, user)?;
    let folded: Option<String> = connection
        .prepare_cached("SELECT folded FROM person WHERE id = ?1")?
        .query_row([person], |row| row.get(0))?;
    if let Some(folded) = folded {
        connection
            .prepare_cached("INSERT OR IGNORE INTO retired_name (digest) VALUES (?1)")?
            .execute([digest(&folded)])?;
    }
    connection
        .prepare_cached(
            "UPDATE person SET username = NULL, folded = NULL, last_seen = NULL,
                    deleted_at = coalesce(deleted_at, ?2)
             WHERE id = ?1",
        )?
        .execute((person, signed(at)))?;
    Ok(())
}

/// Whether a person was deleted.
pub(crate) fn is_deleted(connection: &Connection, user: &UserId) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM person WHERE sub = ?1 AND deleted_at IS NOT NULL")?
        .exists([user.as_str()])
}

/// Whether a folded name was that of somebody who was deleted.
pub(crate) fn is_retired(connection: &Connection, folded: &str) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM retired_name WHERE digest = ?1")?
        .exists([digest(folded)])
}

/// The name itself is not kept.
fn digest(folded: &str) -> [u8; 32] {
    Sha256::digest(folded).into()
}
