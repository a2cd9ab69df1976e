//! Who is there, at level 1.

use aizuchi_core::chat::Policy;
use serde_json::{Value, json};

use crate::support::World;

fn watch(subs: &[&str]) -> Value {
    json!({ "action": "WATCH", "subs": subs })
}

fn is_online(sub: &str) -> Value {
    json!({ "action": "ISONLINE", "sub": sub, "value": "1" })
}

fn is_offline(sub: &str, last_seen: impl Into<Option<u64>>) -> Value {
    let mut frame = json!({ "action": "ISONLINE", "sub": sub, "value": "0" });
    if let Some(at) = last_seen.into() {
        frame["lastSeen"] = json!(at);
    }
    frame
}

#[test]
fn watching_tells_how_each_is_and_then_every_change() {
    let world = World::new();
    let bob = world.phone("bob");
    let ada = world.phone("ada");
    ada.says(&watch(&["cyd", "bob", "nobody", "bob"]));
    assert_eq!(
        ada.hears(),
        [is_online("bob"), is_offline("cyd", None), is_offline("nobody", None)],
        "each once"
    );
    let cyd = world.phone("cyd");
    assert_eq!(ada.hears(), [is_online("cyd")]);
    world.advance(1_000);
    cyd.leaves();
    assert_eq!(ada.hears(), [is_offline("cyd", world.now())]);
    let left_at = world.now();
    world.advance(1_000);
    bob.leaves();
    ada.hears();
    ada.says(&watch(&["cyd"]));
    assert_eq!(ada.hears(), [is_offline("cyd", left_at)]);
}

#[test]
fn only_the_first_to_come_and_the_last_to_go_are_told() {
    let world = World::new();
    let ada = world.phone("ada");
    ada.says(&watch(&["bob"]));
    ada.hears();
    let devices = [world.phone("bob"), world.phone("bob"), world.page("bob", "ada")];
    assert_eq!(ada.hears(), [is_online("bob")]);
    for device in devices {
        device.leaves();
    }
    assert_eq!(ada.hears(), [is_offline("bob", world.now())]);
}

#[test]
fn watching_replaces_those_watched_before() {
    let world = World::new();
    let ada = world.phone("ada");
    ada.says(&watch(&["bob"]));
    ada.says(&watch(&["cyd"]));
    ada.hears();
    let _bob = world.phone("bob");
    assert_eq!(ada.hears(), Vec::<Value>::new());
    ada.says(&watch(&[]));
    let _cyd = world.phone("cyd");
    assert_eq!(ada.hears(), Vec::<Value>::new());
}

#[test]
fn each_device_watches_for_itself() {
    let world = World::new();
    let [one, two] = [world.phone("ada"), world.phone("ada")];
    one.says(&watch(&["bob"]));
    one.hears();
    let _bob = world.phone("bob");
    assert_eq!(one.hears(), [is_online("bob")]);
    assert_eq!(two.hears(), Vec::<Value>::new());
}

#[test]
fn at_most_fifty_are_watched() {
    let world = World::new();
    let ada = world.phone("ada");
    let people: Vec<String> = (0..51).map(|n| format!("p{n:02}")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    assert_eq!(ada.is_refused(&watch(&people)), "invalid_request");
    let _first = world.phone("p00");
    assert_eq!(ada.hears(), Vec::<Value>::new(), "what was refused watches nobody");
    ada.says(&watch(&people[..50]));
    assert_eq!(ada.hears().len(), 50);
    let _last = world.phone("p49");
    assert_eq!(ada.hears(), [is_online("p49")]);
}

#[test]
fn how_many_are_live_is_a_setting() {
    let policy = Policy { live_watches: 2, ..Policy::default() };
    let world = World::with(policy, None);
    let ada = world.phone("ada");
    ada.says(&watch(&["p1", "p2", "p3"]));
    assert_eq!(ada.hears().len(), 3, "the rest are snapshots");
    let _people = ["p3", "p2", "p1"].map(|id| world.phone(id));
    assert_eq!(ada.hears(), [is_online("p2"), is_online("p1")]);
}

#[test]
fn status_works_at_level_one_too() {
    let world = World::new();
    let ada = world.phone("ada");
    ada.says(&json!({ "action": "STATUS", "partnerSub": "bob", "requestId": "r1" }));
    assert_eq!(
        ada.hears(),
        [
            json!({ "action": "PARTNERINFO", "value": "Bob", "sub": "bob", "requestId": "r1" }),
            is_offline("bob", None),
        ]
    );
    let _bob = world.phone("bob");
    assert_eq!(ada.hears(), [is_online("bob")]);
    let refused = ada.asks(&json!({ "action": "STATUS", "partnerSub": "b", "requestId": "r2" }));
    assert_eq!(refused["code"], "not_found");
    assert_eq!(refused["requestId"], "r2");
}

#[test]
fn whoever_left_hears_nothing_more() {
    let world = World::new();
    let ada = world.phone("ada");
    ada.says(&watch(&["bob"]));
    ada.hears();
    let line = std::sync::Arc::clone(&ada.line);
    ada.leaves();
    let _bob = world.phone("bob");
    world.phone("bob").writes("ada", "hi", "m1");
    let waker = &mut std::task::Context::from_waker(std::task::Waker::noop());
    assert!(line.outbox.poll_take(waker).is_pending());
}

#[test]
fn the_last_word_is_true_however_connections_come_and_go() {
    for _ in 0..200 {
        let world = World::new();
        let ada = world.phone("ada");
        ada.says(&watch(&["bob"]));
        // A page that is loaded anew: its old socket goes while the new one comes.
        let old = world.phone("bob");
        let new = std::thread::scope(|scope| {
            let new = scope.spawn(|| world.phone("bob"));
            scope.spawn(|| old.leaves());
            new.join().unwrap()
        });
        assert_eq!(ada.hears().last(), Some(&is_online("bob")));
        std::thread::scope(|scope| {
            scope.spawn(|| new.leaves());
            ada.says(&watch(&["bob"]));
        });
        let leaving = is_offline("bob", world.now());
        assert_eq!(ada.hears().last(), Some(&leaving));
    }
}
