//! Connections whose requests fail, or are done and their answers lost.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use aizuchi_core::registry::{Connection, Level, Registry as _};
use aizuchi_testkit::block_on;

use super::{
    process,
    proxy::{Fault, error, faulty},
    user,
};
use crate::{Store, support};

/// A store, and what makes the next request of this name meet this fault.
fn store_with(request: &'static str, fault: Fault) -> (Store, Arc<AtomicBool>) {
    let armed = Arc::new(AtomicBool::new(false));
    let next = Arc::clone(&armed);
    let table = faulty(move |name, _, _| {
        (name == request && next.swap(false, Ordering::SeqCst)).then(|| fault.clone())
    });
    (process(&table), armed)
}

fn connection(id: &str) -> Connection {
    support::connection(id, "ada", Level::One)
}

fn come(store: &Store, id: &str) -> bool {
    block_on(store.connect(&connection(id))).unwrap()
}

fn leave(store: &Store, id: &str) -> bool {
    let Connection { id, user, .. } = connection(id);
    block_on(store.disconnect(&id, &user, 1_000)).unwrap()
}

fn watch(store: &Store, whom: &str) {
    let Connection { id, user: ada, .. } = connection("a");
    block_on(store.watch(&id, &ada, &[user(whom)])).unwrap();
}

fn watchers(store: &Store, of: &str) -> usize {
    block_on(store.watchers(&user(of))).unwrap().len()
}

#[test]
fn who_was_first_or_last_is_told_though_the_answer_is_lost() {
    let (store, armed) = store_with("UpdateItem", Fault::Lose);
    let lose_the_next = || armed.store(true, Ordering::SeqCst);
    lose_the_next();
    assert!(come(&store, "a"));
    lose_the_next();
    assert!(!come(&store, "b"));
    lose_the_next();
    assert!(!leave(&store, "a"));
    lose_the_next();
    assert!(leave(&store, "b"));
    assert!(!armed.load(Ordering::SeqCst));
    assert!(!leave(&store, "b"), "and that once");
    assert!(!block_on(store.presence(&[user("ada")])).unwrap()[0].online);
}

#[test]
fn a_change_of_the_watched_is_whole_though_its_answer_is_lost() {
    let (store, armed) = store_with("UpdateItem", Fault::Lose);
    come(&store, "a");
    watch(&store, "bob");
    armed.store(true, Ordering::SeqCst);
    watch(&store, "cyd");
    assert_eq!((watchers(&store, "bob"), watchers(&store, "cyd")), (0, 1));
    leave(&store, "a");
    assert_eq!(watchers(&store, "cyd"), 0);
}

/// Two frames of a connection may be handled by two processes, and the one that
/// came first may be the last to finish.
#[test]
fn a_late_deletion_does_not_undo_a_later_change() {
    let store = process(&support::table());
    come(&store, "a");
    let late = |change| {
        let id = connection("a").id;
        block_on(store.0.stop_watching(&id, &[(user("bob"), change)], true));
    };
    watch(&store, "bob");
    watch(&store, "cyd");
    watch(&store, "bob");
    late(1);
    assert_eq!(watchers(&store, "bob"), 1);
    late(3);
    assert_eq!(watchers(&store, "bob"), 0);
}

#[test]
fn of_a_connection_that_could_not_be_written_down_nothing_stays() {
    for (request, fault) in
        [("PutItem", error("ValidationException")), ("UpdateItem", error("ValidationException"))]
    {
        let (store, armed) = store_with(request, fault);
        armed.store(true, Ordering::SeqCst);
        let ada = Connection {
            partner: Some(user("bob")),
            ..support::connection("a", "ada", Level::Zero)
        };
        block_on(store.connect(&ada)).unwrap_err();
        assert!(!armed.load(Ordering::SeqCst), "{request}");
        assert_eq!(watchers(&store, "bob"), 0, "{request}");
        assert_eq!(block_on(store.connections(&[&ada.user])).unwrap(), [], "{request}");
    }
}
