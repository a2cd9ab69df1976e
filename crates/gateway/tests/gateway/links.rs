//! `JOIN`, and the links that lead into rooms.

use std::time::Duration;

use aizuchi_core::{
    chat::Policy,
    ids::ConversationId,
    limits::MEMBERS,
    links::{LINK_MOST_MS, LINK_MS, LINKS, LinkId},
    outcome::Refusal,
};
use aizuchi_gateway::{
    decode::link_secret,
    encode::link_text,
    local::{Rate, Rates},
};
use pollster::block_on;
use serde_json::{Value, json};

use crate::support::{Phone, World, user};

/// A room of this person's, alone.
fn room(phone: &Phone<'_>) -> String {
    let ack = phone.asks(&json!({ "action": "CREATEROOM", "name": "Walks", "clientMsgId": "r" }));
    ack["conversationId"].as_str().unwrap().to_owned()
}

fn id(room: &str) -> ConversationId {
    ConversationId::parse(room).unwrap()
}

/// A link of ada's; its id and its secret.
fn make(world: &World, room: &str) -> (LinkId, String) {
    let made = block_on(world.gateway.chat().make_link(&user("ada"), &id(room), None));
    let (link, secret) = made.unwrap();
    (link.id, link_text(secret))
}

fn join(secret: &str, name: &str) -> Value {
    json!({ "action": "JOIN", "link": secret, "clientMsgId": name })
}

fn change(action: &str, room: &str, name: &str, more: &Value) -> Value {
    let mut frame = json!({ "action": action, "conversationId": room, "clientMsgId": name });
    for (key, value) in more.as_object().unwrap() {
        frame[key] = value.clone();
    }
    frame
}

fn previewed(world: &World, of: &str, secret: &str) -> Result<usize, Refusal> {
    let secret = link_secret(secret)?;
    Ok(block_on(world.gateway.chat().preview(&user(of), secret))?.members)
}

#[test]
fn whoever_holds_a_link_comes_in_once() {
    let world = World::new();
    let (ada, bob, tablet) = (world.phone("ada"), world.phone("bob"), world.phone("bob"));
    let room = room(&ada);
    let (_, secret) = make(&world, &room);
    assert_eq!(previewed(&world, "bob", &secret).unwrap(), 1);
    let ack = bob.asks(&join(&secret, "j1"));
    assert_eq!((&ack["conversationId"], &ack["seq"]), (&json!(room), &json!(2)), "{ack}");
    for phone in [&ada, &tablet] {
        let [told] = phone.hears().try_into().unwrap();
        assert_eq!(told["action"], "MEMBERSHIP");
        let joined = json!({ "type": "joined", "members": [{ "sub": "bob", "username": "Bob" }] });
        assert_eq!((&told["fromSub"], &told["change"]), (&json!("bob"), &joined));
    }
    assert_eq!(bob.asks(&join(&secret, "j1")), ack, "a resend changes nothing");
    let mut again = bob.asks(&join(&secret, "j2"));
    again["clientMsgId"] = json!("j1");
    assert_eq!(again, ack, "he is in it already");
    let own = ada.asks(&join(&secret, "j1"));
    assert_eq!((&own["conversationId"], &own["seq"]), (&json!(room), &json!(1)));
    assert!(ada.hears().is_empty() && tablet.hears().is_empty());
    // A frame that was on its way for long does not bring back who has left.
    bob.asks(&change("LEAVE", &room, "l1", &json!({})));
    assert_eq!(bob.asks(&join(&secret, "j1")), ack);
    let refused = bob.is_refused(&change("SENDMSG", &room, "m1", &json!({ "message": "x" })));
    assert_eq!(refused, "forbidden");
    assert_eq!(bob.asks(&join(&secret, "j3"))["seq"], 4, "he may come anew");
}

#[test]
fn a_link_leads_nowhere_once_it_is_over() {
    let world = World::new();
    let (ada, bob) = (world.phone("ada"), world.phone("bob"));
    let room = room(&ada);
    let (_, secret) = make(&world, &room);
    let (taken_back, revoked) = make(&world, &room);
    let chat = world.gateway.chat();
    block_on(chat.revoke_link(&user("ada"), &id(&room), taken_back)).unwrap();
    world.advance(LINK_MS - 1);
    assert_eq!(previewed(&world, "bob", &secret).unwrap(), 1);
    world.advance(1);
    let nobodys = "AAAAAAAAAAAAAAAAAAAAAA";
    for (secret, why) in [
        (&*secret, "This link has expired. Ask for a new one."),
        (&*revoked, "This link was taken back. Ask for a new one."),
        (nobodys, "This link leads nowhere. Ask for a new one."),
        ("no secret", "This is no link into a room."),
        ("", "This is no link into a room."),
    ] {
        let answer = bob.asks(&join(secret, "j1"));
        assert_eq!((&answer["code"], &answer["error"]), (&json!("not_found"), &json!(why)));
        let refused = previewed(&world, "bob", secret).unwrap_err();
        assert_eq!(refused.to_string(), why);
    }
    assert!(ada.hears().is_empty());
    // Who is in it is told so, whatever became of the link.
    assert_eq!(ada.asks(&join(&secret, "j1"))["seq"], 1);
    assert_eq!(block_on(chat.links(&user("ada"), &id(&room))).unwrap(), []);
}

#[test]
fn a_join_that_was_stored_is_acknowledged_whatever_became_of_the_link() {
    let world = World::new();
    let (ada, bob) = (world.phone("ada"), world.phone("bob"));
    let room = room(&ada);
    let (link, secret) = make(&world, &room);
    let ack = bob.asks(&join(&secret, "j1"));
    bob.asks(&change("LEAVE", &room, "l1", &json!({})));
    block_on(world.gateway.chat().revoke_link(&user("ada"), &id(&room), link)).unwrap();
    assert_eq!(bob.asks(&join(&secret, "j1")), ack);
    assert_eq!(bob.is_refused(&join(&secret, "j2")), "not_found");
}

#[test]
fn who_was_put_out_comes_back_by_invitation_alone() {
    let world = World::new();
    let (ada, bob) = (world.phone("ada"), world.phone("bob"));
    let room = room(&ada);
    let (_, secret) = make(&world, &room);
    bob.asks(&join(&secret, "j1"));
    ada.hears();
    ada.asks(&change("REMOVE", &room, "x1", &json!({ "sub": "bob" })));
    bob.hears();
    assert_eq!(bob.is_refused(&join(&secret, "j2")), "forbidden");
    ada.asks(&change("INVITE", &room, "i1", &json!({ "subs": ["bob"] })));
    bob.hears();
    bob.asks(&change("LEAVE", &room, "l1", &json!({})));
    assert_eq!(bob.asks(&join(&secret, "j3"))["action"], "ACK");
}

#[test]
fn a_link_is_for_nobody_whom_its_maker_blocks() {
    let world = World::new();
    let (ada, bob) = (world.phone("ada"), world.phone("bob"));
    let room = room(&ada);
    let (_, secret) = make(&world, &room);
    ada.asks(&json!({ "action": "BLOCK", "sub": "bob" }));
    assert_eq!(bob.is_refused(&join(&secret, "j1")), "forbidden");
    assert!(matches!(previewed(&world, "bob", &secret), Err(Refusal::Forbidden(_))));
    ada.asks(&json!({ "action": "UNBLOCK", "sub": "bob" }));
    assert_eq!(bob.asks(&join(&secret, "j1"))["action"], "ACK");
}

#[test]
fn a_link_leads_into_no_room_of_nobody() {
    let world = World::new();
    let (ada, bob) = (world.phone("ada"), world.phone("bob"));
    let room = room(&ada);
    let (_, secret) = make(&world, &room);
    ada.asks(&change("LEAVE", &room, "l1", &json!({})));
    assert_eq!(bob.is_refused(&join(&secret, "j1")), "not_found");
    assert!(matches!(previewed(&world, "bob", &secret), Err(Refusal::NotFound(_))));
}

#[test]
fn a_full_room_takes_nobody() {
    let world = World::new();
    let (ada, bob) = (world.phone("ada"), world.phone("bob"));
    let room = room(&ada);
    let (_, secret) = make(&world, &room);
    let names: Vec<String> = (1..MEMBERS).map(|number| format!("p{number}")).collect();
    names.iter().for_each(|name| world.sign_up(name, name));
    for (number, some) in names.chunks(50).enumerate() {
        let invite = change("INVITE", &room, &format!("i{number}"), &json!({ "subs": some }));
        assert_eq!(ada.asks(&invite)["action"], "ACK");
    }
    assert_eq!(previewed(&world, "bob", &secret).unwrap(), MEMBERS);
    assert_eq!(bob.is_refused(&join(&secret, "j1")), "conflict");
}

#[test]
fn only_who_leads_a_room_has_to_do_with_its_links() {
    let world = World::new();
    let (ada, bob, cyd) = (world.phone("ada"), world.phone("bob"), world.phone("cyd"));
    let room = room(&ada);
    ada.asks(&change("INVITE", &room, "i1", &json!({ "subs": ["bob"] })));
    let (link, secret) = make(&world, &room);
    let chat = world.gateway.chat();
    let all = |of: &str, room: &str| {
        let (of, room) = (user(of), ConversationId::parse(room).unwrap());
        [
            block_on(chat.make_link(&of, &room, None)).map(drop).unwrap_err(),
            block_on(chat.links(&of, &room)).map(drop).unwrap_err(),
            block_on(chat.revoke_link(&of, &room, link)).unwrap_err(),
        ]
    };
    for of in ["bob", "cyd"] {
        let refusals = all(of, &room);
        assert!(refusals.iter().all(|one| matches!(one, Refusal::Forbidden(_))), "{refusals:?}");
    }
    let of_two = all("ada", "d:ada:bob");
    assert!(of_two.iter().all(|one| matches!(one, Refusal::Invalid(_))), "{of_two:?}");
    let of_none = all("ada", "r:0");
    assert!(of_none.iter().all(|one| matches!(one, Refusal::NotFound(_))), "{of_none:?}");
    bob.hears();
    // It stays good when its maker leads the room no more, or is gone.
    let owner = json!({ "sub": "bob", "role": "owner" });
    ada.asks(&change("SETROLE", &room, "o1", &owner));
    ada.asks(&change("LEAVE", &room, "l1", &json!({})));
    assert_eq!(cyd.asks(&join(&secret, "j1"))["action"], "ACK");
    block_on(chat.revoke_link(&user("bob"), &id(&room), link)).unwrap();
    let again = block_on(chat.revoke_link(&user("bob"), &id(&room), link));
    assert!(matches!(again, Err(Refusal::NotFound(_))), "{again:?}");
}

#[test]
fn links_are_few_and_not_for_ever() {
    let world = World::new();
    let ada = world.phone("ada");
    let room = room(&ada);
    let make = |time: Option<u64>| {
        let time = time.map(Duration::from_millis);
        block_on(world.gateway.chat().make_link(&user("ada"), &id(&room), time))
    };
    for wrong in [0, LINK_MOST_MS + 1, u64::MAX] {
        assert!(matches!(make(Some(wrong)), Err(Refusal::Invalid(_))), "{wrong}");
    }
    let (longest, _) = make(Some(LINK_MOST_MS)).unwrap();
    assert_eq!(longest.expires_at, world.now() + LINK_MOST_MS);
    for _ in 1..LINKS {
        make(Some(1_000)).unwrap();
    }
    assert!(matches!(make(None), Err(Refusal::Conflict(_))));
    world.advance(1_000);
    let (link, _) = make(None).unwrap();
    assert_eq!(link.expires_at, world.now() + LINK_MS);
}

#[test]
fn to_try_links_is_limited() {
    let link = Rate { every_ms: 1_000, burst: 3 };
    let world = World::with(Policy::default(), Some(Rates { link, ..Rates::default() }));
    let bob = world.phone("bob");
    let guess = "AAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(bob.is_refused(&join(guess, "j1")), "not_found");
    assert!(matches!(previewed(&world, "bob", guess), Err(Refusal::NotFound(_))));
    assert_eq!(bob.is_refused(&join(guess, "j2")), "not_found");
    let refused = bob.asks(&join(guess, "j3"));
    assert_eq!(
        (&refused["code"], &refused["retryAfterMs"]),
        (&json!("rate_limited"), &json!(1_000))
    );
    let looked = previewed(&world, "bob", guess);
    assert!(matches!(looked, Err(Refusal::RateLimited { retry_after_ms: 1_000 })), "{looked:?}");
}

#[test]
fn no_page_of_level_zero_joins() {
    let world = World::new();
    let ada = world.phone("ada");
    let (_, secret) = make(&world, &room(&ada));
    let page = world.page("bob", "ada");
    assert_eq!(page.asks(&join(&secret, "j1"))["error"], "Invalid request");
    assert!(ada.hears().is_empty());
}
