//! Who is told, of what, and how.

use std::sync::Arc;

use aizuchi_core::{
    ids::ConversationId,
    notices::{Notices, Pusher, Subscription, Unseen, Wanted},
};
use serde_json::{Value, json};

use crate::service::{World, direct, unseen, user};

#[tokio::test]
async fn a_browser_reads_what_nobody_else_can() {
    let world = World::new().await;
    let phone = world.browser("phone").await;
    world.push.tell(&unseen("a secret")).await;
    let [taken] = world.service.taken().try_into().ok().unwrap();
    assert_eq!(
        phone.reads(&taken.body),
        json!({ "conversationId": "d:ada:bob", "seq": 7, "from": "ada", "name": "Ada",
            "text": "a secret" })
    );
    let header = |name: &str| taken.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-encoding"), "aes128gcm");
    assert_eq!(header("ttl"), "259200");
    assert_eq!(header("urgency"), "high");
    assert_eq!(header("topic").len(), 32);
    let key = world.push.public_key().await.unwrap();
    assert!(header("authorization").starts_with("vapid t="));
    assert!(header("authorization").ends_with(&format!(", k={key}")));
    let said = format!("{:?} {:?}", taken.headers, taken.body);
    for secret in ["a secret", "d:ada:bob", "Ada"] {
        assert!(!said.contains(secret), "{secret}");
    }
    assert_eq!(world.push.metrics().sent.get(), 1);
}

#[tokio::test]
async fn every_browser_has_its_own_words() {
    let world = World::new().await;
    let phone = world.browser("phone").await;
    let shy = world.browser("shy").await;
    let preview = false;
    let quiet = Subscription { preview, created_at: 2, ..shy.subscription.clone() };
    world.notices.subscribe(&user("bob"), &quiet).await.unwrap();
    for text in ["one", "two"] {
        world.push.tell(&unseen(text)).await;
    }
    let taken = world.service.taken();
    assert_eq!(taken.len(), 4);
    for (at, one) in taken.iter().enumerate() {
        let (browser, shows) = if one.browser == "phone" { (&phone, true) } else { (&shy, false) };
        let text = &browser.reads(&one.body)["text"];
        assert_eq!(*text == Value::Null, !shows, "{at}");
    }
    // Of one conversation each browser keeps the newest, and it is not told by
    // the topic that they are of one.
    let topics = |name: &str| {
        let of = taken.iter().filter(|one| one.browser == name);
        of.map(|one| one.headers["topic"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(topics("phone")[0], topics("phone")[1]);
    let bodies: std::collections::HashSet<_> = taken.iter().map(|one| &one.body).collect();
    assert_eq!(bodies.len(), 4, "nothing is encrypted twice alike");
}

#[tokio::test]
async fn each_is_told_what_he_wants() {
    let world = World::new().await;
    world.browser("phone").await;
    let room = ConversationId::parse("r:1").unwrap();
    let named = || Unseen { mentioned: [user("bob")].into(), ..unseen("@bob") };
    for (wanted, plain, mention) in
        [(Wanted::All, 1, 1), (Wanted::Mentions, 0, 1), (Wanted::Nothing, 0, 0)]
    {
        world.notices.want(&user("bob"), &direct(), wanted).await.unwrap();
        world.push.tell(&unseen("hello")).await;
        assert_eq!(world.service.taken().len(), plain, "{wanted:?}");
        world.push.tell(&named()).await;
        assert_eq!(world.service.taken().len(), mention, "{wanted:?}");
        let elsewhere = Unseen { conversation: room.clone(), ..unseen("hello") };
        world.push.tell(&elsewhere).await;
        let [taken] = world.service.taken().try_into().ok().unwrap();
        assert_eq!(taken.headers["urgency"], "normal", "a room waits for the phone to wake");
    }
}

#[tokio::test]
async fn who_did_not_subscribe_is_not_looked_for() {
    let world = World::new().await;
    world.push.tell(&unseen("hello")).await;
    assert_eq!(world.service.taken().len(), 0);
    assert_eq!(world.push.metrics().figures().map(|(_, _, value)| value), [0; 8]);
}

#[tokio::test]
async fn the_key_is_made_once() {
    let world = World::new().await;
    let (one, other) = tokio::join!(world.push.public_key(), world.push.public_key());
    assert_eq!(one.unwrap(), other.unwrap());
    let pem = world.notices.push_key("none was kept").await.unwrap();
    assert!(pem.contains("PRIVATE KEY"));
    assert!(!format!("{:?}", world.push).contains("PRIVATE"));
}

#[tokio::test]
async fn endpoints_inside_are_known_from_afar() {
    let world = World::new().await;
    let push: &Arc<_> = &world.push;
    assert!(push.sends_to("https://push.example/x"));
    for inside in ["", "x", "https://10.0.0.1/x", "ftp://push.example/", "https://[fe80::1]/"] {
        assert!(!push.sends_to(inside), "{inside}");
    }
}
