//! The links into rooms, as a port.

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, UserId},
    links::{KEPT_MS, LINKS, Link, LinkDigest, LinkId, Links},
};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use crate::{
    database::Database,
    rows::{signed, unsigned},
};

impl Links for Database {
    async fn make(&self, link: &Link, digest: LinkDigest) -> std::result::Result<bool, PortError> {
        let link = link.clone();
        self.write(move |db| make(db, &link, digest)).await
    }

    async fn find(&self, digest: LinkDigest) -> std::result::Result<Option<Link>, PortError> {
        let job = move |db: &Connection| {
            let found = db
                .prepare_cached(
                    "SELECT id, room, created_by, created_at, expires_at, revoked FROM link
                     WHERE digest = ?1",
                )?
                .query_row([digest.0], read)
                .optional()?;
            Ok(found.flatten())
        };
        self.query(job).await
    }

    async fn of_room(
        &self,
        room: &ConversationId,
        now: u64,
    ) -> std::result::Result<Vec<Link>, PortError> {
        let room = room.clone();
        let job = move |db: &Connection| {
            let mut links = db.prepare_cached(
                "SELECT id, room, created_by, created_at, expires_at, revoked FROM link
                 WHERE room = ?1 AND revoked = 0 AND expires_at > ?2 ORDER BY created_at, id",
            )?;
            let links = links.query_map((room.as_str(), signed(now)), read)?;
            links.filter_map(Result::transpose).collect()
        };
        self.query(job).await
    }

    async fn revoke(
        &self,
        room: &ConversationId,
        id: LinkId,
        now: u64,
    ) -> std::result::Result<bool, PortError> {
        let room = room.clone();
        let job = move |db: &Connection| {
            let changed = db
                .prepare_cached(
                    "UPDATE link SET revoked = 1
                     WHERE room = ?1 AND id = ?2 AND revoked = 0 AND expires_at > ?3",
                )?
                .execute(params![room.as_str(), id.0.to_be_bytes(), signed(now)])?;
            Ok(changed > 0)
        };
        self.write(job).await
    }
}

/// False where the room has as many as it may.
fn make(db: &Connection, link: &Link, digest: LinkDigest) -> Result<bool> {
    let (room, now) = (link.room.as_str(), link.created_at);
    db.prepare_cached("DELETE FROM link WHERE room = ?1 AND expires_at <= ?2")?
        .execute((room, signed(now.saturating_sub(KEPT_MS))))?;
    let live: i64 = db
        .prepare_cached(
            "SELECT count(*) FROM link WHERE room = ?1 AND revoked = 0 AND expires_at > ?2",
        )?
        .query_row((room, signed(now)), |row| row.get(0))?;
    if live >= i64::try_from(LINKS).unwrap_or(i64::MAX) {
        return Ok(false);
    }
    db.prepare_cached(
        "INSERT INTO link (digest, id, room, created_by, created_at, expires_at, revoked)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        digest.0,
        link.id.0.to_be_bytes(),
        room,
        link.created_by.as_str(),
        signed(now),
        signed(link.expires_at),
        link.revoked,
    ])?;
    Ok(true)
}

/// The link of a row. One whose ids are none was not written here, and is none.
fn read(row: &Row<'_>) -> Result<Option<Link>> {
    let (room, maker): (String, String) = (row.get(1)?, row.get(2)?);
    let (Ok(room), Ok(created_by)) = (ConversationId::parse(&room), UserId::parse(&maker)) else {
        return Ok(None);
    };
    Ok(Some(Link {
        id: LinkId(u128::from_be_bytes(row.get(0)?)),
        room,
        created_by,
        created_at: unsigned(row.get(3)?),
        expires_at: unsigned(row.get(4)?),
        revoked: row.get(5)?,
    }))
}
