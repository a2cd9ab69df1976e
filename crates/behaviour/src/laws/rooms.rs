//! Rooms.

use serde_json::{Value, json};

use crate::{
    people::{Person, World},
    socket::{Socket, says, seqs},
};

/// A frame about a room, under a fresh name.
pub(super) fn about(world: &World, action: &str, room: &str, more: &Value) -> Value {
    let mut frame = json!({ "action": action, "conversationId": room,
        "clientMsgId": world.fresh("r") });
    for (name, value) in more.as_object().unwrap() {
        frame[name] = value.clone();
    }
    frame
}

pub(super) fn says_in(world: &World, room: &str, text: &str) -> Value {
    about(world, "SENDMSG", room, &json!({ "message": text }))
}

pub(super) async fn create(
    world: &World,
    phone: &mut Socket,
    others: &[&Person],
    history: &str,
) -> String {
    let subs: Vec<_> = others.iter().map(|other| &other.sub).collect();
    let ack = phone
        .say(json!({ "action": "CREATEROOM", "name": " Walks 散歩 ", "subs": subs,
            "history": history, "clientMsgId": world.fresh("r") }))
        .await;
    assert_eq!(ack["seq"], 1);
    ack["conversationId"].as_str().unwrap().to_owned()
}

pub(super) async fn listed(phone: &mut Socket, room: &str) -> Option<Value> {
    let list = phone.ask(json!({ "action": "CONVERSATIONS" })).await;
    let mut all = list["conversations"].as_array().unwrap().iter();
    all.find(|one| one["conversationId"] == room).cloned()
}

pub async fn a_room_is_made_and_written_in(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let (mut anns, mut bobs) = (ann.phone().await, bob.phone().await);
    let frame = json!({ "action": "CREATEROOM", "name": " Walks 散歩 ",
        "subs": [bob.sub, cleo.sub, ann.sub], "clientMsgId": world.fresh("r") });
    let ack = anns.say(frame.clone()).await;
    let room = ack["conversationId"].as_str().unwrap().to_owned();
    assert!(room.starts_with("r:"), "{ack}");
    assert_eq!(anns.say(frame).await, ack, "a resend makes no second room");
    let told = bobs.expect("MEMBERSHIP").await;
    says(&told, &json!({ "conversationId": room, "kind": "membership", "fromSub": ann.sub }));
    says(&told["change"], &json!({ "type": "created", "name": "Walks 散歩", "history": "all" }));
    let members = told["change"]["members"].as_array().unwrap();
    assert_eq!(members[0], json!({ "sub": ann.sub, "username": ann.name }));
    assert_eq!(members.len(), 3);
    // Who was away finds it.
    let mut cleos = cleo.phone().await;
    let seen = listed(&mut cleos, &room).await.expect("the room in the list");
    says(
        &seen,
        &json!({ "name": "Walks 散歩", "memberCount": 3, "role": "member", "lastSeq": 1,
            "unread": 0 }),
    );
    assert_eq!(listed(&mut anns, &room).await.unwrap()["role"], "owner");
    let mut said = says_in(&world, &room, "hello, both");
    said["mentions"] = json!([cleo.sub]);
    let ack = bobs.say(said).await;
    for phone in [&mut anns, &mut cleos] {
        let heard = phone.message("hello, both").await;
        says(
            &heard,
            &json!({ "conversationId": room, "seq": 2, "fromSub": bob.sub,
                "messageId": ack["messageId"], "mentions": [cleo.sub] }),
        );
        assert!(heard.get("toSub").is_none(), "{heard}");
    }
    assert_eq!(listed(&mut cleos, &room).await.unwrap()["unread"], 1);
    let log = cleos.history(&room).await;
    assert_eq!(seqs(&log), [1, 2]);
    says(&log[0], &json!({ "kind": "membership", "message": "" }));
    cleos.ask(json!({ "action": "READ", "conversationId": room, "seq": 2 })).await;
    says(&anns.expect("READ").await, &json!({ "sub": cleo.sub, "seq": 2 }));
    assert_eq!(listed(&mut bobs, &room).await.unwrap()["reads"][&cleo.sub], 2);
    bobs.send(json!({ "action": "TYPING", "conversationId": room, "on": true })).await;
    says(&cleos.expect("TYPING").await, &json!({ "conversationId": room, "sub": bob.sub }));
}

pub async fn people_come_and_go(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let mut anns = ann.phone().await;
    let (mut bobs, mut cleos) = (bob.phone().await, cleo.phone().await);
    let room = create(&world, &mut anns, &[&bob], "all").await;
    let invite = about(&world, "INVITE", &room, &json!({ "subs": [cleo.sub] }));
    bobs.is_refused(invite.clone(), "forbidden").await;
    let admin = json!({ "sub": bob.sub, "role": "admin" });
    anns.say(about(&world, "SETROLE", &room, &admin)).await;
    assert_eq!(listed(&mut bobs, &room).await.unwrap()["role"], "admin");
    bobs.say(invite).await;
    says(&cleos.expect("MEMBERSHIP").await["change"], &json!({ "type": "invited" }));
    assert_eq!(seqs(&cleos.history(&room).await), [1, 2, 3], "he sees what was before");
    bobs.say(about(&world, "RENAME", &room, &json!({ "name": "Runs" }))).await;
    let is_renamed = |one: &Value| one["change"]["type"] == "renamed";
    assert_eq!(cleos.take("RENAME", is_renamed).await["change"]["name"], "Runs");
    let said = says_in(&world, &room, "before");
    let ack = cleos.say(said.clone()).await;
    bobs.say(about(&world, "REMOVE", &room, &json!({ "sub": cleo.sub }))).await;
    let is_removed = |one: &Value| one["change"]["type"] == "removed";
    assert_eq!(cleos.take("REMOVE", is_removed).await["change"]["sub"], cleo.sub);
    // Put out, he hears nothing more, and is told that it is over.
    anns.say(says_in(&world, &room, "he is gone")).await;
    cleos.heard_all().await;
    assert!(listed(&mut cleos, &room).await.is_none());
    for action in ["GETMSG", "TYPING"] {
        let frame = json!({ "action": action, "conversationId": room, "on": true });
        cleos.is_refused(frame, "forbidden").await;
    }
    cleos.is_refused(says_in(&world, &room, "and I?"), "forbidden").await;
    assert_eq!(cleos.say(said).await, ack, "what he said is still acknowledged");
    let sync = cleos.ask(json!({ "action": "SYNC", "cursors": { &room: 2 } })).await;
    let gone = sync["conversations"].as_array().unwrap().iter();
    let gone: Vec<_> = gone.filter(|one| one["conversationId"] == room).collect();
    assert!(gone.iter().all(|one| one.get("role").is_none() && one["members"] == json!([])));
    assert_eq!(gone.len(), 1);
    let entries = sync["entries"].as_array().unwrap();
    assert!(!json!(entries).to_string().contains("he is gone"), "{entries:?}");
    anns.is_refused(about(&world, "LEAVE", &room, &json!({})), "conflict").await;
    let owner = json!({ "sub": bob.sub, "role": "owner" });
    anns.say(about(&world, "SETROLE", &room, &owner)).await;
    anns.say(about(&world, "LEAVE", &room, &json!({}))).await;
    assert!(listed(&mut anns, &room).await.is_none());
    assert_eq!(listed(&mut bobs, &room).await.unwrap()["memberCount"], 1);
}

pub async fn whoever_comes_late_sees_what_the_room_lets_him(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let (mut anns, mut bobs) = (ann.phone().await, bob.phone().await);
    let room = create(&world, &mut anns, &[], "joined").await;
    anns.say(says_in(&world, &room, "before he came")).await;
    anns.say(about(&world, "INVITE", &room, &json!({ "subs": [bob.sub] }))).await;
    anns.say(says_in(&world, &room, "welcome")).await;
    let edit = json!({ "seq": 2, "message": "before, edited" });
    anns.say(about(&world, "EDITMSG", &room, &edit)).await;
    anns.say(says_in(&world, &room, "the end")).await;
    bobs.message("the end").await;
    let heard = bobs.rest().await;
    assert!(!json!(heard).to_string().contains("before"), "{heard:?}");
    assert_eq!(seqs(&bobs.history(&room).await), [3, 4, 6]);
    let newest = json!({ "action": "GETMSG", "conversationId": room });
    let page = bobs.ask(newest).await;
    assert_eq!(
        (seqs(page["messages"].as_array().unwrap()), &page["hasMore"]),
        (vec![3, 4, 6], &json!(false))
    );
    let react = json!({ "seq": 2, "emoji": "👍", "on": true });
    bobs.is_refused(about(&world, "REACT", &room, &react), "not_found").await;
    let sync = bobs.ask(json!({ "action": "SYNC", "cursors": { &room: 2 } })).await;
    let mut all = sync["entries"].as_array().unwrap().clone();
    if sync["more"] == true {
        all.extend(bobs.expect("SYNC").await["entries"].as_array().unwrap().iter().cloned());
    }
    assert_eq!(seqs(&all), [3, 4, 5, 6]);
    assert!(!json!(all).to_string().contains("before"), "{all:?}");
}

pub async fn what_is_asked_of_rooms_wrongly_is_refused(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let (mut anns, mut bobs) = (ann.phone().await, bob.phone().await);
    let room = create(&world, &mut anns, &[], "all").await;
    let named = |name: &str, subs: Value| {
        json!({ "action": "CREATEROOM", "name": name, "subs": subs,
            "clientMsgId": world.fresh("r") })
    };
    anns.is_refused(named("", json!([])), "invalid_request").await;
    anns.is_refused(named("a\nb", json!([])), "invalid_request").await;
    anns.is_refused(named(&"x".repeat(129), json!([])), "too_large").await;
    anns.is_refused(named("x", json!(["nobody of this name"])), "not_found").await;
    anns.is_refused(named("x", json!(vec!["x"; 51])), "invalid_request").await;
    let nobodys = "r:00000000000000000000000000000000";
    for (action, more) in [
        ("SENDMSG", json!({ "message": "x" })),
        ("INVITE", json!({ "subs": [bob.sub] })),
        ("LEAVE", json!({})),
        ("REMOVE", json!({ "sub": ann.sub })),
        ("RENAME", json!({ "name": "x" })),
        ("SETROLE", json!({ "sub": bob.sub, "role": "owner" })),
        ("REACT", json!({ "seq": 1, "emoji": "👍", "on": true })),
    ] {
        bobs.is_refused(about(&world, action, &room, &more), "forbidden").await;
        anns.is_refused(about(&world, action, nobodys, &more), "not_found").await;
    }
    for action in ["INVITE", "LEAVE", "RENAME"] {
        let more = json!({ "subs": [bob.sub], "name": "x" });
        anns.is_refused(about(&world, action, &ann.with(&bob), &more), "invalid_request").await;
    }
    anns.is_refused(about(&world, "INVITE", &room, &json!({ "subs": [] })), "invalid_request")
        .await;
    anns.is_refused(about(&world, "REMOVE", &room, &json!({ "sub": bob.sub })), "not_found").await;
    let role = json!({ "sub": ann.sub, "role": "emperor" });
    anns.is_refused(about(&world, "SETROLE", &room, &role), "invalid_request").await;
    assert_eq!(seqs(&anns.history(&room).await), [1], "nothing was stored");
}
