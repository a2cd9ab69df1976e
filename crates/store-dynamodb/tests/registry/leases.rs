//! What becomes of a connection whose end nobody tells.

use aizuchi_core::{clock::Clock as _, registry::Presence};
use aizuchi_store_dynamodb::{KEPT_MS, LEASE_MS, Renewed};
use aizuchi_testkit::block_on;

use crate::{World, come, connections, leave, presence, user, watchers};

const MINUTE: u64 = 60 * 1_000;

#[test]
fn a_lost_end_shows_when_the_lease_is_over() {
    let world = World::new();
    let store = world.process();
    let came = world.clock.now_ms();
    assert!(come(&store, "a", "ada").1);
    assert_eq!(LEASE_MS, 10 * MINUTE);
    world.clock.advance(LEASE_MS - 1);
    assert!(presence(&store, "ada").online);
    world.clock.advance(1);
    let lost = Presence { online: false, last_seen: Some(came) };
    assert_eq!(presence(&store, "ada"), lost);
    let people = ["bob", "ada"].map(user);
    assert_eq!(
        block_on(aizuchi_core::registry::Registry::presence(&store, &people)).unwrap()[1],
        lost
    );
    assert_eq!(connections(&store, "ada"), ["a"], "it may be quiet merely");

    world.clock.advance(KEPT_MS - LEASE_MS - 1);
    assert_eq!(connections(&store, "ada"), ["a"]);
    world.clock.advance(1);
    assert_eq!(connections(&store, "ada"), [""; 0], "none lives so long");
}

#[test]
fn whoever_comes_after_a_lost_end_is_first() {
    let world = World::new();
    let store = world.process();
    let (lost, _) = come(&store, "a", "ada");
    world.clock.advance(LEASE_MS);
    let (next, first) = come(&store, "b", "ada");
    assert!(first);
    assert!(!come(&store, "c", "ada").1);
    assert!(!leave(&store, &next, world.clock.now_ms()));
    assert!(!leave(&store, &lost, world.clock.now_ms()), "others are there");
    assert!(presence(&store, "ada").online);
}

#[test]
fn an_end_that_is_found_late_is_told_once() {
    let world = World::new();
    let store = world.process();
    let (one, _) = come(&store, "a", "ada");
    let (two, _) = come(&store, "b", "ada");
    world.clock.advance(LEASE_MS);
    // Nobody told those who watch him, so whoever finds it does.
    assert!(leave(&store, &one, world.clock.now_ms()));
    world.clock.advance(MINUTE);
    assert!(!leave(&store, &two, world.clock.now_ms()), "that was told");

    let (three, first) = come(&store, "c", "ada");
    assert!(first);
    let (four, _) = come(&store, "d", "ada");
    world.clock.advance(LEASE_MS - MINUTE);
    assert!(!leave(&store, &three, world.clock.now_ms()));
    world.clock.advance(MINUTE);
    assert!(leave(&store, &four, world.clock.now_ms()), "it went unnoticed since the other left");
}

#[test]
fn a_lease_is_renewed_when_half_of_it_is_gone() {
    let world = World::new();
    let (store, other) = (world.process(), world.process());
    let (ada, _) = come(&store, "a", "ada");
    let came = world.clock.now_ms();
    let frame =
        |of: &aizuchi_store_dynamodb::Store| block_on(of.renew(&ada.id, &ada.user, came)).unwrap();
    for process in [&store, &other] {
        world.clock.set(came + LEASE_MS / 2 - 1);
        assert_eq!(world.writes(|| assert_eq!(frame(process), Renewed::Held)), 0.0);
    }
    world.clock.set(came + LEASE_MS / 2);
    assert_eq!(world.writes(|| assert_eq!(frame(&store), Renewed::Held)), 1.0);
    assert_eq!(world.writes(|| assert_eq!(frame(&store), Renewed::Held)), 0.0);
    assert_eq!(world.writes(|| assert_eq!(frame(&other), Renewed::Held)), 1.0, "it cannot know");
    world.clock.advance(LEASE_MS / 2 - 1);
    assert_eq!(world.writes(|| assert_eq!(frame(&store), Renewed::Held)), 0.0);
    assert!(presence(&store, "ada").online);
    // For as long as it sends something now and then, it is there.
    for _ in 0..20 {
        world.clock.advance(LEASE_MS / 2);
        assert_eq!(frame(&store), Renewed::Held);
        assert!(presence(&other, "ada").online);
    }
}

#[test]
fn who_was_quiet_too_long_is_back_with_his_next_word() {
    let world = World::new();
    let store = world.process();
    let (ada, _) = come(&store, "a", "ada");
    let came = world.clock.now_ms();
    let frame = || block_on(store.renew(&ada.id, &ada.user, came)).unwrap();
    world.clock.advance(LEASE_MS);
    assert!(!presence(&store, "ada").online);
    assert_eq!(frame(), Renewed::Back);
    assert!(presence(&store, "ada").online);
    assert_eq!(frame(), Renewed::Held);

    world.clock.advance(LEASE_MS);
    let (other, first) = come(&store, "b", "ada");
    assert!(first);
    assert_eq!(frame(), Renewed::Held, "the other is there");
    leave(&store, &other, world.clock.now_ms());
}

#[test]
fn who_is_not_registered_is_told_so() {
    let world = World::new();
    let store = world.process();
    let (ada, _) = come(&store, "a", "ada");
    let came = world.clock.now_ms();
    leave(&store, &ada, came);
    world.clock.advance(LEASE_MS);
    assert_eq!(block_on(store.renew(&ada.id, &ada.user, came)).unwrap(), Renewed::Gone);
    assert!(!presence(&store, "ada").online, "and nothing is written");
    assert_eq!(connections(&store, "ada"), [""; 0]);
}

#[test]
fn a_renewed_lease_keeps_whom_one_watches() {
    let world = World::new();
    let store = world.process();
    let (ada, _) = come(&store, "a", "ada");
    let came = world.clock.now_ms();
    let watch = |people: &[_]| {
        block_on(aizuchi_core::registry::Registry::watch(&store, &ada.id, &ada.user, people))
            .unwrap();
    };
    watch(&[user("bob")]);
    world.clock.advance(LEASE_MS / 2);
    assert_eq!(block_on(store.renew(&ada.id, &ada.user, came)).unwrap(), Renewed::Held);
    assert_eq!(world.writes(|| watch(&[user("bob")])), 0.0, "nothing changed");
    watch(&[user("cyd")]);
    assert_eq!(watchers(&store, "bob"), [""; 0]);
    assert_eq!(watchers(&store, "cyd"), ["a"]);
    world.clock.advance(LEASE_MS - 1);
    assert!(presence(&store, "ada").online, "nor does a change undo the lease");
}

#[test]
fn what_cannot_live_is_forgotten_when_somebody_comes() {
    let world = World::new();
    let store = world.process();
    let (old, _) = come(&store, "a", "ada");
    block_on(aizuchi_core::registry::Registry::watch(&store, &old.id, &old.user, &[user("bob")]))
        .unwrap();
    world.clock.advance(KEPT_MS - 1);
    come(&store, "b", "ada");
    assert_eq!(watchers(&store, "bob"), ["a"]);
    world.clock.advance(1);
    assert_eq!(world.writes(|| come(&store, "c", "ada")), 2.0, "one to come, one to forget");
    assert_eq!(world.writes(|| come(&store, "d", "ada")), 1.0);
    assert!(!leave(&store, &old, world.clock.now_ms()));
    assert_eq!(watchers(&store, "bob"), [""; 0], "though the table deletes late");
}

#[test]
fn one_person_has_so_many_connections_at_most() {
    let world = World::new();
    let store = world.process();
    let name = |number: usize| format!("c{number:02}");
    for number in 0..40 {
        world.clock.advance(1);
        come(&store, &name(number), "ada");
    }
    // The oldest made room; it is told so when it speaks, and comes back.
    let expected: Vec<_> = (8..40).map(name).collect();
    assert_eq!(connections(&store, "ada"), expected);

    // Whoever is silent goes before whoever is old.
    let came = world.clock.now_ms();
    world.clock.advance(LEASE_MS / 2);
    let oldest = aizuchi_core::ids::ConnectionId::parse(&name(8)).unwrap();
    assert_eq!(block_on(store.renew(&oldest, &user("ada"), came - 40)).unwrap(), Renewed::Held);
    world.clock.advance(LEASE_MS / 2);
    come(&store, &name(40), "ada");
    let mut expected: Vec<_> = (10..41).map(name).collect();
    expected.insert(0, name(8));
    assert_eq!(connections(&store, "ada"), expected);
}
