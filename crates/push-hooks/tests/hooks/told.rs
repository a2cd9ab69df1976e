//! What a back end is told.

use std::{collections::BTreeSet, path::Path, process::Command};

use aizuchi_core::{
    hooks::Hooks as _,
    ids::ConversationId,
    limits::MESSAGE_BYTES,
    log::Body,
    room::{History, Membership, Newcomer},
};
use aizuchi_push_hooks::{secret_text, sign};
use serde_json::{Value, json};

use crate::world::{Answer, BackEnd, World, user};

#[tokio::test]
async fn what_is_said_to_a_bot_is_posted_and_signed() {
    let (world, back_end) = (World::new().await, BackEnd::start().await);
    world.say("ada", "bot", "before").await;
    let hook = world.set(&back_end.url(), 1).await;
    let _running = world.run();
    world.begun().await;
    world.say("ada", "bot", "hello").await;
    let got = back_end.next().await;
    assert_eq!(got.path, "hook");
    let told = got.json();
    assert_eq!((&told["type"], &told["bot"]), (&json!("entry"), &json!("bot")));
    let entry = &told["entry"];
    assert_eq!(entry["conversationId"], "d:ada:bot");
    assert_eq!((&entry["seq"], &entry["message"]), (&json!(2), &json!("hello")));
    assert_eq!((&entry["fromSub"], &entry["kind"]), (&json!("ada"), &json!("message")));
    let (id, at) = (got.header("webhook-id"), got.header("webhook-timestamp"));
    assert_eq!((&*id, &*at), (entry["messageId"].as_str().unwrap(), "1700000000"));
    let signature = sign(&hook.secret, &id, at.parse().unwrap(), &got.body);
    assert_eq!(got.header("webhook-signature"), signature);
    assert_eq!(got.header("content-type"), "application/json");
    // As docs/bots.md shows it, and by its recipe.
    let shown = block("http");
    let (head, body) = shown.split_once("\n\n").unwrap();
    for line in head.lines().skip(1) {
        assert!(got.headers.contains_key(line.split(':').next().unwrap()), "{line}");
    }
    let shown: Value = serde_json::from_str(body).unwrap();
    assert_eq!((fields(&told), fields(entry)), (fields(&shown), fields(&shown["entry"])));
    let verified = Command::new("bash")
        .args(["-euc", &block("bash")])
        .env("SECRET", secret_text(&hook.secret))
        .env("ID", id)
        .env("TIMESTAMP", at)
        .env("BODY", std::str::from_utf8(&got.body).unwrap())
        .output()
        .unwrap();
    let verified = String::from_utf8(verified.stdout).unwrap();
    assert_eq!(format!("v1,{}", verified.trim()), signature);
}

/// The block of this kind of docs/bots.md.
fn block(kind: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/bots.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, after) = page.split_once(&format!("```{kind}\n")).unwrap();
    after.split("\n```").next().unwrap().to_owned()
}

fn fields(of: &Value) -> BTreeSet<&String> {
    of.as_object().unwrap().keys().collect()
}

#[tokio::test]
async fn the_largest_message_is_posted_whole() {
    let (world, back_end) = (World::new().await, BackEnd::start().await);
    world.set(&back_end.url(), 1).await;
    let _running = world.run();
    world.begun().await;
    let largest = "あ".repeat(MESSAGE_BYTES / 3);
    world.say("ada", "bot", &largest).await;
    let got = back_end.next().await;
    assert_eq!(got.text(), largest);
    assert!(got.body.len() < MESSAGE_BYTES + 1_024, "{}", got.body.len());
}

#[tokio::test]
async fn entries_of_a_conversation_come_in_their_order_and_once() {
    let (world, back_end) = (World::new().await, BackEnd::start().await);
    world.set(&back_end.url(), 1).await;
    let _running = world.run();
    world.begun().await;
    for number in 0..120 {
        world.say("ada", "bot", &format!("{number}")).await;
    }
    for number in 0..120 {
        assert_eq!(back_end.next().await.text(), number.to_string());
    }
    world.say("ada", "bot", "the last").await;
    assert_eq!(back_end.next().await.text(), "the last", "nothing came twice");
}

#[tokio::test]
async fn what_a_bot_says_itself_is_not_posted() {
    let (world, back_end) = (World::new().await, BackEnd::start().await);
    world.set(&back_end.url(), 1).await;
    let _running = world.run();
    world.begun().await;
    world.say("bot", "ada", "mine").await;
    world.say("ada", "cyd", "not the bot's").await;
    world.say("ada", "bot", "hers").await;
    assert_eq!(back_end.next().await.text(), "hers");
}

#[tokio::test]
async fn of_a_room_a_bot_hears_what_it_sees() {
    let (world, back_end) = (World::new().await, BackEnd::start().await);
    let room = ConversationId::parse("r:tea").unwrap();
    let newcomer = |id: &str| Newcomer { user: user(id), username: id.into() };
    world.set(&back_end.url(), 1).await;
    let _running = world.run();
    world.begun().await;
    let create = Membership::Created {
        name: "Tea".into(),
        history: History::SinceJoined,
        username: "Ada".into(),
        members: [newcomer("cyd")].into(),
    };
    world.append(&room, "ada", Body::Membership(create)).await;
    world.append(&room, "ada", Body::text("unseen")).await;
    world
        .append(
            &room,
            "ada",
            Body::Membership(Membership::Invited { members: [newcomer("bot")].into() }),
        )
        .await;
    world.append(&room, "ada", Body::text("seen")).await;
    let invited = back_end.next().await.json();
    assert_eq!(
        (&invited["entry"]["kind"], &invited["entry"]["seq"]),
        (&json!("membership"), &json!(3))
    );
    assert_eq!(back_end.next().await.text(), "seen");
    let remove = Membership::Removed { user: user("bot") };
    world.append(&room, "ada", Body::Membership(remove)).await;
    world.append(&room, "ada", Body::text("without it")).await;
    world.say("ada", "bot", "after that").await;
    assert_eq!(back_end.next().await.text(), "after that");
}

#[tokio::test]
async fn a_restart_in_between_loses_nothing() {
    let (world, back_end) = (World::new().await, BackEnd::start().await);
    world.set(&back_end.url(), 1).await;
    let running = world.run();
    world.begun().await;
    world.say("ada", "bot", "one").await;
    assert_eq!(back_end.next().await.text(), "one");
    back_end.answers(&[Answer::Never]);
    world.say("ada", "bot", "two").await;
    assert_eq!(back_end.next().await.text(), "two");
    // Nobody knows whether it was taken.
    drop(running);
    world.say("ada", "bot", "three").await;
    back_end.answers(&[]);
    let _running = world.run();
    assert_eq!(back_end.next().await.text(), "two");
    assert_eq!(back_end.next().await.text(), "three");
}

#[tokio::test]
async fn another_webhook_goes_on_where_the_first_was() {
    let (world, back_end, other) =
        (World::new().await, BackEnd::start().await, BackEnd::start().await);
    world.set(&back_end.url(), 1).await;
    let running = world.run();
    world.begun().await;
    world.say("ada", "bot", "one").await;
    assert_eq!(back_end.next().await.text(), "one");
    // So that the next entry waits for another to take it.
    back_end.answers(&[Answer::Status(500); 10_000]);
    world.say("ada", "bot", "two").await;
    assert_eq!(back_end.next().await.text(), "two");
    world.set(&other.url(), 2).await;
    assert_eq!(other.next().await.text(), "two");

    drop(running);
    world.hooks.remove_hook(&user("bot")).await.unwrap();
    world.say("ada", "bot", "to nobody").await;
    world.set(&other.url(), 3).await;
    let _running = world.run();
    world.begun().await;
    world.say("ada", "bot", "three").await;
    assert_eq!(other.next().await.text(), "three", "a new one begins anew");
}
