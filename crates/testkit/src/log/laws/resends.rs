//! Law 2: an append whose key was stored before stores nothing.

use std::{sync::Barrier, thread};

use crate::block_on;
use aizuchi_core::{
    ids::MessageId,
    log::{Appended, LogStore, NewEntry},
};

use super::{CALLERS, EACH, append, direct, entry, sent, seqs, text, user, whole};
use crate::log::{LogFixture, sample::client_id};

pub fn a_resend_gets_the_first_place(fixture: impl LogFixture) {
    let conversation = direct("ada", "bob");
    let store = fixture.open();
    append(&store, entry(&conversation, "bob", "before"));
    let first = append(&store, sent(&conversation, "ada", "one"));
    append(&store, entry(&conversation, "bob", "after"));
    let resend = NewEntry { timestamp: 1, ..sent(&conversation, "ada", "one") };
    let again = append(&store, resend);
    assert!(!first.duplicate);
    assert_eq!(again, Appended { duplicate: true, ..first });
    assert_eq!(seqs(&whole(&store, &conversation)), [1, 2, 3]);
}

pub fn a_resend_is_known_after_reopening(fixture: impl LogFixture) {
    let conversation = direct("ada", "bob");
    let store = fixture.open();
    let first = append(&store, sent(&conversation, "ada", "one"));
    drop(store);
    let store = fixture.open();
    let again = append(&store, sent(&conversation, "ada", "one"));
    assert_eq!(again, Appended { duplicate: true, ..first });
    assert_eq!(seqs(&whole(&store, &conversation)), [1]);
}

pub fn a_resend_is_known_however_much_later(fixture: impl LogFixture) {
    const LATER: usize = 2_000;
    let conversation = direct("ada", "bob");
    let store = fixture.open();
    let first = append(&store, sent(&conversation, "ada", "one"));
    for round in 0..3 {
        let waiting: Vec<_> = (0..LATER)
            .map(|number| store.append(sent(&conversation, "ada", &format!("{round} {number}"))))
            .collect();
        for answer in waiting {
            assert!(!block_on(answer).unwrap().duplicate);
        }
        let again = append(&store, sent(&conversation, "ada", "one"));
        assert_eq!(again, Appended { duplicate: true, ..first });
    }
    drop(store);
    let again = append(&fixture.open(), sent(&conversation, "ada", "one"));
    assert_eq!(again, Appended { duplicate: true, ..first });
}

pub fn a_client_id_is_its_authors_and_conversations(fixture: impl LogFixture) {
    let store = fixture.open();
    let (one, other) = (direct("ada", "bob"), direct("ada", "cyd"));
    for _ in 0..2 {
        assert_eq!(append(&store, sent(&one, "ada", "same")).seq, 1);
        assert_eq!(append(&store, sent(&one, "bob", "same")).seq, 2, "another author's");
        assert_eq!(append(&store, sent(&other, "ada", "same")).seq, 1, "another conversation's");
    }
}

pub fn client_ids_are_compared_exactly(fixture: impl LogFixture) {
    let ids = [
        "018bcfe5-6800-7000-8000-00000000000a",
        "018BCFE5-6800-7000-8000-00000000000A",
        "018bcfe5680070008000000000000000a",
        "018bcfe5-6800-7000-8000-00000000000b",
        "{018bcfe5-6800-7000-8000-00000000000a}",
        "0",
        "00",
        "é",
        "e\u{301}",
        &"x".repeat(64),
        &"x".repeat(63),
        "0123456789abcdef",
    ];
    let conversation = direct("ada", "bob");
    let store = fixture.open();
    for _ in 0..2 {
        for (at, id) in ids.iter().enumerate() {
            assert_eq!(append(&store, sent(&conversation, "ada", id)).seq, at as u64 + 1, "{id}");
        }
    }
    let page = whole(&store, &conversation);
    let kept: Vec<_> = page.entries.iter().filter_map(|e| e.client_msg_id.clone()).collect();
    assert_eq!(kept, ids.map(client_id));
}

pub fn without_a_client_id_each_is_new(fixture: impl LogFixture) {
    let conversation = direct("ada", "bob");
    let store = fixture.open();
    for place in 1..=3 {
        let appended = append(&store, entry(&conversation, "ada", "same"));
        assert_eq!((appended.seq, appended.duplicate), (place, false));
    }
}

pub fn of_many_resends_at_once_one_is_stored(fixture: impl LogFixture) {
    let conversation = direct("ada", "bob");
    let store = fixture.open();
    let start = Barrier::new(CALLERS);
    let answers: Vec<Vec<Appended>> = thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    (0..EACH)
                        .map(|id| append(&store, sent(&conversation, "ada", &id.to_string())))
                        .collect()
                })
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    let page = whole(&store, &conversation);
    assert_eq!(page.entries.len(), EACH);
    for id in 0..EACH {
        let same: Vec<_> = answers.iter().map(|of_caller| of_caller[id]).collect();
        assert_eq!(same.iter().filter(|answer| !answer.duplicate).count(), 1);
        let name = |answer: &Appended| -> (u64, MessageId) { (answer.seq, answer.message_id) };
        assert!(same.iter().all(|answer| name(answer) == name(&same[0])));
        let kept = page.entries.iter().find(|entry| text(entry) == id.to_string()).unwrap();
        assert_eq!((kept.seq, kept.message_id), name(&same[0]));
        assert_eq!(kept.author, user("ada"));
    }
}
