//! The outside, as the one binary has it.

use aizuchi_core::{attachments::Stored, chat::Ports, clock::SystemClock, ids::SystemIds};
use aizuchi_files_local::LocalFiles;
use aizuchi_gateway::local::{Hub, LocalLimiter, LocalRegistry, Rates};
use aizuchi_store_sqlite::Database;

/// Attachments as this server keeps them.
pub(crate) type Kept = Stored<Database, LocalFiles>;

/// The ports of a server that keeps everything itself.
#[derive(Debug)]
pub(crate) struct OneBinary {
    database: Database,
    files: Kept,
    registry: LocalRegistry<Database>,
    limiter: LocalLimiter<SystemClock>,
    ids: SystemIds,
}

impl OneBinary {
    pub(crate) fn new(database: Database, files: Kept, hub: Hub, rates: Option<Rates>) -> Self {
        Self {
            files,
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
    type Attachments = Kept;
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

    fn attachments(&self) -> &Kept {
        &self.files
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
