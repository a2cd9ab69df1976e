//! How people are told while they are away: browsers, and what each wants.

use reqwest::Method;
use serde_json::{Value, json};

use crate::people::{Answer, Person, World};

const SUBSCRIPTIONS: &str = "/api/push/subscriptions";
/// A point of P-256 and 16 bytes, as a browser writes them.
const P256DH: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

/// A browser that nobody can push to.
fn subscription(world: &World) -> Value {
    let endpoint = format!("https://push.invalid/{}", world.fresh("endpoint"));
    json!({ "endpoint": endpoint, "expirationTime": null,
        "keys": { "p256dh": P256DH, "auth": AUTH } })
}

async fn call(world: &World, method: Method, path: &str, of: &Person, body: &Value) -> Answer {
    world.call(method, path, Some(&of.token), Some(body.to_string())).await
}

pub async fn a_browser_subscribes_and_leaves(world: World) {
    let ann = world.person("ann").await;
    let key = || world.get("/api/push/key", Some(&ann.token));
    let Answer { status, body } = key().await;
    assert_eq!(status, 200, "{body}");
    let public = body["key"].as_str().unwrap();
    assert_eq!(public.len(), 87, "a point of P-256 in base64url: {public}");
    assert!(public.starts_with('B'), "not compressed: {public}");
    assert_eq!(key().await.body, body, "it stays the same");

    let mut browser = subscription(&world);
    let put = |body: Value| {
        let (world, ann) = (&world, &ann);
        async move { call(world, Method::PUT, SUBSCRIPTIONS, ann, &body).await }
    };
    assert_eq!(put(browser.clone()).await.status, 204);
    browser["preview"] = json!(false);
    assert_eq!(put(browser.clone()).await.status, 204, "it may be told again");
    let gone = json!({ "endpoint": browser["endpoint"] });
    for _ in 0..2 {
        let left = call(&world, Method::DELETE, SUBSCRIPTIONS, &ann, &gone).await;
        assert_eq!(left.status, 204, "what is gone is gone");
    }
    // A message to who cannot be reached is a message all the same.
    assert_eq!(put(browser).await.status, 204);
    let bob = world.person("bob").await;
    bob.phone().await.say(ann.is_told("are you there?")).await;
}

pub async fn what_is_no_subscription_is_refused(world: World) {
    let ann = world.person("ann").await;
    let good = subscription(&world);
    let with = |name: &str, value: Value| {
        let mut changed = good.clone();
        match name.split_once('.') {
            Some((outer, inner)) => changed[outer][inner] = value,
            None => changed[name] = value,
        }
        changed
    };
    for body in [
        json!([]),
        json!({}),
        with("endpoint", json!(7)),
        with("endpoint", json!("")),
        with("endpoint", json!("push.invalid/x")),
        with("endpoint", json!("ftp://push.invalid/x")),
        with("endpoint", json!("https://a:b@push.invalid/x")),
        with("endpoint", json!("https://127.0.0.1/x")),
        with("endpoint", json!("http://127.0.0.1:8080/x")),
        with("endpoint", json!("https://[::1]/x")),
        with("endpoint", json!("https://[::ffff:10.0.0.1]/x")),
        with("endpoint", json!("https://169.254.169.254/latest/meta-data")),
        with("endpoint", json!("https://10.0.0.1/x")),
        with("keys", json!({})),
        with("keys.p256dh", json!("AAAA")),
        with("keys.p256dh", json!(format!("A{}", &P256DH[1..]))),
        with("keys.p256dh", json!("not base64!")),
        with("keys.auth", json!("AAAA")),
        with("preview", json!("yes")),
    ] {
        let answer = call(&world, Method::PUT, SUBSCRIPTIONS, &ann, &body).await;
        answer.is_refused(400, "invalid_request");
    }
    let long = with("endpoint", json!(format!("https://push.invalid/{}", "x".repeat(2_048))));
    let answer = call(&world, Method::PUT, SUBSCRIPTIONS, &ann, &long).await;
    answer.is_refused(413, "too_large");
    let answer = call(&world, Method::DELETE, SUBSCRIPTIONS, &ann, &json!({})).await;
    answer.is_refused(400, "invalid_request");
}

pub async fn notifications_of_a_conversation_are_ones_own_decision(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let path = format!("/api/conversations/{}/notifications", escaped(&ann.with(&bob)));
    let wants = async |of: &Person| {
        let Answer { status, body } = world.get(&path, Some(&of.token)).await;
        assert_eq!(status, 200, "{body}");
        body["notifications"].as_str().unwrap().to_owned()
    };
    assert_eq!(wants(&ann).await, "all");
    for wanted in ["mentions", "none", "all", "none"] {
        let body = json!({ "notifications": wanted });
        assert_eq!(call(&world, Method::PUT, &path, &ann, &body).await.status, 204);
        assert_eq!(wants(&ann).await, wanted);
    }
    assert_eq!(wants(&bob).await, "all");
    for body in [json!({}), json!([]), json!({ "notifications": "some" })] {
        let answer = call(&world, Method::PUT, &path, &ann, &body).await;
        answer.is_refused(400, "invalid_request");
    }
    let muted = json!({ "notifications": "none" });
    call(&world, Method::PUT, &path, &cleo, &muted).await.is_refused(403, "forbidden");
    world.get(&path, Some(&cleo.token)).await.is_refused(403, "forbidden");
    let nowhere = "/api/conversations/nowhere/notifications";
    call(&world, Method::PUT, nowhere, &ann, &muted).await.is_refused(404, "not_found");
    assert_eq!(wants(&ann).await, "none");
}

pub async fn nobody_subscribes_without_a_token(world: World) {
    let body = subscription(&world).to_string();
    for (method, path) in [
        (Method::GET, "/api/push/key"),
        (Method::PUT, SUBSCRIPTIONS),
        (Method::DELETE, SUBSCRIPTIONS),
        (Method::GET, "/api/conversations/d:a:b/notifications"),
        (Method::PUT, "/api/conversations/d:a:b/notifications"),
    ] {
        for token in [None, Some("a.b.c")] {
            let with_body = (method != Method::GET).then(|| body.clone());
            let answer = world.call(method.clone(), path, token, with_body).await;
            answer.is_refused(401, "unauthorized");
        }
    }
}

/// A conversation's id in a path: its members are escaped already.
fn escaped(id: &str) -> String {
    id.replace('%', "%25")
}
