//! The outside, as the one binary has it.

use aizuchi_core::{chat::Ports, clock::SystemClock, ids::SystemIds};
use aizuchi_gateway::local::{Hub, LocalLimiter, LocalRegistry, Rates};
use aizuchi_store_sqlite::Database;

/// The ports of a server that keeps everything itself.
#[derive(Debug)]
pub(crate) struct OneBinary {
    database: Database,
    registry: LocalRegistry<Database>,
    limiter: LocalLimiter<SystemClock>,
    ids: SystemIds,
}

impl OneBinary {
    pub(crate) fn new(database: Database, hub: Hub, rates: Option<Rates>) -> Self {
        Self {
            registry: LocalRegistry::new(hub, database.clone()),
            database,
            limiter: LocalLimiter::new(SystemClock, rates),
            ids: SystemIds::default(),
        }
    }
}

impl Ports for OneBinary {
    type Log = Database;
    type Search = Database;
    type Registry = LocalRegistry<Database>;
    type Directory = Database;
    type Links = Database;
    type Attachments = Database;
    type Limiter = LocalLimiter<SystemClock>;
    type Clock = SystemClock;
    type Ids = SystemIds;

    fn log(&self) -> &Database {
        &self.database
    }

    fn search(&self) -> &Database {
        &self.database
    }

    fn registry(&self) -> &LocalRegistry<Database> {
        &self.registry
    }

    fn directory(&self) -> &Database {
        &self.database
    }

    fn links(&self) -> &Database {
        &self.database
    }

    fn attachments(&self) -> &Database {
        &self.database
    }

    fn limiter(&self) -> &LocalLimiter<SystemClock> {
        &self.limiter
    }

    fn clock(&self) -> &SystemClock {
        &SystemClock
    }

    fn ids(&self) -> &SystemIds {
        &self.ids
    }
}
