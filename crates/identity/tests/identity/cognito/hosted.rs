//! People who sign in on the pool's hosted pages.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::StatusCode;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Guest, REFRESH, emulator};
use crate::site::{PASSWORD, Reply, code as error};

const VERIFIER: &str = "a-verifier-of-some-forty-three-characters-or-more";
const RETURN: &str = "http://127.0.0.1:8080/signed-in";

async fn code(guest: &Guest, name: &str, password: &str) -> String {
    let mut authorize = guest.cognito.party().authorize_url();
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    authorize
        .query_pairs_mut()
        .append_pair("redirect_uri", RETURN)
        .append_pair("state", "s")
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256");
    emulator::code(&authorize, name, password).await
}

async fn exchange(guest: &Guest, code: &str, verifier: &str, back: &str) -> Reply {
    let body = json!({"code": code, "verifier": verifier, "redirectUri": back});
    guest.post("/api/auth/code").json(body).await
}

async fn signed_in(guest: &Guest, name: &str, password: &str) -> Reply {
    let code = code(guest, name, password).await;
    let reply = exchange(guest, &code, VERIFIER, RETURN).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
    reply
}

#[tokio::test]
async fn a_code_opens_a_session_like_any_other() {
    let guest = Guest::new().await;
    let before = guest.sign_up("Ida").await;
    let reply = signed_in(&guest, "ida", PASSWORD).await;
    assert_eq!(reply.json()["user"], before.json()["user"]);
    assert_eq!(guest.me(&reply.text("token")).await.json()["username"], "Ida");
    let identity = guest.verified(&reply.text("token")).await;
    assert!(identity.session.is_some());

    let cookie = reply.cookie(REFRESH);
    let fresh = guest.refresh(&cookie).await;
    assert_eq!((fresh.status, fresh.cookie(REFRESH)), (StatusCode::OK, cookie.clone()));
    let session = guest.verified(&fresh.text("token")).await.session;
    assert_eq!(session, identity.session, "it lives on");
    let out = guest.post("/api/auth/signout").cookie(&cookie).bearer(&fresh.text("token"));
    assert_eq!(out.send().await.status, StatusCode::OK);
    assert_eq!(guest.heard.take(), [(identity.user, session)]);
    assert_eq!(guest.refresh(&cookie).await.error(), error(401, "unauthorized"));
}

#[tokio::test]
async fn a_code_is_bound_to_its_verifier_its_page_and_one_use() {
    let guest = Guest::new().await;
    guest.sign_up("jo").await;
    let wrong = "another-verifier-of-some-forty-three-characters";
    let refused = exchange(&guest, &code(&guest, "jo", PASSWORD).await, wrong, RETURN).await;
    assert_eq!(refused.error(), error(400, "invalid_request"));
    let elsewhere = "https://evil.example/signed-in";
    let refused = exchange(&guest, &code(&guest, "jo", PASSWORD).await, VERIFIER, elsewhere).await;
    assert_eq!(refused.error(), error(400, "invalid_request"));
    let code = code(&guest, "jo", PASSWORD).await;
    assert_eq!(exchange(&guest, &code, VERIFIER, RETURN).await.status, StatusCode::OK);
    let again = exchange(&guest, &code, VERIFIER, RETURN).await;
    assert_eq!(again.error(), error(400, "invalid_request"));
}

#[tokio::test]
async fn the_password_changes_though_the_token_is_from_the_pages() {
    const NEXT: &str = "another horse battery";
    let guest = Guest::new().await;
    guest.sign_up("kim").await;
    let token = signed_in(&guest, "kim", PASSWORD).await.text("token");
    let call = guest.post("/api/auth/password").bearer(&token);
    let reply = call.json(json!({"current": PASSWORD, "next": NEXT})).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.body);
    signed_in(&guest, "kim", NEXT).await;
}
