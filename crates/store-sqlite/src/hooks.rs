//! Webhooks of bots, and how far each has heard.

use aizuchi_core::{
    error::PortError,
    hooks::{HookSecret, HookState, Hooks, Webhook},
    ids::{ConversationId, Seq, UserId},
    log::Stamp,
};
use rusqlite::{Connection, OptionalExtension, Result, Row, params, types::Type};

use crate::{
    database::Database,
    rows::{signed, unsigned},
};

impl Hooks for Database {
    async fn set_hook(&self, hook: &Webhook) -> std::result::Result<(), PortError> {
        let hook = hook.clone();
        let (failing, disabled) = times(hook.state);
        self.write(move |db| {
            db.prepare_cached(
                "INSERT INTO webhook (sub, url, secret, set_at, failing_since, disabled_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (sub) DO UPDATE
                 SET url = ?2, secret = ?3, set_at = ?4, failing_since = ?5, disabled_at = ?6",
            )?
            .execute(params![
                hook.user.as_str(),
                hook.url,
                hook.secret.0,
                signed(hook.set_at),
                failing,
                disabled
            ])
        })
        .await
        .map(drop)
    }

    async fn remove_hook(&self, user: &UserId) -> std::result::Result<bool, PortError> {
        let user = user.clone();
        let job = move |db: &Connection| {
            db.prepare_cached("DELETE FROM webhook_place WHERE sub = ?1")?
                .execute([user.as_str()])?;
            let gone = db
                .prepare_cached("DELETE FROM webhook WHERE sub = ?1")?
                .execute([user.as_str()])?;
            Ok(gone > 0)
        };
        self.write(job).await
    }

    async fn hooks(&self) -> std::result::Result<Vec<Webhook>, PortError> {
        self.query(|db| {
            db.prepare_cached(
                "SELECT sub, url, secret, set_at, failing_since, disabled_at FROM webhook
                 ORDER BY sub",
            )?
            .query_map([], read)?
            .collect()
        })
        .await
    }

    async fn note_hook(
        &self,
        user: &UserId,
        set_at: u64,
        state: HookState,
    ) -> std::result::Result<(), PortError> {
        let user = user.clone();
        let (failing, disabled) = times(state);
        self.write(move |db| {
            db.prepare_cached(
                "UPDATE webhook SET failing_since = ?3, disabled_at = ?4
                 WHERE sub = ?1 AND set_at = ?2 AND disabled_at IS NULL",
            )?
            .execute(params![user.as_str(), signed(set_at), failing, disabled])
        })
        .await
        .map(drop)
    }

    async fn heard(&self, user: &UserId) -> std::result::Result<Option<Stamp>, PortError> {
        let user = user.clone();
        let heard: Option<Option<i64>> = self
            .query(move |db| {
                db.prepare_cached("SELECT heard FROM webhook WHERE sub = ?1")?
                    .query_row([user.as_str()], |row| row.get(0))
                    .optional()
            })
            .await?;
        Ok(heard.flatten().map(|stamp| Stamp(unsigned(stamp))))
    }

    async fn hear(&self, user: &UserId, stamp: Stamp) -> std::result::Result<(), PortError> {
        let user = user.clone();
        self.write(move |db| {
            db.prepare_cached("UPDATE webhook SET heard = ?2 WHERE sub = ?1")?
                .execute((user.as_str(), signed(stamp.0)))
        })
        .await
        .map(drop)
    }

    async fn heard_of(
        &self,
        user: &UserId,
        conversation: &ConversationId,
    ) -> std::result::Result<Seq, PortError> {
        let (user, conversation) = (user.clone(), conversation.clone());
        let seq: Option<i64> = self
            .query(move |db| {
                db.prepare_cached(
                    "SELECT seq FROM webhook_place WHERE sub = ?1 AND conversation = ?2",
                )?
                .query_row((user.as_str(), conversation.as_str()), |row| row.get(0))
                .optional()
            })
            .await?;
        Ok(seq.map_or(0, unsigned))
    }

    async fn hear_of(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        seq: Seq,
    ) -> std::result::Result<(), PortError> {
        let (user, conversation) = (user.clone(), conversation.clone());
        self.write(move |db| {
            db.prepare_cached(
                "INSERT INTO webhook_place (sub, conversation, seq)
                 SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM webhook WHERE sub = ?1)
                 ON CONFLICT (sub, conversation) DO UPDATE SET seq = max(seq, ?3)",
            )?
            .execute((user.as_str(), conversation.as_str(), signed(seq)))
        })
        .await
        .map(drop)
    }
}

/// The two columns of a state.
fn times(state: HookState) -> (Option<i64>, Option<i64>) {
    match state {
        HookState::Well => (None, None),
        HookState::FailingSince(at) => (Some(signed(at)), None),
        HookState::DisabledAt(at) => (None, Some(signed(at))),
    }
}

fn read(row: &Row<'_>) -> Result<Webhook> {
    let sub: String = row.get(0)?;
    let user = UserId::parse(&sub);
    let user = user.map_err(|cause| {
        rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(cause))
    })?;
    let failing: Option<i64> = row.get(4)?;
    let disabled: Option<i64> = row.get(5)?;
    let state = match (disabled, failing) {
        (Some(at), _) => HookState::DisabledAt(unsigned(at)),
        (None, Some(at)) => HookState::FailingSince(unsigned(at)),
        (None, None) => HookState::Well,
    };
    let secret = HookSecret(row.get(2)?);
    Ok(Webhook { user, url: row.get(1)?, secret, set_at: unsigned(row.get(3)?), state })
}
