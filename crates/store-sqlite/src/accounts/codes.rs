//! Authorization codes and signing keys.

use aizuchi_core::accounts::{AuthorizationCode, SigningKey, TakenCode, TokenHash};
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::rows::{self, hash, id, ms, session_id, time};

pub(super) fn add(db: &Connection, code: &AuthorizationCode) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO authorization_code (hash, session, client, redirect_uri, challenge, nonce,
                                         expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        code.hash.0,
        id(code.session),
        code.client,
        code.redirect_uri,
        code.challenge,
        code.nonce,
        ms(code.expires_at),
    ])?;
    Ok(())
}

pub(super) fn take(db: &Connection, code: TokenHash) -> Result<Option<TakenCode>> {
    let taken = db
        .prepare_cached(
            "SELECT hash, session, client, redirect_uri, challenge, nonce, expires_at, taken
             FROM authorization_code WHERE hash = ?1",
        )?
        .query_row([code.0], |row| {
            let code = AuthorizationCode {
                hash: hash(row, 0)?,
                session: session_id(row, 1)?,
                client: row.get(2)?,
                redirect_uri: row.get(3)?,
                challenge: row.get(4)?,
                nonce: row.get(5)?,
                expires_at: time(row, 6)?,
            };
            Ok(TakenCode { code, again: row.get(7)? })
        })
        .optional()?;
    db.prepare_cached("UPDATE authorization_code SET taken = 1 WHERE hash = ?1 AND taken = 0")?
        .execute([code.0])?;
    Ok(taken)
}

/// Deletes at most `limit` of those that expired before `before`; how many it were.
pub(super) fn forget(db: &Connection, before: u64, limit: usize) -> Result<usize> {
    db.prepare_cached(
        "DELETE FROM authorization_code WHERE hash IN (
             SELECT hash FROM authorization_code WHERE expires_at < ?1 LIMIT ?2)",
    )?
    .execute((ms(before), rows::limit(limit)))
}

pub(super) fn add_key(db: &Connection, key: &SigningKey) -> Result<()> {
    db.prepare_cached("INSERT INTO signing_key (kid, pem, created_at) VALUES (?1, ?2, ?3)")?
        .execute((&key.kid, &key.pem, ms(key.created_at)))?;
    Ok(())
}

pub(super) fn keys(db: &Connection) -> Result<Vec<SigningKey>> {
    db.prepare_cached("SELECT kid, pem, created_at FROM signing_key ORDER BY created_at DESC, kid")?
        .query_map([], |row| {
            Ok(SigningKey { kid: row.get(0)?, pem: row.get(1)?, created_at: time(row, 2)? })
        })?
        .collect()
}
