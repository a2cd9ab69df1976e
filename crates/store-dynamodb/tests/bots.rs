//! Keys of bots, in a table, against the suite of their port.

mod support;

use aizuchi_core::{
    accounts::TokenHash,
    bots::{ApiKey, Bots as _, KeyName},
    ids::UserId,
};
use aizuchi_store_dynamodb::{Settings, Store, Table};
use aizuchi_testkit::block_on;

aizuchi_testkit::bots_suite!((store(support::table()), ()));

fn store(table: Table) -> Store {
    block_on(async { Store::new(table, Settings::default()) })
}

/// It is asked for at each call of a bot.
#[test]
fn to_know_a_key_is_half_a_read() {
    let table = support::metered_table();
    let store = store(table.clone());
    let key = ApiKey {
        hash: TokenHash([3; 32]),
        user: UserId::parse("bot").unwrap(),
        name: KeyName::parse("a").unwrap(),
        created_at: 1,
        expires_at: None,
        last_used_at: None,
    };
    block_on(store.add_key(&key)).unwrap();
    let before = table.usage().spent();
    assert_eq!(block_on(store.key(key.hash)).unwrap(), Some(key));
    let spent = table.usage().spent();
    assert_eq!(spent.read_units - before.read_units, 0.5);
    assert_eq!(spent.write_units, before.write_units);
}
