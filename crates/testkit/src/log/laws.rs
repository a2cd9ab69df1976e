//! The laws of [`LogStore`]; see there.

#![expect(missing_docs, reason = "a law's name says it")]
#![expect(clippy::unwrap_used, reason = "a broken law fails its test")]

mod changes;
mod lists;
mod pages;
mod resends;
mod rooms;

use std::thread;

use crate::block_on;
use aizuchi_core::{
    error::PortError,
    limits::MESSAGE_BYTES,
    log::{Appended, Body, Entry, LogStore, NewEntry, Page, Span},
};

use super::{
    LogFixture,
    sample::{ALL, direct, entry, sent, user},
};

pub use self::{changes::*, lists::*, pages::*, resends::*, rooms::*};

/// How many work at the same time.
const CALLERS: usize = 8;
/// What each of them appends.
const EACH: usize = 50;

fn append(store: &impl LogStore, entry: NewEntry) -> Appended {
    block_on(store.append(entry)).unwrap()
}

fn whole(store: &impl LogStore, conversation: &aizuchi_core::ids::ConversationId) -> Page {
    block_on(store.entries(conversation, Span::After(0), ALL)).unwrap()
}

fn seqs(page: &Page) -> Vec<u64> {
    page.entries.iter().map(|entry| entry.seq).collect()
}

fn text(entry: &Entry) -> &str {
    &entry.body.message().unwrap().text
}

pub fn places_are_dense_from_one(fixture: impl LogFixture) {
    let conversation = direct("ada", "bob");
    let store = fixture.open();
    for place in 1..=3 {
        assert_eq!(append(&store, entry(&conversation, "ada", "x")).seq, place);
    }
    drop(store);
    let store = fixture.open();
    for place in 4..=6 {
        assert_eq!(append(&store, entry(&conversation, "bob", "x")).seq, place);
    }
    assert_eq!(seqs(&whole(&store, &conversation)), [1, 2, 3, 4, 5, 6]);
}

pub fn each_conversation_counts_for_itself(fixture: impl LogFixture) {
    let store = fixture.open();
    let (one, other) = (direct("ada", "bob"), direct("ada", "cyd"));
    for place in 1..=3 {
        assert_eq!(append(&store, entry(&one, "ada", "to bob")).seq, place);
        assert_eq!(append(&store, entry(&other, "ada", "to cyd")).seq, place);
    }
    assert!(whole(&store, &one).entries.iter().all(|entry| text(entry) == "to bob"));
    assert!(whole(&store, &other).entries.iter().all(|entry| text(entry) == "to cyd"));
}

pub fn what_was_said_comes_back(fixture: impl LogFixture) {
    let conversation = direct("ada", "bob");
    let plain = entry(&conversation, "ada", "plain");
    let full = NewEntry {
        sent_at: Some(-1),
        timestamp: u64::MAX,
        body: Body::said("full", Some(u64::MAX)),
        ..sent(&conversation, "bob", "one")
    };
    let store = fixture.open();
    let answers = [plain.clone(), full.clone()].map(|entry| append(&store, entry));
    let said = |new: &NewEntry, answer: &Appended| Entry::new(new.clone(), answer);
    let expected = [said(&plain, &answers[0]), said(&full, &answers[1])];
    assert_eq!(whole(&store, &conversation).entries, expected);
    drop(store);
    assert_eq!(whole(&fixture.open(), &conversation).entries, expected);
}

pub fn any_text_comes_back(fixture: impl LogFixture) {
    let texts = [
        "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽".to_owned(),
        "مرحبا \u{202e}dlrow\u{202c} עולם".to_owned(),
        "e\u{301} ｶﾞ ガ 相槌".to_owned(),
        "a\0b\u{7f}\u{feff}\u{fffd}\u{10ffff}".to_owned(),
        "'; DROP TABLE entry; --".to_owned(),
        " \t\r\n ".to_owned(),
        "😀".repeat(MESSAGE_BYTES / 4),
        "x".repeat(MESSAGE_BYTES),
    ];
    let conversation = direct("ünï", "相槌 👋");
    let store = fixture.open();
    for text in &texts {
        append(&store, entry(&conversation, "相槌 👋", text));
    }
    let page = whole(&store, &conversation);
    assert_eq!(page.entries.iter().map(text).collect::<Vec<_>>(), texts);
    assert!(page.entries.iter().all(|entry| entry.author == user("相槌 👋")));
}

pub fn what_is_over_the_limit_is_rejected(fixture: impl LogFixture) {
    let conversation = direct("ada", "bob");
    let store = fixture.open();
    for text in [String::new(), "x".repeat(MESSAGE_BYTES + 1)] {
        let answer = block_on(store.append(entry(&conversation, "ada", &text)));
        assert!(matches!(answer, Err(PortError::Rejected(_))), "{answer:?}");
    }
    assert_eq!(whole(&store, &conversation), Page::default());
    assert_eq!(append(&store, entry(&conversation, "ada", "x")).seq, 1);
}

pub fn places_follow_the_order_of_calls(fixture: impl LogFixture) {
    let conversation = direct("ada", "bob");
    let store = fixture.open();
    let mut waiting: Vec<_> = (0..EACH)
        .map(|number| store.append(entry(&conversation, "ada", &number.to_string())))
        .collect();
    // The last asked for is waited for first, and every other is not waited for at all.
    let mut place = EACH as u64;
    while let Some(answer) = waiting.pop() {
        if place.is_multiple_of(2) {
            assert_eq!(block_on(answer).unwrap().seq, place);
        }
        place -= 1;
    }
    let page = whole(&store, &conversation);
    let expected: Vec<_> = (0..EACH).map(|number| number.to_string()).collect();
    assert_eq!(page.entries.iter().map(text).collect::<Vec<_>>(), expected);
}

pub fn many_at_once_leave_no_hole(fixture: impl LogFixture) {
    let conversation = direct("ada", "bob");
    let store = fixture.open();
    thread::scope(|scope| {
        for caller in 0..CALLERS {
            let (store, conversation) = (&store, &conversation);
            scope.spawn(move || {
                let mut before = 0;
                for number in 0..EACH {
                    let said = format!("{caller} {number:04}");
                    let seq = append(store, entry(conversation, "ada", &said)).seq;
                    assert!(seq > before);
                    before = seq;
                }
            });
        }
    });
    let page = whole(&store, &conversation);
    assert_eq!(seqs(&page), (1..=(CALLERS * EACH) as u64).collect::<Vec<_>>());
    for caller in 0..CALLERS {
        let prefix = format!("{caller} ");
        let said: Vec<_> =
            page.entries.iter().map(text).filter(|text| text.starts_with(&prefix)).collect();
        assert_eq!(said.len(), EACH);
        assert!(said.is_sorted(), "each caller's stay in his order");
    }
}
