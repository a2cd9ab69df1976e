//! Sessions that end, and their connections with them.

use aizuchi_core::{
    accounts::SessionId,
    clock::Clock as _,
    error::PortError,
    registry::{Connection, Level, Registry as _},
};
use aizuchi_testkit::block_on;

use crate::{World, connections, ids, leave, support, user, watchers};

const HOUR: u64 = 60 * 60 * 1_000;

fn of_session(id: &str, session: u128) -> Connection {
    Connection { session: Some(SessionId(session)), ..support::connection(id, "ada", Level::One) }
}

#[test]
fn an_ended_session_has_its_connections_named_and_refuses_others() {
    let world = World::new();
    let (store, other) = (world.process(), world.process());
    for (id, session) in [("a", 1), ("b", 1), ("c", 2)] {
        block_on(store.connect(&of_session(id, session))).unwrap();
    }
    let until = world.clock.now_ms() + HOUR;
    let end = || block_on(store.end_session(&user("ada"), SessionId(1), until)).unwrap();
    let ended = end();
    assert_eq!(ids(ended.clone()), ["a", "b"]);
    assert!(ended.iter().all(|one| one.session == Some(SessionId(1))));

    for process in [&store, &other] {
        let refused = block_on(process.connect(&of_session("d", 1)));
        assert!(matches!(refused, Err(PortError::Rejected(_))), "{refused:?}");
    }
    block_on(other.connect(&of_session("e", 2))).unwrap();
    assert_eq!(connections(&store, "ada"), ["a", "b", "c", "e"]);
    for connection in &ended {
        leave(&store, connection, world.clock.now_ms());
    }
    assert_eq!(end(), [], "it may be ended twice");
}

#[test]
fn one_who_is_refused_watches_nobody() {
    let world = World::new();
    let store = world.process();
    let until = world.clock.now_ms() + HOUR;
    assert_eq!(block_on(store.end_session(&user("ada"), SessionId(1), until)).unwrap(), []);
    let connection =
        Connection { level: Level::Zero, partner: Some(user("bob")), ..of_session("a", 1) };
    block_on(store.connect(&connection)).unwrap_err();
    assert_eq!(watchers(&store, "bob"), [""; 0]);
    assert_eq!(connections(&store, "ada"), [""; 0]);
    assert!(!crate::presence(&store, "ada").online);
}

#[test]
fn an_ended_session_is_forgotten_when_its_tokens_are_no_longer_good() {
    let world = World::new();
    let store = world.process();
    let until = world.clock.now_ms() + HOUR;
    block_on(store.end_session(&user("ada"), SessionId(1), until)).unwrap();
    world.clock.advance(HOUR - 1);
    assert_eq!(world.writes(|| block_on(store.connect(&of_session("a", 2)))), 1.0);
    world.clock.advance(1);
    assert_eq!(world.writes(|| block_on(store.connect(&of_session("b", 2)))), 2.0);
    assert_eq!(world.writes(|| block_on(store.connect(&of_session("c", 2)))), 1.0);
}
