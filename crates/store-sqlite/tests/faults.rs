//! What a disk, a file or an operator may do to a store.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

use std::{fs, ops::Range, path::Path};

use aizuchi_core::{
    error::PortError,
    ids::{ClientMsgId, ConversationId, MessageId, UserId},
    log::{Appended, Body, LogStore, NewEntry, Page, PageSize, Span},
};
use aizuchi_store_sqlite::{Answer, DataDir, Database, OpenError};
use pollster::block_on;
use rusqlite::Connection;
use tempfile::TempDir;

const ALL: PageSize = PageSize { entries: 100_000, bytes: usize::MAX };

fn fresh() -> (TempDir, DataDir) {
    let home = tempfile::tempdir().unwrap();
    let dir = DataDir::create(home.path().join("data")).unwrap();
    (home, dir)
}

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

fn conversation(number: u64) -> ConversationId {
    ConversationId::direct(&user("ada"), &user(&format!("friend {number}"))).unwrap()
}

fn append(database: &Database, id: u64, text: &str) -> Result<Appended, PortError> {
    block_on(begin(database, id, text))
}

fn begin(database: &Database, id: u64, text: &str) -> Answer<Appended> {
    database.append(NewEntry {
        conversation: conversation(id % 3),
        author: user("ada"),
        client_msg_id: Some(ClientMsgId::parse(&id.to_string()).unwrap()),
        message_id: MessageId::new(id, id.into()),
        timestamp: id,
        sent_at: None,
        body: Body::text(text),
    })
}

fn append_all(database: &Database, ids: Range<u64>) {
    let waiting: Vec<_> = ids.map(|id| begin(database, id, "something to keep")).collect();
    waiting.into_iter().for_each(|answer| assert!(!block_on(answer).unwrap().duplicate));
}

fn everything(database: &Database) -> Vec<Page> {
    (0..3)
        .map(|n| block_on(database.messages(&conversation(n), Span::After(0), ALL)).unwrap())
        .collect()
}

/// A closed database with entries in it, and what they are.
fn filled(dir: &DataDir) -> Vec<Page> {
    let database = Database::open(dir).unwrap();
    append_all(&database, 0..1_000);
    everything(&database)
}

#[test]
fn a_closed_database_is_three_files() {
    let (_home, dir) = fresh();
    filled(&dir);
    let files = fs::read_dir(dir.path()).unwrap().map(|file| file.unwrap().file_name());
    let mut files: Vec<_> = files.map(|name| name.into_string().unwrap()).collect();
    files.sort();
    assert_eq!(files, ["aizuchi.db", "index.db", "lock", "words.db"]);
}

/// All is as it was, what was sent is known, and it goes on.
fn assert_whole(dir: &DataDir, expected: &[Page]) {
    let database = Database::open(dir).unwrap();
    assert!(everything(&database) == expected, "what was stored is there");
    assert!(append(&database, 10, "again").unwrap().duplicate);
    assert!(!append(&database, 1_000_000, "more").unwrap().duplicate);
    let listed = block_on(database.conversations(&user("ada"), None, 10)).unwrap();
    assert_eq!(listed.summaries.len(), 3);
}

#[test]
fn a_second_server_is_refused() {
    let (_home, dir) = fresh();
    let first = Database::open(&dir).unwrap();
    assert!(matches!(Database::open(&dir), Err(OpenError::InUse(_))));
    append(&first, 1, "still works").unwrap();
    drop(first);
    Database::open(&dir).unwrap();
}

#[test]
fn beside_a_server_only_its_log_is_refused() {
    let (_home, dir) = fresh();
    let server = Database::open(&dir).unwrap();
    let tool = Database::administer(&dir).unwrap();
    assert!(matches!(append(&tool, 1, "no"), Err(PortError::Unavailable { .. })));
    assert!(block_on(tool.now()).is_err());
    let count = |database: &Database| {
        block_on(database.query(|c| c.query_row("SELECT count(*) FROM person", [], |r| r.get(0))))
    };
    block_on(tool.write(|c| c.execute("INSERT INTO person (sub) VALUES ('x')", []))).unwrap();
    append(&server, 1, "yes").unwrap();
    let people: i64 = count(&server).unwrap();
    assert_eq!(people, 3);
    assert_eq!(count(&tool).unwrap(), people);
}

#[test]
fn a_failed_write_leaves_nothing_and_disturbs_nobody() {
    let (_home, dir) = fresh();
    let database = Database::open(&dir).unwrap();
    let failing = database.write(|c| {
        c.execute("INSERT INTO person (sub) VALUES ('one')", [])?;
        c.execute("INSERT INTO person (sub) VALUES ('one')", [])
    });
    let other = database.write(|c| c.execute("INSERT INTO person (sub) VALUES ('two')", []));
    assert!(matches!(block_on(failing), Err(PortError::Conflict)));
    assert_eq!(block_on(other).unwrap(), 1);
    let people: Vec<String> = block_on(database.query(|c| {
        let mut statement = c.prepare("SELECT sub FROM person")?;
        statement.query_map([], |row| row.get(0))?.collect()
    }))
    .unwrap();
    assert_eq!(people, ["two"]);
}

#[test]
fn a_newer_database_is_refused_and_left_alone() {
    let (_home, dir) = fresh();
    filled(&dir);
    let connection = Connection::open(dir.journal()).unwrap();
    connection.pragma_update(None, "user_version", 1_000).unwrap();
    drop(connection);
    let refused = Database::open(&dir).unwrap_err();
    assert!(matches!(refused, OpenError::Newer { found: 1_000, .. }), "{refused:?}");
    assert!(refused.to_string().contains("newer version"), "{refused}");
    let connection = Connection::open(dir.journal()).unwrap();
    let count: i64 = connection.query_row("SELECT count(*) FROM entry", [], |r| r.get(0)).unwrap();
    assert_eq!(count, 1_000);
}

#[test]
fn what_is_not_ours_is_refused() {
    let (_home, dir) = fresh();
    let connection = Connection::open(dir.journal()).unwrap();
    connection.execute_batch("CREATE TABLE theirs (x)").unwrap();
    drop(connection);
    assert!(matches!(Database::open(&dir), Err(OpenError::Foreign(_))));

    let (_home, dir) = fresh();
    fs::write(dir.journal(), "not a database, but a text of some length".repeat(100)).unwrap();
    assert!(matches!(Database::open(&dir), Err(OpenError::Database { .. })));
}

#[test]
fn where_nothing_can_be_written_is_said_clearly() {
    let (home, _dir) = fresh();
    let file = home.path().join("file");
    fs::write(&file, "").unwrap();
    let refused = DataDir::create(file.join("data")).unwrap_err();
    assert!(matches!(refused, OpenError::Directory { .. }));
    assert!(refused.to_string().contains("must be writable"), "{refused}");

    // A directory in the place of a file cannot be written by anyone, root included.
    let (_home, dir) = fresh();
    fs::create_dir(dir.path().join("lock")).unwrap();
    assert!(matches!(Database::open(&dir), Err(OpenError::Directory { .. })));
    let (_home, dir) = fresh();
    fs::create_dir(dir.journal()).unwrap();
    assert!(matches!(Database::open(&dir), Err(OpenError::Database { .. })));
}

#[test]
fn a_full_disk_loses_nothing_and_heals() {
    let (_home, dir) = fresh();
    let text = "x".repeat(8_000);
    let stored = {
        let database = Database::open(&dir).unwrap();
        let limit = |pages: &'static str| {
            let sql = format!("PRAGMA max_page_count = {pages}");
            block_on(database.write(move |c| c.query_row(&sql, [], |_| Ok(())))).unwrap();
        };
        limit("100");
        let mut next = 0;
        let refused = loop {
            match append(&database, next, &text) {
                Ok(appended) => assert!(!appended.duplicate),
                Err(error) => break error,
            }
            next += 1;
        };
        assert!(matches!(refused, PortError::Unavailable { .. }), "{refused:?}");
        assert!(next > 10);
        for _ in 0..3 {
            assert!(append(&database, next, &text).is_err());
        }
        let before = everything(&database);
        assert_eq!(before.iter().map(|page| page.entries.len() as u64).sum::<u64>(), next);

        limit("100000");
        for id in 0..next {
            assert!(append(&database, id, "again").unwrap().duplicate);
        }
        assert!(!append(&database, next, &text).unwrap().duplicate);
        let after = everything(&database);
        let more = |page: &Page| page.entries.len();
        assert_eq!(after.iter().map(more).sum::<usize>(), next as usize + 1);
        after
    };
    let database = Database::open(&dir).unwrap();
    assert!(everything(&database) == stored);
}

#[test]
fn a_missing_index_is_made_anew() {
    let (_home, dir) = fresh();
    let expected = filled(&dir);
    fs::remove_file(dir.index()).unwrap();
    assert_whole(&dir, &expected);
}

#[test]
fn a_damaged_index_is_made_anew() {
    let spoilt: [fn(&Path); 4] = [
        |index| fs::write(index, "").unwrap(),
        |index| fs::write(index, "not a database at all".repeat(1_000)).unwrap(),
        |index| {
            let file = fs::File::options().write(true).open(index).unwrap();
            let half = file.metadata().unwrap().len() / 2;
            file.set_len(half).unwrap();
        },
        |index| {
            let connection = Connection::open(index).unwrap();
            connection.pragma_update(None, "user_version", 1_000).unwrap();
        },
    ];
    for spoil in spoilt {
        let (_home, dir) = fresh();
        let expected = filled(&dir);
        spoil(&dir.index());
        assert_whole(&dir, &expected);
    }
}

#[test]
fn damage_that_shows_later_is_noted_and_mended_at_the_next_start() {
    let (_home, dir) = fresh();
    let expected = filled(&dir);
    // The schema and the watermark are in the first two pages; what follows is spoilt.
    let mut bytes = fs::read(dir.index()).unwrap();
    bytes[2 * 4_096..].fill(0xff);
    fs::write(dir.index(), bytes).unwrap();
    {
        let database = Database::open(&dir).unwrap();
        let page = block_on(database.messages(&conversation(0), Span::Newest, ALL));
        assert!(matches!(page, Err(PortError::Unavailable { .. })), "{page:?}");
    }
    assert_whole(&dir, &expected);
}

#[test]
fn another_journals_index_is_told_apart() {
    let (_home, dir) = fresh();
    let expected = filled(&dir);
    let (_other_home, other) = fresh();
    let database = Database::open(&other).unwrap();
    append_all(&database, 5_000..6_000);
    drop(database);
    fs::copy(other.index(), dir.index()).unwrap();
    assert_whole(&dir, &expected);
}

#[test]
fn an_index_that_is_ahead_of_its_journal_is_made_anew() {
    let (_home, dir) = fresh();
    let expected = filled(&dir);
    let early = dir.path().join("early");
    fs::copy(dir.journal(), &early).unwrap();
    let database = Database::open(&dir).unwrap();
    append_all(&database, 5_000..5_100);
    drop(database);
    fs::rename(&early, dir.journal()).unwrap();
    assert_whole(&dir, &expected);
}
