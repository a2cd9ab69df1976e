//! Sessions and their families of refresh tokens.

use aizuchi_core::{
    accounts::{EndedSession, FamilyId, Rotation, Session, SessionId, TokenHash, Whereabouts},
    ids::UserId,
};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::rows::{
    self, family, family_id, hash, id, ms, session_id, time, time_if_any, used, used_bytes, user_id,
};

pub(super) fn add(db: &Connection, session: &Session) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO session (id, sub, client, family, current, used, created_at, last_used_at,
                              expires_at, ended_at, device, place)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        id(session.id),
        session.user.as_str(),
        session.client,
        family(session.family),
        session.current.0,
        used_bytes(&session.used),
        ms(session.created_at),
        ms(session.last_used_at),
        ms(session.expires_at),
        session.ended_at.map(ms),
        session.from.device,
        session.from.place,
    ])?;
    Ok(())
}

pub(super) fn by_id(db: &Connection, session: SessionId) -> Result<Option<Session>> {
    db.prepare_cached(
        "SELECT id, sub, client, family, current, used, created_at, last_used_at, expires_at,
                ended_at, device, place
         FROM session WHERE id = ?1",
    )?
    .query_row([id(session)], read)
    .optional()
}

pub(super) fn by_family(db: &Connection, of: FamilyId) -> Result<Option<Session>> {
    db.prepare_cached(
        "SELECT id, sub, client, family, current, used, created_at, last_used_at, expires_at,
                ended_at, device, place
         FROM session WHERE family = ?1",
    )?
    .query_row([family(of)], read)
    .optional()
}

/// A person's live sessions, least recently used first.
pub(super) fn live(db: &Connection, user: &UserId) -> Result<Vec<SessionId>> {
    db.prepare_cached(
        "SELECT id FROM session WHERE sub = ?1 AND ended_at IS NULL ORDER BY last_used_at, id",
    )?
    .query_map([user.as_str()], |row| session_id(row, 0))?
    .collect()
}

/// Those of a person that have neither ended nor expired, the one used last first.
pub(super) fn of(db: &Connection, user: &UserId, now: u64) -> Result<Vec<Session>> {
    db.prepare_cached(
        "SELECT id, sub, client, family, current, used, created_at, last_used_at, expires_at,
                ended_at, device, place
         FROM session WHERE sub = ?1 AND ended_at IS NULL AND expires_at > ?2
         ORDER BY last_used_at DESC, id DESC",
    )?
    .query_map((user.as_str(), ms(now)), read)?
    .collect()
}

pub(super) fn rotate(
    db: &Connection,
    session: SessionId,
    from: TokenHash,
    to: &Rotation,
) -> Result<bool> {
    let changed = db
        .prepare_cached(
            "UPDATE session SET current = ?3, used = ?4, last_used_at = ?5, expires_at = ?6,
                    device = coalesce(?7, device), place = coalesce(?8, place)
             WHERE id = ?1 AND current = ?2 AND ended_at IS NULL",
        )?
        .execute(params![
            id(session),
            from.0,
            to.current.0,
            used_bytes(&to.used),
            ms(to.last_used_at),
            ms(to.expires_at),
            to.from.device,
            to.from.place,
        ])?;
    Ok(changed > 0)
}

pub(super) fn end(db: &Connection, session: SessionId, at: u64) -> Result<bool> {
    let changed = db
        .prepare_cached("UPDATE session SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL")?
        .execute((id(session), ms(at)))?;
    Ok(changed > 0)
}

pub(super) fn end_all(db: &Connection, sessions: &[SessionId], at: u64) -> Result<()> {
    sessions.iter().try_for_each(|session| end(db, *session, at).map(drop))
}

pub(super) fn ended_since(db: &Connection, at: u64) -> Result<Vec<EndedSession>> {
    db.prepare_cached("SELECT id, sub, ended_at FROM session WHERE ended_at >= ?1")?
        .query_map([ms(at)], |row| {
            Ok(EndedSession {
                id: session_id(row, 0)?,
                user: user_id(row, 1)?,
                ended_at: time(row, 2)?,
            })
        })?
        .collect()
}

/// Deletes at most `limit` of those over before `before`; how many it were.
pub(super) fn forget(db: &Connection, before: u64, limit: usize) -> Result<usize> {
    db.prepare_cached(
        "DELETE FROM session WHERE id IN (
             SELECT id FROM session WHERE coalesce(ended_at, expires_at) < ?1 LIMIT ?2)",
    )?
    .execute((ms(before), rows::limit(limit)))
}

fn read(row: &Row<'_>) -> Result<Session> {
    Ok(Session {
        id: session_id(row, 0)?,
        user: user_id(row, 1)?,
        client: row.get(2)?,
        family: family_id(row, 3)?,
        current: hash(row, 4)?,
        used: used(row, 5)?,
        created_at: time(row, 6)?,
        last_used_at: time(row, 7)?,
        expires_at: time(row, 8)?,
        ended_at: time_if_any(row, 9)?,
        from: Whereabouts { device: row.get(10)?, place: row.get(11)? },
    })
}
