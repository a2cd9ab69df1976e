//! Whom connections watch, and what it costs.

use aizuchi_core::{
    ids::UserId,
    limits::WATCHED,
    registry::{Connection, Level, Registry as _},
};
use aizuchi_store_dynamodb::{Settings, Store};
use aizuchi_testkit::block_on;

use crate::{World, come, leave, support, user, watchers};

fn people(from: usize, to: usize) -> Vec<UserId> {
    (from..to).map(|n| user(&format!("0199c8a4-7b3e-7cc1-9d05-{n:012x}"))).collect()
}

#[test]
fn many_are_watched_and_only_changes_are_written() {
    let world = World::new();
    let store = world.process();
    let (ada, _) = come(&store, "L0SM9cOFvHcCIhw=", "ada");
    let watch = |watched: &[UserId]| block_on(store.watch(&ada.id, &ada.user, watched)).unwrap();
    let all = people(0, WATCHED);
    // One for each and one for the list: ids that are UUIDs fit in 1 KB.
    assert_eq!(world.writes(|| watch(&all)), WATCHED as f64 + 1.0);
    for one in &all {
        assert_eq!(watchers(&store, one.as_str()), ["L0SM9cOFvHcCIhw="]);
    }
    assert_eq!(world.writes(|| watch(&all)), 0.0);
    let mut others: Vec<_> = people(1, WATCHED + 1);
    others.reverse();
    assert_eq!(world.writes(|| watch(&others)), 3.0, "one comes, one goes");
    assert_eq!(watchers(&store, all[0].as_str()), [""; 0]);
    assert_eq!(watchers(&store, others[0].as_str()), ["L0SM9cOFvHcCIhw="]);

    let presences = block_on(store.presence(&others)).unwrap();
    assert_eq!(presences.len(), WATCHED);
    leave(&store, &ada, 1_000);
    for one in &others {
        assert_eq!(watchers(&store, one.as_str()), [""; 0]);
    }
}

#[test]
fn a_change_of_partner_is_three_writes() {
    let world = World::new();
    let store = world.process();
    let ada =
        Connection { partner: Some(user("bob")), ..support::connection("a", "ada", Level::Zero) };
    assert_eq!(world.writes(|| block_on(store.connect(&ada))), 2.0);
    let watch = |who: &str| block_on(store.watch(&ada.id, &ada.user, &[user(who)])).unwrap();
    assert_eq!(world.writes(|| watch("bob")), 0.0);
    assert_eq!(world.writes(|| watch("cyd")), 3.0);
    let found = block_on(store.watchers(&user("cyd"))).unwrap();
    assert_eq!(found, [Connection { partner: Some(user("cyd")), ..ada.clone() }]);
    assert_eq!(world.writes(|| leave(&store, &ada, 1_000)), 2.0);
}

#[test]
fn one_watches_oneself_too() {
    let world = World::new();
    let store = world.process();
    let (ada, _) = come(&store, "a", "ada");
    block_on(store.watch(&ada.id, &ada.user, &[user("ada")])).unwrap();
    assert_eq!(watchers(&store, "ada"), ["a"]);
    leave(&store, &ada, 1_000);
    assert_eq!(watchers(&store, "ada"), [""; 0]);
}

#[test]
fn level_zero_is_listed_where_broadcasts_are_on_alone() {
    let world = World::new();
    let off = world.process();
    let settings = Settings { broadcasts: true, ..Settings::default() };
    let on = block_on(async { Store::new(world.table.clone(), settings) });
    let one = support::connection("a", "ada", Level::Zero);
    assert_eq!(world.writes(|| block_on(off.connect(&one))), 1.0);
    assert_eq!(block_on(off.level_zero()).unwrap(), []);
    assert_eq!(block_on(on.level_zero()).unwrap(), []);
    let two = support::connection("b", "bob", Level::Zero);
    assert_eq!(world.writes(|| block_on(on.connect(&two))), 2.0);
    assert_eq!(block_on(on.level_zero()).unwrap(), std::slice::from_ref(&two));
    assert_eq!(block_on(off.level_zero()).unwrap(), []);
    leave(&on, &two, 1_000);
    assert_eq!(block_on(on.level_zero()).unwrap(), []);
}
