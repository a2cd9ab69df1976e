//! Whoever is not in a conversation sees nothing of it, and changes nothing.

use serde_json::{Value, json};

use crate::{people::World, socket::seqs};

pub async fn whoever_is_not_in_a_conversation_may_do_nothing_with_it(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let (mut anns, mut bobs) = (ann.phone().await, bob.phone().await);
    let mut cleos = cleo.phone().await;
    anns.say(bob.is_told("between us")).await;
    bobs.message("between us").await;
    let id = ann.with(&bob);
    for frame in [
        json!({ "action": "GETMSG", "conversationId": id }),
        json!({ "action": "GETMSG", "fromSub": ann.sub, "toSub": bob.sub }),
        json!({ "action": "READ", "conversationId": id, "seq": 1 }),
        json!({ "action": "TYPING", "conversationId": id, "on": true }),
        json!({ "action": "SENDMSG", "conversationId": id, "message": "me too",
            "clientMsgId": world.fresh("m") }),
    ] {
        cleos.is_refused(frame, "forbidden").await;
    }
    assert_eq!(seqs(&anns.history(&id).await), [1]);
    let list = bobs.ask(json!({ "action": "CONVERSATIONS" })).await;
    assert_eq!(list["conversations"][0]["reads"], json!({}));
    anns.heard_all().await;
    bobs.heard_all().await;
}

pub async fn whoever_is_not_in_a_conversation_hears_nothing_of_it(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let (mut anns, mut bobs) = (ann.phone().await, bob.phone().await);
    let (mut phone, mut page) = (cleo.phone().await, cleo.page(&ann).await);
    let id = ann.with(&bob);
    anns.say(bob.is_told("between us")).await;
    bobs.message("between us").await;
    bobs.ask(json!({ "action": "READ", "conversationId": id, "seq": 1 })).await;
    bobs.send(json!({ "action": "TYPING", "conversationId": id, "on": true })).await;
    anns.expect("READ").await;
    anns.expect("TYPING").await;
    phone.heard_all().await;
    page.heard_all().await;
    let list = phone.ask(json!({ "action": "CONVERSATIONS" })).await;
    assert_eq!(list["conversations"], json!([]));
    for cursors in [json!({}), json!({ id: 0 })] {
        let brought = phone.ask(json!({ "action": "SYNC", "cursors": cursors })).await;
        let nothing = [&brought["conversations"], &brought["entries"]];
        assert_eq!(nothing, [&json!([]), &json!([])], "{brought}");
        assert_eq!(brought["more"], Value::Bool(false));
    }
}

pub async fn what_is_no_conversation_is_not_found(world: World) {
    let ann = world.person("ann").await;
    let mut phone = ann.phone().await;
    let room = format!("r:{}", world.fresh("room"));
    for frame in [
        json!({ "action": "GETMSG", "conversationId": room }),
        json!({ "action": "READ", "conversationId": room, "seq": 1 }),
        json!({ "action": "TYPING", "conversationId": room, "on": true }),
        json!({ "action": "SENDMSG", "conversationId": room, "message": "hi",
            "clientMsgId": world.fresh("m") }),
    ] {
        phone.is_refused(frame, "not_found").await;
    }
}
