//! The suite that every connection registry passes, and a memory for one.

#![expect(missing_docs, reason = "a law's name says it")]
#![expect(clippy::unwrap_used, reason = "a broken law fails its test")]

use std::{
    collections::HashMap,
    sync::{Barrier, Mutex, PoisonError},
    thread,
};

use crate::block_on;
use aizuchi_core::{
    error::PortError,
    ids::{ConnectionId, UserId},
    registry::{Connection, LastSeen, Level, Presence, Registry},
};

/// How many come and go at the same time.
const CALLERS: usize = 8;
/// How often.
const ROUNDS: usize = 50;

/// When people were seen last, forgotten with the process.
#[derive(Debug, Default)]
pub struct MemoryLastSeen(Mutex<HashMap<UserId, u64>>);

impl LastSeen for MemoryLastSeen {
    async fn set_last_seen(&self, user: &UserId, at: u64) -> Result<(), PortError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(user.clone(), at);
        Ok(())
    }

    async fn last_seen(&self, user: &UserId) -> Result<Option<u64>, PortError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(user).copied())
    }
}

/// A fresh registry.
pub trait RegistryFixture: Sync {
    /// What is tested.
    type Registry: Registry;

    /// The registry; the same each time.
    fn registry(&self) -> &Self::Registry;

    /// A new connection that the registry may be told of, with an id of its own.
    fn arrive(&self, user: &UserId, level: Level) -> ConnectionId;
}

/// The suite: one test a law. `$make` is an expression that gives a fresh
/// [`RegistryFixture`](crate::registry::RegistryFixture).
#[macro_export]
macro_rules! registry_suite {
    ($make:expr) => {
        $crate::registry_suite!(
            @ $make;
            one_is_told_that_it_is_first_and_one_that_it_is_last,
            of_many_at_once_one_is_first_and_one_is_last,
            whoever_was_not_there_is_not_last,
            connections_are_found_by_user,
            level_zero_is_found_for_broadcasts,
            watching_replaces_whom_one_watched,
            leaving_ends_ones_watches,
            a_partner_is_watched_from_the_start,
            the_first_watched_is_the_partner_of_level_zero,
            when_somebody_was_seen_last_is_kept,
        );
    };
    (@ $make:expr; $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                $crate::registry::$law(&$make);
            }
        )*
    };
}

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

fn arrive(
    fixture: &impl RegistryFixture,
    of: &str,
    level: Level,
    partner: Option<&str>,
) -> Connection {
    let user_id = user(of);
    let id = fixture.arrive(&user_id, level);
    Connection { id, user: user_id, level, session: None, partner: partner.map(user) }
}

fn connect(fixture: &impl RegistryFixture, connection: &Connection) -> bool {
    block_on(fixture.registry().connect(connection)).unwrap()
}

/// One more connection of `of`'s, of level 1.
fn come(fixture: &impl RegistryFixture, of: &str) -> Connection {
    let connection = arrive(fixture, of, Level::One, None);
    connect(fixture, &connection);
    connection
}

fn leave(fixture: &impl RegistryFixture, connection: &Connection) -> bool {
    leave_at(fixture, connection, 1_000)
}

fn leave_at(fixture: &impl RegistryFixture, connection: &Connection, at: u64) -> bool {
    block_on(fixture.registry().disconnect(&connection.id, &connection.user, at)).unwrap()
}

fn online(fixture: &impl RegistryFixture, of: &str) -> bool {
    presence(fixture, of).online
}

fn presence(fixture: &impl RegistryFixture, of: &str) -> Presence {
    block_on(fixture.registry().presence(&[user(of)])).unwrap()[0]
}

fn watch(fixture: &impl RegistryFixture, by: &Connection, watched: &[&str]) {
    let watched: Vec<_> = watched.iter().map(|id| user(id)).collect();
    block_on(fixture.registry().watch(&by.id, &by.user, &watched)).unwrap();
}

fn watchers(fixture: &impl RegistryFixture, of: &str) -> Vec<ConnectionId> {
    ids(block_on(fixture.registry().watchers(&user(of))).unwrap())
}

fn ids(connections: Vec<Connection>) -> Vec<ConnectionId> {
    let mut ids: Vec<_> = connections.into_iter().map(|connection| connection.id).collect();
    ids.sort();
    ids
}

fn ids_of(connections: &[&Connection]) -> Vec<ConnectionId> {
    ids(connections.iter().map(|connection| (*connection).clone()).collect())
}

pub fn one_is_told_that_it_is_first_and_one_that_it_is_last(fixture: &impl RegistryFixture) {
    assert!(!online(fixture, "ada"));
    for _ in 0..2 {
        let [one, two] = [(); 2].map(|()| arrive(fixture, "ada", Level::One, None));
        let other = arrive(fixture, "bob", Level::One, None);
        assert!(connect(fixture, &one));
        assert!(!connect(fixture, &two));
        assert!(connect(fixture, &other));
        assert!(online(fixture, "ada"));
        assert!(!leave(fixture, &one));
        assert!(online(fixture, "ada"));
        assert!(leave(fixture, &two));
        assert!(!online(fixture, "ada"));
        assert!(online(fixture, "bob"));
        assert!(leave(fixture, &other));
    }
}

pub fn of_many_at_once_one_is_first_and_one_is_last(fixture: &impl RegistryFixture) {
    let step = Barrier::new(CALLERS);
    let told: Vec<Vec<(bool, bool)>> = thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                scope.spawn(|| {
                    let round = || {
                        let connection = arrive(fixture, "ada", Level::One, None);
                        step.wait();
                        let first = connect(fixture, &connection);
                        step.wait();
                        let last = leave(fixture, &connection);
                        step.wait();
                        (first, last)
                    };
                    (0..ROUNDS).map(|_| round()).collect()
                })
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    for round in 0..ROUNDS {
        assert_eq!(told.iter().filter(|caller| caller[round].0).count(), 1);
        assert_eq!(told.iter().filter(|caller| caller[round].1).count(), 1);
    }
    assert!(!online(fixture, "ada"));
}

pub fn whoever_was_not_there_is_not_last(fixture: &impl RegistryFixture) {
    let stranger = arrive(fixture, "ada", Level::One, None);
    assert!(!leave(fixture, &stranger));
    let connection = come(fixture, "ada");
    assert!(leave(fixture, &connection));
    assert!(!leave(fixture, &connection), "not twice");
    let still = come(fixture, "ada");
    assert!(!leave(fixture, &connection));
    assert!(online(fixture, "ada"));
    assert!(leave(fixture, &still));
}

pub fn connections_are_found_by_user(fixture: &impl RegistryFixture) {
    let [ada, bob, cyd] = ["ada", "bob", "cyd"].map(user);
    let find = |users: &[&UserId]| block_on(fixture.registry().connections(users)).unwrap();
    assert_eq!(find(&[&ada, &bob]), []);
    let one = come(fixture, "ada");
    let two = come(fixture, "ada");
    let other = come(fixture, "bob");
    come(fixture, "cyd");
    assert_eq!(find(&[&bob]), std::slice::from_ref(&other), "with all that is known of it");
    assert_eq!(ids(find(&[&ada])), ids_of(&[&one, &two]));
    assert_eq!(ids(find(&[&ada, &bob])), ids_of(&[&one, &two, &other]));
    assert_eq!(find(&[]), []);
    leave(fixture, &one);
    assert_eq!(ids(find(&[&ada, &bob])), ids_of(&[&two, &other]));
    assert_eq!(find(&[&cyd]).len(), 1);
}

pub fn level_zero_is_found_for_broadcasts(fixture: &impl RegistryFixture) {
    let zero = || ids(block_on(fixture.registry().level_zero()).unwrap());
    come(fixture, "ada");
    assert_eq!(zero(), []);
    let one = arrive(fixture, "ada", Level::Zero, None);
    let two = arrive(fixture, "bob", Level::Zero, Some("ada"));
    connect(fixture, &one);
    connect(fixture, &two);
    assert_eq!(zero(), ids_of(&[&one, &two]));
    leave(fixture, &one);
    assert_eq!(zero(), ids_of(&[&two]));
}

pub fn watching_replaces_whom_one_watched(fixture: &impl RegistryFixture) {
    let one = come(fixture, "ada");
    let two = come(fixture, "ada");
    watch(fixture, &one, &["bob", "cyd"]);
    watch(fixture, &two, &["bob", "bob"]);
    assert_eq!(watchers(fixture, "bob"), ids_of(&[&one, &two]), "there or not, and each once");
    assert_eq!(watchers(fixture, "cyd"), ids_of(&[&one]));
    assert!(!online(fixture, "bob"), "to be watched is not to be there");
    watch(fixture, &one, &["cyd", "dan"]);
    assert_eq!(watchers(fixture, "bob"), ids_of(&[&two]));
    assert_eq!(watchers(fixture, "cyd"), ids_of(&[&one]));
    assert_eq!(watchers(fixture, "dan"), ids_of(&[&one]));
    watch(fixture, &two, &[]);
    assert_eq!(watchers(fixture, "bob"), []);
}

pub fn leaving_ends_ones_watches(fixture: &impl RegistryFixture) {
    let one = come(fixture, "ada");
    let two = come(fixture, "bob");
    watch(fixture, &one, &["bob", "cyd"]);
    watch(fixture, &two, &["cyd"]);
    leave(fixture, &one);
    assert_eq!(watchers(fixture, "bob"), []);
    assert_eq!(watchers(fixture, "cyd"), ids_of(&[&two]));
    watch(fixture, &one, &["cyd"]);
    assert_eq!(watchers(fixture, "cyd"), ids_of(&[&two]), "whoever is gone watches nobody");
}

pub fn a_partner_is_watched_from_the_start(fixture: &impl RegistryFixture) {
    let connection = arrive(fixture, "ada", Level::Zero, Some("bob"));
    connect(fixture, &connection);
    let found = block_on(fixture.registry().watchers(&user("bob"))).unwrap();
    assert_eq!(found, std::slice::from_ref(&connection));
    leave(fixture, &connection);
    assert_eq!(watchers(fixture, "bob"), []);
}

pub fn the_first_watched_is_the_partner_of_level_zero(fixture: &impl RegistryFixture) {
    let ada = user("ada");
    let partner = || {
        let found = block_on(fixture.registry().connections(&[&ada])).unwrap();
        found[0].partner.clone()
    };
    let connection = arrive(fixture, "ada", Level::Zero, None);
    connect(fixture, &connection);
    assert_eq!(partner(), None);
    watch(fixture, &connection, &["bob"]);
    assert_eq!(partner(), Some(user("bob")));
    watch(fixture, &connection, &["cyd"]);
    assert_eq!(partner(), Some(user("cyd")));
    assert_eq!(watchers(fixture, "bob"), []);
    leave(fixture, &connection);

    let connection = come(fixture, "ada");
    watch(fixture, &connection, &["bob"]);
    assert_eq!(partner(), None, "level 1 has none");
}

pub fn when_somebody_was_seen_last_is_kept(fixture: &impl RegistryFixture) {
    assert_eq!(presence(fixture, "ada"), Presence::default());
    for at in [1_000, 2_000] {
        let [one, two] = [(); 2].map(|()| come(fixture, "ada"));
        leave_at(fixture, &one, at - 1);
        assert!(online(fixture, "ada"));
        leave_at(fixture, &two, at);
        let left = Presence { online: false, last_seen: Some(at) };
        assert_eq!(presence(fixture, "ada"), left);
    }
    let bob = come(fixture, "bob");
    let people = ["cyd", "bob", "ada"].map(user);
    let presences = block_on(fixture.registry().presence(&people)).unwrap();
    assert_eq!(presences.iter().map(|one| one.online).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(presences[2].last_seen, Some(2_000));
    leave(fixture, &bob);
}
