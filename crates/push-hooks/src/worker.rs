//! The work beside a server: one task a webhook.

use std::{collections::HashMap, sync::Arc};

use aizuchi_core::{
    clock::Clock,
    directory::Directory,
    error::PortError,
    hooks::{HookState, Hooks, Webhook},
    ids::UserId,
    log::LogStore,
};
use aizuchi_outbound::Outbound;
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep},
};

use crate::{
    deliver::{Stopped, outbound},
    metrics::Metrics,
    pace::Pace,
    request::NotTaken,
};

/// Requests that run at once, of all webhooks together.
const IN_FLIGHT: usize = 32;

/// What a worker needs beside the stores.
pub struct Settings {
    /// The way out.
    pub outbound: Outbound,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How often and how long it is tried.
    pub pace: Pace,
}

/// What the tasks share.
pub(crate) struct Shared<L, H> {
    pub(crate) log: L,
    pub(crate) hooks: H,
    pub(crate) outbound: Outbound,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) in_flight: Semaphore,
    pub(crate) metrics: Arc<Metrics>,
    pace: Pace,
}

/// Posts what is said to webhooks, for as long as it runs.
pub struct Worker<L, H, D> {
    shared: Arc<Shared<L, H>>,
    people: Arc<D>,
}

impl<L: LogStore, H: Hooks, D: Directory> Worker<L, H, D> {
    /// A worker over a log, its webhooks and whoever is there.
    pub fn new(log: L, hooks: H, people: Arc<D>, settings: Settings) -> Self {
        let Settings { outbound: out, clock, pace } = settings;
        let shared = Shared {
            log,
            hooks,
            outbound: outbound(out),
            clock,
            in_flight: Semaphore::new(IN_FLIGHT),
            metrics: Arc::default(),
            pace,
        };
        Self { shared: Arc::new(shared), people }
    }

    /// What it counts.
    pub fn metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.shared.metrics)
    }

    /// Serves all webhooks; those that are set, replaced or removed meanwhile are
    /// found by looking. Ends never, and all of it when it is dropped.
    pub async fn run(self) {
        let mut looks = interval(self.shared.pace.look);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut tasks = JoinSet::new();
        let mut running: HashMap<(UserId, u64), tokio::task::AbortHandle> = HashMap::new();
        loop {
            looks.tick().await;
            while tasks.try_join_next().is_some() {}
            let hooks = match self.live().await {
                Ok(hooks) => hooks,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, "webhooks cannot be read");
                    continue;
                }
            };
            running.retain(|(user, set_at), task| {
                let is_there = hooks.iter().any(|one| one.user == *user && one.set_at == *set_at);
                if !is_there {
                    task.abort();
                }
                is_there
            });
            for hook in hooks {
                let name = (hook.user.clone(), hook.set_at);
                if running.get(&name).is_none_or(tokio::task::AbortHandle::is_finished) {
                    let shared = Arc::clone(&self.shared);
                    let task = tasks.spawn(async move { shared.serve(hook).await });
                    running.insert(name, task);
                }
            }
        }
    }

    /// Those that are to be served: not given up, and of bots that are there.
    async fn live(&self) -> Result<Vec<Webhook>, PortError> {
        let mut live = Vec::new();
        for hook in self.shared.hooks.hooks().await? {
            let is_given_up = matches!(hook.state, HookState::DisabledAt(_));
            if !is_given_up && self.people.by_id(&hook.user).await?.is_some() {
                live.push(hook);
            }
        }
        Ok(live)
    }
}

impl<L: LogStore, H: Hooks> Shared<L, H> {
    /// Serves one webhook until it is given up.
    async fn serve(&self, mut hook: Webhook) {
        let mut since = loop {
            match self.heard(&hook).await {
                Ok(since) => break since,
                Err(error) => self.store_failed(&error).await,
            }
        };
        let mut failures = 0;
        loop {
            match self.look(&hook, &mut since).await {
                Ok(looked) => {
                    failures = 0;
                    if looked.posted && hook.state != HookState::Well {
                        tracing::info!(bot = %hook.user, "a webhook takes what it is sent again");
                        self.note(&mut hook, HookState::Well).await;
                    }
                    if !looked.more {
                        sleep(self.pace.look).await;
                    }
                }
                Err(Stopped::Store(error)) => self.store_failed(&error).await,
                Err(Stopped::NotTaken(why)) => {
                    failures += 1;
                    self.metrics.failed.add(1);
                    if self.failed(&mut hook, &why).await {
                        return;
                    }
                    sleep(self.pace.after(failures, chance())).await;
                }
            }
        }
    }

    /// Notes a failure. True where the webhook is given up by it.
    async fn failed(&self, hook: &mut Webhook, why: &NotTaken) -> bool {
        let now = self.clock.now_ms();
        let cause = std::error::Error::source(why).map(ToString::to_string);
        let since = match hook.state {
            HookState::FailingSince(since) => since,
            HookState::Well | HookState::DisabledAt(_) => {
                tracing::warn!(bot = %hook.user, %why, cause, "a webhook does not take what it is sent");
                self.note(hook, HookState::FailingSince(now)).await;
                now
            }
        };
        let patience = u64::try_from(self.pace.patience.as_millis()).unwrap_or(u64::MAX);
        let is_over = now.saturating_sub(since) >= patience || matches!(why, NotTaken::Gone);
        if is_over {
            tracing::error!(
                bot = %hook.user, %why, cause,
                "a webhook is disabled, since it takes nothing: `aizuchi user hook set` sets it again"
            );
            self.metrics.disabled.add(1);
            self.note(hook, HookState::DisabledAt(now)).await;
        }
        is_over
    }

    async fn note(&self, hook: &mut Webhook, state: HookState) {
        hook.state = state;
        if let Err(error) = self.hooks.note_hook(&hook.user, hook.set_at, state).await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "it is not noted how a webhook goes");
        }
    }

    async fn store_failed(&self, error: &PortError) {
        let cause = std::error::Error::source(error).map(ToString::to_string);
        tracing::error!(%error, cause, "a webhook's entries cannot be read");
        sleep(self.pace.pause).await;
    }
}

/// A chance of 0 to 255. Without randomness it is the same, which does no harm.
fn chance() -> u8 {
    let mut byte = [0];
    getrandom::fill(&mut byte).map_or(128, |()| byte[0])
}
