//! `WATCH`, and who is there.

use serde_json::{Value, json};

use crate::{people::World, socket::Socket};

/// How often a law looks again where an answer may be a moment old.
const LOOKS: usize = 50;

/// Watches these people: what the answers say of each, in the order asked.
async fn watch(phone: &mut Socket, subs: &[&str]) -> Vec<Value> {
    let id = phone.request(json!({ "action": "WATCH", "subs": subs })).await;
    let mut answers = Vec::new();
    for _ in subs {
        let answer = phone.answer(&id).await;
        assert_eq!(answer["action"], "ISONLINE", "{answer}");
        answers.push(answer);
    }
    let of = |sub: &&str| answers.iter().find(|one| one["sub"] == *sub).expect("each").clone();
    subs.iter().map(of).collect()
}

/// Waits until what was answered of somebody is so, or is told to be so: the
/// answer may be a moment old, and is then put right.
async fn settles(phone: &mut Socket, answer: &Value, value: &str) {
    if answer["value"] != value {
        phone.presence(answer["sub"].as_str().unwrap(), value).await;
    }
    phone.ping().await;
}

fn has_last_seen(answer: &Value) -> bool {
    answer["lastSeen"].as_u64().is_some_and(|at| at > 1_600_000_000_000)
}

/// Watches these people, until the first of them is answered to be gone since
/// then. He is: only the answer may be a moment old.
async fn is_gone_since(phone: &mut Socket, subs: &[&str], last_seen: &Value) {
    for _ in 0..LOOKS {
        let answer = watch(phone, subs).await.remove(0);
        if answer["value"] == "0" && answer["lastSeen"] == *last_seen {
            return;
        }
    }
    panic!("{} was not seen last at {last_seen}", subs[0])
}

pub async fn a_watcher_is_told_who_is_there_and_who_comes_and_goes(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let (bobs, cleos) = (bob.phone().await, cleo.phone().await);
    let mut phone = ann.phone().await;
    let both = [&*cleo.sub, &bob.sub];
    for answer in watch(&mut phone, &both).await {
        assert_eq!(answer.get("lastSeen"), None, "{answer}");
        settles(&mut phone, &answer, "1").await;
    }
    cleos.leave().await;
    let told = phone.presence(&cleo.sub, "0").await;
    assert!(has_last_seen(&told) && told.get("requestId").is_none(), "{told}");
    is_gone_since(&mut phone, &both, &told["lastSeen"]).await;
    phone.rest().await;
    let _cleos = cleo.phone().await;
    let told = phone.presence(&cleo.sub, "1").await;
    assert!(told.get("requestId").is_none() && told.get("lastSeen").is_none(), "{told}");
    bobs.leave().await;
    assert!(has_last_seen(&phone.presence(&bob.sub, "0").await));
}

pub async fn a_person_is_there_until_his_last_device_leaves(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let mut phone = ann.phone().await;
    assert_eq!(watch(&mut phone, &[&bob.sub]).await[0]["value"], "0");
    phone.ping().await;
    let first = bob.page(&ann).await;
    phone.presence(&bob.sub, "1").await;
    let mut second = bob.phone().await;
    phone.heard_all().await;
    first.leave().await;
    second.say(ann.is_told("still here")).await;
    phone.message("still here").await;
    phone.heard_all().await;
    second.leave().await;
    phone.presence(&bob.sub, "0").await;
}

pub async fn a_watch_replaces_the_one_before(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let (mut phone, mut other) = (ann.phone().await, ann.phone().await);
    watch(&mut other, &[&bob.sub]).await;
    watch(&mut phone, &[&bob.sub]).await;
    watch(&mut phone, &[&cleo.sub]).await;
    phone.ping().await;
    let bobs = bob.phone().await;
    other.presence(&bob.sub, "1").await;
    let _cleos = cleo.phone().await;
    phone.presence(&cleo.sub, "1").await;
    bobs.leave().await;
    other.presence(&bob.sub, "0").await;
    let more = phone.rest().await;
    assert!(more.iter().all(|frame| frame["sub"] != bob.sub), "{more:?}");
}

pub async fn whom_nobody_knows_is_not_there(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let _bobs = bob.phone().await;
    let mut phone = ann.phone().await;
    let nobody = world.fresh("nobody");
    let [nobody_is, bob_is] = watch(&mut phone, &[&nobody, &bob.sub]).await.try_into().unwrap();
    assert_eq!((&nobody_is["value"], nobody_is.get("lastSeen")), (&json!("0"), None));
    settles(&mut phone, &bob_is, "1").await;
}

pub async fn too_many_cannot_be_watched(world: World) {
    let ann = world.person("ann").await;
    let mut phone = ann.phone().await;
    let many = |many: usize| (0..many).map(|number| world.fresh(&format!("n{number}"))).collect();
    let (most, over): (Vec<String>, Vec<String>) = (many(50), many(51));
    phone.is_refused(json!({ "action": "WATCH", "subs": over }), "invalid_request").await;
    phone.is_refused(json!({ "action": "WATCH", "subs": [""] }), "invalid_request").await;
    phone.is_refused(json!({ "action": "WATCH" }), "invalid_request").await;
    let most: Vec<&str> = most.iter().map(String::as_str).collect();
    assert_eq!(watch(&mut phone, &most).await.len(), 50);
    phone.heard_all().await;
}
