//! Who is there, at level 1.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex},
};

use aizuchi_core::{
    chat::{Chat, Policy, Ports},
    ids::ConnectionId,
    outcome::Recipient,
    registry::Level,
};
use aizuchi_gateway::{
    Gateway, Push,
    local::{Hub, Taken},
};
use bytes::Bytes;
use pollster::block_on;
use serde_json::{Value, json};

use crate::support::{TestPorts, World, user};

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
            json!({ "action": "ISONLINE", "sub": "bob", "value": "0", "requestId": "r1" }),
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
    let line = Arc::clone(&ada.line);
    ada.leaves();
    let _bob = world.phone("bob");
    world.phone("bob").writes("ada", "hi", "m1");
    let waker = &mut std::task::Context::from_waker(std::task::Waker::noop());
    assert!(line.outbox.poll_take(waker).is_pending());
}

type Happening = Box<dyn FnOnce() + Send>;

/// Pushes to a hub, but first lets something else happen, once.
#[derive(Clone)]
struct Overtaken {
    hub: Hub,
    meanwhile: Arc<Mutex<Option<Happening>>>,
}

impl Push for Overtaken {
    async fn push(&self, frame: Bytes, to: Vec<Recipient>) -> Vec<Recipient> {
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(happen) = meanwhile {
            happen();
        }
        self.hub.push(frame, to).await
    }

    async fn room(&self, connection: &ConnectionId) {
        self.hub.room(connection).await;
    }
}

#[test]
fn the_last_word_is_true_though_it_was_overtaken() {
    let ports = TestPorts::new(None);
    let hub = ports.registry().hub().clone();
    let push = Overtaken { hub: hub.clone(), meanwhile: Arc::default() };
    let gateway = Arc::new(Gateway::new(Chat::new(ports, Policy::default()), push.clone()));
    let open = |of: &str| hub.open(user(of), Level::One, None, 0);
    let (ada, old, new) = (open("ada"), open("bob"), open("bob"));
    block_on(gateway.connect(&ada.caller, None)).unwrap();
    block_on(gateway.connect(&old.caller, None)).unwrap();
    let request = gateway.decode(&ada.caller, &watch(&["bob"]).to_string());
    assert!(block_on(gateway.handle(&ada.caller, request)).is_none());

    // A page is loaded anew: its new socket comes up, and that is told, while
    // the end of the old one is about to be.
    let (other, caller) = (Arc::clone(&gateway), new.caller.clone());
    let comes = move || block_on(other.connect(&caller, None)).unwrap();
    *push.meanwhile.lock().unwrap() = Some(Box::new(comes));
    block_on(gateway.disconnect(&old.caller));

    let Taken::Frames(heard) = block_on(poll_fn(|cx| ada.outbox.poll_take(cx))) else {
        panic!("the line is open");
    };
    let last: Value = serde_json::from_slice(heard.back().unwrap()).unwrap();
    assert_eq!(last, is_online("bob"));
}
