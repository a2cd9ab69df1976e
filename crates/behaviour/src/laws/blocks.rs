//! What passes between people who block each other, whom presence is shown, and
//! what is reported.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    people::{Answer, Person, World},
    socket::Socket,
};

const PRESENCE: &str = "/api/me/presence";
/// How often a law looks again where an answer may be a moment old.
const LOOKS: usize = 50;

async fn block(phone: &mut Socket, action: &str, person: &Person) {
    let id = phone.request(json!({ "action": action, "sub": person.sub })).await;
    let answer = phone.answer(&id).await;
    assert_eq!((&answer["action"], &answer["sub"]), (&json!(action), &json!(person.sub)));
}

/// Watches somebody, until he is answered to be so: an answer may be a moment
/// old.
async fn looks(phone: &mut Socket, person: &Person, value: &str) -> Value {
    for _ in 0..LOOKS {
        let id = phone.request(json!({ "action": "WATCH", "subs": [person.sub] })).await;
        let answer = phone.answer(&id).await;
        if answer["value"] == value {
            return answer;
        }
    }
    panic!("he never looks so: {value}")
}

pub async fn nothing_passes_between_who_block_each_other(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let (mut phone, mut tablet, mut bobs) =
        (ann.phone().await, ann.phone().await, bob.phone().await);
    bobs.say(ann.is_told("before")).await;
    phone.message("before").await;
    looks(&mut bobs, &ann, "1").await;
    block(&mut phone, "BLOCK", &bob).await;
    let told = tablet.take("BLOCK", |frame| frame["sub"] == bob.sub).await;
    assert_eq!(told.get("requestId"), None);
    bobs.presence(&ann.sub, "0").await;
    let hidden = looks(&mut bobs, &ann, "0").await;
    assert_eq!(hidden.get("lastSeen"), None, "{hidden}");
    looks(&mut phone, &bob, "0").await;
    bobs.is_refused(ann.is_told("during"), "forbidden").await;
    phone.is_refused(bob.is_told("during"), "forbidden").await;
    let typing = json!({ "action": "TYPING", "conversationId": ann.with(&bob), "on": true });
    bobs.send(typing).await;
    bobs.ping().await;
    let blocked = world.get("/api/blocks", Some(&ann.token)).await;
    assert_eq!(blocked.body, json!({ "blocked": [{ "sub": bob.sub, "username": bob.name }] }));
    let none = world.get("/api/blocks", Some(&bob.token)).await;
    assert_eq!(none.body, json!({ "blocked": [] }), "whom others block is theirs");
    block(&mut phone, "UNBLOCK", &bob).await;
    bobs.presence(&ann.sub, "1").await;
    bobs.say(ann.is_told("after")).await;
    let after = phone.message("after").await;
    assert_eq!(after["seq"], 2, "nothing was stored meanwhile");
    let heard = phone.rest().await;
    assert!(heard.iter().all(|frame| frame["action"] != "TYPING"), "{heard:?}");
}

pub async fn what_cannot_be_blocked_is_refused(world: World) {
    let ann = world.person("ann").await;
    let mut phone = ann.phone().await;
    for (sub, code) in [
        (json!(ann.sub), "invalid_request"),
        (json!(world.fresh("nobody")), "not_found"),
        (json!(""), "invalid_request"),
        (json!(7), "invalid_request"),
    ] {
        phone.is_refused(json!({ "action": "BLOCK", "sub": sub }), code).await;
    }
    world.get("/api/blocks", None).await.is_refused(401, "unauthorized");
}

async fn show_to(world: &World, person: &Person, audience: &str) {
    let body = json!({ "audience": audience }).to_string();
    let answer = world.call(Method::PUT, PRESENCE, Some(&person.token), Some(body)).await;
    assert_eq!(answer.status, 204, "{}", answer.body);
    let Answer { status, body } = world.get(PRESENCE, Some(&person.token)).await;
    assert_eq!((status, &body["audience"]), (200, &json!(audience)));
}

pub async fn presence_has_an_audience(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let (mut anns, mut bobs, mut cleos) =
        (ann.phone().await, bob.phone().await, cleo.phone().await);
    bobs.say(ann.is_told("hello")).await;
    looks(&mut bobs, &ann, "1").await;
    looks(&mut cleos, &ann, "1").await;
    show_to(&world, &ann, "contacts").await;
    cleos.presence(&ann.sub, "0").await;
    looks(&mut cleos, &ann, "0").await;
    looks(&mut bobs, &ann, "1").await;
    show_to(&world, &ann, "nobody").await;
    looks(&mut bobs, &ann, "0").await;
    looks(&mut anns, &bob, "0").await;
    show_to(&world, &ann, "everybody").await;
    looks(&mut bobs, &ann, "1").await;
    looks(&mut cleos, &ann, "1").await;
    looks(&mut anns, &bob, "1").await;
    for body in ["{}", "[]", r#"{"audience":"some"}"#] {
        let token = Some(&*ann.token);
        let answer = world.call(Method::PUT, PRESENCE, token, Some(body.to_owned())).await;
        answer.is_refused(400, "invalid_request");
    }
    world.get(PRESENCE, None).await.is_refused(401, "unauthorized");
}

pub async fn a_person_is_reported(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let report = async |body: Value| {
        let token = Some(&*ann.token);
        world.call(Method::POST, "/api/reports", token, Some(body.to_string())).await
    };
    let conversation = ann.with(&bob);
    let good = json!({ "sub": bob.sub, "conversationId": conversation, "seq": 1,
        "reason": "spam" });
    assert_eq!(report(good).await.status, 204);
    assert_eq!(report(json!({ "sub": bob.sub, "reason": "相".repeat(500) })).await.status, 204);
    for (body, status, code) in [
        (json!({ "sub": bob.sub, "reason": "x".repeat(501) }), 413, "too_large"),
        (json!({ "sub": bob.sub, "reason": " " }), 400, "invalid_request"),
        (json!({ "sub": bob.sub }), 400, "invalid_request"),
        (json!({ "sub": ann.sub, "reason": "me" }), 400, "invalid_request"),
        (json!({ "sub": world.fresh("nobody"), "reason": "who?" }), 404, "not_found"),
        (
            json!({ "sub": bob.sub, "conversationId": bob.with(&cleo), "reason": "theirs" }),
            403,
            "forbidden",
        ),
        (json!({ "sub": bob.sub, "conversationId": "nowhere", "reason": "?" }), 404, "not_found"),
    ] {
        report(body).await.is_refused(status, code);
    }
    let answer = world.call(Method::POST, "/api/reports", None, Some("{}".to_owned())).await;
    answer.is_refused(401, "unauthorized");
}
