//! The laws of webhooks, on SQLite in a file.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

use aizuchi_store_sqlite::{DataDir, Database};

/// A database in a directory of its own, which goes with it.
fn fresh() -> (Database, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    let dir = DataDir::create(home.path()).unwrap();
    (Database::open(&dir).unwrap(), home)
}

aizuchi_testkit::hooks_suite!(fresh());
