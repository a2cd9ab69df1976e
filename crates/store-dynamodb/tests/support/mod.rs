//! A DynamoDB to test against: the emulator, and the engine that meters, one of
//! each for a test binary that uses it.

#![allow(dead_code, reason = "no test needs all of it")]
#![allow(clippy::unwrap_used, reason = "a broken test fails")]

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use aizuchi_core::{
    ids::{ConnectionId, UserId},
    registry::{Connection, Level},
};
use aizuchi_store_dynamodb::{Access, Table};
use aizuchi_testkit::block_on;
use aws_credential_types::Credentials;

/// Live as long as the process: their standard input closes with us.
static EMULATOR: LazyLock<(Child, String)> = LazyLock::new(|| start("emulator"));
static METER: LazyLock<(Child, String)> = LazyLock::new(|| start("dynoxide"));

/// Starts one of the project's servers, which says in a line where it is.
pub(crate) fn start(script: &str) -> (Child, String) {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts");
    let mut server = Command::new(scripts.join(script))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("scripts/{script}: {error}"));
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: serde_json::Value = serde_json::from_str(&line)
        .unwrap_or_else(|error| panic!("scripts/{script} did not start: {error}: {line}"));
    (server, ready["url"].as_str().unwrap().to_owned())
}

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
    table_at(&EMULATOR.1)
}

/// A table of one's own in the engine that meters rightly.
pub(crate) fn metered_table() -> Table {
    table_at(&METER.1)
}

/// The URL of that engine, and the name of a table of one's own in it.
pub(crate) fn metered_place() -> (&'static str, String) {
    (&METER.1, named_table_at(&METER.1).1)
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
