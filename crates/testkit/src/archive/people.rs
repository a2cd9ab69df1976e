//! What holds of people who were restored; see [`aizuchi_core::archive`].

#![expect(missing_docs, reason = "a law's name says it")]
#![expect(clippy::unwrap_used, reason = "a broken law fails its test")]

use aizuchi_core::{
    archive::{Archive, Person},
    error::PortError,
    ids::{ConversationId, MessageId},
    log::{Body, LogStore as _, NewEntry},
};

use super::sample::{all, user};
use crate::{block_on, log::LogFixture};

fn person(id: &str, name: &str, last_seen: Option<u64>) -> Person {
    Person { user: user(id), username: Some(name.into()), is_found: true, last_seen }
}

fn restore(store: &impl Archive, person: &Person) -> bool {
    block_on(store.restore_person(person)).unwrap()
}

/// Everybody, by id.
fn people(store: &impl Archive) -> Vec<Person> {
    let mut people = all(|from| block_on(store.people(from)).unwrap());
    people.sort_by(|a, b| a.user.cmp(&b.user));
    people
}

/// People of every kind, by id.
fn kinds() -> Vec<Person> {
    vec![
        person("u-1", "Ada", Some(1_700_000_000_123)),
        person("u-2", "ガ", None),
        Person { is_found: false, ..person("u-3", "ada", Some(5)) },
        Person { username: None, is_found: false, ..person("u-4", "", Some(7)) },
        person("え", "O'Brien \"x\"", None),
    ]
}

pub fn people_come_back(fixture: impl LogFixture<Store: Archive>) {
    {
        let store = fixture.open();
        assert_eq!(people(&store), []);
        for one in kinds() {
            assert!(restore(&store, &one));
        }
        assert_eq!(people(&store), kinds());
    }
    assert_eq!(people(&fixture.open()), kinds());
}

pub fn restoring_people_again_changes_nothing(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    for first in [true, false] {
        for one in kinds().iter().rev() {
            assert_eq!(restore(&store, one), first, "{one:?}");
        }
        assert_eq!(people(&store), kinds());
    }
}

pub fn another_name_is_a_conflict(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    restore(&store, &person("u-1", "Ada", None));
    for (one, why) in [
        (person("u-1", "Countess", None), "the same person by another name"),
        (person("u-2", "ADA", None), "another person by the same name"),
    ] {
        let error = block_on(store.restore_person(&one)).unwrap_err();
        assert!(matches!(error, PortError::Conflict), "{why}: {error:?}");
    }
    assert!(!restore(&store, &person("u-1", "ada", None)), "as it was typed elsewhere");
    assert_eq!(people(&store), [person("u-1", "Ada", None)]);
    let seen = Person { username: None, is_found: false, ..person("u-1", "", Some(9)) };
    assert!(restore(&store, &seen), "a name stays that is not named");
    assert_eq!(people(&store), [person("u-1", "Ada", Some(9))]);
}

pub fn nobody_is_told_who_was_neither_named_nor_seen(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    let entry = NewEntry {
        conversation: ConversationId::direct(&user("ada"), &user("bob")).unwrap(),
        author: user("ada"),
        client_msg_id: None,
        message_id: MessageId::new(1, 1),
        timestamp: 1,
        sent_at: None,
        body: Body::text("hello"),
    };
    block_on(store.append(entry)).unwrap();
    let nothing = Person { username: None, is_found: false, ..person("cyd", "", None) };
    assert!(!restore(&store, &nothing));
    assert_eq!(people(&store), []);
}

pub fn who_was_seen_later_was_seen_later(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    for (seen, changes, stands) in [
        (None, true, None),
        (Some(5), true, Some(5)),
        (Some(3), false, Some(5)),
        (Some(8), true, Some(8)),
    ] {
        assert_eq!(restore(&store, &person("u-1", "Ada", seen)), changes);
        assert_eq!(people(&store), [person("u-1", "Ada", stands)]);
    }
}
