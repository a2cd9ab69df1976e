//! Bots: who calls with a key, keys that are revoked, and webhooks.

use std::{sync::Arc, time::Duration};

use aizuchi_core::{
    clock::{Clock as _, SystemClock},
    error::PortError,
};
use aizuchi_gateway::local::Hub;
use aizuchi_identity::{SessionEvents as _, Verifier, WithKeys};
use aizuchi_outbound::Outbound;
use aizuchi_push_hooks::{Metrics, Pace, Settings, Worker};
use aizuchi_store_sqlite::Database;
use tokio::{task::JoinSet, time::MissedTickBehavior};

use super::who::Sockets;
use crate::settings;

/// Whoever may call about the chat: people by their tokens, bots by their keys.
pub(super) type Callers = WithKeys<Database>;

/// How often the command line is followed, which revokes keys beside the server.
const POLL: Duration = Duration::from_secs(1);
/// For how long a revoked key is told again, in ms: until no socket that it was
/// just good for can still come up.
const RETOLD_MS: u64 = 10_000;

/// People and bots. Sockets of keys that are revoked are closed `beside` the
/// server.
pub(super) fn callers(
    people: Arc<Verifier>,
    database: &Database,
    hub: &Hub,
    beside: &mut JoinSet<()>,
) -> Arc<Callers> {
    let sockets = Sockets { hub: hub.clone(), database: database.clone() };
    beside.spawn(async move { follow(&sockets).await });
    Arc::new(WithKeys::new(people, database.clone(), Arc::new(SystemClock)))
}

/// Posts what is said to bots' webhooks, `beside` the server.
pub(super) fn post_hooks(
    settings: &settings::Notices,
    database: &Database,
    beside: &mut JoinSet<()>,
) -> Arc<Metrics> {
    let settings = Settings {
        outbound: Outbound::new(settings.outbound_allow.clone()),
        clock: Arc::new(SystemClock),
        pace: Pace::default(),
    };
    let (log, hooks) = (database.clone(), database.clone());
    let worker = Worker::new(log, hooks, Arc::new(database.clone()), settings);
    let metrics = worker.metrics();
    beside.spawn(worker.run());
    metrics
}

async fn follow(sockets: &Sockets) {
    let mut questions = tokio::time::interval(POLL);
    questions.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        questions.tick().await;
        if let Err(error) = close_revoked(sockets).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "cannot follow which keys are revoked");
        }
    }
}

async fn close_revoked(sockets: &Sockets) -> Result<(), PortError> {
    let since = SystemClock.now_ms().saturating_sub(RETOLD_MS);
    for key in sockets.database.revoked_keys(since).await? {
        sockets.ended(&key.user, Some(key.id)).await;
    }
    Ok(())
}
