//! What is said and heard without a socket. A shape that lets nobody wait tells
//! what changed in place of the events themselves.

use reqwest::Method;
use serde_json::{Value, json};

use crate::people::{Person, World};

/// In seconds; less than a call may take.
const WAIT: u8 = 5;
/// Polls until what was done must have been told.
const MOST: usize = 20;

/// Somebody who polls.
struct Poller<'w> {
    world: &'w World,
    token: &'w str,
    after: String,
}

impl<'w> Poller<'w> {
    /// Polls from now on.
    async fn new(world: &'w World, person: &'w Person) -> Self {
        let mut poller = Self { world, token: &person.token, after: "now".to_owned() };
        assert!(poller.polls().await.is_empty(), "of what happened before");
        poller
    }

    async fn polls(&mut self) -> Vec<Value> {
        let path = format!("/api/events?after={}&wait={WAIT}", self.after);
        let mut answer = self.world.get(&path, Some(self.token)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.body["wait"].as_u64().is_some_and(|wait| wait <= WAIT.into()), "{answer:?}");
        self.after = answer.body["after"].as_str().expect("a cursor").to_owned();
        answer.body["events"].as_array_mut().expect("events").drain(..).collect()
    }

    /// Polls until an event is so.
    async fn hears(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        let mut heard = Vec::new();
        for _ in 0..MOST {
            for event in self.polls().await {
                if is_it(&event) {
                    return event;
                }
                heard.push(event);
            }
        }
        panic!("it was not told among {heard:?}");
    }

    /// Sends a frame, and waits for its direct answer, however it comes.
    async fn asks(&mut self, mut frame: Value) -> Value {
        let id = self.world.fresh("r");
        frame["requestId"] = json!(id);
        let path = format!("/api/frames?over={}", self.after);
        let body = Some(frame.to_string());
        let answer = self.world.call(Method::POST, &path, Some(self.token), body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let is_it = |event: &Value| event["requestId"] == *id;
        let mut events = answer.body["events"].as_array().expect("events").iter();
        match events.find(|event| is_it(event)) {
            Some(event) => event.clone(),
            None => self.hears(is_it).await,
        }
    }
}

pub async fn whoever_holds_no_socket_hears_what_happens(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    bob.shows_up().await;
    let mut phone = ann.phone().await;
    let mut polls = Poller::new(&world, &bob).await;
    let id = ann.with(&bob);
    for (seq, text) in ["one", "two", "three"].into_iter().enumerate() {
        phone.say(bob.is_told(text)).await;
        let seq = json!(seq + 1);
        polls
            .hears(|event| match event["action"].as_str() {
                Some("SENDMSG") => event["message"] == text && event["seq"] == seq,
                Some("SYNC") => event["conversations"]
                    .as_array()
                    .is_some_and(|all| all.iter().any(|one| one["lastSeq"] == seq)),
                _ => false,
            })
            .await;
    }
    phone.ask(json!({ "action": "READ", "conversationId": id, "seq": 2 })).await;
    let reader = &ann.sub;
    polls
        .hears(|event| match event["action"].as_str() {
            Some("READ") => event["sub"] == **reader && event["seq"] == 2,
            Some("SYNC") => event["conversations"]
                .as_array()
                .is_some_and(|all| all.iter().any(|one| one["reads"][reader] == 2)),
            _ => false,
        })
        .await;
}

pub async fn whoever_holds_no_socket_is_heard(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    bob.shows_up().await;
    let mut phone = bob.phone().await;
    let mut polls = Poller::new(&world, &ann).await;
    let ack = polls.asks(bob.is_told("hello")).await;
    assert_eq!((&ack["action"], &ack["seq"]), (&json!("ACK"), &json!(1)), "{ack}");
    let id = ann.with(&bob);
    let page = phone.ask(json!({ "action": "GETMSG", "conversationId": id })).await;
    assert_eq!(page["messages"][0]["message"], "hello", "{page}");
    let sync = polls.asks(json!({ "action": "SYNC", "cursors": { &id: 0 } })).await;
    assert_eq!(sync["conversations"][0]["conversationId"], *id, "{sync}");
    let refused = polls.asks(json!({ "action": "READ", "conversationId": "no", "seq": 1 })).await;
    assert_eq!(refused["code"], "invalid_request", "{refused}");
}

pub async fn a_cursor_is_one_that_an_answer_had(world: World) {
    let ann = world.person("ann").await;
    for query in ["after=yesterday", "after=1.2.3", "wait=26", "wait=-1"] {
        let answer = world.get(&format!("/api/events?{query}"), Some(&ann.token)).await;
        answer.is_refused(400, "invalid_request");
    }
    world.get("/api/events", None).await.is_refused(401, "unauthorized");
}
