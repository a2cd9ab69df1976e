//! The hub: a connection registry like any other, and what only it does.

use aizuchi_core::{
    accounts::SessionId,
    ids::{ConnectionId, UserId},
    outcome::Recipient,
    registry::{Connection, Level, Registry},
};
use aizuchi_gateway::{
    Push,
    local::{Hub, Line, LocalRegistry, Taken},
};
use aizuchi_testkit::{
    registry::{MemoryLastSeen, RegistryFixture},
    registry_suite,
};
use aizuchi_wire::CloseCode;
use pollster::block_on;
use std::{
    sync::Arc,
    task::{Context, Poll, Waker},
};

use crate::support::user;

type Fresh = LocalRegistry<MemoryLastSeen>;

fn registry(hub: &Hub) -> Fresh {
    LocalRegistry::new(hub.clone(), MemoryLastSeen::default())
}

struct Fixture(Fresh);

impl RegistryFixture for Fixture {
    type Registry = Fresh;

    fn registry(&self) -> &Fresh {
        &self.0
    }

    fn arrive(&self, user: &UserId, level: Level) -> ConnectionId {
        self.0.hub().open(user.clone(), level, None, 0).caller.connection.clone()
    }
}

registry_suite!(Fixture(registry(&Hub::new())));

fn connect(hub: &Hub, of: &str, session: Option<SessionId>) -> Arc<Line> {
    let line = hub.open(user(of), Level::One, session, 0);
    let connection = Connection {
        id: line.caller.connection.clone(),
        user: user(of),
        level: Level::One,
        session: None,
        partner: None,
    };
    block_on(registry(hub).connect(&connection)).unwrap();
    line
}

fn take(line: &Line) -> Poll<Taken> {
    line.outbox.poll_take(&mut Context::from_waker(Waker::noop()))
}

fn recipient(line: &Line) -> Recipient {
    let caller = line.caller.clone();
    Recipient { connection: caller.connection, user: caller.user, level: caller.level }
}

#[test]
fn the_end_of_a_session_closes_its_lines_alone() {
    let hub = Hub::new();
    let of_session = connect(&hub, "ada", Some(SessionId(1)));
    let of_another = connect(&hub, "ada", Some(SessionId(2)));
    let of_none = connect(&hub, "ada", None);
    let of_bob = connect(&hub, "bob", Some(SessionId(1)));
    hub.close_sessions(&user("ada"), Some(SessionId(1)));
    assert_eq!(take(&of_session), Poll::Ready(Taken::Closed(CloseCode::SessionEnded)));
    for other in [of_another, of_none, of_bob] {
        assert_eq!(take(&other), Poll::Pending);
    }
}

#[test]
fn the_end_of_all_sessions_closes_every_line_of_its_person() {
    let hub = Hub::new();
    let lines = [connect(&hub, "ada", Some(SessionId(1))), connect(&hub, "ada", None)];
    let of_bob = connect(&hub, "bob", None);
    hub.close_sessions(&user("ada"), None);
    for line in lines {
        assert_eq!(take(&line), Poll::Ready(Taken::Closed(CloseCode::SessionEnded)));
    }
    assert_eq!(take(&of_bob), Poll::Pending);
}

#[test]
fn a_stop_closes_every_line() {
    let hub = Hub::new();
    let lines = [connect(&hub, "ada", None), connect(&hub, "bob", None)];
    hub.close_all(CloseCode::GoingAway);
    for line in lines {
        assert_eq!(take(&line), Poll::Ready(Taken::Closed(CloseCode::GoingAway)));
    }
}

#[test]
fn the_lines_of_a_person_are_listed_oldest_first() {
    let hub = Hub::new();
    let lines: Vec<_> = (0..5).map(|_| connect(&hub, "ada", None)).collect();
    connect(&hub, "bob", None);
    let gone = &lines[1].caller;
    block_on(registry(&hub).disconnect(&gone.connection, &gone.user, 0)).unwrap();
    let ids = |lines: &[Arc<Line>]| -> Vec<ConnectionId> {
        lines.iter().map(|line| line.caller.connection.clone()).collect()
    };
    let left = [&lines[..1], &lines[2..]].concat();
    assert_eq!(ids(&hub.lines_of(&user("ada"))), ids(&left));
    assert_eq!(hub.open_lines(), 5);
}

#[test]
fn a_frame_reaches_those_it_is_for() {
    let hub = Hub::new();
    let [one, two, other] = ["ada", "ada", "bob"].map(|of| connect(&hub, of, None));
    let gone = block_on(hub.push("hi".into(), vec![recipient(&one), recipient(&two)]));
    assert_eq!(gone, []);
    for line in [one, two] {
        assert_eq!(take(&line), Poll::Ready(Taken::Frames(["hi".into()].into())));
    }
    assert_eq!(take(&other), Poll::Pending);
}

#[test]
fn a_line_gets_frames_from_its_opening_on() {
    // An answer to what happened between the upgrade and the registration is kept.
    let hub = Hub::new();
    let line = hub.open(user("ada"), Level::One, None, 0);
    block_on(hub.push("hi".into(), vec![recipient(&line)]));
    assert_eq!(take(&line), Poll::Ready(Taken::Frames(["hi".into()].into())));
}

#[test]
fn a_line_of_another_process_cannot_connect() {
    let stranger = Connection {
        id: ConnectionId::parse("elsewhere").unwrap(),
        user: user("ada"),
        level: Level::One,
        session: None,
        partner: None,
    };
    let hub = Hub::new();
    assert!(block_on(registry(&hub).connect(&stranger)).is_err());
    assert!(!block_on(registry(&hub).presence(&[user("ada")])).unwrap()[0].online);
}
