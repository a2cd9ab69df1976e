//! A DynamoDB to test against: the emulator, and the engine that meters, one of
//! each for a test binary that uses it.

#![allow(dead_code, reason = "no test needs all of it")]
#![allow(clippy::unwrap_used, reason = "a broken test fails")]

use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering},
};

use aizuchi_core::{
    ids::{ConnectionId, UserId},
    registry::{Connection, Level},
};
use aizuchi_store_dynamodb::{Access, Table};
use aizuchi_testkit::{beside::Beside, block_on};
use aws_credential_types::Credentials;

/// Live as long as the process.
static EMULATOR: LazyLock<Beside> = LazyLock::new(|| Beside::start("emulator", NOTHING));
static METER: LazyLock<Beside> = LazyLock::new(|| Beside::start("dynoxide", NOTHING));
const NOTHING: [&str; 0] = [];

/// How to reach a DynamoDB at this URL.
pub(crate) fn access(url: &str) -> Access {
    let credentials = Credentials::new("test", "test", None, None, "test");
    Access { endpoint: Some(url.to_owned()), ..Access::new("ap-northeast-1", credentials) }
}

/// A table of one's own at this URL.
pub(crate) fn table_at(url: &str) -> Table {
    named_table_at(url).0
}

/// A table of one's own, with its name.
fn named_table_at(url: &str) -> (Table, String) {
    static TABLES: AtomicU64 = AtomicU64::new(1);
    let name = format!("aizuchi-{}", TABLES.fetch_add(1, Ordering::Relaxed));
    let table = Table::new(&access(url), &name);
    block_on(table.create()).unwrap();
    (table, name)
}

/// A table of one's own in the emulator.
pub(crate) fn table() -> Table {
    table_at(EMULATOR.url())
}

/// A table of one's own in the engine that meters rightly.
pub(crate) fn metered_table() -> Table {
    table_at(METER.url())
}

/// The URL of that engine, and the name of a table of one's own in it.
pub(crate) fn metered_place() -> (&'static str, String) {
    (METER.url(), named_table_at(METER.url()).1)
}

/// A connection with neither session nor partner.
pub(crate) fn connection(id: &str, user: &str, level: Level) -> Connection {
    Connection {
        id: ConnectionId::parse(id).unwrap(),
        user: UserId::parse(user).unwrap(),
        level,
        session: None,
        partner: None,
    }
}
