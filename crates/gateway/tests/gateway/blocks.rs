//! What passes between people who block each other, and whom presence is shown.

use aizuchi_core::{handlers::export::Exported, ids::ConversationId, relations::Audience};
use pollster::block_on;
use serde_json::{Value, json};

use crate::support::{Phone, World};

fn block(sub: &str) -> Value {
    json!({ "action": "BLOCK", "sub": sub })
}

fn unblock(sub: &str) -> Value {
    json!({ "action": "UNBLOCK", "sub": sub })
}

fn watch(subs: &[&str]) -> Value {
    json!({ "action": "WATCH", "subs": subs })
}

fn is_online(sub: &str) -> Value {
    json!({ "action": "ISONLINE", "sub": sub, "value": "1" })
}

fn looks_gone(sub: &str) -> Value {
    json!({ "action": "ISONLINE", "sub": sub, "value": "0" })
}

fn message(to: &str, id: &str) -> Value {
    json!({ "action": "SENDMSG", "toSub": to, "message": "hi", "clientMsgId": id })
}

fn shows_to(world: &World, phone: &Phone<'_>, audience: Audience) {
    block_on(world.gateway.set_audience(&phone.line.caller, audience)).unwrap();
}

#[test]
fn a_block_is_told_to_all_devices_of_who_made_it_and_to_nobody_else() {
    let world = World::new();
    let (phone, tablet, bob) = (world.phone("ada"), world.phone("ada"), world.phone("bob"));
    let mut frame = block("bob");
    frame["requestId"] = json!("r1");
    assert_eq!(phone.asks(&frame), json!({ "action": "BLOCK", "sub": "bob", "requestId": "r1" }));
    assert_eq!(tablet.hears(), [block("bob")]);
    assert_eq!(phone.asks(&unblock("bob")), unblock("bob"));
    assert_eq!(tablet.hears(), [unblock("bob")]);
    assert!(bob.hears().is_empty());
}

#[test]
fn what_cannot_be_blocked_is_refused() {
    let world = World::new();
    let ada = world.phone("ada");
    assert_eq!(ada.is_refused(&block("ada")), "invalid_request");
    assert_eq!(ada.is_refused(&block("nobody")), "not_found");
    assert_eq!(ada.is_refused(&block("")), "invalid_request");
    assert_eq!(ada.is_refused(&json!({ "action": "BLOCK" })), "invalid_request");
    assert_eq!(ada.asks(&unblock("nobody")), unblock("nobody"));
    let page = world.page("ada", "bob");
    assert_eq!(page.asks(&block("bob"))["error"], "Invalid request", "no page says that");
}

#[test]
fn no_message_passes_either_way_and_nothing_is_stored() {
    let world = World::new();
    let (ada, bob) = (world.phone("ada"), world.phone("bob"));
    ada.writes("bob", "before", "m1");
    bob.hears();
    ada.asks(&block("bob"));
    assert_eq!(bob.is_refused(&message("ada", "m2")), "forbidden");
    assert_eq!(ada.is_refused(&message("bob", "m3")), "forbidden");
    let mut named = message("bob", "m4");
    named["conversationId"] = json!("d:ada:bob");
    named.as_object_mut().unwrap().remove("toSub");
    assert_eq!(ada.is_refused(&named), "forbidden", "by its other name");
    let page = world.page("bob", "ada");
    page.says(&json!({ "action": "SENDMSG", "message": "hi", "fromSub": "bob", "toSub": "ada" }));
    assert_eq!(page.hears()[0]["action"], "ERROR");
    assert!(ada.hears().is_empty());
    let history = json!({ "action": "GETMSG", "conversationId": "d:ada:bob" });
    assert_eq!(ada.asks(&history)["messages"].as_array().unwrap().len(), 1);
    // Others are not concerned, and it is taken back.
    let cyd = world.phone("cyd");
    cyd.writes("ada", "hello", "m5");
    ada.hears();
    ada.asks(&unblock("bob"));
    assert_eq!(bob.writes("ada", "after", "m6")["seq"], 2);
}

#[test]
fn neither_typing_nor_reading_passes() {
    let world = World::new();
    let (ada, bob, bobs) = (world.phone("ada"), world.phone("bob"), world.phone("bob"));
    ada.writes("bob", "before", "m1");
    for device in [&bob, &bobs] {
        device.hears();
    }
    ada.asks(&block("bob"));
    let typing = json!({ "action": "TYPING", "conversationId": "d:ada:bob", "on": true });
    bob.says(&typing);
    ada.says(&typing);
    bob.says(&json!({ "action": "READ", "conversationId": "d:ada:bob", "seq": 1 }));
    assert_eq!(bob.hears_actions(), ["READ"]);
    assert_eq!(bobs.hears_actions(), ["READ"], "one's own devices follow");
    assert!(ada.hears().is_empty());
    ada.asks(&unblock("bob"));
    bob.says(&typing);
    assert_eq!(ada.hears_actions(), ["TYPING"]);
}

#[test]
fn who_is_blocked_looks_gone_at_once_and_is_back_afterwards() {
    let world = World::new();
    let (ada, bob) = (world.phone("ada"), world.phone("bob"));
    for (phone, sub) in [(&ada, "bob"), (&bob, "ada")] {
        phone.says(&watch(&[sub]));
        assert_eq!(phone.hears(), [is_online(sub)]);
    }
    ada.says(&block("bob"));
    assert_eq!(ada.hears(), [block("bob"), looks_gone("bob")]);
    assert_eq!(bob.hears(), [looks_gone("ada")]);
    // He looks again, as a page does too, and is told nothing else.
    bob.says(&watch(&["ada", "cyd"]));
    assert_eq!(bob.hears(), [looks_gone("ada"), looks_gone("cyd")]);
    let page = world.page("bob", "ada");
    page.says(&json!({ "action": "STATUS", "partnerSub": "ada" }));
    let told = page.hears();
    assert_eq!(told[1], json!({ "action": "ISONLINE", "value": "0" }), "{told:?}");
    world.advance(1_000);
    ada.leaves();
    let ada = world.phone("ada");
    assert!(bob.hears().is_empty() && page.hears().is_empty(), "nothing is told live");
    ada.says(&unblock("bob"));
    assert_eq!(ada.hears(), [unblock("bob")]);
    assert_eq!(bob.hears(), [is_online("ada")]);
    assert_eq!(page.hears(), [json!({ "action": "ISONLINE", "value": "1" })]);
    ada.leaves();
    assert_eq!(bob.hears()[0]["lastSeen"], world.now());
}

#[test]
fn who_shows_himself_to_nobody_sees_nobody() {
    let world = World::new();
    let (ada, bob) = (world.phone("ada"), world.phone("bob"));
    bob.says(&watch(&["ada"]));
    assert_eq!(bob.hears(), [is_online("ada")]);
    shows_to(&world, &ada, Audience::Nobody);
    assert_eq!(bob.hears(), [looks_gone("ada")]);
    ada.says(&watch(&["bob"]));
    assert_eq!(ada.hears(), [looks_gone("bob")]);
    bob.leaves();
    let bob = world.phone("bob");
    assert!(ada.hears().is_empty(), "nor live");
    bob.says(&watch(&["ada"]));
    assert_eq!(bob.hears(), [looks_gone("ada")]);
    shows_to(&world, &ada, Audience::Everybody);
    assert_eq!(bob.hears(), [is_online("ada")]);
    ada.says(&watch(&["bob"]));
    assert_eq!(ada.hears(), [is_online("bob")]);
}

#[test]
fn who_shows_himself_to_contacts_is_seen_by_them() {
    let world = World::new();
    let (ada, bob, cyd) = (world.phone("ada"), world.phone("bob"), world.phone("cyd"));
    ada.writes("bob", "hi", "m1");
    bob.hears();
    shows_to(&world, &ada, Audience::Contacts);
    for (phone, told) in [(&bob, is_online("ada")), (&cyd, looks_gone("ada"))] {
        phone.says(&watch(&["ada"]));
        assert_eq!(phone.hears(), [told]);
    }
    world.advance(1_000);
    ada.leaves();
    assert_eq!(bob.hears()[0]["lastSeen"], world.now());
    let ada = world.phone("ada");
    assert_eq!(bob.hears(), [is_online("ada")]);
    assert!(cyd.hears().is_empty());
    ada.says(&watch(&["cyd"]));
    assert_eq!(ada.hears(), [is_online("cyd")], "others may show themselves to more");
}

#[test]
fn nothing_new_is_done_to_what_was_said_before_a_block() {
    let world = World::new();
    let (ada, bob) = (world.phone("ada"), world.phone("bob"));
    let conversation = "d:ada:bob";
    ada.writes("bob", "mine", "m1");
    bob.hears();
    bob.writes("ada", "his", "m2");
    ada.hears();
    ada.asks(&block("bob"));
    ada.hears();
    bob.hears();
    let about = |action: &str, seq: u64, id: &str| {
        json!({ "action": action, "conversationId": conversation, "seq": seq, "message": "other",
            "emoji": "👍", "on": true, "clientMsgId": id })
    };
    for (phone, own, other) in [(&ada, 1, 2), (&bob, 2, 1)] {
        assert_eq!(phone.is_refused(&about("EDITMSG", own, "e1")), "forbidden");
        assert_eq!(phone.is_refused(&about("REACT", other, "r1")), "forbidden");
        assert_eq!(phone.is_refused(&about("REACT", own, "r1")), "forbidden");
    }
    let delete = about("DELMSG", 2, "d1");
    assert_eq!(bob.asks(&delete)["action"], "ACK", "what one said is taken back all the same");
    ada.hears();
    ada.asks(&unblock("bob"));
    assert_eq!(ada.asks(&about("EDITMSG", 1, "e1"))["seq"], 4);
}

#[test]
fn how_far_the_other_has_read_is_not_told_while_a_block_stands() {
    let world = World::new();
    let (ada, bob) = (world.phone("ada"), world.phone("bob"));
    let room = ada.asks(&json!({ "action": "CREATEROOM", "name": "Walks", "subs": ["bob", "cyd"],
        "clientMsgId": "r1" }));
    let room = room["conversationId"].as_str().unwrap().to_owned();
    ada.writes("bob", "hi", "m1");
    for conversation in ["d:ada:bob", &room] {
        for phone in [&ada, &bob, &world.phone("cyd")] {
            phone.says(&json!({ "action": "READ", "conversationId": conversation, "seq": 1 }));
        }
    }
    let all_told = |phone: &Phone<'_>| {
        phone.hears();
        let listed = phone.asks(&json!({ "action": "CONVERSATIONS" }));
        let synced = phone.asks(&json!({ "action": "SYNC" }));
        let exported = world.gateway.chat().export(&phone.line.caller.user, None);
        let exported = block_on(exported).unwrap().items;
        let exported = exported.iter().filter_map(|item| match item {
            Exported::Conversation(seen) => Some(seen.summary.reads.len() as u64),
            Exported::Entry(..) => None,
        });
        let reads = |frame: &Value| -> u64 {
            let all = frame["conversations"].as_array().unwrap().iter();
            all.map(|one| one["reads"].as_object().unwrap().len() as u64).sum()
        };
        let own = &phone.line.caller.user;
        let room = ConversationId::parse(&room).unwrap();
        let members = block_on(world.gateway.chat().room_members(own, &room, None, None));
        let read = members.unwrap().members.iter().map(|one| one.read).sum();
        [reads(&listed), reads(&synced), exported.sum(), read]
    };
    assert_eq!((all_told(&ada), all_told(&bob)), ([5, 5, 5, 3], [5, 5, 5, 3]));
    ada.asks(&block("bob"));
    assert_eq!((all_told(&ada), all_told(&bob)), ([3, 3, 3, 2], [3, 3, 3, 2]));
    assert_eq!(all_told(&world.phone("cyd")), [3, 3, 3, 3]);
    ada.asks(&unblock("bob"));
    assert_eq!(all_told(&bob), [5, 5, 5, 3]);
}
