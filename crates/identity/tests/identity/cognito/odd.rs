//! A user pool that answers what a test wants: what the real one does too
//! rarely to wait for.

use std::{
    collections::HashMap,
    future::IntoFuture,
    sync::{Arc, Mutex},
};

use aizuchi_identity::CognitoSettings;
use aizuchi_testkit::logged;
use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    response::IntoResponse,
    routing::{get, post},
};
use http::{HeaderMap, StatusCode, header};
use jsonwebtoken::jwk::JwkSet;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{CREDENTIALS_WRONG, Guest, REFRESH};
use crate::{
    issuer::Key,
    site::{PASSWORD, code as error},
};

/// What must be in no log.
const MESSAGE: &str = "the message quotes 'correct horse battery'";

type Answer = (u16, Value);

#[derive(Default)]
struct Odd {
    answers: Mutex<HashMap<&'static str, Answer>>,
    calls: Mutex<Vec<(HeaderMap, Value)>>,
}

async fn answer(State(odd): State<Arc<Odd>>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    let target = headers["x-amz-target"].to_str().unwrap().to_owned();
    odd.calls.lock().unwrap().push((headers, serde_json::from_slice(&body).unwrap()));
    let operation = target.strip_prefix("AWSCognitoIdentityProviderService.").unwrap();
    let (status, body) = odd.answers.lock().unwrap()[operation].clone();
    (StatusCode::from_u16(status).unwrap(), Json(body))
}

/// A pool with one person, and its server.
struct Pool {
    odd: Arc<Odd>,
    guest: Guest,
    token: String,
}

impl Pool {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (odd, key) = (Arc::<Odd>::default(), Key::new("k1"));
        let keys = JwkSet { keys: vec![key.public()] };
        let router = Router::new()
            .route("/", post(answer))
            .route("/pool/.well-known/jwks.json", get(async || Json(keys)))
            .with_state(Arc::clone(&odd));
        tokio::spawn(axum::serve(listener, router).into_future());
        let issuer = format!("{url}/pool");
        let guest = Guest::of(CognitoSettings {
            issuer: issuer.clone(),
            jwks_url: None,
            client_id: "web".to_owned(),
            api_url: url.parse().unwrap(),
            sign_in_url: url.parse().unwrap(),
        });
        let token = key.sign(&json!({
            "iss": issuer, "sub": "user-1", "client_id": "web", "token_use": "access",
            "username": "ada", "origin_jti": "s1", "exp": 4_000_000_000_u64,
        }));
        let pool = Self { odd, guest, token };
        pool.answers("SignUp", 200, json!({"UserConfirmed": true, "UserSub": "user-1"}));
        pool.gives("InitiateAuth", json!("first"));
        pool.gives("GetTokensFromRefreshToken", Value::Null);
        for operation in ["RevokeToken", "ChangePassword", "GlobalSignOut"] {
            pool.answers(operation, 200, json!({}));
        }
        pool
    }

    fn answers(&self, operation: &'static str, status: u16, body: Value) {
        self.odd.answers.lock().unwrap().insert(operation, (status, body));
    }

    fn fails(&self, operation: &'static str, status: u16, kind: &str) {
        self.answers(operation, status, json!({"__type": kind, "message": MESSAGE}));
    }

    /// Tokens, with this one to refresh with.
    fn gives(&self, operation: &'static str, refresh: Value) {
        let result = json!({
            "AccessToken": self.token, "RefreshToken": refresh, "TokenType": "Bearer",
        });
        self.answers(operation, 200, json!({"AuthenticationResult": result}));
    }
}

#[tokio::test]
async fn calls_are_unsigned_and_hold_the_folded_name() {
    let pool = Pool::new().await;
    pool.guest.sign_up("ＡDA").await;
    let calls = pool.odd.calls.lock().unwrap();
    assert_eq!(calls.len(), 2);
    for (headers, _) in &*calls {
        assert_eq!(headers[header::CONTENT_TYPE], "application/x-amz-json-1.1");
        assert!(!headers.contains_key(header::AUTHORIZATION));
    }
    let attribute = json!({"Name": "preferred_username", "Value": "ＡDA"});
    let sign_up = json!({
        "ClientId": "web", "Username": "ada", "Password": PASSWORD, "UserAttributes": [attribute],
    });
    assert_eq!(calls[0].1, sign_up);
    assert_eq!(calls[1].1["AuthParameters"], json!({"USERNAME": "ada", "PASSWORD": PASSWORD}));
}

#[tokio::test]
async fn a_refresh_token_that_is_replaced_is_passed_on() {
    let pool = Pool::new().await;
    for (given, kept) in [(json!("second"), "second"), (Value::Null, "first")] {
        pool.gives("GetTokensFromRefreshToken", given);
        let page = pool.guest.refresh("aizuchi_refresh=first").await;
        assert_eq!(page.cookie(REFRESH), format!("aizuchi_refresh={kept}"), "{}", page.body);
        let body = json!({"user": "ada", "refresh": "first"});
        let client = pool.guest.post("/auth/refresh").json(body).await;
        assert_eq!(client.text("refresh"), kept);
    }
    pool.fails("GetTokensFromRefreshToken", 400, "RefreshTokenReuseException");
    let reply = pool.guest.refresh("aizuchi_refresh=first").await;
    assert_eq!(reply.error(), error(401, "unauthorized"));
}

#[tokio::test]
async fn what_has_not_the_form_of_a_token_is_not_sent() {
    let pool = Pool::new().await;
    pool.fails("GetTokensFromRefreshToken", 400, "InvalidParameterException");
    for (refresh, wanted) in [("a.b-c_d=", 503), ("a b", 401), ("\u{3042}", 401)] {
        let body = json!({"user": "ada", "refresh": refresh});
        let reply = pool.guest.post("/auth/refresh").json(body).await;
        assert_eq!(reply.error().0, wanted, "{refresh}");
    }
    let out = pool.guest.post("/api/auth/signout").cookie("aizuchi_refresh=a%20b").send().await;
    assert_eq!(out.status, StatusCode::OK);
    assert_eq!(pool.odd.calls.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn every_failure_has_a_code_of_the_list() {
    let pool = Pool::new().await;
    for (status, kind, wanted) in [
        (400, "UserNotFoundException", error(401, "unauthorized")),
        (400, "com.amazonaws.cognito#NotAuthorizedException", error(401, "unauthorized")),
        (400, "PasswordResetRequiredException", error(403, "forbidden")),
        (400, "TooManyRequestsException", error(429, "rate_limited")),
        (400, "LimitExceededException", error(429, "rate_limited")),
        (429, "", error(429, "rate_limited")),
        (400, "UserNotConfirmedException", error(503, "unavailable")),
        (400, "ResourceNotFoundException", error(503, "unavailable")),
        (400, "InvalidParameterException", error(503, "unavailable")),
        (500, "InternalErrorException", error(503, "unavailable")),
        (503, "", error(503, "unavailable")),
        (302, "", error(503, "unavailable")),
    ] {
        pool.fails("InitiateAuth", status, kind);
        for path in ["/auth", "/api/auth/signin"] {
            let reply = pool.guest.post(path).credentials("ada", PASSWORD).await;
            assert_eq!(reply.error(), wanted, "{kind}");
            assert_eq!(reply.text("error") == CREDENTIALS_WRONG, wanted.0 == 401);
            assert!(!reply.body.contains("horse"), "{}", reply.body);
            let retry = reply.headers.get(header::RETRY_AFTER).map(|after| after.to_str().unwrap());
            assert_eq!(retry, (wanted.0 == 429).then_some("5"));
        }
    }
    for (kind, wanted) in [
        ("UsernameExistsException", error(409, "conflict")),
        ("InvalidPasswordException", error(400, "invalid_request")),
        ("NotAuthorizedException", error(403, "forbidden")),
        ("UserLambdaValidationException", error(503, "unavailable")),
    ] {
        pool.fails("SignUp", 400, kind);
        let reply = pool.guest.post("/api/auth/signup").credentials("ada", PASSWORD).await;
        assert_eq!(reply.error(), wanted, "{kind}");
    }
}

#[tokio::test]
async fn answers_that_are_none_tell_a_passing_fault() {
    let pool = Pool::new().await;
    for (answer, wanted) in [
        (json!({}), error(503, "unavailable")),
        (json!("x".repeat(300_000)), error(503, "unavailable")),
        (json!({"AuthenticationResult": {"AccessToken": 1}}), error(503, "unavailable")),
        (
            json!({"AuthenticationResult": {"AccessToken": "e30.e30.e30"}}),
            error(503, "unavailable"),
        ),
        (
            json!({"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "x"}),
            error(403, "forbidden"),
        ),
    ] {
        pool.answers("InitiateAuth", 200, answer);
        let reply = pool.guest.sign_in("ada", PASSWORD).await;
        assert_eq!(reply.error(), wanted, "{}", reply.body);
    }
}

#[tokio::test]
async fn a_pool_that_is_away_keeps_nobody_from_signing_out() {
    let pool = Pool::new().await;
    pool.fails("RevokeToken", 500, "InternalErrorException");
    pool.fails("GetTokensFromRefreshToken", 500, "InternalErrorException");
    let cookie = "aizuchi_refresh=first";
    assert_eq!(pool.guest.refresh(cookie).await.error(), error(503, "unavailable"));
    let out = pool.guest.post("/api/auth/signout").cookie(cookie).bearer(&pool.token).send().await;
    assert_eq!(out.status, StatusCode::OK);
    assert!(out.set_cookie(REFRESH).contains("Max-Age=0"));
    assert_eq!(pool.guest.heard.take().len(), 1);
}

#[tokio::test]
async fn the_cause_is_logged_and_no_secret() {
    let pool = Pool::new().await;
    logged::begin();
    pool.guest.sign_in("ada", PASSWORD).await;
    pool.fails("InitiateAuth", 400, "ResourceNotFoundException");
    pool.guest.sign_in("ada", PASSWORD).await;
    pool.fails("InitiateAuth", 400, MESSAGE);
    pool.guest.sign_in("ada", PASSWORD).await;
    pool.answers("InitiateAuth", 200, json!({"AuthenticationResult": {"AccessToken": MESSAGE}}));
    pool.guest.sign_in("ada", PASSWORD).await;
    let log = logged::end();
    assert!(log.contains("ResourceNotFoundException"), "{log}");
    assert!(log.contains("the pool's own access token was refused"), "{log}");
    for secret in ["horse", "first", &*pool.token] {
        assert!(!log.contains(secret), "{log}");
    }
}
