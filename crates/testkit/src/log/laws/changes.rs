//! Edits, deletions and reactions.

use std::{sync::Arc, thread};

use crate::block_on;
use aizuchi_core::{
    ids::{ConversationId, Seq},
    limits::UNREAD,
    log::{Appended, Body, Edited, Emoji, Entry, LogStore, Message, PageSize, Span, State},
};

use super::{ALL, append, direct, entry, sent, seqs, text, user, whole};
use crate::log::{LogFixture, sample::saying};

fn edit(target: Seq, text: &str) -> Body {
    Body::Edit { target, text: text.into(), mentions: Arc::default() }
}

fn react(target: Seq, emoji: &str, on: bool) -> Body {
    Body::Reaction { target, emoji: Emoji::parse(emoji).unwrap(), on }
}

fn change(store: &impl LogStore, of: &ConversationId, by: &str, body: Body) -> Appended {
    append(store, saying(of, by, body))
}

fn at(store: &impl LogStore, conversation: &ConversationId, seq: Seq) -> Entry {
    let found = block_on(store.entry(conversation, seq)).unwrap().unwrap();
    assert_eq!(found.seq, seq);
    // Wherever it is read it is the same.
    let one = PageSize { entries: 1, bytes: usize::MAX };
    let page = block_on(store.entries(conversation, Span::After(seq - 1), one)).unwrap();
    assert_eq!(page.entries[0], found);
    let page = block_on(store.messages(conversation, Span::Before(seq + 1), one)).unwrap();
    if found.body.is_shown() {
        assert_eq!(page.entries[0], found);
    }
    found
}

fn reactions(entry: &Entry) -> Vec<(&str, &str, Seq)> {
    let all = entry.state.reactions.iter();
    all.map(|one| (one.user.as_str(), one.emoji.as_str(), one.seq)).collect()
}

fn unread(store: &impl LogStore, conversation: &ConversationId, of: &str) -> u64 {
    block_on(store.summary(conversation, &user(of))).unwrap().unwrap().unread
}

pub fn an_edit_changes_its_target(fixture: impl LogFixture) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    let said =
        Message { reply_to: Some(1), mentions: [user("bob")].into(), ..Message::text("frist") };
    append(&store, entry(&conversation, "ada", "before"));
    append(&store, saying(&conversation, "ada", Body::Message(said)));
    let before = at(&store, &conversation, 2);
    let edit = Body::Edit { target: 2, text: "first 相槌".into(), mentions: Arc::default() };
    let edited = change(&store, &conversation, "ada", edit);
    assert_eq!((edited.seq, edited.duplicate), (3, false));
    let edited = Edited { seq: 3, at: edited.timestamp };
    let body = Body::said("first 相槌", Some(1));
    let state = State { edited: Some(edited), ..State::default() };
    assert_eq!(at(&store, &conversation, 2), Entry { body, state, ..before });
    assert_eq!(text(&at(&store, &conversation, 1)), "before");
    let last = block_on(store.summary(&conversation, &user("bob"))).unwrap().unwrap().last;
    assert_eq!(text(&last.unwrap()), "first 相槌");
}

pub fn the_latest_edit_stands(fixture: impl LogFixture) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    append(&store, entry(&conversation, "ada", "0"));
    for number in 1..=5 {
        change(&store, &conversation, "ada", edit(1, &number.to_string()));
    }
    let entry = at(&store, &conversation, 1);
    assert_eq!((text(&entry), entry.state.edited.unwrap().seq), ("5", 6));
    change(&store, &conversation, "ada", edit(1, &"長".repeat(10_000)));
    assert_eq!(text(&at(&store, &conversation, 1)).chars().count(), 10_000);
}

pub fn an_edit_reads_as_its_target(fixture: impl LogFixture) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    append(&store, entry(&conversation, "ada", "one"));
    change(&store, &conversation, "ada", edit(1, "two"));
    change(&store, &conversation, "ada", edit(1, "three"));
    let body = edit(1, "three");
    assert_eq!(at(&store, &conversation, 2).body, body);
    assert_eq!(at(&store, &conversation, 3).body, body);
    change(&store, &conversation, "ada", Body::Deletion { target: 1 });
    assert_eq!(at(&store, &conversation, 2).body, edit(1, ""));
}

pub fn a_deletion_leaves_nothing(fixture: impl LogFixture) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    let said =
        Message { reply_to: Some(1), mentions: [user("bob")].into(), ..Message::text("secret") };
    append(&store, saying(&conversation, "ada", Body::Message(said)));
    change(&store, &conversation, "bob", react(1, "👍", true));
    change(&store, &conversation, "ada", edit(1, "another secret"));
    let before = at(&store, &conversation, 1);
    change(&store, &conversation, "ada", Body::Deletion { target: 1 });
    let state = State { deleted: true, ..State::default() };
    let body = Body::Message(Message::default());
    assert_eq!(at(&store, &conversation, 1), Entry { body, state, ..before });
    assert_eq!(seqs(&whole(&store, &conversation)), [1, 2, 3, 4]);
}

pub fn what_is_deleted_stays_so(fixture: impl LogFixture) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    append(&store, entry(&conversation, "ada", "x"));
    change(&store, &conversation, "ada", Body::Deletion { target: 1 });
    let deleted = at(&store, &conversation, 1);
    change(&store, &conversation, "ada", edit(1, "back again"));
    change(&store, &conversation, "bob", react(1, "👍", true));
    change(&store, &conversation, "ada", Body::Deletion { target: 1 });
    assert_eq!(at(&store, &conversation, 1), deleted);
    assert_eq!(at(&store, &conversation, 3).body, edit(1, ""));
}

pub fn reactions_are_a_set(fixture: impl LogFixture) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    append(&store, entry(&conversation, "ada", "x"));
    append(&store, entry(&conversation, "ada", "other"));
    let react = |by: &str, emoji: &str, on| {
        change(&store, &conversation, by, react(1, emoji, on));
        at(&store, &conversation, 1)
    };
    assert_eq!(reactions(&react("bob", "👍", true)), [("bob", "👍", 3)]);
    assert_eq!(reactions(&react("bob", "👍", true)), [("bob", "👍", 3)], "it is given already");
    react("ada", "👍", true);
    let all = react("bob", "❤️", true);
    assert_eq!(reactions(&all), [("bob", "👍", 3), ("ada", "👍", 5), ("bob", "❤️", 6)]);
    let by_emoji = all.state.by_emoji();
    assert_eq!(by_emoji.iter().map(|(_, users)| users.len()).collect::<Vec<_>>(), [2, 1]);
    react("ada", "🎉", false);
    assert_eq!(reactions(&react("bob", "👍", false)), [("ada", "👍", 5), ("bob", "❤️", 6)]);
    let last = react("bob", "👍", true);
    assert_eq!(reactions(&last), [("ada", "👍", 5), ("bob", "❤️", 6), ("bob", "👍", 9)]);
    assert_eq!(text(&last), "x");
    assert_eq!(reactions(&at(&store, &conversation, 2)), []);
}

pub fn a_change_outlives_the_store(fixture: impl LogFixture) {
    let conversation = direct("ada", "bob");
    let store = fixture.open();
    for said in ["one", "two", "three"] {
        append(&store, entry(&conversation, "ada", said));
    }
    change(&store, &conversation, "ada", edit(1, "1"));
    change(&store, &conversation, "bob", react(2, "👍", true));
    change(&store, &conversation, "ada", Body::Deletion { target: 3 });
    let before = whole(&store, &conversation);
    drop(store);
    let store = fixture.open();
    assert_eq!(whole(&store, &conversation), before);
    assert_eq!(unread(&store, &conversation, "bob"), 2);
}

pub fn what_is_not_shown_is_left_out(fixture: impl LogFixture) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    append(&store, entry(&conversation, "ada", "x"));
    change(&store, &conversation, "ada", edit(1, "y"));
    append(&store, entry(&conversation, "bob", "z"));
    change(&store, &conversation, "bob", react(1, "👍", true));
    change(&store, &conversation, "bob", Body::Deletion { target: 3 });
    let page = block_on(store.messages(&conversation, Span::Newest, ALL)).unwrap();
    assert_eq!((seqs(&page), page.has_more), (vec![1, 3], false));
    assert_eq!(seqs(&whole(&store, &conversation)), [1, 2, 3, 4, 5]);
    let last = block_on(store.summary(&conversation, &user("ada"))).unwrap().unwrap().last;
    assert_eq!(last.map(|last| last.seq), Some(3));
}

pub fn a_page_of_messages_counts_what_is_shown(fixture: impl LogFixture) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    let mut shown = Vec::new();
    for round in 0..40_u64 {
        shown.push(append(&store, entry(&conversation, "ada", "x")).seq);
        for _ in 0..round % 5 {
            change(&store, &conversation, "bob", react(shown[0], "👍", true));
        }
    }
    let page = |span, entries| {
        let size = PageSize { entries, bytes: usize::MAX };
        let page = block_on(store.messages(&conversation, span, size)).unwrap();
        (seqs(&page), page.has_more)
    };
    for step in [1, 3, 39, 40, 41] {
        let mut forward: Vec<Seq> = Vec::new();
        loop {
            let (seqs, more) = page(Span::After(forward.last().copied().unwrap_or(0)), step);
            assert_eq!(seqs.len(), step.min(40 - forward.len()), "forward by {step}");
            forward.extend(seqs);
            assert_eq!(more, forward.len() < 40);
            if !more {
                break;
            }
        }
        assert_eq!(forward, shown);
        let (mut backward, mut span): (Vec<Seq>, _) = (Vec::new(), Span::Newest);
        loop {
            let (seqs, more) = page(span, step);
            assert_eq!(seqs.len(), step.min(40 - backward.len()), "backward by {step}");
            span = Span::Before(seqs[0]);
            backward.extend(seqs.into_iter().rev());
            assert_eq!(more, backward.len() < 40);
            if !more {
                break;
            }
        }
        backward.reverse();
        assert_eq!(backward, shown);
    }
}

pub fn a_deleted_message_is_not_unread(fixture: impl LogFixture) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    for _ in 0..(UNREAD + 5) {
        append(&store, entry(&conversation, "ada", "x"));
    }
    for target in 1..=10 {
        change(&store, &conversation, "ada", Body::Deletion { target });
        change(&store, &conversation, "ada", Body::Deletion { target });
        assert_eq!(unread(&store, &conversation, "bob"), (UNREAD + 5 - target).min(UNREAD));
    }
    assert_eq!(unread(&store, &conversation, "ada"), 0);
    block_on(store.read(&conversation, &user("bob"), 50)).unwrap();
    assert_eq!(unread(&store, &conversation, "bob"), 55);
    // What was read already, and what was not.
    change(&store, &conversation, "ada", Body::Deletion { target: 50 });
    assert_eq!(unread(&store, &conversation, "bob"), 55);
    change(&store, &conversation, "ada", Body::Deletion { target: 51 });
    assert_eq!(unread(&store, &conversation, "bob"), 54);
    block_on(store.read(&conversation, &user("bob"), Seq::MAX)).unwrap();
    assert_eq!(unread(&store, &conversation, "bob"), 0);
    append(&store, entry(&conversation, "ada", "x"));
    assert_eq!(unread(&store, &conversation, "bob"), 1);
}

pub fn what_is_no_message_is_not_unread(fixture: impl LogFixture) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    append(&store, entry(&conversation, "ada", "x"));
    for _ in 0..3 {
        change(&store, &conversation, "ada", edit(1, "y"));
        change(&store, &conversation, "ada", react(1, "👍", true));
    }
    assert_eq!(unread(&store, &conversation, "bob"), 1);
    assert_eq!(unread(&store, &conversation, "ada"), 0);
    block_on(store.read(&conversation, &user("bob"), 3)).unwrap();
    assert_eq!(unread(&store, &conversation, "bob"), 0);
    append(&store, entry(&conversation, "ada", "z"));
    assert_eq!(unread(&store, &conversation, "bob"), 1);
}

pub fn a_change_is_a_change_of_its_conversation(fixture: impl LogFixture) {
    let store = fixture.open();
    let (one, other) = (direct("ada", "bob"), direct("ada", "cyd"));
    append(&store, entry(&one, "ada", "x"));
    append(&store, entry(&other, "ada", "x"));
    let stamp = block_on(store.now()).unwrap();
    change(&store, &one, "bob", react(1, "👍", true));
    for of in ["ada", "bob"] {
        let changed = block_on(store.changed(&user(of), stamp, 10)).unwrap().summaries;
        assert_eq!(changed.len(), 1);
        assert_eq!((&changed[0].conversation, changed[0].last_seq), (&one, 2));
    }
}

pub fn of_many_changes_at_once_each_is_folded(fixture: impl LogFixture) {
    const EACH: usize = 12;
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    append(&store, entry(&conversation, "ada", "x"));
    let emoji = ["👍", "❤️", "😀", "🎉", "😮", "😢", "🙏", "🔥"];
    thread::scope(|scope| {
        for (caller, emoji) in emoji.iter().enumerate() {
            let (store, conversation) = (&store, &conversation);
            scope.spawn(move || {
                for round in 0..EACH {
                    let by = if caller % 2 == 0 { "ada" } else { "bob" };
                    change(store, conversation, by, react(1, emoji, round % 3 != 2));
                    change(store, conversation, "ada", edit(1, &format!("{caller} {round}")));
                }
                change(store, conversation, "ada", react(1, emoji, true));
            });
        }
    });
    let log = whole(&store, &conversation).entries;
    let mut expected = Entry { body: Body::text("x"), state: State::default(), ..log[0].clone() };
    for change in &log[1..] {
        expected.fold(change);
    }
    let found = at(&store, &conversation, 1);
    assert_eq!(found.state, expected.state);
    assert_eq!(found.state.reactions.iter().filter(|one| one.user == user("ada")).count(), 8);
}

pub fn a_resend_is_found_by_its_name(fixture: impl LogFixture) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    let first = append(&store, sent(&conversation, "ada", "one"));
    let find = |author: &str, id: &str| {
        let id = super::super::sample::client_id(id);
        block_on(store.sent(&conversation, &user(author), &id)).unwrap()
    };
    assert_eq!(find("ada", "one"), Some(Appended { duplicate: true, ..first }));
    assert_eq!(find("ada", "two"), None);
    assert_eq!(find("bob", "one"), None);
}

pub fn an_entry_is_found_by_its_place(fixture: impl LogFixture) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    append(&store, entry(&conversation, "ada", "one"));
    append(&store, entry(&conversation, "ada", "two"));
    assert_eq!(text(&at(&store, &conversation, 2)), "two");
    for seq in [0, 3, Seq::MAX] {
        assert_eq!(block_on(store.entry(&conversation, seq)).unwrap(), None);
    }
    assert_eq!(block_on(store.entry(&direct("ada", "cyd"), 1)).unwrap(), None);
}
