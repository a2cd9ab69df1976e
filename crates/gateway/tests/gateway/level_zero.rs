//! What existing pages send and get.

use aizuchi_core::chat::Policy;
use aizuchi_gateway::local::Rates;
use serde_json::{Value, json};

use crate::support::{World, direct};

fn sendmsg(from: &str, to: &str, message: &str) -> Value {
    json!({ "action": "SENDMSG", "message": message, "timestamp": 7, "fromSub": from, "toSub": to })
}

fn invalid_request() -> Value {
    json!({ "action": "ERROR", "code": "invalid_request", "error": "Invalid request" })
}

#[test]
fn a_ping_is_answered() {
    let world = World::new();
    let page = world.page("ada", None);
    assert_eq!(
        page.asks(&json!({ "action": "PING" })),
        json!({ "action": "PING", "value": "PONG" })
    );
}

#[test]
fn status_tells_who_the_partner_is_and_whether_he_is_there() {
    let world = World::new();
    let page = world.page("ada", None);
    let info = json!({ "action": "PARTNERINFO", "value": "相槌さん", "sub": "相槌" });
    page.says(&json!({ "action": "STATUS", "partnerSub": "相槌" }));
    assert_eq!(page.hears(), [info.clone(), json!({ "action": "ISONLINE", "value": "0" })]);
    let _partner = world.phone("相槌");
    page.hears();
    page.says(&json!({ "action": "STATUS", "partnerSub": "相槌" }));
    assert_eq!(page.hears(), [info, json!({ "action": "ISONLINE", "value": "1" })]);
}

#[test]
fn status_replaces_the_partner_that_is_watched() {
    let world = World::new();
    let page = world.page("ada", "bob");
    page.says(&json!({ "action": "STATUS", "partnerSub": "cyd" }));
    page.hears();
    let _bob = world.phone("bob");
    assert_eq!(page.hears(), Vec::<Value>::new());
    let _cyd = world.phone("cyd");
    assert_eq!(page.hears(), [json!({ "action": "ISONLINE", "value": "1" })]);
}

#[test]
fn status_at_each_keystroke_leaves_the_socket_and_its_partner() {
    let world = World::with(Policy::default(), Some(Rates::default()));
    let page = world.page("ada", "bob");
    for typed in ["c", "cy", "cyd!", "cyd?", "0123456789".repeat(12).as_str()] {
        let answer = page.asks(&json!({ "action": "STATUS", "partnerSub": typed }));
        assert_eq!(answer["action"], "ERROR");
        assert_eq!(answer["code"], "not_found");
    }
    let _bob = world.phone("bob");
    assert_eq!(page.hears(), [json!({ "action": "ISONLINE", "value": "1" })]);
}

#[test]
fn the_first_connection_comes_up_and_the_last_one_is_gone() {
    let world = World::new();
    let page = world.page("ada", "bob");
    assert_eq!(page.hears(), Vec::<Value>::new());
    let phone = world.phone("bob");
    assert_eq!(page.hears(), [json!({ "action": "ISONLINE", "value": "1" })]);
    let tab = world.page("bob", None);
    phone.leaves();
    assert_eq!(page.hears(), Vec::<Value>::new(), "one of two is left");
    tab.leaves();
    assert_eq!(page.hears(), [json!({ "action": "ISONLINE", "value": "0" })]);
}

#[test]
fn a_message_is_stored_and_not_acknowledged() {
    let world = World::new();
    let page = world.page("ada", "bob");
    page.says(&sendmsg("ada", "bob", "hi"));
    assert_eq!(page.hears(), Vec::<Value>::new());
    let bob = world.phone("bob");
    let history = bob.asks(&json!({ "action": "GETMSG", "conversationId": direct("ada", "bob") }));
    let message = &history["messages"][0];
    assert_eq!(message["message"], "hi");
    assert_eq!(message["timestamp"], world.now(), "the server's clock");
    assert_eq!(message["sentAt"], 7, "the page's clock");
}

#[test]
fn a_message_comes_to_every_page_that_has_the_other_one_open() {
    let world = World::new();
    let sender = world.page("ada", "bob");
    let same_again = world.page("ada", "bob");
    let elsewhere = world.page("ada", "cyd");
    let to = [world.page("bob", "ada"), world.page("bob", "ada")];
    let to_elsewhere = [world.page("bob", "cyd"), world.page("bob", None)];
    let stranger = world.page("cyd", "ada");
    same_again.hears();
    sender.says(&sendmsg("ada", "bob", "hi"));
    let event = json!({ "action": "SENDMSG", "message": "hi", "fromSub": "ada", "toSub": "bob",
        "timestamp": world.now() });
    for page in to.iter().chain([&same_again]) {
        assert_eq!(page.hears(), std::slice::from_ref(&event));
    }
    for page in to_elsewhere.iter().chain([&sender, &elsewhere, &stranger]) {
        assert!(!page.hears_actions().contains(&"SENDMSG".to_owned()));
    }
}

#[test]
fn a_message_comes_to_every_level_one_device_of_both() {
    let world = World::new();
    let page = world.page("ada", "bob");
    let own = world.phone("ada");
    let devices = [world.phone("bob"), world.phone("bob")];
    let stranger = world.phone("cyd");
    page.says(&sendmsg("ada", "bob", "hi"));
    let [event] = own.hears().try_into().unwrap();
    assert_eq!(
        event,
        json!({ "action": "SENDMSG", "conversationId": direct("ada", "bob"),
            "messageId": event["messageId"], "seq": 1, "message": "hi", "fromSub": "ada",
            "toSub": "bob", "timestamp": world.now(), "sentAt": 7 })
    );
    for device in devices {
        assert_eq!(device.hears(), std::slice::from_ref(&event));
    }
    assert_eq!(stranger.hears(), Vec::<Value>::new());
}

#[test]
fn the_clock_of_a_page_is_whatever_the_page_takes_for_one() {
    let world = World::new();
    let page = world.page("ada", "bob");
    let phone = world.phone("bob");
    for (timestamp, kept) in [
        (json!(1_700_000_000_000_u64), json!(1_700_000_000_000_u64)),
        (json!(12.9), json!(12)),
        (json!("yesterday"), Value::Null),
        (json!({ "at": [1] }), Value::Null),
        (Value::Null, Value::Null),
    ] {
        let mut frame = sendmsg("ada", "bob", "hi");
        frame["timestamp"] = timestamp;
        page.says(&frame);
        let [event] = phone.hears().try_into().unwrap();
        assert_eq!(event["sentAt"], kept);
    }
    let frame = r#"{"action":"SENDMSG","message":"hi","toSub":"bob"}"#;
    page.says_text(frame);
    assert_eq!(phone.hears_actions(), ["SENDMSG"], "nor need it have one");
}

#[test]
fn what_a_frame_says_about_its_sender_is_checked() {
    let world = World::new();
    let bob = world.page("bob", "ada");
    let page = world.page("cyd", "bob");
    let forged = sendmsg("ada", "bob", "I am Ada");
    assert_eq!(page.is_refused(&forged), "forbidden");
    assert_eq!(bob.hears(), Vec::<Value>::new());
    let asked = json!({ "action": "GETMSG", "fromSub": "ada", "toSub": "bob" });
    assert_eq!(bob.asks(&asked)["messages"], json!([]));
}

#[test]
fn a_message_needs_somebody_else_and_a_text() {
    let world = World::new();
    let page = world.page("ada", "bob");
    assert_eq!(page.is_refused(&sendmsg("ada", "ada", "hi")), "invalid_request");
    assert_eq!(page.is_refused(&sendmsg("ada", "", "hi")), "invalid_request");
    assert_eq!(page.is_refused(&sendmsg("ada", "b\0b", "hi")), "invalid_request");
    assert_eq!(page.is_refused(&sendmsg("ada", "nobody", "hi")), "not_found");
    assert_eq!(page.is_refused(&sendmsg("ada", "bob", "")), "invalid_request");
    assert_eq!(page.is_refused(&sendmsg("ada", "bob", "a\0b")), "invalid_request");
}

#[test]
fn each_of_two_reads_their_history_oldest_first() {
    let world = World::new();
    let ada = world.page("ada", "bob");
    let bob = world.page("bob", "ada");
    ada.says(&sendmsg("ada", "bob", "相槌"));
    world.advance(5);
    bob.says(&sendmsg("bob", "ada", "うん"));
    bob.hears();
    let message = |history: &Value, n: usize, from, to, text, timestamp| {
        let got = &history["messages"][n];
        let id = got["messageId"].as_str().unwrap();
        assert_eq!(id.len(), 36);
        assert_eq!(
            *got,
            json!({ "messageId": id, "message": text, "fromSub": from, "toSub": to,
                "timestamp": timestamp })
        );
    };
    ada.hears();
    for (page, from, to) in [(&ada, "ada", "bob"), (&ada, "bob", "ada"), (&bob, "ada", "bob")] {
        let history = page.asks(&json!({ "action": "GETMSG", "fromSub": from, "toSub": to }));
        assert_eq!(history.as_object().unwrap().len(), 2, "an action and messages, no more");
        assert_eq!(history["messages"].as_array().unwrap().len(), 2);
        message(&history, 0, "ada", "bob", "相槌", world.now() - 5);
        message(&history, 1, "bob", "ada", "うん", world.now());
    }
}

#[test]
fn a_history_that_is_not_there_is_empty() {
    let world = World::new();
    let page = world.page("ada", None);
    let empty = json!({ "action": "GETMSG", "messages": [] });
    for to in ["bob", "nobody"] {
        assert_eq!(page.asks(&json!({ "action": "GETMSG", "fromSub": "ada", "toSub": to })), empty);
    }
}

#[test]
fn nobody_reads_what_others_say() {
    let world = World::new();
    let page = world.page("cyd", None);
    let asked = |from, to| json!({ "action": "GETMSG", "fromSub": from, "toSub": to });
    assert_eq!(page.is_refused(&asked("ada", "bob")), "forbidden");
    assert_eq!(page.is_refused(&asked("cyd", "cyd")), "invalid_request");
    assert_eq!(page.is_refused(&asked("cyd", "")), "invalid_request");
}

#[test]
fn a_greeting_is_off_unless_it_is_turned_on() {
    let world = World::new();
    let page = world.page("ada", None);
    let other = world.page("bob", None);
    assert_eq!(page.is_refused(&json!({ "action": "GREETING", "message": "hello" })), "forbidden");
    assert_eq!(other.hears(), Vec::<Value>::new());
}

#[test]
fn a_greeting_comes_to_every_other_page_once_a_minute() {
    let policy = Policy { broadcasts: true, ..Policy::default() };
    let world = World::with(policy, Some(Rates::default()));
    let page = world.page("ada", None);
    let others = [world.page("ada", None), world.page("bob", "cyd")];
    let phone = world.phone("bob");
    let hello = json!({ "action": "GREETING", "message": "hello" });
    page.says(&hello);
    for other in &others {
        assert_eq!(other.hears(), [json!({ "action": "GREETING", "value": "hello" })]);
    }
    assert_eq!(phone.hears(), Vec::<Value>::new(), "level 1 has no greetings");
    assert_eq!(page.hears(), Vec::<Value>::new());

    world.advance(59_999);
    let refused = page.asks(&hello);
    assert_eq!(refused["code"], "rate_limited");
    assert_eq!(refused["retryAfterMs"], 1);
    others[1].says(&hello);
    assert_eq!(page.hears_actions(), ["GREETING"], "each has a minute of his own");
    world.advance(1);
    page.says(&hello);
    assert_eq!(page.hears(), Vec::<Value>::new());
    assert_eq!(others[1].hears_actions(), ["GREETING"]);
}

#[test]
fn anything_else_is_an_invalid_request() {
    let world = World::new();
    let page = world.page("ada", "bob");
    for frame in [
        json!({ "action": "DANCE" }),
        json!({ "action": "ping" }),
        json!({ "action": "GETMSG" }),
        json!({ "action": "GETMSG", "fromSub": "ada" }),
        json!({ "action": "GETMSG", "conversationId": direct("ada", "bob") }),
        json!({ "action": "SENDMSG", "message": "hi" }),
        json!({ "action": "SENDMSG", "message": "hi", "conversationId": direct("ada", "bob") }),
        json!({ "action": "SENDMSG", "toSub": "bob" }),
        json!({ "action": "STATUS" }),
        json!({ "action": "SYNC" }),
        json!({ "action": "CONVERSATIONS" }),
        json!({ "action": "READ", "conversationId": direct("ada", "bob"), "seq": 1 }),
        json!({ "action": "TYPING", "conversationId": direct("ada", "bob"), "on": true }),
        json!({ "action": "WATCH", "subs": ["bob"] }),
    ] {
        assert_eq!(page.asks(&frame), invalid_request(), "{frame}");
    }
}

#[test]
fn fields_of_level_one_mean_nothing_to_a_page() {
    let world = World::new();
    let page = world.page("ada", "bob");
    let mut frame = sendmsg("ada", "bob", "hi");
    frame["conversationId"] = json!(direct("ada", "cyd"));
    frame["clientMsgId"] = json!("m1");
    page.says(&frame);
    page.says(&frame);
    assert_eq!(page.hears(), Vec::<Value>::new());
    let history = page.asks(&json!({ "action": "GETMSG", "fromSub": "ada", "toSub": "bob",
        "conversationId": direct("ada", "cyd"), "limit": 1 }));
    assert_eq!(history["messages"].as_array().unwrap().len(), 2);
}
