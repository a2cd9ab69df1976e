//! Saying something at level 1, and what else passes between two people.

use aizuchi_core::error::PortError;
use pollster::block_on;
use serde_json::{Value, json};

use crate::support::{Fate, World, direct};

fn send(to: &str, message: &str, client_msg_id: &str) -> Value {
    json!({ "action": "SENDMSG", "toSub": to, "message": message, "clientMsgId": client_msg_id })
}

#[test]
fn a_ping_is_answered_with_its_request_id() {
    let world = World::new();
    let phone = world.phone("ada");
    assert_eq!(
        phone.asks(&json!({ "action": "PING", "requestId": "r1" })),
        json!({ "action": "PING", "value": "PONG", "requestId": "r1" })
    );
}

#[test]
fn a_message_is_acknowledged_with_its_place() {
    let world = World::new();
    let phone = world.phone("ada");
    let mut frame = send("bob", "hi", "m1");
    frame["requestId"] = json!("r1");
    let ack = phone.asks(&frame);
    assert_eq!(
        ack,
        json!({ "action": "ACK", "clientMsgId": "m1", "conversationId": direct("ada", "bob"),
            "messageId": ack["messageId"], "seq": 1, "timestamp": world.now(),
            "requestId": "r1" })
    );
    assert_eq!(ack["messageId"].as_str().unwrap().len(), 36);
    let next = phone.writes("bob", "and", "m2");
    assert_eq!(next["seq"], 2);
    assert_ne!(next["messageId"], ack["messageId"]);
}

#[test]
fn a_message_comes_to_every_other_device_of_both() {
    let world = World::new();
    let sender = world.phone("ada");
    let devices = [world.phone("ada"), world.phone("bob"), world.phone("bob")];
    let stranger = world.phone("cyd");
    let ack = sender
        .asks(&json!({ "action": "SENDMSG", "toSub": "bob", "message": "\u{1f9a9} \"hi\"",
        "clientMsgId": "m1", "replyTo": 1, "sentAt": -3, "requestId": "r1" }));
    let event = json!({ "action": "SENDMSG", "conversationId": direct("ada", "bob"),
        "messageId": ack["messageId"], "seq": 1, "message": "\u{1f9a9} \"hi\"", "fromSub": "ada",
        "toSub": "bob", "timestamp": world.now(), "sentAt": -3, "clientMsgId": "m1", "replyTo": 1 });
    for device in devices {
        assert_eq!(device.hears(), std::slice::from_ref(&event));
    }
    assert_eq!(stranger.hears(), Vec::<Value>::new());
    assert_eq!(sender.hears(), Vec::<Value>::new(), "it has its ACK");
}

#[test]
fn a_message_comes_to_the_pages_that_show_it() {
    let world = World::new();
    let sender = world.phone("ada");
    let shows = [world.page("bob", "ada"), world.page("ada", "bob")];
    let shows_not = [world.page("bob", "cyd"), world.page("ada", None), world.page("cyd", "bob")];
    sender.writes("bob", "hi", "m1");
    for page in shows {
        assert_eq!(
            page.hears(),
            [json!({ "action": "SENDMSG", "message": "hi", "fromSub": "ada", "toSub": "bob",
                "timestamp": world.now() })]
        );
    }
    for page in shows_not {
        assert!(!page.hears_actions().contains(&"SENDMSG".to_owned()));
    }
}

#[test]
fn a_conversation_is_as_good_a_target_as_a_person() {
    let world = World::new();
    let ada = world.phone("ada");
    let bob = world.phone("bob");
    ada.writes("bob", "hi", "m1");
    bob.hears();
    let ack = bob.asks(&json!({ "action": "SENDMSG", "conversationId": direct("ada", "bob"),
        "message": "hello", "clientMsgId": "m1" }));
    assert_eq!(ack["seq"], 2, "a clientMsgId is its author's");
    let [event] = ada.hears().try_into().unwrap();
    assert_eq!(event["toSub"], "ada");
}

#[test]
fn a_message_sent_twice_is_stored_once() {
    let world = World::new();
    let ada = world.phone("ada");
    let bob = world.phone("bob");
    let first = ada.writes("bob", "hi", "m1");
    ada.writes("bob", "and", "m2");
    assert_eq!(bob.hears().len(), 2);
    world.advance(90 * 24 * 60 * 60 * 1_000);
    let again = world.phone("ada").writes("bob", "hi, changed", "m1");
    assert_eq!(again, first, "the same answer, however much later");
    assert_eq!(bob.hears(), Vec::<Value>::new());
    let history = bob.asks(&json!({ "action": "GETMSG", "conversationId": direct("ada", "bob") }));
    assert_eq!(history["messages"].as_array().unwrap().len(), 2);
    let elsewhere = ada.writes("cyd", "hi", "m1");
    assert_ne!(elsewhere["messageId"], first["messageId"], "it is another conversation's too");
}

#[test]
fn nothing_is_said_of_a_message_before_it_is_durable() {
    let world = World::new();
    let ada = world.phone("ada");
    let bob = world.phone("bob");
    world.log().next(Fate::Late);
    let caller = &ada.line.caller;
    let request = world.gateway.decode(caller, &send("bob", "hi", "m1").to_string());
    assert!(request.is_append());
    let in_flight = block_on(world.gateway.handle(caller, request)).unwrap();
    let mut finish = Box::pin(world.gateway.finish(in_flight));
    let context = &mut std::task::Context::from_waker(std::task::Waker::noop());
    for _ in 0..3 {
        assert!(finish.as_mut().poll(context).is_pending());
        assert_eq!(ada.hears(), Vec::<Value>::new());
        assert_eq!(bob.hears(), Vec::<Value>::new());
    }
    let [name] = world.log().held().try_into().unwrap();
    world.log().release(name);
    assert!(finish.as_mut().poll(context).is_ready());
    assert_eq!(ada.hears_actions(), ["ACK"]);
    assert_eq!(bob.hears_actions(), ["SENDMSG"]);
}

#[test]
fn what_the_log_refuses_is_told_and_not_delivered() {
    let world = World::new();
    let ada = world.phone("ada");
    let bob = world.phone("bob");
    for (fate, code) in [
        (Fate::Fails(PortError::unavailable("the log", "disk on fire")), "unavailable"),
        (Fate::Fails(PortError::Conflict), "conflict"),
        (Fate::Fails(PortError::Rejected("too much")), "invalid_request"),
    ] {
        world.log().next(fate);
        let mut frame = send("bob", "hi", "m1");
        frame["requestId"] = json!("r1");
        let refused = ada.asks(&frame);
        assert_eq!(refused["code"], code);
        assert_eq!(refused["clientMsgId"], "m1");
        assert_eq!(refused["requestId"], "r1");
        let told = refused["error"].as_str().unwrap();
        for inside in ["log", "disk", "too much"] {
            assert!(!told.contains(inside), "{told}");
        }
        assert_eq!(bob.hears(), Vec::<Value>::new());
    }
    assert_eq!(ada.writes("bob", "hi", "m1")["seq"], 1);
}

#[test]
fn a_message_whose_answer_was_lost_is_found_by_its_resend() {
    let world = World::new();
    let ada = world.phone("ada");
    world.log().next(Fate::StoredAndUnanswered);
    assert_eq!(ada.is_refused(&send("bob", "hi", "m1")), "unavailable");
    assert_eq!(ada.writes("bob", "hi", "m1")["seq"], 1);
    assert_eq!(ada.writes("bob", "and", "m2")["seq"], 2);
}

#[test]
fn a_message_needs_somebody_else_and_a_text() {
    let world = World::new();
    let ada = world.phone("ada");
    for (frame, code) in [
        (send("ada", "hi", "m1"), "invalid_request"),
        (send("", "hi", "m1"), "invalid_request"),
        (send("b\0b", "hi", "m1"), "invalid_request"),
        (send("bob", "", "m1"), "invalid_request"),
        (send("bob", "a\0b", "m1"), "invalid_request"),
        (send("bob", "hi", ""), "invalid_request"),
        (send("bob", "hi", &"x".repeat(65)), "invalid_request"),
        (send("bob", "hi", "a\nb"), "invalid_request"),
        (send("nobody", "hi", "m1"), "not_found"),
    ] {
        let refused = ada.asks(&frame);
        assert_eq!(refused["code"], code, "{frame}");
        assert_eq!(refused["clientMsgId"], frame["clientMsgId"]);
    }
    assert_eq!(ada.writes("bob", "hi", &"x".repeat(64))["seq"], 1, "nothing of it was stored");
}

#[test]
fn a_message_has_one_target_and_a_name() {
    let world = World::new();
    let ada = world.phone("ada");
    let both = json!({ "action": "SENDMSG", "toSub": "bob", "message": "hi", "clientMsgId": "m1",
        "conversationId": direct("ada", "bob") });
    let none = json!({ "action": "SENDMSG", "message": "hi", "clientMsgId": "m1" });
    let nameless = json!({ "action": "SENDMSG", "toSub": "bob", "message": "hi" });
    for frame in [both, none, nameless] {
        assert_eq!(ada.is_refused(&frame), "invalid_request", "{frame}");
    }
    let mut forged = send("bob", "hi", "m1");
    forged["fromSub"] = json!("cyd");
    assert_eq!(ada.is_refused(&forged), "forbidden");
}

#[test]
fn nobody_writes_or_reads_where_he_is_no_member() {
    let world = World::new();
    world.phone("ada").writes("bob", "secret", "m1");
    let cyd = world.phone("cyd");
    let theirs = direct("ada", "bob");
    for frame in [
        json!({ "action": "SENDMSG", "conversationId": theirs, "message": "hi", "clientMsgId": "m" }),
        json!({ "action": "GETMSG", "conversationId": theirs }),
        json!({ "action": "READ", "conversationId": theirs, "seq": 1 }),
        json!({ "action": "TYPING", "conversationId": theirs, "on": true }),
    ] {
        assert_eq!(cyd.is_refused(&frame), "forbidden", "{frame}");
    }
    let asked = json!({ "action": "GETMSG", "fromSub": "ada", "toSub": "bob" });
    assert_eq!(cyd.is_refused(&asked), "forbidden");
    let room = json!({ "action": "GETMSG", "conversationId": "r:room" });
    assert_eq!(cyd.is_refused(&room), "not_found");
    let sync = cyd.asks(&json!({ "action": "SYNC", "cursors": { theirs: 0 } }));
    assert_eq!(sync["conversations"], json!([]));
    assert_eq!(sync["entries"], json!([]));
    let list = cyd.asks(&json!({ "action": "CONVERSATIONS" }));
    assert_eq!(list["conversations"], json!([]));
}

#[test]
fn a_read_cursor_moves_forward_and_tells_every_device() {
    let world = World::new();
    let ada = world.phone("ada");
    let [bob, other] = [world.phone("bob"), world.phone("bob")];
    let stranger = world.phone("cyd");
    for n in 1..=3 {
        ada.writes("bob", "hi", &format!("m{n}"));
    }
    for phone in [&bob, &other] {
        phone.hears();
    }
    let page = world.page("ada", "bob");
    let read = |seq: u64| {
        json!({ "action": "READ", "conversationId": direct("ada", "bob"),
        "seq": seq, "requestId": "r" })
    };
    let moved = |seq: u64| {
        json!({ "action": "READ", "conversationId": direct("ada", "bob"),
        "sub": "bob", "seq": seq })
    };
    let answered = |seq: u64| {
        let mut answer = moved(seq);
        answer["requestId"] = json!("r");
        answer
    };
    // (asked for, where it stands then, whether it moved)
    for (seq, stands, tells) in [
        (2, 2, true),
        (1, 2, false),
        (2, 2, false),
        (0, 2, false),
        (u64::MAX, 3, true),
        (9, 3, false),
    ] {
        assert_eq!(bob.asks(&read(seq)), answered(stands));
        let told = if tells { vec![moved(stands)] } else { Vec::new() };
        assert_eq!(ada.hears(), told);
        assert_eq!(other.hears(), told);
    }
    assert_eq!(page.hears(), Vec::<Value>::new(), "level 0 knows no cursors");
    assert_eq!(stranger.hears(), Vec::<Value>::new());
}

#[test]
fn a_read_cursor_of_a_conversation_that_has_not_begun_stands_at_its_beginning() {
    let world = World::new();
    let ada = world.phone("ada");
    let read = json!({ "action": "READ", "conversationId": direct("ada", "bob"), "seq": 4 });
    assert_eq!(ada.asks(&read)["seq"], 0);
    ada.writes("bob", "hi", "m1");
    let list = ada.asks(&json!({ "action": "CONVERSATIONS" }));
    assert_eq!(list["conversations"][0]["reads"], json!({}));
}

#[test]
fn typing_is_told_to_the_other_one() {
    let world = World::new();
    let [ada, own] = [world.phone("ada"), world.phone("ada")];
    let devices = [world.phone("bob"), world.phone("bob")];
    let page = world.page("bob", "ada");
    for on in [true, false] {
        ada.says(&json!({ "action": "TYPING", "conversationId": direct("ada", "bob"), "on": on,
            "requestId": "r" }));
        for device in &devices {
            assert_eq!(
                device.hears(),
                [json!({ "action": "TYPING", "conversationId": direct("ada", "bob"),
                    "sub": "ada", "on": on })]
            );
        }
        for silent in [&ada, &own, &page] {
            assert_eq!(silent.hears(), Vec::<Value>::new());
        }
    }
    let list = ada.asks(&json!({ "action": "CONVERSATIONS" }));
    assert_eq!(list["conversations"], json!([]), "it is never stored");
}
