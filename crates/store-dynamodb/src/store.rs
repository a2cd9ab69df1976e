//! The store: the table, and what a process remembers beside it.

use std::{fmt, sync::Arc, time::Duration};

use aizuchi_core::clock::{Clock, SystemClock};
use tokio::runtime::Handle;

use crate::{lease::Leases, log::Queues, person::profiles::Profiles, stamps::Stamps, table::Table};

/// What a store is told.
#[derive(Clone)]
pub struct Settings {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How far "now" lies back where changes are asked for: more than a write
    /// may take and the clocks of processes may differ, together. 30 seconds
    /// unless told.
    pub overlap: Duration,
    /// Whether `GREETING` reaches every level 0 connection: then each is also
    /// written down where all can be found. Off unless told.
    pub broadcasts: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock), overlap: Duration::from_secs(30), broadcasts: false }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("overlap", &self.overlap)
            .field("broadcasts", &self.broadcasts)
            .finish_non_exhaustive()
    }
}

/// The log, the connection registry and the user directory. Cheap to clone;
/// clones are one store.
#[derive(Debug, Clone)]
pub struct Store(pub(crate) Arc<Inner>);

/// What the clones of a store share.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) table: Table,
    pub(crate) settings: Settings,
    pub(crate) stamps: Stamps,
    pub(crate) queues: Queues,
    pub(crate) profiles: Profiles,
    pub(crate) leases: Leases,
    /// Where work goes on that a call began.
    pub(crate) runtime: Handle,
}

impl Store {
    /// A store on this table, which must be there. Asks nothing yet.
    ///
    /// # Panics
    /// Outside of a tokio runtime: an append goes on in the one that the store
    /// was made in, whoever calls.
    pub fn new(table: Table, settings: Settings) -> Self {
        Self(Arc::new(Inner {
            table,
            settings,
            stamps: Stamps::default(),
            queues: Queues::default(),
            profiles: Profiles::default(),
            leases: Leases::default(),
            runtime: Handle::current(),
        }))
    }

    /// The table, for what it has spent.
    pub fn table(&self) -> &Table {
        &self.0.table
    }
}

impl Inner {
    /// Milliseconds since the epoch.
    pub(crate) fn now_ms(&self) -> u64 {
        self.settings.clock.now_ms()
    }
}
