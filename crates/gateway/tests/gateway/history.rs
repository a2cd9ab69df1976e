//! Pages of history: their edges, and what fits in a frame.

use aizuchi_core::{
    ids::{ConversationId, MessageId},
    limits::MESSAGE_BYTES,
    log::{Body, LogStore, NewEntry},
};
use aizuchi_wire::limits::{INBOUND_BYTES, OUTBOUND_BYTES};
use serde_json::{Value, json};

use crate::support::{Phone, World, direct, user};

/// Says `many` messages from ada to bob: "1", "2", …
fn talk(world: &World, many: usize) {
    let ada = world.phone("ada");
    for n in 1..=many {
        ada.writes("bob", &n.to_string(), &format!("m{n}"));
    }
}

fn ask(phone: &Phone<'_>, more: Value) -> Value {
    let mut frame = json!({ "action": "GETMSG", "conversationId": direct("ada", "bob") });
    frame.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    phone.asks(&frame)
}

fn seqs(answer: &Value) -> Vec<u64> {
    let messages = answer["messages"].as_array().unwrap_or_else(|| panic!("{answer}"));
    messages.iter().map(|message| message["seq"].as_u64().unwrap()).collect()
}

/// Texts that are as long as a frame lets them, and take as much or more room
/// on their way out.
fn longest_texts() -> [String; 4] {
    let around =
        json!({ "action": "SENDMSG", "toSub": "bob", "message": "", "clientMsgId": "m000" });
    let room = INBOUND_BYTES - around.to_string().len();
    [
        "x".repeat(room),
        "\u{1f9a9}".repeat(room / 4),
        "\"".repeat(room / 2),
        "\u{1}".repeat(room / 6),
    ]
}

#[test]
fn a_page_tells_where_it_is_from() {
    let world = World::new();
    talk(&world, 1);
    let page = ask(&world.phone("bob"), json!({ "requestId": "r1" }));
    let message = &page["messages"][0];
    assert_eq!(
        page,
        json!({ "action": "GETMSG", "conversationId": direct("ada", "bob"), "hasMore": false,
            "requestId": "r1", "messages": [{ "messageId": message["messageId"], "seq": 1,
                "message": "1", "fromSub": "ada", "timestamp": world.now(), "clientMsgId": "m1" }] })
    );
}

#[test]
fn a_conversation_that_has_not_begun_is_an_empty_page() {
    let world = World::new();
    for span in [json!({}), json!({ "before": 9 }), json!({ "after": 0 })] {
        let page = ask(&world.phone("ada"), span);
        assert_eq!(page["messages"], json!([]));
        assert_eq!(page["hasMore"], false);
    }
}

#[test]
fn pages_end_at_the_edges() {
    let world = World::new();
    talk(&world, 6);
    let bob = world.phone("bob");
    for (span, expected, has_more) in [
        (json!({ "limit": 2 }), vec![5, 6], true),
        (json!({ "limit": 6 }), vec![1, 2, 3, 4, 5, 6], false),
        (json!({ "before": 5, "limit": 2 }), vec![3, 4], true),
        (json!({ "before": 3, "limit": 2 }), vec![1, 2], false),
        (json!({ "before": 1 }), vec![], false),
        (json!({ "before": 0 }), vec![], false),
        (json!({ "before": u64::MAX, "limit": 1 }), vec![6], true),
        (json!({ "after": 0, "limit": 2 }), vec![1, 2], true),
        (json!({ "after": 4, "limit": 2 }), vec![5, 6], false),
        (json!({ "after": 6 }), vec![], false),
        (json!({ "after": u64::MAX }), vec![], false),
    ] {
        let page = ask(&bob, span.clone());
        assert_eq!(seqs(&page), expected, "{span}");
        assert_eq!(page["hasMore"], has_more, "{span}");
    }
}

#[test]
fn a_page_holds_fifty_unless_told_and_two_hundred_at_most() {
    let world = World::new();
    talk(&world, 201);
    let bob = world.phone("bob");
    assert_eq!(seqs(&ask(&bob, json!({}))), (152..=201).collect::<Vec<_>>());
    let most = ask(&bob, json!({ "limit": 200 }));
    assert_eq!(seqs(&most), (2..=201).collect::<Vec<_>>());
    assert_eq!(most["hasMore"], true);
    for limit in [0, 201, u32::MAX] {
        assert_eq!(ask(&bob, json!({ "limit": limit }))["code"], "invalid_request");
    }
    assert_eq!(ask(&bob, json!({ "before": 3, "after": 1 }))["code"], "invalid_request");
}

#[test]
fn whatever_its_texts_a_page_fits_in_a_frame_and_skips_nothing() {
    for text in longest_texts() {
        let world = World::new();
        let ada = world.phone("ada");
        for n in 1..=12 {
            ada.writes("bob", &text, &format!("m{n:03}"));
        }
        let bob = world.phone("bob");
        let whole = |page: &Value| {
            assert!(page["messages"].as_array().unwrap().iter().all(|m| m["message"] == text));
        };

        let mut backwards = Vec::new();
        let mut before = json!({ "limit": 200 });
        loop {
            let page = ask(&bob, before);
            whole(&page);
            backwards.splice(0..0, seqs(&page));
            before = json!({ "limit": 200, "before": seqs(&page)[0] });
            if page["hasMore"] == false {
                break;
            }
        }
        assert_eq!(backwards, (1..=12).collect::<Vec<_>>());

        let mut forwards = Vec::new();
        loop {
            let after = forwards.last().copied().unwrap_or(0);
            let page = ask(&bob, json!({ "limit": 200, "after": after }));
            whole(&page);
            forwards.extend(seqs(&page));
            if page["hasMore"] == false {
                break;
            }
        }
        assert_eq!(forwards, (1..=12).collect::<Vec<_>>());
    }
}

#[test]
fn what_does_not_fit_is_left_out_at_the_far_end() {
    let world = World::new();
    let ada = world.phone("ada");
    let [.., quotes, _] = longest_texts();
    for n in 1..=12 {
        ada.writes("bob", &quotes, &format!("m{n:03}"));
    }
    let bob = world.phone("bob");
    let newest = ask(&bob, json!({}));
    assert_eq!(seqs(&newest).last(), Some(&12));
    assert_eq!(newest["hasMore"], true);
    let oldest = ask(&bob, json!({ "after": 0 }));
    assert_eq!(seqs(&oldest).first(), Some(&1));
    assert_eq!(oldest["hasMore"], true);
    assert!(seqs(&oldest).len() >= 3, "and no more than need be");
}

#[test]
fn a_level_zero_history_is_the_newest_part_that_fits() {
    for text in longest_texts() {
        let world = World::new();
        let ada = world.phone("ada");
        for n in 1..=12 {
            world.advance(1);
            ada.writes("bob", &text, &format!("m{n:03}"));
        }
        let page = world.page("bob", "ada");
        page.says(&json!({ "action": "GETMSG", "fromSub": "bob", "toSub": "ada" }));
        let [frame] = page.frames().try_into().unwrap();
        assert!(frame.len() <= OUTBOUND_BYTES);
        let history: Value = serde_json::from_slice(&frame).unwrap();
        let messages = history["messages"].as_array().unwrap();
        assert!(messages.len() >= 3);
        let times: Vec<_> = messages.iter().map(|one| one["timestamp"].as_u64().unwrap()).collect();
        let newest: Vec<_> = (0..times.len() as u64).map(|n| world.now() - n).rev().collect();
        assert_eq!(times, newest);
    }
}

#[test]
fn a_level_zero_history_of_short_messages_fills_its_frame() {
    let world = World::new();
    world.sign_up("a", "A");
    world.sign_up("b", "B");
    let phone = world.phone("a");
    for n in 0..1_200 {
        phone.writes("b", "x", &n.to_string());
    }
    let page = world.page("b", "a");
    page.says(&json!({ "action": "GETMSG", "fromSub": "b", "toSub": "a" }));
    let [frame] = page.frames().try_into().unwrap();
    let history: Value = serde_json::from_slice(&frame).unwrap();
    let message = history["messages"][0].to_string().len() + 1;
    assert!(frame.len() <= OUTBOUND_BYTES);
    assert!(frame.len() + message > OUTBOUND_BYTES, "not one more would fit");
}

/// What an import brings may take six times its length in a frame; no frame of a
/// client's could have brought it.
#[test]
fn a_text_of_control_characters_is_shown_as_far_as_it_fits() {
    let world = World::new();
    world.sign_up("ada", "Ada");
    let bob = world.phone("bob");
    let [a, b] = [user("ada"), user("bob")];
    for n in 0..3 {
        let entry = NewEntry {
            conversation: ConversationId::direct(&a, &b).unwrap(),
            author: a.clone(),
            client_msg_id: None,
            message_id: MessageId::new(world.now(), n),
            timestamp: world.now(),
            sent_at: None,
            body: Body::said("\u{1}".repeat(MESSAGE_BYTES), None),
        };
        pollster::block_on(world.log().append(entry)).unwrap();
    }
    let sync = json!({ "action": "SYNC", "cursors": { direct("ada", "bob"): 0 } });
    bob.says(&sync);
    let synced = bob.hears();
    let entries: Vec<_> =
        synced.iter().flat_map(|frame| frame["entries"].as_array().unwrap()).collect();
    let listed = bob.asks(&json!({ "action": "CONVERSATIONS" }));
    let page = ask(&bob, json!({}));
    assert_eq!(seqs(&page).last(), Some(&3));
    let shown = [entries[0], &listed["conversations"][0]["last"], &page["messages"][0]];
    assert_eq!(entries.len(), 3);
    for one in shown {
        assert_eq!(one["message"], "\u{1}".repeat(64 * 1024 / 6));
    }
    let old = world.page("bob", "ada");
    old.says(&json!({ "action": "GETMSG", "fromSub": "bob", "toSub": "ada" }));
    let [frame] = old.frames().try_into().unwrap();
    assert!(frame.len() <= OUTBOUND_BYTES);
}
