//! The directory, and when people were seen last, as ports.

use aizuchi_core::{
    accounts,
    directory::{Directory, Profile},
    error::PortError,
    ids::UserId,
    registry::LastSeen,
};
use rusqlite::{Connection, OptionalExtension};

use crate::{
    database::Database,
    people,
    rows::{signed, unsigned},
};

impl Directory for Database {
    async fn by_id(&self, user: &UserId) -> Result<Option<Profile>, PortError> {
        if let Some(profile) = self.profiles().get(user) {
            return Ok(Some(profile.clone()));
        }
        let id = user.clone();
        let username = self.query(move |connection| username(connection, &id)).await?;
        let profile = username.map(|name| Profile { user: user.clone(), username: name.into() });
        if let Some(profile) = &profile {
            // A newer name that was remembered meanwhile stays.
            self.profiles().get_or_insert(user.clone(), || profile.clone());
        }
        Ok(profile)
    }

    async fn by_name(&self, name: &str) -> Result<Option<Profile>, PortError> {
        let folded = accounts::fold(name);
        let found = self.query(move |connection| named(connection, &folded)).await?;
        let Some((sub, username)) = found else { return Ok(None) };
        let user =
            UserId::parse(&sub).map_err(|error| PortError::unavailable("the directory", error))?;
        Ok(Some(Profile { user, username: username.into() }))
    }

    async fn remember(&self, profile: &Profile) -> Result<(), PortError> {
        let named = profile.clone();
        self.write(move |connection| people::name(connection, &named.user, &named.username))
            .await?;
        self.profiles().put(profile.user.clone(), profile.clone());
        Ok(())
    }

    async fn delete(&self, user: &UserId, at: u64) -> Result<(), PortError> {
        let id = user.clone();
        self.write(move |connection| people::delete(connection, &id, at)).await?;
        self.profiles().pop(user);
        Ok(())
    }

    async fn is_deleted(&self, user: &UserId) -> Result<bool, PortError> {
        let user = user.clone();
        self.query(move |connection| people::is_deleted(connection, &user)).await
    }

    async fn is_retired(&self, name: &str) -> Result<bool, PortError> {
        let folded = accounts::fold(name);
        self.query(move |connection| people::is_retired(connection, &folded)).await
    }
}

impl LastSeen for Database {
    async fn set_last_seen(&self, user: &UserId, at: u64) -> Result<(), PortError> {
        let user = user.clone();
        self.write(move |connection| {
            let row = people::row(connection, &user)?;
            connection
                .prepare_cached(
                    "UPDATE person SET last_seen = ?2 WHERE id = ?1 AND deleted_at IS NULL",
                )?
                .execute((row, signed(at)))?;
            Ok(())
        })
        .await
    }

    async fn last_seen(&self, user: &UserId) -> Result<Option<u64>, PortError> {
        let user = user.clone();
        self.query(move |connection| {
            let at: Option<Option<i64>> = connection
                .prepare_cached("SELECT last_seen FROM person WHERE sub = ?1")?
                .query_row([user.as_str()], |row| row.get(0))
                .optional()?;
            Ok(at.flatten().map(unsigned))
        })
        .await
    }
}

fn username(connection: &Connection, user: &UserId) -> rusqlite::Result<Option<String>> {
    let name: Option<Option<String>> = connection
        .prepare_cached("SELECT username FROM person WHERE sub = ?1")?
        .query_row([user.as_str()], |row| row.get(0))
        .optional()?;
    Ok(name.flatten())
}

fn named(connection: &Connection, folded: &str) -> rusqlite::Result<Option<(String, String)>> {
    connection
        .prepare_cached("SELECT sub, username FROM person WHERE folded = ?1")?
        .query_row([folded], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}
