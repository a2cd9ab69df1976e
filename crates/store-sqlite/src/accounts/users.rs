//! The people of the pool.

use aizuchi_core::{
    accounts::{User, Username},
    ids::UserId,
};
use rusqlite::{Connection, OptionalExtension, Result, Row, params, types::Type};

use super::rows::{self, broken, ms, time, time_if_any, user_id};
use crate::people;

pub(super) fn add(db: &Connection, user: &User) -> Result<()> {
    let name = user.username.shown();
    db.prepare_cached(
        "INSERT INTO account (sub, username, folded, password_hash, created_at, disabled_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        user.id.as_str(),
        name,
        user.username.folded(),
        user.password_hash,
        ms(user.created_at),
        user.disabled_at.map(ms),
    ])?;
    people::name(db, &user.id, name)
}

pub(super) fn by_id(db: &Connection, id: &UserId) -> Result<Option<User>> {
    db.prepare_cached(
        "SELECT sub, username, password_hash, created_at, disabled_at FROM account
         WHERE sub = ?1 AND deleted_at IS NULL",
    )?
    .query_row([id.as_str()], user)
    .optional()
}

pub(super) fn by_name(db: &Connection, folded: &str) -> Result<Option<User>> {
    db.prepare_cached(
        "SELECT sub, username, password_hash, created_at, disabled_at FROM account
         WHERE folded = ?1 AND deleted_at IS NULL",
    )?
    .query_row([folded], user)
    .optional()
}

pub(super) fn page(db: &Connection, after: Option<&str>, limit: usize) -> Result<Vec<User>> {
    db.prepare_cached(
        "SELECT sub, username, password_hash, created_at, disabled_at FROM account
         WHERE folded > ?1 AND deleted_at IS NULL ORDER BY folded LIMIT ?2",
    )?
    // No name is empty.
    .query_map((after.unwrap_or_default(), rows::limit(limit)), user)?
    .collect()
}

pub(super) fn set_password(db: &Connection, id: &UserId, hash: &str) -> Result<bool> {
    let changed = db
        .prepare_cached(
            "UPDATE account SET password_hash = ?2 WHERE sub = ?1 AND deleted_at IS NULL",
        )?
        .execute((id.as_str(), hash))?;
    Ok(changed > 0)
}

pub(super) fn disable(db: &Connection, id: &UserId, at: u64) -> Result<bool> {
    let changed = db
        .prepare_cached(
            "UPDATE account SET disabled_at = coalesce(disabled_at, ?2)
             WHERE sub = ?1 AND deleted_at IS NULL",
        )?
        .execute((id.as_str(), ms(at)))?;
    Ok(changed > 0)
}

pub(super) fn enable(db: &Connection, id: &UserId) -> Result<bool> {
    let changed = db
        .prepare_cached(
            "UPDATE account SET disabled_at = NULL WHERE sub = ?1 AND deleted_at IS NULL",
        )?
        .execute([id.as_str()])?;
    Ok(changed > 0)
}

/// Leaves a row of the account that nothing can be done with: its sessions and
/// the id stay taken.
pub(super) fn delete(db: &Connection, id: &UserId, at: u64) -> Result<bool> {
    let changed = db
        .prepare_cached(
            "UPDATE account SET username = '', folded = 'deleted ' || sub, password_hash = '',
                    disabled_at = ?2, deleted_at = ?2
             WHERE sub = ?1 AND deleted_at IS NULL",
        )?
        .execute((id.as_str(), ms(at)))?;
    Ok(changed > 0)
}

pub(super) fn deleted_since(db: &Connection, at: u64) -> Result<Vec<UserId>> {
    db.prepare_cached("SELECT sub FROM account WHERE deleted_at >= ?1")?
        .query_map([ms(at)], |row| user_id(row, 0))?
        .collect()
}

fn user(row: &Row<'_>) -> Result<User> {
    let username: String = row.get(1)?;
    Ok(User {
        id: user_id(row, 0)?,
        username: Username::parse(&username).map_err(|cause| broken(1, Type::Text, cause))?,
        password_hash: row.get(2)?,
        created_at: time(row, 3)?,
        disabled_at: time_if_any(row, 4)?,
    })
}
