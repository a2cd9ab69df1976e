//! What is one's own: sessions, and leaving for good.

use futures_util::future::join;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    people::{Answer, PASSWORD, Person, World},
    socket::{Socket, says, seqs},
};

/// Signs somebody in once more: access and refresh token.
async fn sign_in(world: &World, who: &Person) -> (String, String) {
    let answer = world.post("/auth", &json!({ "user": who.name, "password": PASSWORD })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let part = |name: &str| answer.body[name].as_str().expect("a text").to_owned();
    (part("token"), part("refresh"))
}

async fn refresh(world: &World, who: &Person, token: &str) -> Answer {
    world.post("/auth/refresh", &json!({ "user": who.name, "refresh": token })).await
}

async fn delete(world: &World, path: &str, token: &str) -> Answer {
    world.call(Method::DELETE, path, Some(token), None).await
}

async fn leave(world: &World, who: &Person, password: &str) -> Answer {
    let body = json!({ "password": password }).to_string();
    world.call(Method::DELETE, "/api/me", Some(&who.token), Some(body)).await
}

async fn sessions(world: &World, token: &str) -> Vec<Value> {
    let answer = world.get("/api/sessions", Some(token)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["sessions"].as_array().expect("a list").clone()
}

/// The session that this token is of.
async fn session(world: &World, token: &str) -> String {
    let listed = sessions(world, token).await;
    let mut current = listed.iter().filter(|one| one["current"] == true);
    let (one, other) = (current.next(), current.next());
    assert!(other.is_none(), "one session asks: {listed:?}");
    one.expect("the one that asks")["id"].as_str().expect("an id").to_owned()
}

async fn phone(world: &World, token: &str) -> Result<Socket, u16> {
    world.knock(&[("Authorizer", token), ("level", "1")], None).await
}

pub async fn a_persons_sessions_are_listed(world: World) {
    let ann = world.person("ann").await;
    let before = sessions(&world, &ann.token).await.len();
    let (token, _) = sign_in(&world, &ann).await;
    let listed = sessions(&world, &token).await;
    assert_eq!(listed.len(), before + 1);
    for session in &listed {
        let id = session["id"].as_str().unwrap();
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{session}");
        let (began, used) = (session["createdAt"].as_u64(), session["lastUsedAt"].as_u64());
        assert!(began.unwrap() <= used.unwrap(), "{session}");
        let place = session.get("place").map(|place| place.as_str().unwrap());
        assert!(place.is_none_or(|place| place.ends_with(".0/24") || place.ends_with("::/48")));
    }
    assert_ne!(session(&world, &token).await, session(&world, &ann.token).await);
    world.get("/api/sessions", None).await.is_refused(401, "unauthorized");
}

pub async fn a_session_that_is_ended_is_over(world: World) {
    let ann = world.person("ann").await;
    let (token, refresh_token) = sign_in(&world, &ann).await;
    let (mut lost, mut kept) = (phone(&world, &token).await.unwrap(), ann.phone().await);
    let path = format!("/api/sessions/{}", session(&world, &token).await);
    assert_eq!(delete(&world, &path, &ann.token).await.status, 204);
    lost.is_closed().await;
    kept.ping().await;
    refresh(&world, &ann, &refresh_token).await.is_refused(401, "unauthorized");
    let refused = phone(&world, &token).await.err();
    assert!(matches!(refused, Some(401 | 403)), "{refused:?}");
    delete(&world, &path, &ann.token).await.is_refused(404, "not_found");
    assert_eq!(refresh(&world, &ann, &ann.refresh).await.status, 200);
}

pub async fn all_other_sessions_are_ended_together(world: World) {
    let ann = world.person("ann").await;
    let (token, refresh_token) = sign_in(&world, &ann).await;
    let mut lost = phone(&world, &token).await.unwrap();
    assert_eq!(delete(&world, "/api/sessions", &ann.token).await.status, 204);
    lost.is_closed().await;
    refresh(&world, &ann, &refresh_token).await.is_refused(401, "unauthorized");
    let left = sessions(&world, &ann.token).await;
    assert_eq!((left.len(), &left[0]["current"]), (1, &json!(true)), "{left:?}");
    ann.phone().await.ping().await;
}

pub async fn nobody_ends_somebody_elses_session(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let mut anns = ann.phone().await;
    let anns_session = session(&world, &ann.token).await;
    for id in [&*anns_session, "00000000000000000000000000000000", "nothing", "%20"] {
        let path = format!("/api/sessions/{id}");
        delete(&world, &path, &bob.token).await.is_refused(404, "not_found");
    }
    assert_eq!(delete(&world, "/api/sessions", &bob.token).await.status, 204);
    for path in ["/api/sessions".to_owned(), format!("/api/sessions/{anns_session}")] {
        let nobody = world.call(Method::DELETE, &path, None, None).await;
        nobody.is_refused(401, "unauthorized");
        delete(&world, &path, "no.token.atall").await.is_refused(401, "unauthorized");
    }
    anns.ping().await;
    assert_eq!(session(&world, &ann.token).await, anns_session);
}

pub async fn whoever_leaves_is_gone_and_what_he_said_stays(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let (mut anns, mut bobs) = (ann.phone().await, bob.phone().await);
    anns.say(bob.is_told("good bye")).await;
    let conversation = ann.with(&bob);
    leave(&world, &ann, "another password").await.is_refused(401, "unauthorized");
    let nobody = world.call(Method::DELETE, "/api/me", None, Some("{}".to_owned())).await;
    nobody.is_refused(401, "unauthorized");
    anns.ping().await;

    let left = leave(&world, &ann, PASSWORD).await;
    assert_eq!(left.status, 204, "{left:?}");
    anns.is_closed().await;
    let refused = phone(&world, &ann.token).await.err();
    assert!(matches!(refused, Some(401 | 403)), "{refused:?}");
    refresh(&world, &ann, &ann.refresh).await.is_refused(401, "unauthorized");
    let credentials = json!({ "user": ann.name, "password": PASSWORD });
    world.post("/auth", &credentials).await.is_refused(401, "unauthorized");
    world.post("/api/auth/signup", &credentials).await.is_refused(409, "conflict");
    leave(&world, &ann, PASSWORD).await.is_refused(401, "unauthorized");

    bobs.is_soon_refused(&ann, "not_found").await;
    let log = bobs.history(&conversation).await;
    says(&log[0], &json!({ "message": "good bye", "fromSub": ann.sub }));
    let mut listed = bobs.ask(json!({ "action": "CONVERSATIONS" })).await;
    let gone = json!({ "sub": ann.sub, "username": "Deleted user" });
    let members = listed["conversations"][0]["members"].as_array_mut().unwrap();
    assert!(members.contains(&gone), "{members:?}");
    let by_id = world.get(&format!("/api/users/{}", ann.sub), Some(&bob.token)).await;
    assert_eq!((by_id.status, &by_id.body["username"]), (200, &json!("Deleted user")));
    assert_eq!(by_id.body["deleted"], true);
    let by_name = world.get(&format!("/api/users?name={}", ann.name), Some(&bob.token)).await;
    by_name.is_refused(404, "not_found");
    bobs.is_refused(json!({ "action": "STATUS", "partnerSub": ann.sub }), "not_found").await;
    let watch = json!({ "action": "WATCH", "subs": [ann.sub] });
    bobs.send(watch.clone()).await;
    bobs.presence(&ann.sub, "0").await;
    let watched = bobs.ask(watch).await;
    assert_eq!((&watched["value"], watched.get("lastSeen")), (&json!("0"), None), "{watched}");
}

pub async fn what_is_acknowledged_while_somebody_leaves_stays(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let (mut anns, mut bobs) = (ann.phone().await, bob.phone().await);
    anns.say(bob.is_told("first")).await;
    let saying = async {
        let mut acknowledged = vec![1];
        for number in 0..200 {
            let frame = bob.is_told(&format!("and {number}"));
            let Some(ack) = anns.try_say(frame).await else { break };
            acknowledged.push(ack["seq"].as_u64().unwrap());
        }
        acknowledged
    };
    let (acknowledged, left) = join(saying, leave(&world, &ann, PASSWORD)).await;
    assert_eq!(left.status, 204, "{left:?}");
    let log = seqs(&bobs.history(&ann.with(&bob)).await);
    assert!(acknowledged.iter().all(|seq| log.contains(seq)), "{acknowledged:?} in {log:?}");
    let dense: Vec<u64> = (1..=log.len() as u64).collect();
    assert_eq!(log, dense);
}

/// All lines of an export, but for those that say where it goes on.
async fn export(world: &World, token: &str) -> Vec<Value> {
    let (mut all, mut path) = (Vec::new(), "/api/me/export".to_owned());
    loop {
        let mut lines = world.lines(&path, token).await;
        let last = lines.pop().expect("a last line");
        all.append(&mut lines);
        let Some(more) = last["more"].as_str() else {
            assert_eq!(last, json!({ "end": true }));
            return all;
        };
        let after: String = url::form_urlencoded::byte_serialize(more.as_bytes()).collect();
        path = format!("/api/me/export?after={after}");
    }
}

pub async fn an_export_is_all_that_one_is_in_and_nothing_else(world: World) {
    let [ann, bob, cat] = world.people(["ann", "bob", "cat"]).await;
    let (mut anns, mut bobs, mut cats) = (ann.phone().await, bob.phone().await, cat.phone().await);
    // More than fits in one part.
    let long = "x".repeat(24 * 1024);
    let mut said = Vec::new();
    for number in 0..30 {
        let text = format!("{number} {long}");
        anns.say(bob.is_told(&text)).await;
        said.push(text);
    }
    bobs.say(ann.is_told("that was long")).await;
    said.push("that was long".to_owned());
    cats.say(ann.is_told("hello")).await;
    cats.say(bob.is_told("not for ann")).await;

    let lines = export(&world, &ann.token).await;
    assert_eq!(lines[0], json!({ "profile": { "sub": ann.sub, "username": ann.name } }));
    let told: Vec<_> = lines.iter().filter_map(|line| line.get("entry")).collect();
    for entry in &told {
        let conversation = entry["conversationId"].as_str().unwrap();
        assert!([ann.with(&bob), ann.with(&cat)].iter().any(|one| one == conversation), "{entry}");
    }
    let of = |conversation: &str| -> Vec<&str> {
        let here = told.iter().filter(|entry| entry["conversationId"] == conversation);
        here.map(|entry| entry["message"].as_str().unwrap()).collect()
    };
    assert_eq!(of(&ann.with(&bob)), said);
    assert_eq!(of(&ann.with(&cat)), ["hello"]);
    let listed = lines.iter().filter(|line| line.get("conversation").is_some()).count();
    assert_eq!(listed, 2, "and each before its entries");
}

pub async fn nobody_is_given_a_strangers_conversation(world: World) {
    let [ann, bob, cat] = world.people(["ann", "bob", "cat"]).await;
    ann.phone().await.say(bob.is_told("between us")).await;
    let after = |place: &str| format!("/api/me/export?after={place}");
    let theirs = ann.with(&bob).replace('%', "%25").replace(':', "%3A");
    let forged = world.get(&after(&format!("1.0.0.0.{theirs}")), Some(&cat.token)).await;
    forged.is_refused(403, "forbidden");
    for nonsense in ["", "x", "1.2.3", "1.0.0.0.nothing%00"] {
        let refused = world.get(&after(nonsense), Some(&cat.token)).await;
        refused.is_refused(400, "invalid_request");
    }
    world.get("/api/me/export", None).await.is_refused(401, "unauthorized");
    assert_eq!(export(&world, &cat.token).await.len(), 1, "the profile alone");
}
