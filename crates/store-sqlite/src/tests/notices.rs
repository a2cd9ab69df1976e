//! A session's subscription ends with it, whoever ends it.

use aizuchi_core::{
    accounts::{Accounts, SessionId, User, Username},
    ids::{ConversationId, UserId},
    notices::{Notices, Subscription},
};
use aizuchi_testkit::block_on;
use rusqlite::Connection;

use super::Fixture;
use crate::Database;

fn ada() -> UserId {
    UserId::parse("u-ada").unwrap()
}

fn sign_in(database: &Database, session: u128) {
    let job = move |db: &Connection| {
        let id = session.to_be_bytes();
        db.execute(
            "INSERT INTO session (id, sub, client, family, current, used, created_at,
                                  last_used_at, expires_at)
             VALUES (?1, 'u-ada', 'web', ?1, x'00', x'', 1, 1, 1000)",
            [id],
        )
    };
    block_on(database.write(job)).unwrap();
    let subscription = Subscription {
        endpoint: format!("https://push/{session}").into(),
        p256dh: [4; 65],
        auth: [7; 16],
        preview: true,
        session: Some(SessionId(session)),
        created_at: 1,
    };
    block_on(database.subscribe(&ada(), &subscription)).unwrap();
}

fn subscribed(database: &Database) -> Vec<u128> {
    let conversation = ConversationId::direct(&ada(), &UserId::parse("bob").unwrap()).unwrap();
    let found = block_on(database.subscribers(&[ada()], &conversation)).unwrap();
    let all = found.into_iter().flat_map(|one| one.subscriptions);
    all.filter_map(|one| one.session).map(|session| session.0).collect()
}

#[test]
fn a_session_takes_its_subscription_with_it() {
    let fixture = Fixture::new();
    let database = Database::open(&fixture.data()).unwrap();
    let user = User {
        id: ada(),
        username: Username::parse("ada").unwrap(),
        password_hash: "hash".into(),
        created_at: 1,
        disabled_at: None,
    };
    block_on(database.add_user(&user)).unwrap();
    for session in 1..=3 {
        sign_in(&database, session);
    }
    block_on(database.end_session(SessionId(2), 5)).unwrap();
    assert_eq!(subscribed(&database), [1, 3]);
    block_on(database.set_password(&ada(), "other", Some(SessionId(3)), 6)).unwrap();
    assert_eq!(subscribed(&database), [3]);
    sign_in(&database, 4);
    block_on(database.forget(1_000)).unwrap();
    assert_eq!(subscribed(&database), [3, 4], "neither has ended yet");
    block_on(database.forget(1_001)).unwrap();
    assert_eq!(subscribed(&database), [0; 0], "both have expired");
    sign_in(&database, 5);
    // As `aizuchi user disable` does it, beside the server.
    let beside = Database::administer(&fixture.data()).unwrap();
    block_on(beside.disable(&ada(), 7)).unwrap();
    assert_eq!(subscribed(&database), [0; 0]);
}
