//! Cursors, unread counts, lists and changes.

use std::{collections::HashSet, slice};

use crate::block_on;
use aizuchi_core::{
    ids::{ConversationId, UserId},
    limits::UNREAD,
    log::{Cursor, LogStore, PageSize, Span, Stamp, Summary},
};

use super::{ALL, append, direct, entry, sent, text, user};
use crate::log::LogFixture;

fn summary(store: &impl LogStore, conversation: &ConversationId, of: &str) -> Summary {
    block_on(store.summary(conversation, &user(of))).unwrap().unwrap()
}

fn read(store: &impl LogStore, conversation: &ConversationId, by: &str, seq: u64) -> (u64, bool) {
    let Cursor { seq, moved } = block_on(store.read(conversation, &user(by), seq)).unwrap();
    (seq, moved)
}

fn now(store: &impl LogStore) -> Stamp {
    block_on(store.now()).unwrap()
}

fn names<'a>(summaries: impl IntoIterator<Item = &'a Summary>) -> Vec<ConversationId> {
    summaries.into_iter().map(|summary| summary.conversation.clone()).collect()
}

/// The whole list of `user`, asked for in pages of `limit`.
fn listed(store: &impl LogStore, user: &UserId, limit: usize) -> Vec<Summary> {
    let mut all = Vec::new();
    let mut from = None;
    loop {
        let page = block_on(store.conversations(user, from, limit)).unwrap();
        assert!(page.summaries.len() <= limit);
        all.extend(page.summaries);
        from = page.next;
        if from.is_none() {
            return all;
        }
    }
}

/// All that changed for `user` after `since`, asked for in pages of `limit`.
fn changed(store: &impl LogStore, user: &UserId, since: Stamp, limit: usize) -> Vec<Summary> {
    let mut all = Vec::new();
    let mut since = since;
    loop {
        let page = block_on(store.changed(user, since, limit)).unwrap();
        assert!(page.summaries.len() <= limit);
        all.extend(page.summaries);
        match page.next {
            Some(next) => since = next.0,
            None => return all,
        }
    }
}

pub fn a_cursor_only_grows(fixture: impl LogFixture) {
    let conversation = direct("ada", "bob");
    let store = fixture.open();
    for _ in 0..5 {
        append(&store, entry(&conversation, "ada", "x"));
    }
    assert_eq!(read(&store, &conversation, "bob", 0), (0, false));
    assert_eq!(read(&store, &conversation, "bob", 2), (2, true));
    assert_eq!(read(&store, &conversation, "bob", 1), (2, false));
    assert_eq!(read(&store, &conversation, "bob", 2), (2, false));
    assert_eq!(read(&store, &conversation, "bob", 4), (4, true));
    assert_eq!(read(&store, &conversation, "ada", 1), (1, true), "each has his own");
    let reads = summary(&store, &conversation, "ada").reads;
    assert_eq!(reads, [(user("ada"), 1), (user("bob"), 4)]);
}

pub fn a_cursor_stops_at_the_end(fixture: impl LogFixture) {
    let conversation = direct("ada", "bob");
    let store = fixture.open();
    append(&store, entry(&conversation, "ada", "x"));
    append(&store, entry(&conversation, "ada", "x"));
    assert_eq!(read(&store, &conversation, "bob", u64::MAX), (2, true));
    assert_eq!(read(&store, &conversation, "bob", 3), (2, false));
    append(&store, entry(&conversation, "ada", "x"));
    assert_eq!(summary(&store, &conversation, "bob").unread, 1);
    assert_eq!(read(&store, &conversation, "bob", 3), (3, true));
}

pub fn a_cursor_outlives_the_store(fixture: impl LogFixture) {
    let conversation = direct("ada", "bob");
    let store = fixture.open();
    for _ in 0..3 {
        append(&store, entry(&conversation, "ada", "x"));
    }
    read(&store, &conversation, "bob", 2);
    let before = summary(&store, &conversation, "bob");
    drop(store);
    let store = fixture.open();
    assert_eq!(summary(&store, &conversation, "bob"), before);
    assert_eq!(read(&store, &conversation, "bob", 1), (2, false));
    assert_eq!(read(&store, &conversation, "bob", 3), (3, true));
}

pub fn unread_is_exact_up_to_its_limit(fixture: impl LogFixture) {
    let conversation = direct("ada", "bob");
    let store = fixture.open();
    let mut others = 0;
    for round in 0..(UNREAD + 10) {
        append(&store, entry(&conversation, "ada", "x"));
        others += 1;
        if round % 3 == 0 {
            append(&store, entry(&conversation, "bob", "own"));
        }
        let unread = summary(&store, &conversation, "bob").unread;
        assert_eq!(unread, u64::min(others, UNREAD));
    }
    let end = summary(&store, &conversation, "bob").last_seq;
    read(&store, &conversation, "bob", end);
    assert_eq!(summary(&store, &conversation, "bob").unread, 0);
    append(&store, entry(&conversation, "ada", "x"));
    assert_eq!(summary(&store, &conversation, "bob").unread, 1);
}

pub fn ones_own_messages_are_read(fixture: impl LogFixture) {
    let conversation = direct("ada", "bob");
    let store = fixture.open();
    append(&store, entry(&conversation, "bob", "x"));
    for _ in 0..(3 * UNREAD) {
        append(&store, entry(&conversation, "ada", "x"));
    }
    append(&store, entry(&conversation, "bob", "x"));
    assert_eq!(summary(&store, &conversation, "ada").unread, 2);
    assert_eq!(summary(&store, &conversation, "bob").unread, UNREAD);
    read(&store, &conversation, "ada", 1);
    assert_eq!(summary(&store, &conversation, "ada").unread, 1);
}

pub fn the_newest_conversation_comes_first(fixture: impl LogFixture) {
    let store = fixture.open();
    let [b, c, d] = ["bob", "cyd", "dan"].map(|other| direct("ada", other));
    let foreign = direct("bob", "cyd");
    for conversation in [&b, &c, &foreign, &d] {
        append(&store, entry(conversation, "bob", "x"));
    }
    let ada = user("ada");
    assert_eq!(names(&listed(&store, &ada, 10)), [d.clone(), c.clone(), b.clone()]);
    append(&store, entry(&b, "ada", "x"));
    assert_eq!(names(&listed(&store, &ada, 10)), [b.clone(), d.clone(), c.clone()]);
    read(&store, &c, "ada", 1);
    assert_eq!(names(&listed(&store, &ada, 10)), [b.clone(), d.clone(), c.clone()]);
    append(&store, sent(&c, "ada", "one"));
    append(&store, sent(&b, "ada", "two"));
    append(&store, sent(&c, "ada", "one"));
    assert_eq!(names(&listed(&store, &ada, 10)), [b, c, d], "a resend is nothing new");
    assert_eq!(listed(&store, &user("eve"), 10), []);
    let shown = listed(&store, &ada, 10);
    assert!(shown.is_sorted_by(|one, next| one.newest > next.newest));
    for shown in shown {
        assert_eq!(summary(&store, &shown.conversation, "ada"), shown);
    }
}

pub fn the_list_is_paged(fixture: impl LogFixture) {
    const CONVERSATIONS: usize = 25;
    let store = fixture.open();
    let ada = user("ada");
    for number in 0..CONVERSATIONS {
        append(&store, entry(&direct("ada", &format!("other {number}")), "ada", "x"));
    }
    let whole = names(&listed(&store, &ada, CONVERSATIONS));
    assert_eq!(whole.len(), CONVERSATIONS);
    for limit in [1, 2, 5, 24, 26] {
        assert_eq!(names(&listed(&store, &ada, limit)), whole, "by {limit}");
    }
    let page = block_on(store.conversations(&ada, None, CONVERSATIONS)).unwrap();
    assert_eq!(page.next, None, "a full page is not yet more");

    // What moves to the top while it is read is missed by nobody: it is newer than the first page.
    let first = block_on(store.conversations(&ada, None, 5)).unwrap();
    let last = whole.last().cloned().unwrap();
    append(&store, entry(&last, "ada", "x"));
    let mut rest = Vec::new();
    let mut from = first.next;
    while from.is_some() {
        let page = block_on(store.conversations(&ada, from, 5)).unwrap();
        rest.extend(names(&page.summaries));
        from = page.next;
    }
    let expected: Vec<_> = whole[5..].iter().filter(|name| **name != last).cloned().collect();
    assert_eq!(rest, expected);
}

pub fn a_change_is_among_those_since(fixture: impl LogFixture) {
    let store = fixture.open();
    let ada = user("ada");
    let [b, c, d] = ["bob", "cyd", "dan"].map(|other| direct("ada", other));
    assert_eq!(changed(&store, &ada, Stamp(0), 10), []);
    for conversation in [&b, &c, &d] {
        append(&store, entry(conversation, "ada", "x"));
    }
    let stamp = now(&store);
    assert_eq!(changed(&store, &ada, stamp, 10), []);
    assert_eq!(names(&changed(&store, &ada, Stamp(0), 10)), [b.clone(), c.clone(), d.clone()]);
    append(&store, entry(&c, "cyd", "x"));
    append(&store, entry(&direct("bob", "cyd"), "bob", "x"));
    append(&store, entry(&b, "ada", "x"));
    append(&store, entry(&c, "ada", "x"));
    let since = changed(&store, &ada, stamp, 10);
    assert_eq!(names(&since), [b.clone(), c.clone()], "each once, by its last change");
    assert!(since.iter().all(|summary| summary.changed > stamp));
    assert_eq!(names(&changed(&store, &ada, since[0].changed, 10)), [c]);
    drop(store);
    let store = fixture.open();
    assert_eq!(changed(&store, &ada, stamp, 10), since);
    let later = now(&store);
    append(&store, entry(&b, "ada", "x"));
    assert!(now(&store) > later);
    assert_eq!(names(&changed(&store, &ada, later, 10)), [b]);
}

pub fn a_cursors_move_is_a_change(fixture: impl LogFixture) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    append(&store, entry(&conversation, "ada", "x"));
    append(&store, entry(&conversation, "ada", "x"));
    let stamp = now(&store);
    read(&store, &conversation, "bob", 1);
    for of in ["ada", "bob"] {
        let since = changed(&store, &user(of), stamp, 10);
        assert_eq!(names(&since), slice::from_ref(&conversation));
        assert_eq!(since[0].reads, [(user("bob"), 1)]);
    }
    let stamp = now(&store);
    read(&store, &conversation, "bob", 1);
    assert_eq!(changed(&store, &user("ada"), stamp, 10), [], "it did not move");
}

pub fn changes_are_paged(fixture: impl LogFixture) {
    const CONVERSATIONS: usize = 25;
    let store = fixture.open();
    let ada = user("ada");
    let all: Vec<_> = (0..CONVERSATIONS).map(|n| direct("ada", &format!("other {n}"))).collect();
    for conversation in &all {
        append(&store, entry(conversation, "ada", "x"));
    }
    for conversation in all.iter().step_by(3) {
        read(&store, conversation, "ada", 1);
    }
    let whole = names(&changed(&store, &ada, Stamp(0), CONVERSATIONS));
    let unique: HashSet<_> = whole.iter().collect();
    assert_eq!(unique.len(), CONVERSATIONS);
    for limit in [1, 2, 5, 24, 26] {
        assert_eq!(names(&changed(&store, &ada, Stamp(0), limit)), whole, "by {limit}");
    }
}

pub fn a_stamp_out_of_reach_brings_everything(fixture: impl LogFixture) {
    let store = fixture.open();
    let ada = user("ada");
    append(&store, entry(&direct("ada", "bob"), "ada", "x"));
    append(&store, entry(&direct("ada", "cyd"), "cyd", "x"));
    let everything = changed(&store, &ada, Stamp(0), 10);
    assert_eq!(everything.len(), 2);
    assert_eq!(changed(&store, &ada, Stamp(u64::MAX), 10), everything);
}

pub fn an_answer_is_visible_at_once(fixture: impl LogFixture) {
    const ONE: PageSize = PageSize { entries: 1, ..ALL };
    let store = fixture.open();
    let ada = user("ada");
    let both = [direct("ada", "bob"), direct("ada", "cyd")];
    for round in 1..=100 {
        let conversation = &both[round % 2];
        let before = now(&store);
        let said = round.to_string();
        let appended = append(&store, entry(conversation, "ada", &said));

        let page = block_on(store.messages(conversation, Span::Newest, ONE)).unwrap();
        assert_eq!((page.entries[0].seq, text(&page.entries[0])), (appended.seq, &*said));
        let after = Span::After(appended.seq - 1);
        let page = block_on(store.entries(conversation, after, ONE)).unwrap();
        assert_eq!(text(&page.entries[0]), said);
        let top = block_on(store.conversations(&ada, None, 1)).unwrap().summaries;
        assert_eq!(top, [summary(&store, conversation, "ada")]);
        assert_eq!(top[0].last_seq, appended.seq);
        assert_eq!(text(top[0].last.as_ref().unwrap()), said);
        assert_eq!(names(&changed(&store, &ada, before, 5)), slice::from_ref(conversation));

        let before = now(&store);
        let reader = conversation.partner_of(&ada).unwrap();
        read(&store, conversation, reader.as_str(), appended.seq);
        assert_eq!(summary(&store, conversation, "ada").reads, [(reader, appended.seq)]);
        assert_eq!(names(&changed(&store, &ada, before, 5)), slice::from_ref(conversation));
        assert!(now(&store) > before);
    }
}
