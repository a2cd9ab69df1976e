//! Bots, whose keys each shape's tests make in its own way.

use reqwest::Method;
use serde_json::{Value, json};

use crate::people::{Answer, World};

async fn post(world: &World, path: &str, key: &str, body: &Value) -> Answer {
    world.call(Method::POST, path, Some(key), Some(body.to_string())).await
}

/// A bot whose `key` is good, and one whose `revoked` key is not any more.
pub async fn a_key_speaks_for_its_bot(world: World, key: &str, revoked: &str) {
    let ann = world.person("ann").await;
    let bot = world.call(Method::POST, "/api/introduction", Some(key), None).await;
    assert_eq!(bot.status, 200, "{bot:?}");
    let sub = bot.body["sub"].clone();
    let found = world.get(&format!("/api/users/{}", sub.as_str().unwrap()), Some(&ann.token)).await;
    assert_eq!(found.body["username"], bot.body["username"]);

    let mut phone = ann.phone().await;
    let hello = json!({ "to": ann.sub, "message": "hello", "clientMsgId": "b1" });
    let sent = post(&world, "/api/messages", key, &hello).await;
    assert_eq!(sent.status, 200, "{sent:?}");
    assert!(sent.body["seq"] == 1 && sent.body["messageId"].is_string(), "{sent:?}");
    let told = phone.expect("SENDMSG").await;
    assert_eq!((&told["message"], &told["fromSub"]), (&json!("hello"), &sub));
    assert_eq!(post(&world, "/api/messages", key, &hello).await.body, sent.body, "sent once");
    let conversation = &sent.body["conversationId"];
    let reply = json!({ "conversationId": conversation, "message": "again", "replyTo": 1 });
    assert_eq!(post(&world, "/api/messages", key, &reply).await.body["seq"], 2);
    assert_eq!(phone.expect("SENDMSG").await["replyTo"], 1);

    let listed = world.get("/api/conversations?limit=50", Some(key)).await;
    let listed = listed.body["conversations"].as_array().expect("a list").clone();
    assert!(listed.iter().any(|one| one["conversationId"] == *conversation), "{listed:?}");
    let path = |more: &str| {
        let id = conversation.as_str().unwrap().replace('%', "%25");
        format!("/api/conversations/{id}/messages{more}")
    };
    let page = world.get(&path("?after=0&limit=1"), Some(key)).await;
    assert_eq!((page.status, &page.body["hasMore"]), (200, &json!(true)), "{page:?}");
    assert_eq!(page.body["messages"][0]["message"], "hello");
    assert_eq!(page.body["messages"].as_array().map(Vec::len), Some(1));
    let newest = world.get(&path(""), Some(&ann.token)).await;
    assert_eq!(newest.body["messages"].as_array().map(Vec::len), Some(2), "people too");
    let after = world.get("/api/events?after=now", Some(key)).await;
    assert!(after.body["after"].is_string(), "{after:?}");

    for (path, body, status, code) in [
        ("/api/messages", json!({ "to": ann.sub, "message": "" }), 400, "invalid_request"),
        ("/api/messages", json!({ "message": "hello" }), 400, "invalid_request"),
        ("/api/messages", json!({ "to": ann.sub, "text": "hello" }), 400, "invalid_request"),
        ("/api/messages", json!({ "to": sub, "message": "hello" }), 400, "invalid_request"),
        ("/api/messages", json!({ "to": "nobody", "message": "hello" }), 404, "not_found"),
        (
            "/api/messages",
            json!({ "conversationId": "d:a:b", "message": "hello" }),
            403,
            "forbidden",
        ),
    ] {
        post(&world, path, key, &body).await.is_refused(status, code);
    }
    let mixed = path("?before=2&after=1");
    world.get(&mixed, Some(key)).await.is_refused(400, "invalid_request");
    world.get(&path("?limit=x"), Some(key)).await.is_refused(400, "invalid_request");
    world.get("/api/conversations?limit=0", Some(key)).await.is_refused(400, "invalid_request");
    let eve = world.person("eve").await;
    world.get(&path(""), Some(&eve.token)).await.is_refused(403, "forbidden");

    // It is no account, and one that was revoked is nothing.
    for path in ["/api/me", "/api/sessions"] {
        world.get(path, Some(key)).await.is_refused(401, "unauthorized");
    }
    let strange = format!("{}A", &key[..key.len() - 1]);
    for bad in [revoked, &strange, "aizuchi_", &format!("{key}A")] {
        if bad != key {
            world.get("/api/conversations", Some(bad)).await.is_refused(401, "unauthorized");
        }
    }
    world.get("/api/conversations", None).await.is_refused(401, "unauthorized");
}
