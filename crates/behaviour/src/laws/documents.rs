//! The documents of the HTTP side and of the frames, which the server gives
//! itself. What they say is held against one shape by tests of its own; that
//! all of it is there, against each.

use reqwest::Method;
use serde_json::Value;

use crate::people::World;

pub async fn what_is_documented_is_served(world: World) {
    let document = world.get("/api/openapi.json", None).await;
    assert_eq!((document.status, &document.body["openapi"]), (200, &Value::from("3.1.0")));
    let paths = document.body["paths"].as_object().expect("paths");
    for path in ["/api/messages", "/api/frames", "/api/auth/refresh"] {
        assert!(paths.contains_key(path), "{path}");
    }
    for (path, item) in paths {
        let item = item.as_object().expect("operations");
        // A socket is asked for elsewhere, and pages are no calls.
        let is_call = path.starts_with("/api/") && !path.ends_with("/export");
        for method in ["get", "post", "put", "delete"].into_iter().filter(|_| is_call) {
            let named = path.replace(['{', '}'], "");
            let verb = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let answer = world.call(verb, &named, None, None).await;
            let Some(operation) = item.get(method) else {
                answer.is_refused(405, "invalid_request");
                continue;
            };
            let told = &operation["responses"][answer.status.to_string()];
            assert!(!told.is_null(), "{method} {path}: {answer:?}");
            // A body that is missing may be told before a token that is.
            let is_told_first = operation["requestBody"].is_object() && answer.status == 400;
            if operation["security"][0]["bearer"].is_array() && !is_told_first {
                answer.is_refused(401, "unauthorized");
            }
        }
    }
}

pub async fn the_frames_are_documented(world: World) {
    let document = world.get("/api/asyncapi.json", None).await;
    assert_eq!((document.status, &document.body["asyncapi"]), (200, &Value::from("3.0.0")));
    let messages = document.body["components"]["messages"].as_object().expect("messages");
    assert!(messages.contains_key("ClientSENDMSG") && messages.contains_key("ServerACK"));
}
