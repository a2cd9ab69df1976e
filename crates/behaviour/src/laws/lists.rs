//! `CONVERSATIONS`: the list of one's conversations.

use serde_json::{Value, json};

use crate::{
    people::World,
    socket::{Socket, says},
};

/// Asks for a page of the list: the conversations in it, and where the next begins.
async fn list(phone: &mut Socket, asked: Value) -> (Vec<Value>, Option<Value>) {
    let mut frame = asked;
    frame["action"] = json!("CONVERSATIONS");
    let mut answer = phone.ask(frame).await;
    assert_eq!(answer["action"], "CONVERSATIONS", "{answer}");
    let next = answer.get("cursor").cloned();
    (std::mem::take(answer["conversations"].as_array_mut().unwrap()), next)
}

fn ids(conversations: &[Value]) -> Vec<&str> {
    conversations.iter().map(|one| one["conversationId"].as_str().unwrap()).collect()
}

pub async fn a_conversation_is_listed_as_its_member_sees_it(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let (mut anns, mut bobs) = (ann.phone().await, bob.phone().await);
    assert_eq!(list(&mut anns, json!({})).await, (vec![], None));
    anns.say(bob.is_told("1")).await;
    let last = anns.say(bob.is_told("2")).await;
    bobs.ask(json!({ "action": "READ", "conversationId": ann.with(&bob), "seq": 1 })).await;
    for (phone, unread) in [(&mut anns, 0), (&mut bobs, 1)] {
        let (listed, next) = list(phone, json!({})).await;
        assert_eq!((listed.len(), next), (1, None));
        let reads = json!({ &bob.sub: 1 });
        says(
            &listed[0],
            &json!({ "conversationId": ann.with(&bob), "lastSeq": 2,
            "unread": unread, "reads": reads }),
        );
        says(
            &listed[0]["last"],
            &json!({ "seq": 2, "message": "2", "fromSub": ann.sub,
            "messageId": last["messageId"], "timestamp": last["timestamp"] }),
        );
        for person in [&ann, &bob] {
            let member = json!({ "sub": person.sub, "username": person.name });
            assert!(listed[0]["members"].as_array().unwrap().contains(&member), "{listed:?}");
        }
    }
}

pub async fn the_list_is_paged_most_recent_first(world: World) {
    let [ann, bob, cleo, dan] = world.people(["ann", "bob", "cleo", "dan"]).await;
    let mut phone = ann.phone().await;
    for partner in [&bob, &cleo, &dan] {
        partner.shows_up().await;
        phone.say(partner.is_told("hi")).await;
    }
    let mut order = [&dan, &cleo, &bob].map(|partner| ann.with(partner));
    assert_eq!(ids(&list(&mut phone, json!({})).await.0), order);
    let (first, next) = list(&mut phone, json!({ "limit": 2 })).await;
    let (second, end) = list(&mut phone, json!({ "limit": 2, "cursor": next.unwrap() })).await;
    assert_eq!([ids(&first), ids(&second)].concat(), order);
    assert_eq!((first.len(), end), (2, None));
    let (all, end) = list(&mut phone, json!({ "limit": 3 })).await;
    assert_eq!((all.len(), end), (3, None));
    // Who writes comes first; who reads stays where he is.
    bob.phone().await.say(ann.is_told("hello")).await;
    order.rotate_right(1);
    phone.ask(json!({ "action": "READ", "conversationId": order[2], "seq": 1 })).await;
    assert_eq!(ids(&list(&mut phone, json!({ "limit": 100 })).await.0), order);
}

pub async fn what_is_asked_of_the_list_wrongly_is_refused(world: World) {
    let ann = world.person("ann").await;
    let mut phone = ann.phone().await;
    for asked in [
        json!({ "limit": 0 }),
        json!({ "limit": 101 }),
        json!({ "limit": "1" }),
        json!({ "cursor": "next" }),
        json!({ "cursor": 1 }),
    ] {
        let mut frame = asked;
        frame["action"] = json!("CONVERSATIONS");
        phone.is_refused(frame, "invalid_request").await;
    }
}
