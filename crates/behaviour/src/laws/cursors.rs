//! `READ` and `TYPING`.

use serde_json::{Value, json};

use crate::{
    people::World,
    socket::{Socket, says},
};

/// What the caller's list says of his only conversation.
async fn listed(phone: &mut Socket) -> Value {
    phone.ask(json!({ "action": "CONVERSATIONS" })).await["conversations"][0].take()
}

pub async fn a_read_cursor_moves_forward_only_and_is_told(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let (mut anns, mut page) = (ann.phone().await, ann.page(&bob).await);
    let (mut bobs, mut others) = (bob.phone().await, bob.phone().await);
    for text in ["1", "2", "3"] {
        anns.say(bob.is_told(text)).await;
        bobs.message(text).await;
        others.message(text).await;
    }
    let id = ann.with(&bob);
    let read = |seq: u64| json!({ "action": "READ", "conversationId": id, "seq": seq });
    says(&listed(&mut bobs).await, &json!({ "unread": 3, "reads": {} }));
    // Where it is asked to stand, where it stands then, and whether it moved.
    for (asked, stands, moved) in
        [(2, 2, true), (1, 2, false), (2, 2, false), (99, 3, true), (3, 3, false), (0, 3, false)]
    {
        let told = json!({ "action": "READ", "conversationId": id, "sub": bob.sub, "seq": stands });
        let answer = bobs.ask(read(asked)).await;
        says(&answer, &told);
        if moved {
            for phone in [&mut anns, &mut others] {
                let heard = phone.expect("READ").await;
                says(&heard, &told);
                assert!(heard.get("requestId").is_none(), "{heard}");
            }
        }
        let reads = json!({ &bob.sub: stands });
        for phone in [&mut anns, &mut bobs] {
            assert_eq!(listed(phone).await["reads"], reads);
        }
        assert_eq!(listed(&mut bobs).await["unread"], 3 - stands);
    }
    // Saying something reads nothing.
    bobs.say(ann.is_told("4")).await;
    let reads = json!({ &bob.sub: 3 });
    says(&listed(&mut bobs).await, &json!({ "unread": 0, "reads": reads }));
    says(&listed(&mut anns).await, &json!({ "unread": 1, "lastSeq": 4 }));
    for phone in [&mut anns, &mut others] {
        phone.message("4").await;
        phone.heard_all().await;
    }
    page.message("4").await;
    bobs.heard_all().await;
    for asked in [json!({ "conversationId": id }), json!({ "conversationId": id, "seq": -1 })] {
        let mut frame = asked;
        frame["action"] = json!("READ");
        bobs.is_refused(frame, "invalid_request").await;
    }
}

pub async fn typing_is_told_to_the_other_and_not_stored(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let (mut anns, mut own) = (ann.phone().await, ann.phone().await);
    let mut his = [bob.phone().await, bob.phone().await];
    let mut page = bob.page(&ann).await;
    anns.say(bob.is_told("1")).await;
    let id = ann.with(&bob);
    let since = anns.ask(json!({ "action": "SYNC" })).await["since"].take();
    for on in [true, false] {
        anns.send(json!({ "action": "TYPING", "conversationId": id, "on": on })).await;
        for phone in &mut his {
            let heard = phone.take("TYPING", |one| one["on"] == on).await;
            says(&heard, &json!({ "action": "TYPING", "conversationId": id, "sub": ann.sub }));
        }
    }
    let brought =
        anns.ask(json!({ "action": "SYNC", "since": since, "cursors": { &id: 1 } })).await;
    assert_eq!(brought["entries"], json!([]));
    says(&listed(&mut anns).await, &json!({ "lastSeq": 1, "reads": {} }));
    assert_eq!(anns.history(&id).await.len(), 1);
    anns.heard_all().await;
    own.message("1").await;
    own.heard_all().await;
    page.message("1").await;
    page.heard_all().await;
    let without = json!({ "action": "TYPING", "conversationId": id });
    anns.is_refused(without, "invalid_request").await;
}
