//! Sessions that begin at another issuer.

use aizuchi_core::{
    accounts::{SessionId, Visit, Visits, Whereabouts},
    error::PortError,
    ids::UserId,
};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::rows::{id, ms, session_id, time};
use crate::database::Database;

/// Expired visits that go with each one that is noted: more than come.
const FORGOTTEN_AT_ONCE: i64 = 4;

impl Visits for Database {
    async fn note(&self, user: &UserId, visit: &Visit) -> std::result::Result<bool, PortError> {
        let (user, visit) = (user.clone(), visit.clone());
        self.write(move |db| note(db, &user, &visit)).await
    }

    async fn visits(&self, user: &UserId, now: u64) -> std::result::Result<Vec<Visit>, PortError> {
        let user = user.clone();
        self.query(move |db| of(db, &user, now)).await
    }

    async fn end_visit(
        &self,
        user: &UserId,
        id: SessionId,
        at: u64,
    ) -> std::result::Result<bool, PortError> {
        let user = user.clone();
        self.write(move |db| end(db, &user, id, at)).await
    }
}

impl Database {
    /// The visits that ended at `at` (ms since the epoch) or later, and when:
    /// their access tokens may be out still.
    pub async fn ended_visits(
        &self,
        at: u64,
    ) -> std::result::Result<Vec<(SessionId, u64)>, PortError> {
        self.query(move |db| {
            db.prepare_cached("SELECT id, ended_at FROM visit WHERE ended_at >= ?1")?
                .query_map([ms(at)], |row| Ok((session_id(row, 0)?, time(row, 1)?)))?
                .collect()
        })
        .await
    }
}

/// A session that nobody saw begin is 0 there.
fn note(db: &Connection, user: &UserId, visit: &Visit) -> Result<bool> {
    db.prepare_cached(
        "DELETE FROM visit WHERE id IN (
             SELECT id FROM visit WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2)",
    )?
    .execute((ms(visit.last_used_at), FORGOTTEN_AT_ONCE))?;
    let noted = db
        .prepare_cached(
            "INSERT INTO visit (id, sub, device, place, created_at, last_used_at, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO UPDATE
             SET device = coalesce(?3, device), place = coalesce(?4, place),
                 created_at = iif(created_at = 0, ?5, created_at),
                 last_used_at = ?6, expires_at = ?7
             WHERE sub = ?2 AND ended_at IS NULL",
        )?
        .execute(params![
            id(visit.id),
            user.as_str(),
            visit.from.device,
            visit.from.place,
            ms(visit.created_at.unwrap_or_default()),
            ms(visit.last_used_at),
            ms(visit.expires_at),
        ])?;
    Ok(noted > 0)
}

fn of(db: &Connection, user: &UserId, now: u64) -> Result<Vec<Visit>> {
    db.prepare_cached(
        "SELECT id, device, place, created_at, last_used_at, expires_at FROM visit
         WHERE sub = ?1 AND ended_at IS NULL AND expires_at > ?2
         ORDER BY last_used_at DESC, id DESC",
    )?
    .query_map((user.as_str(), ms(now)), read)?
    .collect()
}

fn end(db: &Connection, user: &UserId, visit: SessionId, at: u64) -> Result<bool> {
    db.prepare_cached(
        "UPDATE visit SET ended_at = ?3 WHERE id = ?1 AND sub = ?2 AND ended_at IS NULL
         RETURNING 1",
    )?
    .query_row((id(visit), user.as_str(), ms(at)), |_| Ok(()))
    .optional()
    .map(|ended| ended.is_some())
}

fn read(row: &Row<'_>) -> Result<Visit> {
    Ok(Visit {
        id: session_id(row, 0)?,
        from: Whereabouts { device: row.get(1)?, place: row.get(2)? },
        created_at: Some(time(row, 3)?).filter(|at| *at > 0),
        last_used_at: time(row, 4)?,
        expires_at: time(row, 5)?,
    })
}
