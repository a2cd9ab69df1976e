//! A process that dies between two of its writes: whoever comes next finishes
//! its work. What it did until then is done by hand.

use aizuchi_core::log::{LogStore as _, NewEntry};
use aizuchi_testkit::block_on;

use super::{
    append, conversation, entry, lists_follow, process, sent, summary, texts, user, whole,
};
use crate::{
    Table,
    item::{self, Item},
    keys::Key,
    log::{Placed, entry_item},
    support,
    table::{Reading, Written},
};

/// The claim of an entry, aimed at a place.
pub(super) fn claim(table: &Table, entry: &NewEntry, seq: u64) {
    let id = entry.client_msg_id.as_ref().unwrap();
    let key = Key::claim(&entry.conversation, &entry.author, id);
    put(table, &key, Item::from([("n".to_owned(), item::number(seq))]));
}

/// Where a claim aims now.
fn aim(table: &Table, entry: &NewEntry) -> Option<u64> {
    let id = entry.client_msg_id.as_ref().unwrap();
    let key = Key::claim(&entry.conversation, &entry.author, id);
    let claim = block_on(table.get(&key, Reading::Strong)).unwrap().unwrap();
    item::number_in(&claim, "n").unwrap()
}

/// An entry in its place, on no list.
pub(super) fn put_entry(table: &Table, entry: &NewEntry, seq: u64) {
    put(table, &Key::entry(&entry.conversation, seq), entry_item(entry));
}

fn put(table: &Table, key: &Key, item: Item) {
    let written = block_on(table.put_new(key, item)).unwrap();
    assert_eq!(written, Written::Done(None));
}

#[test]
fn after_the_claim_a_resend_stores_the_entry() {
    let table = support::metered_table();
    let first = sent("ada", "one");
    claim(&table, &first, 1);
    let store = process(&table);
    assert_eq!(whole(&store).entries, []);
    let resend = append(&store, sent("ada", "one"));
    assert_eq!((resend.seq, resend.duplicate), (1, false));
    lists_follow(&store);
    let again = append(&process(&table), sent("ada", "one"));
    assert_eq!((again.seq, again.message_id, again.duplicate), (1, resend.message_id, true));
    assert_eq!(texts(&whole(&store)), ["one"]);
}

#[test]
fn after_the_claim_another_takes_the_place() {
    let table = support::metered_table();
    let first = sent("ada", "one");
    claim(&table, &first, 1);
    let store = process(&table);
    assert_eq!(append(&store, sent("bob", "two")).seq, 1);
    assert_eq!(append(&store, entry("bob", "three")).seq, 2);
    let resend = append(&process(&table), sent("ada", "one"));
    assert_eq!((resend.seq, resend.duplicate), (3, false));
    assert_eq!(aim(&table, &first), Some(3));
    assert_eq!(texts(&whole(&store)), ["two", "three", "one"]);
    lists_follow(&store);
    assert!(append(&store, sent("ada", "one")).duplicate);
    assert_eq!(whole(&store).entries.len(), 3);
}

/// It moved its claim, and had seen its old place taken.
#[test]
fn after_the_claims_move_a_resend_stores_the_entry() {
    let table = support::metered_table();
    let store = process(&table);
    append(&store, entry("bob", "before"));
    claim(&table, &sent("ada", "one"), 2);
    let resend = append(&store, sent("ada", "one"));
    assert_eq!((resend.seq, resend.duplicate), (2, false));
    lists_follow(&store);
}

#[test]
fn after_the_entry_a_resend_brings_it_to_the_lists() {
    let table = support::metered_table();
    let first = sent("ada", "one");
    claim(&table, &first, 1);
    put_entry(&table, &first, 1);
    let store = process(&table);
    assert_eq!(block_on(store.summary(&conversation(), &user("bob"))).unwrap(), None);
    let resend = append(&store, sent("ada", "one"));
    assert_eq!((resend.seq, resend.message_id, resend.duplicate), (1, first.message_id, true));
    lists_follow(&store);
    assert_eq!(summary(&store, "bob").unread, 1);
}

#[test]
fn after_the_entry_the_next_brings_it_to_the_lists() {
    let table = support::metered_table();
    let store = process(&table);
    append(&store, entry("ada", "listed"));
    put_entry(&table, &entry("ada", "two"), 2);
    put_entry(&table, &entry("bob", "three"), 3);
    assert_eq!(append(&process(&table), sent("ada", "four")).seq, 4);
    lists_follow(&store);
    assert_eq!(summary(&store, "bob").unread, 3);
    assert_eq!(summary(&store, "ada").unread, 1);
}

#[test]
fn after_one_list_the_other_follows() {
    let table = support::metered_table();
    let store = process(&table);
    append(&store, entry("ada", "listed"));
    let first = sent("bob", "two");
    claim(&table, &first, 2);
    put_entry(&table, &first, 2);
    let key = Key::listed(&user("ada"), &conversation());
    let step = crate::table::Change::of(key, "SET n = :n").value(":n", item::number(2));
    block_on(table.change(step)).unwrap();
    assert!(append(&store, sent("bob", "two")).duplicate);
    lists_follow(&store);
}

/// More than is counted at once.
#[test]
fn a_list_that_is_far_behind_catches_up() {
    let table = support::metered_table();
    let store = process(&table);
    append(&store, entry("ada", "listed"));
    for seq in 2..=1_100 {
        let author = if seq % 3 == 0 { "bob" } else { "ada" };
        put_entry(&table, &entry(author, "x"), seq);
    }
    assert_eq!(append(&store, entry("ada", "last")).seq, 1_101);
    lists_follow(&store);
}

#[test]
fn a_list_counts_no_entry_twice() {
    let table = support::metered_table();
    let store = process(&table);
    for text in ["one", "two", "three"] {
        append(&store, sent("ada", text));
        append(&process(&table), sent("ada", text));
        append(&store, sent("ada", "one"));
    }
    lists_follow(&store);
    let placed = Placed::of(3, &entry("ada", "three"), None);
    block_on(store.0.follow(&conversation(), &[placed], None)).unwrap();
    lists_follow(&store);
}
