//! `EDITMSG`, `DELMSG` and `REACT`.

use serde_json::{Value, json};

use crate::{
    people::{Person, World},
    socket::{Socket, says, seqs},
};

/// A frame that changes the message at `seq`, under a fresh name.
fn change(world: &World, action: &str, conversation: &str, seq: u64) -> Value {
    json!({ "action": action, "conversationId": conversation, "seq": seq,
        "clientMsgId": world.fresh("c") })
}

fn edit(world: &World, conversation: &str, seq: u64, text: &str) -> Value {
    let mut frame = change(world, "EDITMSG", conversation, seq);
    frame["message"] = json!(text);
    frame
}

fn react(world: &World, conversation: &str, seq: u64, emoji: &str, on: bool) -> Value {
    let mut frame = change(world, "REACT", conversation, seq);
    frame["emoji"] = json!(emoji);
    frame["on"] = json!(on);
    frame
}

/// What was brought of a conversation's entries after a place.
async fn entries(phone: &mut Socket, conversation: &str, after: u64) -> Vec<Value> {
    let mut answer =
        phone.ask(json!({ "action": "SYNC", "cursors": { conversation: after } })).await;
    let mut all = answer["entries"].as_array().unwrap().clone();
    while answer["more"] == true {
        answer = phone.expect("SYNC").await;
        all.extend(answer["entries"].as_array().unwrap().iter().cloned());
    }
    all.retain(|entry| entry["conversationId"] == conversation);
    all
}

async fn at(phone: &mut Socket, conversation: &str, seq: u64) -> Value {
    let log = phone.history(conversation).await;
    log.into_iter().find(|one| one["seq"] == seq).expect("a message at this place")
}

async fn two(world: &World) -> ([Person; 2], String, Socket, Socket) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let (anns, bobs) = (ann.phone().await, bob.phone().await);
    let id = ann.with(&bob);
    ([ann, bob], id, anns, bobs)
}

pub async fn an_edit_is_told_to_every_device_and_kept(world: World) {
    let ([ann, bob], id, mut anns, mut bobs) = two(&world).await;
    let mut other = ann.phone().await;
    anns.say(bob.is_told("frist")).await;
    let mut frame = edit(&world, &id, 1, "first 相槌");
    frame["mentions"] = json!([bob.sub, "nobody of this conversation"]);
    let ack = anns.say(frame.clone()).await;
    says(&ack, &json!({ "clientMsgId": frame["clientMsgId"], "conversationId": id, "seq": 2 }));
    for phone in [&mut bobs, &mut other] {
        let heard = phone.expect("EDITMSG").await;
        says(
            &heard,
            &json!({ "conversationId": id, "kind": "edit", "seq": 2, "target": 1,
                "message": "first 相槌", "fromSub": ann.sub, "mentions": [bob.sub],
                "messageId": ack["messageId"], "timestamp": ack["timestamp"] }),
        );
    }
    assert_eq!(anns.say(frame).await, ack, "a resend is the same edit");
    let message = at(&mut bobs, &id, 1).await;
    says(
        &message,
        &json!({ "message": "first 相槌", "editedAt": ack["timestamp"], "mentions": [bob.sub] }),
    );
    let brought = entries(&mut bobs, &id, 0).await;
    assert_eq!(seqs(&brought), [1, 2]);
    says(&brought[1], &json!({ "kind": "edit", "target": 1, "message": "first 相槌" }));
    let page = ann.page(&bob).await;
    let mut page = page;
    let asked = json!({ "action": "GETMSG", "fromSub": ann.sub, "toSub": bob.sub });
    page.send(asked).await;
    let told = page.expect("GETMSG").await;
    assert_eq!(told["messages"].as_array().unwrap().len(), 1);
    assert_eq!(told["messages"][0]["message"], "first 相槌");
}

pub async fn what_is_deleted_is_gone_for_all(world: World) {
    let ([ann, bob], id, mut anns, mut bobs) = two(&world).await;
    anns.say(bob.is_told("a secret")).await;
    anns.say(edit(&world, &id, 1, "another secret")).await;
    bobs.say(react(&world, &id, 1, "👍", true)).await;
    let ack = anns.say(change(&world, "DELMSG", &id, 1)).await;
    says(
        &bobs.expect("DELMSG").await,
        &json!({ "kind": "deletion", "target": 1, "seq": ack["seq"], "fromSub": ann.sub }),
    );
    let message = at(&mut bobs, &id, 1).await;
    says(&message, &json!({ "deleted": true, "message": "", "fromSub": ann.sub }));
    for field in ["reactions", "editedAt", "mentions", "replyTo"] {
        assert!(message.get(field).is_none(), "{field} of {message}");
    }
    let brought = entries(&mut bobs, &id, 0).await;
    assert_eq!(seqs(&brought), [1, 2, 3, 4]);
    assert!(!json!(brought).to_string().contains("secret"), "{brought:?}");
    let list = bobs.ask(json!({ "action": "CONVERSATIONS" })).await;
    says(&list["conversations"][0], &json!({ "unread": 0, "lastSeq": 4 }));
    let mut page = bob.page(&ann).await;
    page.send(json!({ "action": "GETMSG", "fromSub": ann.sub, "toSub": bob.sub })).await;
    assert_eq!(page.expect("GETMSG").await["messages"], json!([]));
    // What was deleted is neither edited nor reacted to; to delete it again is no harm.
    anns.is_refused(edit(&world, &id, 1, "back"), "conflict").await;
    bobs.is_refused(react(&world, &id, 1, "👍", true), "conflict").await;
    anns.say(change(&world, "DELMSG", &id, 1)).await;
}

pub async fn reactions_are_told_and_taken_back(world: World) {
    let ([ann, bob], id, mut anns, mut bobs) = two(&world).await;
    anns.say(bob.is_told("how is it?")).await;
    let frame = react(&world, &id, 1, "👍🏽", true);
    let ack = bobs.say(frame.clone()).await;
    says(
        &anns.expect("REACT").await,
        &json!({ "kind": "reaction", "target": 1, "emoji": "👍🏽", "on": true,
            "fromSub": bob.sub, "seq": ack["seq"] }),
    );
    assert_eq!(bobs.say(frame).await, ack);
    anns.say(react(&world, &id, 1, "👍🏽", true)).await;
    anns.say(react(&world, &id, 1, "🎉", true)).await;
    let both = |first: &Person, second: &Person| {
        json!([{ "emoji": "👍🏽", "count": 2, "subs": [first.sub, second.sub] },
            { "emoji": "🎉", "count": 1, "subs": [ann.sub] }])
    };
    assert_eq!(at(&mut anns, &id, 1).await["reactions"], both(&ann, &bob), "one's own first");
    assert_eq!(at(&mut bobs, &id, 1).await["reactions"], both(&bob, &ann));
    bobs.say(react(&world, &id, 1, "👍🏽", false)).await;
    let taken = anns.take("REACT", |one| one["action"] == "REACT" && one["on"] == false).await;
    assert_eq!(taken["emoji"], "👍🏽");
    anns.say(react(&world, &id, 1, "👍🏽", false)).await;
    let left = json!([{ "emoji": "🎉", "count": 1, "subs": [ann.sub] }]);
    assert_eq!(at(&mut bobs, &id, 1).await["reactions"], left);
    let list = bobs.ask(json!({ "action": "CONVERSATIONS" })).await;
    assert_eq!(list["conversations"][0]["unread"], 1, "a reaction is no message");
}

pub async fn nobody_changes_what_is_not_his_to_change(world: World) {
    let ([_, bob], id, mut anns, mut bobs) = two(&world).await;
    let mut strangers = world.person("cleo").await.phone().await;
    anns.say(bob.is_told("mine")).await;
    anns.say(react(&world, &id, 1, "👍", true)).await;
    bobs.is_refused(edit(&world, &id, 1, "yours"), "forbidden").await;
    bobs.is_refused(change(&world, "DELMSG", &id, 1), "forbidden").await;
    for frame in [
        edit(&world, &id, 1, "x"),
        change(&world, "DELMSG", &id, 1),
        react(&world, &id, 1, "👍", true),
    ] {
        strangers.is_refused(frame, "forbidden").await;
    }
    // Places where no message is: none, the end, one that is a reaction.
    for seq in [0, 2, 9] {
        anns.is_refused(edit(&world, &id, seq, "x"), "not_found").await;
        anns.is_refused(change(&world, "DELMSG", &id, seq), "not_found").await;
        anns.is_refused(react(&world, &id, seq, "👍", true), "not_found").await;
    }
    anns.is_refused(edit(&world, &id, 1, ""), "invalid_request").await;
    let large = "👍".repeat(5_000);
    for emoji in ["", "a", "👍👍", "<b>", &large] {
        anns.is_refused(react(&world, &id, 1, emoji, true), "invalid_request").await;
    }
    let mut nameless = edit(&world, &id, 1, "x");
    nameless.as_object_mut().unwrap().remove("clientMsgId");
    anns.is_refused(nameless, "invalid_request").await;
    assert_eq!(at(&mut anns, &id, 1).await["message"], "mine");
}

pub async fn a_change_that_was_made_is_acknowledged_whatever_follows(world: World) {
    let ([_, bob], id, mut anns, _) = two(&world).await;
    anns.say(bob.is_told("x")).await;
    let frame = edit(&world, &id, 1, "y");
    let ack = anns.say(frame.clone()).await;
    anns.say(change(&world, "DELMSG", &id, 1)).await;
    assert_eq!(anns.say(frame).await, ack);
}
