//! The directory in a table, against the suite of its port.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

mod support;

use std::sync::Arc;

use aizuchi_core::{
    clock::Clock as _,
    directory::{Directory as _, Profile},
    ids::UserId,
    registry::{Connection, Level, Presence, Registry as _},
    relations::Standing,
};
use aizuchi_store_dynamodb::{Settings, Store, Table};
use aizuchi_testkit::{block_on, clock::ManualClock};

aizuchi_testkit::directory_suite!((store(support::table(), Settings::default()), ()));

mod visits {
    use super::*;

    aizuchi_testkit::visits_suite!((store(support::table(), Settings::default()), ()));
}

fn store(table: Table, settings: Settings) -> Store {
    block_on(async { Store::new(table, settings) })
}

/// A process of its own on this table.
fn process(table: &Table, clock: &Arc<ManualClock>) -> Store {
    store(table.clone(), Settings { clock: Arc::clone(clock) as _, ..Settings::default() })
}

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

fn profile(id: &str, name: &str) -> Profile {
    Profile { user: user(id), username: name.into() }
}

#[test]
fn a_name_that_another_process_wrote_is_seen_within_minutes() {
    let (table, clock) = (support::table(), Arc::default());
    let [one, two] = [process(&table, &clock), process(&table, &clock)];
    let ada = profile("u-ada", "Ada");
    block_on(one.remember(&ada)).unwrap();
    assert_eq!(block_on(two.by_id(&ada.user)).unwrap(), Some(ada.clone()));

    let renamed = profile("u-ada", "Countess");
    block_on(one.remember(&renamed)).unwrap();
    assert_eq!(block_on(two.by_name("countess")).unwrap(), Some(renamed.clone()));
    assert_eq!(block_on(two.by_id(&ada.user)).unwrap(), Some(renamed), "and then by id too");

    let again = profile("u-ada", "Ada");
    block_on(one.remember(&again)).unwrap();
    clock.advance(5 * 60 * 1_000);
    assert_eq!(block_on(two.by_id(&ada.user)).unwrap(), Some(again));
}

#[test]
fn a_person_is_found_with_his_presence() {
    let (table, clock) = (support::table(), Arc::default());
    let store = process(&table, &clock);
    let person = |id| block_on(store.person(&user(id))).unwrap();
    assert_eq!(person("u-ada"), None);
    let ada = profile("u-ada", "Ada");
    block_on(store.remember(&ada)).unwrap();
    let standing = Standing::default();
    assert_eq!(person("u-ada"), Some((ada.clone(), Presence::default(), standing)));

    let connection = support::connection("c1", "u-ada", Level::One);
    block_on(store.connect(&connection)).unwrap();
    let online = Presence { online: true, last_seen: None };
    assert_eq!(person("u-ada"), Some((ada.clone(), online, standing)));
    let left = clock.now_ms() + 5;
    block_on(store.disconnect(&connection.id, &ada.user, left)).unwrap();
    let offline = Presence { online: false, last_seen: Some(left) };
    assert_eq!(person("u-ada"), Some((ada, offline, standing)));
}

#[test]
fn who_connects_without_a_name_is_nobody_yet() {
    let store = process(&support::table(), &Arc::default());
    let connection = Connection { ..support::connection("c1", "u-ada", Level::One) };
    block_on(store.connect(&connection)).unwrap();
    assert_eq!(block_on(store.by_id(&connection.user)).unwrap(), None);
    assert_eq!(block_on(store.person(&connection.user)).unwrap(), None);
}

#[test]
fn after_a_connection_came_up_its_person_is_known_for_nothing() {
    let (table, clock) = (support::table(), Arc::default());
    let ada = profile("u-ada", "Ada");
    block_on(process(&table, &clock).remember(&ada)).unwrap();
    let store = process(&table, &clock);
    block_on(store.connect(&support::connection("c1", "u-ada", Level::One))).unwrap();
    let before = table.usage().spent();
    assert_eq!(block_on(store.by_id(&ada.user)).unwrap(), Some(ada));
    assert_eq!(table.usage().spent(), before);
}
