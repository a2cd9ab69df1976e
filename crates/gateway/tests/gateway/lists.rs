//! `CONVERSATIONS`: the list.

use serde_json::{Value, json};

use crate::support::{Phone, World, direct};

fn ask(phone: &Phone<'_>, limit: Option<usize>, cursor: Option<&Value>) -> Value {
    let mut frame = json!({ "action": "CONVERSATIONS" });
    if let Some(limit) = limit {
        frame["limit"] = json!(limit);
    }
    if let Some(cursor) = cursor {
        frame["cursor"] = cursor.clone();
    }
    phone.asks(&frame)
}

fn ids(answer: &Value) -> Vec<String> {
    let conversations = answer["conversations"].as_array().unwrap_or_else(|| panic!("{answer}"));
    conversations.iter().map(|one| one["conversationId"].as_str().unwrap().to_owned()).collect()
}

/// Follows the list's cursors to its end.
fn all(phone: &Phone<'_>, limit: Option<usize>) -> Vec<Value> {
    let mut pages = vec![ask(phone, limit, None)];
    while let Some(cursor) = pages.last().unwrap().get("cursor") {
        pages.push(ask(phone, limit, Some(&cursor.clone())));
    }
    pages
}

/// Ada writes to `many` people, one after another.
fn write_to_many(world: &World, many: usize, text: &str) -> Vec<String> {
    let ada = world.phone("ada");
    let partners = (0..many).map(|n| format!("p{n:03}"));
    partners
        .map(|partner| {
            world.sign_up(&partner, &partner);
            ada.writes(&partner, text, "m1");
            direct("ada", &partner)
        })
        .collect()
}

#[test]
fn a_conversation_is_listed_as_its_member_sees_it() {
    let world = World::new();
    let ada = world.phone("ada");
    let bob = world.phone("bob");
    ada.writes("bob", "one", "m1");
    let second = ada.writes("bob", "two", "m2");
    bob.says(&json!({ "action": "READ", "conversationId": direct("ada", "bob"), "seq": 1 }));
    bob.hears();
    let list = bob.asks(&json!({ "action": "CONVERSATIONS", "requestId": "r1" }));
    assert_eq!(
        list,
        json!({ "action": "CONVERSATIONS", "requestId": "r1", "conversations": [{
            "conversationId": direct("ada", "bob"),
            "members": [{ "sub": "ada", "username": "Ada" }, { "sub": "bob", "username": "Bob" }],
            "lastSeq": 2, "unread": 1, "reads": { "bob": 1 },
            "last": { "messageId": second["messageId"], "seq": 2, "message": "two",
                "fromSub": "ada", "timestamp": world.now(), "clientMsgId": "m2" } }] })
    );
    let own = world.phone("ada").asks(&json!({ "action": "CONVERSATIONS" }));
    assert_eq!(own["conversations"][0]["unread"], 0, "one's own messages are read");
    assert_eq!(own["conversations"][0]["reads"], json!({ "bob": 1 }), "sending moves no cursor");
}

#[test]
fn unread_stops_at_a_hundred() {
    let world = World::new();
    let ada = world.phone("ada");
    let bob = world.phone("bob");
    for n in 1..=101 {
        ada.writes("bob", "hi", &n.to_string());
        bob.hears();
        let expected = n.min(100);
        assert_eq!(ask(&bob, None, None)["conversations"][0]["unread"], expected);
    }
}

#[test]
fn the_most_recent_comes_first() {
    let world = World::new();
    let mut newest_first = write_to_many(&world, 3, "hi");
    newest_first.reverse();
    let ada = world.phone("ada");
    assert_eq!(ids(&ask(&ada, None, None)), newest_first);
    ada.writes("p000", "again", "m2");
    newest_first.rotate_right(1);
    assert_eq!(ids(&ask(&ada, None, None)), newest_first);
    ada.says(&json!({ "action": "READ", "conversationId": newest_first[2], "seq": 1 }));
    ada.hears();
    assert_eq!(ids(&ask(&ada, None, None)), newest_first, "reading changes no order");
}

#[test]
fn the_list_is_paged_to_its_end() {
    let world = World::new();
    let mut newest_first = write_to_many(&world, 120, "hi");
    newest_first.reverse();
    let ada = world.phone("ada");
    assert_eq!(ids(&ask(&ada, None, None)).len(), 50);
    for limit in [None, Some(1), Some(40), Some(100)] {
        let pages = all(&ada, limit);
        assert_eq!(pages.iter().flat_map(ids).collect::<Vec<_>>(), newest_first);
        assert_eq!(pages.len(), 120_usize.div_ceil(limit.unwrap_or(50)));
    }
    for limit in [0, 101] {
        assert_eq!(ask(&ada, Some(limit), None)["code"], "invalid_request");
    }
    let broken = json!({ "action": "CONVERSATIONS", "cursor": "next", "requestId": "r1" });
    let refused = ada.asks(&broken);
    assert_eq!(refused["code"], "invalid_request");
    assert_eq!(refused["requestId"], "r1");
}

#[test]
fn large_last_messages_make_more_pages() {
    for text in ["x".repeat(32_000), "\"".repeat(16_000), "\u{1}".repeat(5_300)] {
        let world = World::new();
        let mut newest_first = write_to_many(&world, 25, &text);
        newest_first.reverse();
        let pages = all(&world.phone("ada"), Some(100));
        assert_eq!(pages.iter().flat_map(ids).collect::<Vec<_>>(), newest_first);
        assert!(pages.len() > 5, "they do not fit in one frame");
        for page in &pages {
            let conversations = page["conversations"].as_array().unwrap();
            assert!(conversations.iter().all(|one| one["last"]["message"] == text));
        }
    }
}

#[test]
fn the_longest_ids_fit_too() {
    let world = World::new();
    let me = "\"".repeat(128);
    world.sign_up(&me, &"𠮷".repeat(64));
    let phone = world.phone(&me);
    for n in 0..100 {
        let partner = format!("{n:03}{}", "\"".repeat(125));
        world.sign_up(&partner, &format!("{n:03}{}", "𠮷".repeat(61)));
        phone.writes(&partner, "hi", &"\"".repeat(64));
        let partner = world.phone(&partner);
        for reader in [&phone, &partner] {
            reader.says(&json!({ "action": "READ", "conversationId": direct(
                phone.line.caller.user.as_str(), partner.line.caller.user.as_str()), "seq": 1 }));
        }
        phone.hears();
    }
    assert_eq!(all(&phone, Some(100)).iter().flat_map(ids).count(), 100);
    let mut brought = 0;
    phone.says(&json!({ "action": "SYNC" }));
    for frame in phone.hears() {
        brought += frame["conversations"].as_array().unwrap().len();
    }
    assert_eq!(brought, 100);
}
