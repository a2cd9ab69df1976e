//! The index of words, and what is there without it.

use aizuchi_core::{
    ids::UserId,
    log::Body,
    search::{Asked, Query, Search},
};
use aizuchi_testkit::{block_on, log::LogFixture};
use rusqlite::Connection;

use super::{Fixture, erased::append};
use crate::words;

fn found(store: &impl Search, query: &str) -> Vec<u64> {
    let (user, query) = (UserId::parse("bob").unwrap(), Query::parse(query));
    let asked = Asked { user, query, within: None, from: None, until: None };
    let stretch = block_on(store.search(asked)).unwrap();
    stretch.found.iter().map(|one| one.entry.seq).collect()
}

fn words_of(fixture: &Fixture) -> Connection {
    Connection::open(fixture.dir.path().join("words.db")).unwrap()
}

fn check(fixture: &Fixture) {
    let words = words_of(fixture);
    words.execute("INSERT INTO words (words) VALUES ('integrity-check')", []).unwrap();
}

#[test]
fn it_holds_all_once_the_store_is_closed() {
    let fixture = Fixture::new();
    let store = fixture.open();
    for number in 1..=5_000 {
        append(&store, number, Body::text(format!("word{number} 言葉")));
    }
    drop(store);
    let words = words_of(&fixture);
    assert_eq!(words::reach(&words).unwrap().covered, 5_000);
    let docs: i64 = words.query_row("SELECT count(*) FROM doc", [], |row| row.get(0)).unwrap();
    assert_eq!(docs, 5_000);
    check(&fixture);
    let store = fixture.open();
    assert_eq!(found(&store, "word4321"), [4321]);
    assert_eq!(found(&store, "言葉").len(), 200);
}

#[test]
fn one_that_is_lost_or_another_journals_is_made_anew() {
    let fixture = Fixture::new();
    let store = fixture.open();
    for number in 1..=3_000 {
        append(&store, number, Body::text(format!("word{number} said")));
    }
    append(&store, 3_001, Body::Deletion { target: 7 });
    drop(store);
    let damages: [&dyn Fn(&std::path::Path); 3] = [
        &|path| std::fs::remove_file(path).unwrap(),
        &|path| std::fs::write(path, "no database at all, but long enough to be one").unwrap(),
        &|path| {
            let words = Connection::open(path).unwrap();
            words
                .execute("UPDATE state SET message_id = x'00112233445566778899aabbccddeeff'", ())
                .unwrap();
        },
    ];
    for (round, damage) in (1..).zip(damages) {
        damage(&fixture.dir.path().join("words.db"));
        let store = fixture.open();
        // At once, however much of it is made by now.
        assert_eq!(found(&store, "word7 said"), [0; 0]);
        assert_eq!(found(&store, "word8 said").last(), Some(&8));
        assert_eq!(found(&store, "word2999 said"), [2_999]);
        append(&store, 10_000 + round, Body::text("word8 said again"));
        assert_eq!(found(&store, "word8 said again").len() as u64, round);
        drop(store);
        check(&fixture);
    }
}

#[test]
fn changes_leave_it_whole() {
    let fixture = Fixture::new();
    for round in 0..4_u64 {
        let store = fixture.open();
        for number in 0..200 {
            append(&store, round * 1_000 + number + 1, Body::text(format!("r{round} 文{number}")));
        }
        for target in (round * 10 + 1)..(round * 10 + 60) {
            let text = format!("edited 改{round} {target}");
            let body = if target % 3 == 0 {
                Body::Deletion { target }
            } else {
                Body::Edit { target, text: text.into(), mentions: [].into() }
            };
            append(&store, round * 1_000 + 500 + target, body);
        }
        drop(store);
        check(&fixture);
    }
}
