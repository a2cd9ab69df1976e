//! How often a person may do what, and how large a frame may be.

use aizuchi_core::{chat::Policy, outcome::Refusal, registry::Level};
use aizuchi_gateway::local::{Rate, Rates};
use aizuchi_wire::limits::INBOUND_BYTES;
use serde_json::{Value, json};

use crate::support::{Phone, World, direct, user};

const HOUR_MS: u64 = 60 * 60 * 1_000;

fn limited() -> World {
    World::with(Policy::default(), Some(Rates::default()))
}

fn send(client_msg_id: &str) -> Value {
    json!({ "action": "SENDMSG", "toSub": "bob", "message": "hi", "clientMsgId": client_msg_id,
        "requestId": "r1" })
}

fn watch(people: std::ops::Range<usize>) -> Value {
    json!({ "action": "WATCH", "subs": people.map(|n| format!("p{n}")).collect::<Vec<_>>() })
}

#[test]
fn messages_are_limited_and_told_when_to_try_again() {
    let world = limited();
    let [ada, own] = [world.phone("ada"), world.phone("ada")];
    for n in 0..100 {
        let phone = if n % 2 == 0 { &ada } else { &own };
        assert_eq!(phone.asks(&send(&n.to_string()))["action"], "ACK");
        ada.hears();
        own.hears();
    }
    let refused = ada.asks(&send("m"));
    assert_eq!(refused["code"], "rate_limited");
    assert_eq!(refused["retryAfterMs"], 50);
    assert_eq!(refused["clientMsgId"], "m");
    assert_eq!(refused["requestId"], "r1");
    world.advance(49);
    assert_eq!(ada.asks(&send("m"))["retryAfterMs"], 1);
    world.advance(1);
    assert_eq!(ada.asks(&send("m"))["seq"], 101, "what was refused was not stored");
    let bob = world.phone("bob");
    assert_eq!(bob.writes("ada", "hi", "m")["seq"], 102, "each has his own");
    ada.hears();
    assert_eq!(ada.asks(&json!({ "action": "PING" }))["value"], "PONG", "and one for the rest");
}

#[test]
fn every_other_frame_is_limited_together() {
    let rates = Rates { request: Rate { every_ms: 100, burst: 3 }, ..Rates::default() };
    for frame in [
        json!({ "action": "PING" }),
        json!({ "action": "STATUS", "partnerSub": "bob" }),
        json!({ "action": "GETMSG", "conversationId": direct("ada", "bob") }),
        json!({ "action": "GETMSG", "fromSub": "ada", "toSub": "bob" }),
        json!({ "action": "SYNC" }),
        json!({ "action": "CONVERSATIONS" }),
        json!({ "action": "READ", "conversationId": direct("ada", "bob"), "seq": 1 }),
        json!({ "action": "TYPING", "conversationId": direct("ada", "bob"), "on": true }),
        json!({ "action": "WATCH", "subs": ["bob"] }),
        json!({ "action": "DANCE" }),
    ] {
        let world = World::with(Policy::default(), Some(rates));
        let ada = world.phone("ada");
        for _ in 0..3 {
            ada.says(&frame);
            assert!(ada.hears().iter().all(|heard| heard["code"] != "rate_limited"));
        }
        let mut asked = frame.clone();
        asked["requestId"] = json!("r1");
        let refused = ada.asks(&asked);
        assert_eq!(refused["code"], "rate_limited", "{frame}");
        assert_eq!(refused["retryAfterMs"], 100);
        assert_eq!(refused["requestId"], "r1");
        assert_eq!(ada.writes("bob", "hi", "m1")["action"], "ACK", "messages go on");
    }
}

#[test]
fn a_person_looks_at_three_hundred_others_an_hour() {
    let world = limited();
    let ada = world.phone("ada");
    let hear = |phone: &Phone<'_>, frame: &Value| {
        phone.says(frame);
        phone.hears()
    };
    for n in 0..5 {
        assert_eq!(hear(&ada, &watch(n * 50..n * 50 + 50)).len(), 50);
    }
    assert_eq!(hear(&ada, &watch(250..299)).len(), 49);
    assert_eq!(hear(&ada, &watch(0..50)).len(), 50, "those already seen are free");
    assert_eq!(hear(&ada, &json!({ "action": "WATCH", "subs": ["ada"] })).len(), 1);
    assert_eq!(hear(&ada, &json!({ "action": "STATUS", "partnerSub": "b" })).len(), 1);
    let status = |partner: &str| json!({ "action": "STATUS", "partnerSub": partner });
    assert_eq!(hear(&ada, &status("bob")).len(), 2, "the three hundredth");

    world.advance(1_000);
    let refused = ada.asks(&status("cyd"));
    assert_eq!(refused["code"], "rate_limited");
    assert_eq!(refused["retryAfterMs"], HOUR_MS - 1_000);
    assert_eq!(ada.is_refused(&watch(299..300)), "rate_limited");
    assert_eq!(hear(&ada, &status("bob")).len(), 2, "those already seen still are");
    let other_device = world.phone("ada");
    assert_eq!(other_device.is_refused(&status("cyd")), "rate_limited");
    let page = world.connect("ada", Level::Zero, Some(user("cyd")));
    assert!(matches!(page.err(), Some(Refusal::RateLimited { .. })));
    assert!(world.connect("ada", Level::Zero, Some(user("bob"))).is_ok());
    assert_eq!(hear(&world.phone("bob"), &status("cyd")).len(), 2, "each has his own");

    world.advance(HOUR_MS - 1_000);
    ada.hears();
    assert_eq!(hear(&ada, &status("cyd")).len(), 2);
}

#[test]
fn what_is_refused_watches_nobody_new() {
    let world = limited();
    let ada = world.phone("ada");
    for n in 0..6 {
        ada.says(&watch(n * 50..n * 50 + 50));
    }
    ada.hears();
    assert_eq!(ada.is_refused(&watch(299..301)), "rate_limited");
    let _stranger = world.phone("p300");
    assert_eq!(ada.hears(), Vec::<Value>::new());
    let _watched = world.phone("p299");
    assert_eq!(ada.hears_actions(), ["ISONLINE"], "and those before are still watched");
}

#[test]
fn a_frame_is_at_most_thirty_two_kilobytes() {
    let world = World::new();
    let bob = world.phone("bob");
    for level in [Level::One, Level::Zero] {
        let connection = world.connect("ada", level, Some(user("bob"))).unwrap();
        let frame = |text: &str| {
            json!({ "action": "SENDMSG", "toSub": "bob", "message": text, "clientMsgId": "m1" })
                .to_string()
        };
        let text = "x".repeat(INBOUND_BYTES - frame("").len());
        let over = frame(&format!("{text}x"));
        assert_eq!(over.len(), INBOUND_BYTES + 1);
        connection.says_text(&over);
        let [refused] = connection.hears().try_into().unwrap();
        assert_eq!(refused["code"], "too_large");
        assert_eq!(bob.hears(), Vec::<Value>::new(), "nothing is stored");

        let most = frame(&text);
        assert_eq!(most.len(), INBOUND_BYTES);
        connection.says_text(&most);
        let [event] = bob.hears().try_into().unwrap();
        assert_eq!(event["message"], text);
        connection.hears();
        assert_eq!(connection.asks(&json!({ "action": "PING" }))["value"], "PONG");
        connection.leaves();
    }
}
