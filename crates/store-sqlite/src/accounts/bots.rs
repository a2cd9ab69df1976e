//! Keys of bots. An account that is disabled takes its keys with it by a
//! trigger: see the migration.

use aizuchi_core::{
    accounts::{EndedSession, TokenHash},
    bots::{ApiKey, Bots, KEYS, KeyName},
    error::PortError,
    ids::UserId,
};
use rusqlite::{Connection, OptionalExtension, Result, Row, params, types::Type};

use super::rows::{broken, hash, limit, ms, time, time_if_any, user_id};
use crate::database::Database;

/// For how long a revoked key is kept, in ms: until every server knows of it.
const KEPT_MS: u64 = 24 * 60 * 60 * 1_000;

const COLUMNS: &str = "hash, sub, name, created_at, expires_at, last_used_at";

impl Bots for Database {
    async fn add_key(&self, key: &ApiKey) -> std::result::Result<(), PortError> {
        let key = key.clone();
        if self.write(move |db| add(db, &key)).await? {
            Ok(())
        } else {
            Err(PortError::Rejected("too many keys"))
        }
    }

    async fn key(&self, hash: TokenHash) -> std::result::Result<Option<ApiKey>, PortError> {
        let sql = format!("SELECT {COLUMNS} FROM api_key WHERE hash = ?1 AND revoked_at IS NULL");
        self.query(move |db| db.prepare_cached(&sql)?.query_row([hash.0], read).optional()).await
    }

    async fn keys(&self, user: &UserId) -> std::result::Result<Vec<ApiKey>, PortError> {
        let user = user.clone();
        let sql = format!(
            "SELECT {COLUMNS} FROM api_key WHERE sub = ?1 AND revoked_at IS NULL ORDER BY name"
        );
        self.query(move |db| db.prepare_cached(&sql)?.query_map([user.as_str()], read)?.collect())
            .await
    }

    async fn key_used(&self, hash: TokenHash, at: u64) -> std::result::Result<(), PortError> {
        self.write(move |db| {
            db.prepare_cached("UPDATE api_key SET last_used_at = ?2 WHERE hash = ?1")?
                .execute((hash.0, ms(at)))
        })
        .await
        .map(drop)
    }

    async fn revoke_key(
        &self,
        user: &UserId,
        name: &KeyName,
        at: u64,
    ) -> std::result::Result<Option<ApiKey>, PortError> {
        let (user, name) = (user.clone(), name.clone());
        let sql = format!(
            "UPDATE api_key SET revoked_at = ?3
             WHERE sub = ?1 AND name = ?2 AND revoked_at IS NULL RETURNING {COLUMNS}"
        );
        self.write(move |db| {
            db.prepare_cached("DELETE FROM api_key WHERE revoked_at < ?1")?
                .execute([ms(at.saturating_sub(KEPT_MS))])?;
            db.prepare_cached(&sql)?
                .query_row((user.as_str(), name.as_str(), ms(at)), read)
                .optional()
        })
        .await
    }
}

impl Database {
    /// The keys that were revoked at `at` (ms since the epoch) or later, by
    /// whichever process, as the sessions that their connections are of.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn revoked_keys(&self, at: u64) -> std::result::Result<Vec<EndedSession>, PortError> {
        let sql = format!("SELECT {COLUMNS}, revoked_at FROM api_key WHERE revoked_at >= ?1");
        self.query(move |db| {
            let ended = |row: &Row<'_>| {
                let key = read(row)?;
                Ok(EndedSession { id: key.session(), user: key.user, ended_at: time(row, 6)? })
            };
            db.prepare_cached(&sql)?.query_map([ms(at)], ended)?.collect()
        })
        .await
    }
}

/// False where its bot has too many. One name twice is a violated constraint.
fn add(db: &Connection, key: &ApiKey) -> Result<bool> {
    let count: i64 = db
        .prepare_cached(
            "SELECT count(*) FROM api_key WHERE sub = ?1 AND name <> ?2 AND revoked_at IS NULL",
        )?
        .query_row((key.user.as_str(), key.name.as_str()), |row| row.get(0))?;
    if count >= limit(KEYS) {
        return Ok(false);
    }
    db.prepare_cached(
        "INSERT INTO api_key (hash, sub, name, created_at, expires_at, last_used_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        key.hash.0,
        key.user.as_str(),
        key.name.as_str(),
        ms(key.created_at),
        key.expires_at.map(ms),
        key.last_used_at.map(ms),
    ])?;
    Ok(true)
}

fn read(row: &Row<'_>) -> Result<ApiKey> {
    let name: String = row.get(2)?;
    Ok(ApiKey {
        hash: hash(row, 0)?,
        user: user_id(row, 1)?,
        name: KeyName::parse(&name).map_err(|cause| broken(2, Type::Text, cause))?,
        created_at: time(row, 3)?,
        expires_at: time_if_any(row, 4)?,
        last_used_at: time_if_any(row, 5)?,
    })
}
