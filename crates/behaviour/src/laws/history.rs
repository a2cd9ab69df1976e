//! `GETMSG` of level 1.

use serde_json::{Value, json};

use crate::{
    people::{Person, World},
    socket::{Socket, seqs},
};

/// Asks for a page.
async fn page(phone: &mut Socket, conversation: &str, asked: Value) -> (Vec<u64>, bool) {
    let mut frame = json!({ "action": "GETMSG", "conversationId": conversation });
    frame.as_object_mut().unwrap().extend(asked.as_object().unwrap().clone());
    let answer = phone.ask(frame).await;
    assert_eq!(answer["action"], "GETMSG", "{asked}: {answer}");
    assert_eq!(answer["conversationId"], conversation);
    let messages = answer["messages"].as_array().unwrap();
    (seqs(messages), answer["hasMore"].as_bool().expect("whether there is more"))
}

async fn says_so_many(phone: &mut Socket, to: &Person, many: usize, text: &str) {
    for _ in 0..many {
        phone.say(to.is_told(text)).await;
    }
}

pub async fn a_page_is_taken_from_either_end(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    bob.shows_up().await;
    let mut phone = ann.phone().await;
    let id = ann.with(&bob);
    assert_eq!(page(&mut phone, &id, json!({})).await, (vec![], false));
    says_so_many(&mut phone, &bob, 7, "hi").await;
    let mut bobs = bob.phone().await;
    for (asked, of, more) in [
        (json!({}), 1..=7, false),
        (json!({ "limit": 200 }), 1..=7, false),
        (json!({ "limit": 7 }), 1..=7, false),
        (json!({ "limit": 3 }), 5..=7, true),
        (json!({ "before": 5, "limit": 3 }), 2..=4, true),
        (json!({ "before": 4, "limit": 3 }), 1..=3, false),
        (json!({ "before": 2, "limit": 3 }), 1..=1, false),
        (json!({ "before": 100, "limit": 1 }), 7..=7, true),
        (json!({ "after": 0, "limit": 3 }), 1..=3, true),
        (json!({ "after": 3, "limit": 3 }), 4..=6, true),
        (json!({ "after": 3, "limit": 4 }), 4..=7, false),
        (json!({ "after": 6 }), 7..=7, false),
    ] {
        let told = (of.collect(), more);
        assert_eq!(page(&mut phone, &id, asked.clone()).await, told, "{asked}");
        assert_eq!(page(&mut bobs, &id, asked.clone()).await, told, "{asked}");
    }
    for beyond in [json!({ "before": 1 }), json!({ "after": 7 }), json!({ "after": 100 })] {
        assert_eq!(page(&mut phone, &id, beyond.clone()).await, (vec![], false), "{beyond}");
    }
}

pub async fn what_is_asked_wrongly_is_refused(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let mut phone = ann.phone().await;
    let id = ann.with(&bob);
    for asked in [
        json!({}),
        json!({ "conversationId": "" }),
        json!({ "conversationId": 7 }),
        json!({ "conversationId": format!("d:{}:{}", ann.sub, ann.sub) }),
        json!({ "conversationId": id.replace("d:", "e:") }),
        json!({ "conversationId": id, "limit": 0 }),
        json!({ "conversationId": id, "limit": 201 }),
        json!({ "conversationId": id, "limit": "7" }),
        json!({ "conversationId": id, "before": -1 }),
        json!({ "conversationId": id, "before": 5, "after": 1 }),
    ] {
        let mut frame = asked;
        frame["action"] = json!("GETMSG");
        phone.is_refused(frame, "invalid_request").await;
    }
    // The members in the wrong order: no second name of the same conversation.
    let parts: Vec<&str> = id.splitn(3, ':').collect();
    let turned = format!("d:{}:{}", parts[2], parts[1]);
    phone
        .is_refused(json!({ "action": "GETMSG", "conversationId": turned }), "invalid_request")
        .await;
}

pub async fn a_page_fits_in_a_frame(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    bob.shows_up().await;
    let mut phone = ann.phone().await;
    // What JSON escapes takes twice the room.
    says_so_many(&mut phone, &bob, 6, &"\"".repeat(15_500)).await;
    let id = ann.with(&bob);
    let (newest, more) = page(&mut phone, &id, json!({})).await;
    assert!(more && newest.len() < 6 && newest.last() == Some(&6), "{newest:?}");
    let (oldest, more) = page(&mut phone, &id, json!({ "after": 0 })).await;
    assert!(more && oldest.len() < 6 && oldest.first() == Some(&1), "{oldest:?}");
    let mut backwards = newest;
    while backwards[0] > 1 {
        let (mut earlier, more) = page(&mut phone, &id, json!({ "before": backwards[0] })).await;
        assert_eq!(more, earlier[0] > 1);
        earlier.append(&mut backwards);
        backwards = earlier;
    }
    assert_eq!(backwards, [1, 2, 3, 4, 5, 6]);
    assert_eq!(seqs(&phone.history(&id).await), backwards);
}
