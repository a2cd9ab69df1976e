//! `SEARCH`, as a client meets it.

use aizuchi_core::chat::Policy;
use serde_json::{Value, json};

use crate::support::{Phone, World};

fn said(world: &World, phone: &Phone<'_>, text: &str) {
    world.advance(1);
    let frame = json!({"action": "SENDMSG", "toSub": "bob", "message": text, "clientMsgId": text});
    phone.says(&frame);
    assert_eq!(phone.hears()[0]["action"], "ACK");
}

fn search(phone: &Phone<'_>, asked: Value) -> Value {
    let mut frame = json!({"action": "SEARCH", "requestId": "s"});
    frame.as_object_mut().unwrap().extend(asked.as_object().unwrap().clone());
    phone.says(&frame);
    let mut heard = phone.hears();
    assert_eq!(heard.len(), 1);
    let heard = heard.remove(0);
    assert_eq!(heard["requestId"], "s");
    heard
}

fn seqs(page: &Value) -> Vec<u64> {
    page["hits"].as_array().unwrap().iter().map(|hit| hit["seq"].as_u64().unwrap()).collect()
}

#[test]
fn whole_words_come_first_then_the_newer() {
    let world = World::new();
    let ada = world.phone("ada");
    for text in ["a fox", "the fox again", "foxes", "no", "foxtrot"] {
        said(&world, &ada, text);
    }
    let page = search(&ada, json!({"query": "fox"}));
    assert_eq!(seqs(&page), [2, 1, 5, 3]);
    assert_eq!(page["cursor"], Value::Null);
    let best = &page["hits"][0];
    assert_eq!(best["conversationId"], "d:ada:bob");
    assert_eq!(best["fromSub"], "ada");
    assert_eq!(best["excerpt"], "the fox again");
    assert_eq!(best["highlights"], json!([[4, 7]]));
}

#[test]
fn pages_follow_each_other_without_doubles() {
    let world = World::new();
    let ada = world.phone("ada");
    for number in 0..30 {
        said(&world, &ada, &format!("相槌{} {number}", if number % 3 == 0 { "" } else { "打" }));
    }
    let mut seen = Vec::new();
    let mut asked = json!({"query": "相槌", "limit": 7});
    loop {
        let page = search(&ada, asked.clone());
        seen.extend(seqs(&page));
        // What comes in meanwhile takes no place of another.
        said(&world, &ada, &format!("相槌 since {}", seen.len()));
        if page["cursor"] == Value::Null {
            break;
        }
        asked["cursor"] = page["cursor"].clone();
    }
    let mut expected: Vec<u64> = (0..30).filter(|n| n % 3 == 0).map(|n| n + 1).rev().collect();
    expected.extend((0..30).filter(|n| n % 3 != 0).map(|n| n + 1).rev());
    assert_eq!(seen, expected);
}

#[test]
fn strangers_and_bad_questions_are_refused() {
    let world = World::new();
    let ada = world.phone("ada");
    said(&world, &ada, "something");
    let cyd = world.phone("cyd");
    assert_eq!(seqs(&search(&cyd, json!({"query": "something"}))), [0; 0]);
    let within = json!({"query": "something", "conversationId": "d:ada:bob"});
    assert_eq!(search(&cyd, within.clone())["code"], "forbidden");
    assert_eq!(seqs(&search(&ada, within)), [1]);
    for (asked, code) in [
        (json!({"query": "x", "limit": 0}), "invalid_request"),
        (json!({"query": "x", "limit": 51}), "invalid_request"),
        (json!({"query": "x", "cursor": "a b"}), "invalid_request"),
        (json!({"query": "x", "cursor": "nowhere"}), "invalid_request"),
        (json!({"query": "x", "conversationId": "there"}), "invalid_request"),
        (json!({"query": 1}), "invalid_request"),
        (json!({}), "invalid_request"),
        (json!({"query": "x".repeat(257)}), "too_large"),
        (json!({"query": "x", "conversationId": "r:0"}), "not_found"),
    ] {
        assert_eq!(search(&ada, asked.clone())["code"], code, "{asked}");
    }
    assert_eq!(seqs(&search(&ada, json!({"query": "\"*\0 ("}))), [0; 0]);
    let zero = world.page("ada", "bob");
    zero.says(&json!({"action": "SEARCH", "query": "something"}));
    assert_eq!(zero.hears().last().unwrap()["error"], "Invalid request");
}

#[test]
fn it_can_be_turned_off() {
    let world = World::with(Policy { search: false, ..Policy::default() }, None);
    let ada = world.phone("ada");
    let refused = search(&ada, json!({"query": "x"}));
    assert_eq!(refused["code"], "forbidden");
    assert_eq!(refused["error"], "Search is turned off on this server.");
}
