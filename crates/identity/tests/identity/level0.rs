//! Level 0's sign-in.

use aizuchi_core::identity::TokenVerifier;
use http::StatusCode;
use serde_json::json;

use crate::site::{PASSWORD, PUBLIC, Site, code};

#[tokio::test]
async fn tokens_come_in_the_body() {
    let site = Site::new().await;
    site.sign_up("Ada").await;
    let first =
        site.post("/auth").origin("http://127.0.0.1:3000").credentials("ada", PASSWORD).await;
    assert_eq!(first.status, StatusCode::OK);
    let (token, refresh) = (first.text("token"), first.text("refresh"));
    assert_eq!(first.text("user"), "Ada");
    assert!(!token.contains('=') && !refresh.contains('='));
    assert_eq!(&*site.verifier.verify(&token).await.unwrap().username, "Ada");
    assert!(first.headers.get("set-cookie").is_none());

    let body = json!({"user": "ada", "refresh": refresh});
    let second = site.post("/auth/refresh").origin(PUBLIC).json(body).await;
    assert_eq!(second.status, StatusCode::OK);
    assert_ne!(second.text("refresh"), refresh);
    let fields: Vec<_> = second.json().as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["refresh", "token", "user"]);
}

#[tokio::test]
async fn another_persons_refresh_token_is_refused() {
    let site = Site::new().await;
    site.sign_up("ada").await;
    let refresh = site.post("/auth").credentials("ada", PASSWORD).await.text("refresh");
    for body in [json!({"user": "bea", "refresh": refresh}), json!({"user": "ada", "refresh": "x"})]
    {
        let reply = site.post("/auth/refresh").json(body).await;
        assert_eq!(reply.error(), code(401, "unauthorized"));
    }
    let wrong = site.post("/auth").credentials("ada", "wrong password").await;
    assert_eq!(wrong.error(), code(401, "unauthorized"));
}
