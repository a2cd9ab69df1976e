//! How the port's types are kept in columns.

use aizuchi_core::{
    accounts::{FamilyId, SessionId, TokenHash, UsedToken},
    ids::UserId,
};
use rusqlite::{
    Result, Row,
    types::{FromSqlError, Type},
};

/// Bytes of one used token: hash, salt and time.
const USED: usize = 32 + 32 + 8;

/// The error of a column whose value was never written by this version.
pub(super) fn broken(
    column: usize,
    kind: Type,
    cause: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, kind, Box::new(cause))
}

pub(super) fn user_id(row: &Row<'_>, column: usize) -> Result<UserId> {
    let text: String = row.get(column)?;
    UserId::parse(&text).map_err(|cause| broken(column, Type::Text, cause))
}

pub(super) fn id(id: SessionId) -> [u8; 16] {
    id.0.to_be_bytes()
}

pub(super) fn family(id: FamilyId) -> [u8; 16] {
    id.0.to_be_bytes()
}

pub(super) fn session_id(row: &Row<'_>, column: usize) -> Result<SessionId> {
    row.get(column).map(|bytes| SessionId(u128::from_be_bytes(bytes)))
}

pub(super) fn family_id(row: &Row<'_>, column: usize) -> Result<FamilyId> {
    row.get(column).map(|bytes| FamilyId(u128::from_be_bytes(bytes)))
}

pub(super) fn hash(row: &Row<'_>, column: usize) -> Result<TokenHash> {
    row.get(column).map(TokenHash)
}

/// A `LIMIT`.
pub(super) fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// A time as SQLite keeps it, which has no unsigned numbers.
pub(super) fn ms(time: u64) -> i64 {
    time.cast_signed()
}

pub(super) fn time(row: &Row<'_>, column: usize) -> Result<u64> {
    row.get(column).map(i64::cast_unsigned)
}

pub(super) fn time_if_any(row: &Row<'_>, column: usize) -> Result<Option<u64>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(i64::cast_unsigned))
}

pub(super) fn used_bytes(used: &[UsedToken]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(used.len() * USED);
    for token in used {
        bytes.extend_from_slice(&token.hash.0);
        bytes.extend_from_slice(&token.salt);
        bytes.extend_from_slice(&token.used_at.to_be_bytes());
    }
    bytes
}

pub(super) fn used(row: &Row<'_>, column: usize) -> Result<Vec<UsedToken>> {
    let bytes: Vec<u8> = row.get(column)?;
    let (tokens, rest) = bytes.as_chunks::<USED>();
    let tokens: Option<Vec<_>> = tokens.iter().map(used_token).collect();
    let whole = tokens.filter(|_| rest.is_empty());
    whole.ok_or_else(|| broken(column, Type::Blob, FromSqlError::InvalidType))
}

fn used_token(bytes: &[u8; USED]) -> Option<UsedToken> {
    let (hash, rest) = bytes.split_first_chunk::<32>()?;
    let (salt, time) = rest.split_first_chunk::<32>()?;
    let used_at = u64::from_be_bytes(time.try_into().ok()?);
    Some(UsedToken { hash: TokenHash(*hash), salt: *salt, used_at })
}
