//! How people are told while they are away, as a port. A session's end takes
//! its subscription with it by a trigger: see the migration.

use std::sync::Arc;

use aizuchi_core::{
    accounts::SessionId,
    error::PortError,
    ids::{ConversationId, UserId},
    notices::{DECISIONS, Notices, SUBSCRIPTIONS, Subscriber, Subscription, Wanted},
};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use crate::{
    database::Database,
    rows::{signed, unsigned},
};

impl Notices for Database {
    async fn subscribe(&self, user: &UserId, subscription: &Subscription) -> Result<(), PortError> {
        let (user, subscription) = (user.clone(), subscription.clone());
        self.write(move |db| subscribe(db, &user, &subscription)).await
    }

    async fn unsubscribe(&self, user: &UserId, endpoint: &str) -> Result<bool, PortError> {
        let (user, endpoint) = (user.clone(), endpoint.to_owned());
        let job = move |db: &Connection| {
            let gone = db
                .prepare_cached("DELETE FROM push_subscription WHERE sub = ?1 AND endpoint = ?2")?
                .execute((user.as_str(), endpoint))?;
            Ok(gone > 0)
        };
        self.write(job).await
    }

    async fn end_subscriptions(
        &self,
        user: &UserId,
        session: Option<SessionId>,
    ) -> Result<(), PortError> {
        let user = user.clone();
        let job = move |db: &Connection| {
            db.prepare_cached(
                "DELETE FROM push_subscription WHERE sub = ?1 AND (?2 IS NULL OR session = ?2)",
            )?
            .execute((user.as_str(), session.map(id)))?;
            Ok(())
        };
        self.write(job).await
    }

    async fn subscribers(
        &self,
        users: &[UserId],
        conversation: &ConversationId,
    ) -> Result<Vec<Subscriber>, PortError> {
        let (users, conversation) = (users.to_vec(), conversation.clone());
        let job = move |db: &Connection| {
            let mut found = Vec::new();
            for user in users {
                let subscriptions = subscriptions(db, &user)?;
                if !subscriptions.is_empty() {
                    let wanted = wanted(db, &user, &conversation)?;
                    found.push(Subscriber { user, wanted, subscriptions });
                }
            }
            Ok(found)
        };
        self.query(job).await
    }

    async fn wanted(
        &self,
        user: &UserId,
        conversation: &ConversationId,
    ) -> Result<Wanted, PortError> {
        let (user, conversation) = (user.clone(), conversation.clone());
        self.query(move |db| wanted(db, &user, &conversation)).await
    }

    async fn want(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        wanted: Wanted,
    ) -> Result<(), PortError> {
        let (user, conversation) = (user.clone(), conversation.clone());
        if self.write(move |db| want(db, &user, &conversation, wanted)).await? {
            Ok(())
        } else {
            Err(PortError::Rejected("too many conversations were decided on"))
        }
    }

    async fn push_key(&self, offered: &str) -> Result<Arc<str>, PortError> {
        let offered = offered.to_owned();
        let job = move |db: &Connection| {
            db.prepare_cached("INSERT OR IGNORE INTO push_key (one, pem) VALUES (1, ?1)")?
                .execute([offered])?;
            db.prepare_cached("SELECT pem FROM push_key")?.query_row([], |row| row.get(0))
        };
        self.write(job).await
    }
}

fn id(session: SessionId) -> [u8; 16] {
    session.0.to_be_bytes()
}

fn subscribe(db: &Connection, user: &UserId, one: &Subscription) -> Result<()> {
    let session = one.session.map(id);
    db.prepare_cached("DELETE FROM push_subscription WHERE sub = ?1 AND session = ?2")?
        .execute((user.as_str(), session))?;
    db.prepare_cached(
        "INSERT OR REPLACE INTO push_subscription
             (sub, endpoint, p256dh, auth, preview, session, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        user.as_str(),
        one.endpoint,
        one.p256dh,
        one.auth,
        one.preview,
        session,
        signed(one.created_at),
    ])?;
    db.prepare_cached(
        "DELETE FROM push_subscription WHERE sub = ?1 AND endpoint IN (
             SELECT endpoint FROM push_subscription WHERE sub = ?1
             ORDER BY created_at DESC, endpoint DESC LIMIT -1 OFFSET ?2)",
    )?
    .execute(params![user.as_str(), i64::try_from(SUBSCRIPTIONS).unwrap_or(i64::MAX)])?;
    Ok(())
}

fn subscriptions(db: &Connection, user: &UserId) -> Result<Vec<Subscription>> {
    db.prepare_cached(
        "SELECT endpoint, p256dh, auth, preview, session, created_at FROM push_subscription
         WHERE sub = ?1 ORDER BY created_at, endpoint",
    )?
    .query_map([user.as_str()], read)?
    .collect()
}

fn read(row: &Row<'_>) -> Result<Subscription> {
    let session: Option<[u8; 16]> = row.get(4)?;
    Ok(Subscription {
        endpoint: row.get(0)?,
        p256dh: row.get(1)?,
        auth: row.get(2)?,
        preview: row.get(3)?,
        session: session.map(|bytes| SessionId(u128::from_be_bytes(bytes))),
        created_at: unsigned(row.get(5)?),
    })
}

const MENTIONS: i64 = 1;
const NOTHING: i64 = 2;

fn wanted(db: &Connection, user: &UserId, conversation: &ConversationId) -> Result<Wanted> {
    let wanted: Option<i64> = db
        .prepare_cached("SELECT wanted FROM push_wanted WHERE sub = ?1 AND conversation = ?2")?
        .query_row((user.as_str(), conversation.as_str()), |row| row.get(0))
        .optional()?;
    Ok(match wanted {
        Some(MENTIONS) => Wanted::Mentions,
        Some(NOTHING) => Wanted::Nothing,
        _ => Wanted::All,
    })
}

/// False where too much was decided before.
fn want(
    db: &Connection,
    user: &UserId,
    conversation: &ConversationId,
    wanted: Wanted,
) -> Result<bool> {
    let wanted = match wanted {
        Wanted::All => {
            db.prepare_cached("DELETE FROM push_wanted WHERE sub = ?1 AND conversation = ?2")?
                .execute((user.as_str(), conversation.as_str()))?;
            return Ok(true);
        }
        Wanted::Mentions => MENTIONS,
        Wanted::Nothing => NOTHING,
    };
    let others: i64 = db
        .prepare_cached("SELECT count(*) FROM push_wanted WHERE sub = ?1 AND conversation <> ?2")?
        .query_row((user.as_str(), conversation.as_str()), |row| row.get(0))?;
    if others >= i64::try_from(DECISIONS).unwrap_or(i64::MAX) {
        return Ok(false);
    }
    db.prepare_cached(
        "INSERT OR REPLACE INTO push_wanted (sub, conversation, wanted) VALUES (?1, ?2, ?3)",
    )?
    .execute((user.as_str(), conversation.as_str(), wanted))?;
    Ok(true)
}
