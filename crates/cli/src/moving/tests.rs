//! Files between two stores in memory: whole, cut at every place, changed at
//! every place, gone on with from every place.

use std::{fs, path::Path, sync::Arc};

use aizuchi_core::{
    archive::{Archive as _, Person},
    ids::{ClientMsgId, ConversationId, MessageId, UserId},
    log::{Body, Entry, LogStore as _, State},
};
use aizuchi_testkit::{block_on, log::MemoryLog};
use tempfile::TempDir;

use super::{
    MoveError,
    bar::Bar,
    export::{self, AccountsFrom},
    file::{FileError, Writer},
    import::{self, AccountsTo, Report},
};

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

/// A log of so many entries that began at some time.
fn log(began: u64, authors: [&str; 2], count: u64) -> Vec<Entry> {
    let entry = |seq: u64| Entry {
        seq,
        message_id: MessageId::new(began + seq, seq.into()),
        author: user(authors[(seq % 2) as usize]),
        client_msg_id: (!seq.is_multiple_of(3))
            .then(|| ClientMsgId::parse(&format!("{began}-{seq}")).unwrap()),
        timestamp: began + seq,
        sent_at: (!seq.is_multiple_of(2)).then_some(-5),
        body: Body::said(format!("entry {seq}: \"雪\" \u{1}\n"), (seq % 5 > 3).then_some(seq - 1)),
        state: State::default(),
    };
    (1..=count).map(entry).collect()
}

/// A store with something of every kind.
fn store() -> MemoryLog {
    let store = MemoryLog::default();
    for (began, [a, b], count) in
        [(900, ["ada", "bob"], 7), (100, ["cyd", "ada"], 3), (500, ["bob", "え"], 1)]
    {
        let conversation = ConversationId::direct(&user(a), &user(b)).unwrap();
        block_on(store.restore(&conversation, log(began, [a, b], count))).unwrap();
        block_on(store.read(&conversation, &user(a), count)).unwrap();
        block_on(store.read(&conversation, &user(b), count - 1)).unwrap();
    }
    for (id, name) in [("bob", "Bob"), ("ada", "Ada"), ("え", "え")] {
        let person =
            Person { user: user(id), username: Some(name.into()), is_found: true, last_seen: None };
        block_on(store.restore_person(&person)).unwrap();
    }
    store
}

fn export(store: &MemoryLog, path: &Path) -> Result<(), MoveError> {
    let file = Writer::open(path)?;
    block_on(export::export(store, AccountsFrom::Nowhere, file, &Bar::new())).map(drop)
}

fn import(store: &MemoryLog, path: &Path, width: usize) -> Result<Report, MoveError> {
    let store = Arc::new(store.clone());
    block_on(import::import(store, AccountsTo::Nowhere, path, width, &Bar::new()))
}

fn check(path: &Path) -> Result<(), MoveError> {
    block_on(import::check(path, &Bar::new())).map(drop)
}

/// A directory, a file in it, and the export of a store.
fn exported(store: &MemoryLog) -> (TempDir, std::path::PathBuf, Vec<u8>) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("export");
    export(store, &path).unwrap();
    let bytes = fs::read(&path).unwrap();
    (dir, path, bytes)
}

#[test]
fn what_was_imported_exports_the_same() {
    let (_dir, path, bytes) = exported(&store());
    for width in [1, 3] {
        let other = MemoryLog::default();
        let report = import(&other, &path, width).unwrap();
        assert_eq!((report.people.restored, report.entries.restored), (3, 11));
        assert_eq!(exported(&other).2, bytes);
        let again = import(&other, &path, width).unwrap();
        assert_eq!((again.entries.restored, again.entries.there), (0, 11));
        assert_eq!((again.conversations.restored, again.people.restored), (0, 0));
    }
}

#[test]
fn conversations_are_in_the_order_of_their_newest_messages() {
    let text = String::from_utf8(exported(&store()).2).unwrap();
    let named = text.lines().filter_map(|line| line.split_once(r#""conversation","id":"#));
    let order: Vec<_> = named.map(|(_, id)| id).collect();
    assert_eq!(order, [r#""d:ada:cyd"}"#, r#""d:bob:%E3%81%88"}"#, r#""d:ada:bob"}"#]);
}

#[test]
fn a_file_that_was_cut_is_refused_wherever_it_was() {
    let (_dir, path, bytes) = exported(&store());
    check(&path).unwrap();
    for end in 0..bytes.len() {
        fs::write(&path, &bytes[..end]).unwrap();
        let error = check(&path).unwrap_err();
        let told = matches!(error, MoveError::File(FileError::Cut(_) | FileError::Foreign(_)));
        assert!(told, "{end}: {error}");
    }
}

#[test]
fn a_file_that_was_changed_is_refused_wherever_it_was() {
    let (_dir, path, bytes) = exported(&store());
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        fs::write(&path, changed).unwrap();
        check(&path).unwrap_err();
    }
    let line = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let longer = [&bytes[..], b"\n"].concat();
    let twice = [&bytes[..], &bytes[line..]].concat();
    for changed in [longer, twice] {
        fs::write(&path, changed).unwrap();
        assert!(matches!(check(&path), Err(MoveError::File(FileError::Changed(_)))));
    }
}

#[test]
fn an_export_goes_on_wherever_it_was_killed() {
    let store = store();
    let (_dir, path, bytes) = exported(&store);
    let head = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    // Each is synced to disk.
    for end in (head..bytes.len()).step_by(7).chain([0]) {
        fs::write(&path, &bytes[..end]).unwrap();
        export(&store, &path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), bytes, "{end}");
    }
}

#[test]
fn nothing_else_is_written_over() {
    let (_dir, path, bytes) = exported(&store());
    assert!(matches!(export(&store(), &path), Err(MoveError::File(FileError::Whole(_)))));
    assert_eq!(fs::read(&path).unwrap(), bytes);
    fs::write(&path, "mine\n").unwrap();
    assert!(matches!(export(&store(), &path), Err(MoveError::File(FileError::Foreign(_)))));
    assert_eq!(fs::read(&path).unwrap(), b"mine\n");
    let newer = String::from_utf8(bytes).unwrap().replace(r#""version":1"#, r#""version":2"#);
    fs::write(&path, newer).unwrap();
    let error = check(&path).unwrap_err();
    assert!(matches!(error, MoveError::File(FileError::Version { found: 2, .. })), "{error}");
}

#[test]
fn an_import_goes_on_wherever_it_ended() {
    let (_dir, path, bytes) = exported(&store());
    let lines: Vec<_> =
        bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at).collect();
    for end in lines {
        let other = MemoryLog::default();
        fs::write(&path, &bytes[..end]).unwrap();
        assert!(import(&other, &path, 2).is_err());
        fs::write(&path, &bytes).unwrap();
        import(&other, &path, 2).unwrap();
        assert_eq!(exported(&other).2, bytes);
    }
}

#[test]
fn other_entries_stay_as_they_are() {
    let (_dir, path, _) = exported(&store());
    let other = MemoryLog::default();
    let conversation = ConversationId::direct(&user("ada"), &user("bob")).unwrap();
    block_on(other.restore(&conversation, log(7, ["ada", "bob"], 2))).unwrap();
    let error = import(&other, &path, 4).unwrap_err();
    assert!(matches!(error, MoveError::OtherEntries { .. }), "{error}");
    assert!(error.to_string().starts_with("d:ada:bob: "), "{error}");
}

#[test]
fn no_text_is_told_of_a_broken_line() {
    let (_dir, path, bytes) = exported(&store());
    let broken =
        String::from_utf8(bytes).unwrap().replace("\"message\":\"entry", "\"message\":{\"entry");
    fs::write(&path, broken).unwrap();
    let error = check(&path).unwrap_err().to_string();
    assert!(
        error.contains("line 6: not a line of an export") && !error.contains("entry 1"),
        "{error}"
    );
}

#[test]
fn one_is_told_as_one() {
    let told = [super::people(1), super::accounts(0), super::conversations(1), super::entries(2)];
    assert_eq!(told, ["1 person", "0 accounts", "1 conversation", "2 entries"]);
}
