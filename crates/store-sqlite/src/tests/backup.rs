//! Copies, and what makes one worthless.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;

use crate::{BackupError, Contents, DataDir, Database, Stage};

/// A data directory with two conversations, and a name for a copy beside it.
fn place() -> (TempDir, DataDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let dir = DataDir::create(place.path().join("data")).unwrap();
    drop(Database::open(&dir).unwrap());
    let journal = Connection::open(dir.journal()).unwrap();
    for (id, (conversation, seq)) in [(1, 1), (2, 1), (1, 2), (2, 2), (2, 3)].iter().enumerate() {
        let entry = "INSERT INTO entry (id, conversation, seq, kind, author, message_id, at, text)
             VALUES (?1, ?2, ?3, 0, 1, randomblob(16), 0, 'hi')";
        journal.execute(entry, (id as i64 + 1, conversation, seq)).unwrap();
    }
    let copy = place.path().join("copy.db");
    (place, dir, copy)
}

const THOSE: Contents = Contents { accounts: 0, conversations: 2, entries: 5 };

fn back_up(dir: &DataDir, to: &Path) -> Result<Contents, BackupError> {
    dir.back_up(to, &mut |_, _, _| {})
}

fn restore(from: &Path, to: &Path) -> Result<Contents, BackupError> {
    DataDir::restore(from, to, &mut |_, _, _| {})
}

#[test]
fn a_copy_is_made_beside_a_running_server_and_restored() {
    let (place, dir, copy) = place();
    let running = Database::open(&dir).unwrap();
    let mut stages = Vec::new();
    let made = dir.back_up(&copy, &mut |stage, _, _| stages.push(stage));
    assert_eq!(made.unwrap(), THOSE);
    stages.dedup();
    assert_eq!(stages, [Stage::Copying, Stage::Checking, Stage::Reading]);
    drop(running);
    let other = place.path().join("other");
    assert_eq!(restore(&copy, &other).unwrap(), THOSE);
    drop(Database::open(&DataDir::existing(other).unwrap()).unwrap());
}

#[test]
fn the_log_of_a_crashed_database_is_not_written_into_what_is_restored() {
    let (place, dir, copy) = place();
    back_up(&dir, &copy).unwrap();
    let other = DataDir::create(place.path().join("other")).unwrap();
    let log_of = |dir: &DataDir| dir.path().join("aizuchi.db-wal");
    let writer = Connection::open(dir.journal()).unwrap();
    writer.execute("DELETE FROM entry", []).unwrap();
    std::fs::copy(log_of(&dir), log_of(&other)).unwrap();
    restore(&copy, other.path()).unwrap();
    let restored = Connection::open(other.journal()).unwrap();
    let entries: i64 =
        restored.query_row("SELECT count(*) FROM entry", [], |row| row.get(0)).unwrap();
    assert_eq!(entries.cast_unsigned(), THOSE.entries);
}

#[test]
fn what_is_written_meanwhile_is_not_in_it() {
    let (_place, dir, copy) = place();
    let writer = Connection::open(dir.journal()).unwrap();
    // Enough for several steps.
    let many = "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
         INSERT INTO entry (id, conversation, seq, kind, author, message_id, at, text)
         SELECT i + 100, 3, i, 0, 1, randomblob(16), 0, hex(zeroblob(4096)) FROM n";
    writer.execute(many, []).unwrap();
    let mut next = 3;
    let made = dir.back_up(&copy, &mut |stage, _, _| {
        if stage == Stage::Copying {
            let entry = "INSERT INTO entry (id, conversation, seq, kind, author, message_id, at)
                 VALUES (?1 + 5000, 1, ?1, 0, 1, randomblob(16), 0)";
            writer.execute(entry, [next]).unwrap();
            next += 1;
        }
    });
    assert!(next > 5, "one step is not several");
    assert_eq!(made.unwrap(), Contents { conversations: 3, entries: 1_505, ..THOSE });
}

#[test]
fn nothing_is_overwritten() {
    let (place, dir, copy) = place();
    std::fs::write(&copy, "mine").unwrap();
    assert!(matches!(back_up(&dir, &copy), Err(BackupError::Exists(_))));
    assert_eq!(std::fs::read(&copy).unwrap(), b"mine");
    let good = place.path().join("good.db");
    back_up(&dir, &good).unwrap();
    assert!(matches!(restore(&good, dir.path()), Err(BackupError::Exists(_))));
}

#[test]
fn a_damaged_database_leaves_no_copy() {
    let (place, dir, copy) = place();
    let journal = Connection::open(dir.journal()).unwrap();
    journal.execute("DELETE FROM entry WHERE conversation = 2 AND seq = 2", []).unwrap();
    assert!(matches!(back_up(&dir, &copy), Err(BackupError::Gap { last: 1, found: 3, .. })));
    let left = std::fs::read_dir(place.path()).unwrap().count();
    assert_eq!(left, 1, "the data directory alone");
    std::fs::write(&copy, "no database, but a text that is long enough to be looked at").unwrap();
    assert!(matches!(restore(&copy, &place.path().join("other")), Err(BackupError::Open(_))));
}
