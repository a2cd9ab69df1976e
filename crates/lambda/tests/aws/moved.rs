//! People who were moved here keep their ids, where the stack is told so.

use aizuchi_behaviour::PASSWORD;
use reqwest::Client;
use serde_json::{Value, json};

use crate::{permissions::Aws, stack::Stack};

/// The id that somebody had elsewhere.
const ID: &str = "u-moved-here";

#[tokio::test]
async fn whoever_moved_here_is_who_he_was() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let stack = Stack::start_with(&["MovedPeople=on"]);
    let aws = Aws::of(&stack);
    let pools = aws.run(&["cognito-idp", "list-user-pools", "--max-results", "2"]);
    let pool = pools["UserPools"][0]["Id"].as_str().unwrap();
    let attribute = format!("Name=custom:aizuchi_id,Value={ID}");
    let user = ["--user-pool-id", pool, "--username", "moved"];
    let create = ["cognito-idp", "admin-create-user", "--message-action", "SUPPRESS"];
    aws.run(&[&create[..], &user, &["--user-attributes", &attribute]].concat());
    let password =
        ["cognito-idp", "admin-set-user-password", "--permanent", "--password", PASSWORD];
    aws.run(&[&password[..], &user].concat());

    let http = Client::new();
    let at = |path: &str| format!("{}{path}", stack.target.http_url);
    let post = async |path: &str, body: Value| {
        http.post(at(path)).json(&body).send().await.unwrap().json::<Value>().await.unwrap()
    };
    let me = async |token: &Value| {
        let asked = http.get(at("/api/me")).bearer_auth(token.as_str().unwrap());
        asked.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let signed_in = post("/auth", json!({ "user": "moved", "password": PASSWORD })).await;
    assert_eq!(me(&signed_in["token"]).await, json!({ "sub": ID, "username": "moved" }));
    let again = json!({ "user": "moved", "refresh": signed_in["refresh"] });
    let refreshed = post("/auth/refresh", again).await;
    assert_eq!(me(&refreshed["token"]).await["sub"], ID, "after a refresh too");

    let other = json!({ "user": "stranger", "password": PASSWORD });
    let signed_up = post("/api/auth/signup", other).await;
    let sub = me(&signed_up["token"]).await["sub"].clone();
    assert!(sub.as_str().is_some_and(|sub| sub.len() == 36), "Cognito's own: {sub}");
}
