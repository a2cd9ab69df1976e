//! Changes of messages, by two processes at once and by one that died.

use std::{
    sync::{Arc, Barrier},
    thread,
};

use aizuchi_core::{
    log::{Body, Emoji, Entry, LogStore as _, Message, NewEntry, State},
    room::{History, Membership, Newcomer},
};
use aizuchi_testkit::block_on;

use super::{
    append, conversation,
    died::{claim, put_entry},
    entry, process, sent, summary, texts, user, whole,
};
use crate::{
    Store, Table,
    item::{self, Item},
    keys::Key,
    pack, support,
    table::Reading,
};

/// Rounds of each process.
const EACH: u64 = 40;
/// Messages that are changed.
const MESSAGES: u64 = 6;

fn saying(author: &str, body: Body) -> NewEntry {
    NewEntry { body, ..entry(author, "x") }
}

fn edit(target: u64, text: &str) -> Body {
    Body::Edit { target, text: text.into(), mentions: Arc::default() }
}

fn react(target: u64, on: bool) -> Body {
    Body::Reaction { target, emoji: Emoji::parse("👍").unwrap(), on }
}

fn at(store: &Store, seq: u64) -> Entry {
    block_on(store.entry(&conversation(), seq)).unwrap().unwrap()
}

fn given(store: &Store, seq: u64) -> Vec<u64> {
    at(store, seq).state.reactions.iter().map(|one| one.seq).collect()
}

fn raw(table: &Table, seq: u64) -> Item {
    let key = Key::entry(&conversation(), seq);
    block_on(table.get(&key, Reading::Strong)).unwrap().unwrap()
}

/// Messages are what the log makes of them, and lists count them.
fn all_is_folded(store: &Store) {
    let log = whole(store).entries;
    let mut expected: Vec<Entry> =
        log.iter().map(|one| Entry { state: State::default(), ..one.clone() }).collect();
    for change in &log {
        if let Some(target) = change.body.target() {
            expected[target as usize - 1].fold(change);
        }
    }
    for (found, expected) in log.iter().zip(&expected) {
        assert_eq!(found.state, expected.state, "{}", found.seq);
    }
    for of in ["ada", "bob"] {
        let summary = summary(store, of);
        let cursor = summary.reads.iter().find(|(reader, _)| *reader == user(of));
        let cursor = cursor.map_or(0, |(_, seq)| *seq);
        let counts = |one: &&Entry| {
            let is_there = one.body.message().is_some() && !one.state.deleted;
            is_there && one.seq > cursor && one.author != user(of)
        };
        assert_eq!(summary.unread, log.iter().filter(counts).count() as u64, "{of}");
        assert_eq!(summary.last_seq, log.len() as u64);
    }
}

/// Two processes take places in turn and meet at the same targets, so that
/// changes come late, and lists must catch up over each other's.
#[test]
fn of_two_processes_at_once_every_change_is_folded() {
    let table = support::metered_table();
    let first = process(&table);
    for _ in 0..MESSAGES {
        append(&first, entry("ada", "x"));
    }
    let start = Barrier::new(2);
    thread::scope(|scope| {
        for number in 0..2 {
            let (table, start) = (&table, &start);
            scope.spawn(move || {
                let store = process(table);
                start.wait();
                for round in 0..EACH {
                    let target = round / 2 % MESSAGES + 1;
                    // The same person from two places.
                    append(&store, saying("bob", react(target, (round + number) % 2 == 0)));
                    append(&store, saying("ada", edit(target, &format!("{number} {round}"))));
                    append(&store, entry("ada", "y"));
                    if round == 3 {
                        let after = block_on(store.read(&conversation(), &user("bob"), 4));
                        assert!(after.is_ok());
                    }
                    if round % 8 == 7 {
                        // Some that were read, some that were not, some twice.
                        let target = round / 8 + 2;
                        append(&store, saying("ada", Body::Deletion { target }));
                    }
                }
            });
        }
    });
    all_is_folded(&process(&table));
}

#[test]
fn an_edit_that_was_left_is_brought_by_its_resend() {
    let table = support::metered_table();
    let store = process(&table);
    append(&store, entry("ada", "one"));
    let edited = NewEntry { body: edit(1, "two"), ..sent("ada", "edit") };
    claim(&table, &edited, 2);
    put_entry(&table, &edited, 2);
    append(&store, entry("bob", "after"));
    assert_eq!(texts(&whole(&store)), ["one", "after"]);
    assert_eq!(at(&store, 2).body, edit(1, "one"));
    let resend = append(&process(&table), edited.clone());
    assert_eq!((resend.seq, resend.duplicate), (2, true));
    assert_eq!(texts(&whole(&store)), ["two", "after"]);
    // A later one stands, whoever comes again.
    append(&store, saying("ada", edit(1, "three")));
    append(&process(&table), edited);
    assert_eq!(texts(&whole(&store)), ["three", "after"]);
    all_is_folded(&store);
}

#[test]
fn a_deletion_that_was_left_is_finished_by_the_next() {
    let table = support::metered_table();
    let store = process(&table);
    append(&store, entry("ada", "one"));
    append(&store, entry("ada", "two"));
    block_on(store.read(&conversation(), &user("bob"), 1)).unwrap();
    put_entry(&table, &saying("ada", Body::Deletion { target: 1 }), 3);
    put_entry(&table, &saying("ada", Body::Deletion { target: 2 }), 4);
    assert_eq!(summary(&store, "bob").unread, 1);
    append(&process(&table), entry("bob", "after"));
    assert_eq!(texts(&whole(&store)), ["", "", "after"]);
    assert_eq!(summary(&store, "bob").unread, 0);
    all_is_folded(&store);
}

#[test]
fn a_reaction_that_comes_late_is_as_if_in_time() {
    let table = support::metered_table();
    let store = process(&table);
    append(&store, entry("ada", "one"));
    // Taken back before it came.
    put_entry(&table, &saying("bob", react(1, true)), 2);
    append(&store, saying("bob", react(1, false)));
    assert_eq!(given(&store, 1), [0; 0]);
    // Given again, while what takes it back between is on its way.
    append(&store, saying("bob", react(1, true)));
    put_entry(&table, &saying("bob", react(1, false)), 5);
    append(&store, saying("bob", react(1, true)));
    assert_eq!(given(&store, 1), [6]);
    // Given earlier than it seemed.
    append(&store, saying("bob", react(1, false)));
    put_entry(&table, &saying("bob", react(1, true)), 8);
    append(&store, saying("bob", react(1, true)));
    assert_eq!(given(&store, 1), [8]);
    all_is_folded(&store);
}

#[test]
fn nothing_of_a_deleted_message_is_left_in_the_table() {
    let table = support::metered_table();
    let store = process(&table);
    let said = Message { mentions: [user("bob")].into(), ..Message::text("secret") };
    append(&store, saying("ada", Body::Message(said)));
    append(&store, saying("bob", react(1, true)));
    append(&store, saying("ada", edit(1, "another secret")));
    // As messages were first written.
    let old = entry("ada", "");
    let mut packed = pack::pack(&old);
    packed[0] = pack::OLD_MESSAGE;
    packed.extend(b"secret");
    let item = Item::from([("e".to_owned(), item::bytes(packed))]);
    block_on(table.put(&Key::entry(&conversation(), 4), item)).unwrap();
    assert_eq!(texts(&whole(&store)), ["another secret", "secret"]);
    append(&store, saying("ada", edit(4, "as edited")));
    assert_eq!(texts(&whole(&store)), ["another secret", "as edited"]);
    for target in [1, 4] {
        append(&store, saying("ada", Body::Deletion { target }));
        let mut names: Vec<_> = raw(&table, target).into_keys().collect();
        names.sort();
        assert_eq!(names, ["d", "e", "p", "s"]);
        assert!(!format!("{:?}", raw(&table, target)).contains("115, 101, 99, 114, 101, 116"));
    }
    let held = at(&store, 4);
    assert_eq!((held.message_id, held.author), (old.message_id, user("ada")));
    all_is_folded(&store);
}

/// Whoever changed it died before the room's head followed.
#[test]
fn a_room_whose_head_was_left_is_found_with_the_next_entry() {
    let table = support::metered_table();
    let store = process(&table);
    let room = aizuchi_core::ids::ConversationId::parse("r:room").unwrap();
    let bob = Newcomer { user: user("bob"), username: "bob".into() };
    let change = Membership::Created {
        name: "Walks".into(),
        history: History::All,
        username: "ada".into(),
        members: [bob].into(),
    };
    let body = Body::Membership(change.clone());
    let created = NewEntry { conversation: room.clone(), ..saying("ada", body) };
    let mut writes = block_on(store.0.room_writes(&room, &user("ada"), &change, 1)).unwrap();
    let item = crate::log::item_at(crate::log::entry_item(&created), &room, 1);
    writes.push(crate::table::Write::New(Key::entry(&room, 1), item));
    assert!(block_on(table.write_all(writes)).unwrap());
    let list = |of: &str| block_on(store.conversations(&user(of), None, 9)).unwrap().summaries;
    assert_eq!(list("bob"), []);
    let said = NewEntry { conversation: room.clone(), ..entry("ada", "x") };
    assert_eq!(append(&store, said).seq, 2);
    let seen = list("bob");
    assert_eq!((seen.len(), seen[0].last_seq, seen[0].unread), (1, 2, 1));
}
