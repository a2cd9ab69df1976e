//! The connection registry in a table, against the suite of its port, and what
//! leases, sessions and several processes add to it.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

mod support;

#[path = "registry/leases.rs"]
mod leases;
#[path = "registry/processes.rs"]
mod processes;
#[path = "registry/sessions.rs"]
mod sessions;
#[path = "registry/watches.rs"]
mod watches;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use aizuchi_core::{
    ids::{ConnectionId, UserId},
    registry::{Connection, Level, Presence, Registry},
};
use aizuchi_store_dynamodb::{Settings, Store, Table};
use aizuchi_testkit::{block_on, clock::ManualClock, registry::RegistryFixture};

struct Fixture {
    store: Store,
    next: AtomicU64,
}

impl RegistryFixture for Fixture {
    type Registry = Store;

    fn registry(&self) -> &Store {
        &self.store
    }

    fn arrive(&self, _user: &UserId, _level: Level) -> ConnectionId {
        // As API Gateway names them.
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        ConnectionId::parse(&format!("L0SM9cOF{number:06}=")).unwrap()
    }
}

fn fixture() -> Fixture {
    let settings = Settings { broadcasts: true, ..Settings::default() };
    let table = support::table();
    let store = block_on(async { Store::new(table, settings) });
    Fixture { store, next: AtomicU64::new(1) }
}

aizuchi_testkit::registry_suite!(fixture());

/// Processes on one table, and a clock for all of them.
struct World {
    table: Table,
    clock: Arc<ManualClock>,
}

impl World {
    fn new() -> Self {
        Self { table: support::table(), clock: Arc::default() }
    }

    /// One more process.
    fn process(&self) -> Store {
        let settings = Settings { clock: Arc::clone(&self.clock) as _, ..Settings::default() };
        block_on(async { Store::new(self.table.clone(), settings) })
    }

    /// The write units that this takes.
    fn writes<T>(&self, act: impl FnOnce() -> T) -> f64 {
        let before = self.table.usage().spent();
        act();
        (self.table.usage().spent() - before).write_units
    }
}

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

/// One more connection, of level 1. With whether it was told that it is first.
fn come(store: &Store, id: &str, of: &str) -> (Connection, bool) {
    let connection = support::connection(id, of, Level::One);
    let first = block_on(store.connect(&connection)).unwrap();
    (connection, first)
}

fn leave(store: &Store, connection: &Connection, at: u64) -> bool {
    block_on(store.disconnect(&connection.id, &connection.user, at)).unwrap()
}

fn presence(store: &Store, of: &str) -> Presence {
    block_on(store.presence(&[user(of)])).unwrap()[0]
}

fn connections(store: &Store, of: &str) -> Vec<String> {
    let of = user(of);
    ids(block_on(store.connections(&[&of])).unwrap())
}

fn watchers(store: &Store, of: &str) -> Vec<String> {
    ids(block_on(store.watchers(&user(of))).unwrap())
}

fn ids(connections: Vec<Connection>) -> Vec<String> {
    let mut ids: Vec<_> = connections.iter().map(|one| one.id.as_str().to_owned()).collect();
    ids.sort();
    ids
}
