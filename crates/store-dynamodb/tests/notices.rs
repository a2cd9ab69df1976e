//! How people are told while away, in a table, against the suite of its port.

mod support;

use aizuchi_core::{
    ids::{ConversationId, UserId},
    notices::{Notices as _, Subscription, Wanted},
};
use aizuchi_store_dynamodb::{Settings, Store, Table};
use aizuchi_testkit::block_on;

aizuchi_testkit::notices_suite!((store(support::table()), ()));

fn store(table: Table) -> Store {
    block_on(async { Store::new(table, Settings::default()) })
}

/// It is asked for at each message to somebody who is not there.
#[test]
fn to_look_for_a_subscriber_is_half_a_read() {
    let table = support::metered_table();
    let store = store(table.clone());
    let [ada, bob] = ["ada", "bob"].map(|id| UserId::parse(id).unwrap());
    let conversation = ConversationId::direct(&ada, &bob).unwrap();
    let subscription = Subscription {
        endpoint: format!("https://push/{}", "x".repeat(200)).into(),
        p256dh: [4; 65],
        auth: [7; 16],
        preview: true,
        session: None,
        created_at: 1,
    };
    block_on(store.subscribe(&ada, &subscription)).unwrap();
    block_on(store.want(&ada, &conversation, Wanted::Mentions)).unwrap();
    for (user, found) in [(ada, 1), (bob, 0)] {
        let before = table.usage().spent();
        assert_eq!(block_on(store.subscribers(&[user], &conversation)).unwrap().len(), found);
        let spent = table.usage().spent();
        assert_eq!(spent.read_units - before.read_units, 0.5);
        assert_eq!(spent.write_units, before.write_units);
    }
}
