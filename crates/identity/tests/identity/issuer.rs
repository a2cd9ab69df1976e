//! Tokens of another issuer, whose keys come over the network.

use std::{
    future::IntoFuture,
    sync::{
        Arc, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aizuchi_core::{
    clock::Clock,
    error::PortError,
    identity::{TokenError, TokenVerifier},
};
use aizuchi_identity::{IssuerSettings, Verifier};
use aizuchi_testkit::clock::ManualClock;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::future::join_all;
use http::StatusCode;
use jsonwebtoken::{
    Algorithm, EncodingKey, Header, encode,
    jwk::{Jwk, JwkSet},
};
use p256::pkcs8::{EncodePrivateKey, LineEnding};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60_000;

/// A signing key of the issuer.
pub(crate) struct Key {
    kid: &'static str,
    private: EncodingKey,
}

impl Key {
    pub(crate) fn new(kid: &'static str) -> Self {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).unwrap();
        let secret = p256::SecretKey::from_slice(&secret).unwrap();
        let pem = secret.to_pkcs8_pem(LineEnding::LF).unwrap();
        Self { kid, private: EncodingKey::from_ec_pem(pem.as_bytes()).unwrap() }
    }

    pub(crate) fn public(&self) -> Jwk {
        let mut jwk = Jwk::from_encoding_key(&self.private, Algorithm::ES256).unwrap();
        jwk.common.key_id = Some(self.kid.to_owned());
        jwk
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.kid.to_owned());
        encode(&header, claims, &self.private).unwrap()
    }
}

/// What the issuer answers at present, and how often it was asked for its keys.
struct Answers {
    url: String,
    discovery: RwLock<Option<String>>,
    keys: RwLock<Option<String>>,
    asked: AtomicUsize,
}

impl Answers {
    fn publish(&self, keys: &[&Key]) {
        let set = JwkSet { keys: keys.iter().map(|key| key.public()).collect() };
        *self.keys.write().unwrap() = Some(serde_json::to_string(&set).unwrap());
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn discovery(State(answers): State<Arc<Answers>>) -> Response {
    answer(answers.discovery.read().unwrap().clone())
}

async fn keys(State(answers): State<Arc<Answers>>) -> Response {
    answers.asked.fetch_add(1, Ordering::SeqCst);
    answer(answers.keys.read().unwrap().clone())
}

fn answer(body: Option<String>) -> Response {
    body.map_or_else(
        || StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        IntoResponse::into_response,
    )
}

struct Issuer {
    answers: Arc<Answers>,
    clock: Arc<ManualClock>,
    verifier: Verifier,
}

impl Issuer {
    async fn new(first: &Key) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let told = json!({"issuer": url, "jwks_uri": format!("{url}/keys")}).to_string();
        let answers = Arc::new(Answers {
            url: url.clone(),
            discovery: RwLock::new(Some(told)),
            keys: RwLock::default(),
            asked: AtomicUsize::default(),
        });
        answers.publish(&[first]);
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .with_state(Arc::clone(&answers));
        // It ends with the test's runtime.
        tokio::spawn(axum::serve(listener, router).into_future());
        let clock = Arc::new(ManualClock::default());
        let settings =
            IssuerSettings { issuer: url, jwks_url: None, audiences: vec!["client-1".to_owned()] };
        let verifier = Verifier::of_issuer(settings, Arc::clone(&clock) as Arc<dyn Clock>);
        Self { answers, clock, verifier: verifier.unwrap() }
    }

    fn claims(&self, changes: Value) -> Value {
        let now = self.clock.now_ms() / 1000;
        let mut claims = json!({
            "iss": self.answers.url, "sub": "user-1", "aud": "client-1", "scope": "openid",
            "exp": now + 24 * 3600,
        });
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        claims
    }

    async fn accepts(&self, token: &str) -> bool {
        self.verifier.verify(token).await.is_ok()
    }
}

#[tokio::test]
async fn any_issuers_access_tokens_are_accepted() {
    let key = Key::new("k1");
    let issuer = Issuer::new(&key).await;
    for (claims, name) in [
        // Cognito.
        (
            json!({"aud": null, "client_id": "client-1", "token_use": "access", "username": "a"}),
            "a",
        ),
        // Keycloak.
        (
            json!({"aud": "account", "azp": "client-1", "typ": "Bearer", "preferred_username": "b"}),
            "b",
        ),
        // RFC 9068.
        (json!({"aud": ["api", "client-1"], "cognito:username": "c"}), "c"),
        (json!({"username": "a\u{0}b"}), "user-1"),
        (json!({"username": "a".repeat(64)}), &"a".repeat(64)),
        (json!({"username": "a".repeat(65)}), "user-1"),
        (json!({}), "user-1"),
        // Entra and Okta.
        (json!({"scope": null, "scp": "chat"}), "user-1"),
    ] {
        let identity = issuer.verifier.verify(&key.sign(&issuer.claims(claims))).await.unwrap();
        assert_eq!(&*identity.username, name);
        assert_eq!((identity.user.as_str(), identity.session), ("user-1", None));
    }
    // Cognito's tokens name the session so, Keycloak's so.
    let session = async |claims| {
        let token = key.sign(&issuer.claims(claims));
        issuer.verifier.verify(&token).await.unwrap().session
    };
    let by_origin = session(json!({"origin_jti": "s1", "jti": "t1"})).await;
    assert!(by_origin.is_some());
    assert_eq!(by_origin, session(json!({"origin_jti": "s1", "jti": "t2"})).await);
    assert_eq!(by_origin, session(json!({"sid": "s1", "origin_jti": "s2"})).await);
    assert_ne!(by_origin, session(json!({"origin_jti": "s2"})).await);
    let moved = key.sign(&issuer.claims(json!({"aizuchi_id": "old-1"})));
    assert_eq!(issuer.verifier.verify(&moved).await.unwrap().user.as_str(), "old-1");
    assert_eq!(issuer.answers.asked(), 1, "keys are cached");
}

#[tokio::test]
async fn other_tokens_of_the_issuer_are_not() {
    let key = Key::new("k1");
    let issuer = Issuer::new(&key).await;
    for claims in [
        json!({"aud": "client-2"}),
        json!({"aud": []}),
        json!({"aud": null}),
        json!({"token_use": "id"}),
        json!({"typ": "ID"}),
        json!({"typ": "Refresh"}),
        json!({"at_hash": "x"}),
        // An id token of the code flow, which need not say what it is.
        json!({"scope": null, "nonce": "n", "auth_time": 1}),
        json!({"iss": "https://other.example"}),
    ] {
        let token = key.sign(&issuer.claims(claims.clone()));
        let refused = issuer.verifier.verify(&token).await;
        assert!(matches!(refused, Err(TokenError::Refused(_))), "{claims}");
    }
    let now = issuer.clock.now_ms() / 1000;
    assert!(issuer.accepts(&key.sign(&issuer.claims(json!({"exp": now - 29})))).await, "leeway");
    let expired = key.sign(&issuer.claims(json!({"exp": now - 30})));
    assert!(matches!(issuer.verifier.verify(&expired).await, Err(TokenError::Expired)));
}

#[tokio::test]
async fn a_new_key_is_fetched_once_at_a_limited_rate() {
    let (old, new) = (Key::new("k1"), Key::new("k2"));
    let issuer = Issuer::new(&old).await;
    assert!(issuer.accepts(&old.sign(&issuer.claims(json!({})))).await);
    issuer.answers.publish(&[&old, &new]);
    let token = new.sign(&issuer.claims(json!({})));
    assert!(!issuer.accepts(&token).await, "too soon");
    issuer.clock.advance(10 * SECOND);
    let all = join_all((0..8).map(|_| issuer.accepts(&token))).await;
    assert_eq!(all, [true; 8]);
    assert_eq!(issuer.answers.asked(), 2, "one fetch serves all who wait");

    issuer.clock.advance(10 * SECOND);
    let unknown = Key::new("k3").sign(&issuer.claims(json!({})));
    for _ in 0..50 {
        assert!(!issuer.accepts(&unknown).await);
    }
    assert_eq!(issuer.answers.asked(), 3, "forged key ids do not make it ask without end");
}

#[tokio::test]
async fn known_keys_are_used_while_the_issuer_is_away() {
    let key = Key::new("k1");
    let issuer = Issuer::new(&key).await;
    let token = key.sign(&issuer.claims(json!({})));
    assert!(issuer.accepts(&token).await);
    *issuer.answers.keys.write().unwrap() = None;
    issuer.clock.advance(16 * MINUTE);
    assert!(issuer.accepts(&token).await);
    assert!(issuer.verifier.fetch_keys().await.is_err());
    assert!(issuer.accepts(&token).await);
}

#[tokio::test]
async fn keys_that_the_issuer_withdraws_are_forgotten() {
    let (old, new) = (Key::new("k1"), Key::new("k2"));
    let issuer = Issuer::new(&old).await;
    let token = old.sign(&issuer.claims(json!({})));
    assert!(issuer.accepts(&token).await);
    issuer.answers.publish(&[&new]);
    issuer.clock.advance(16 * MINUTE);
    assert!(issuer.accepts(&token).await, "fetched beside, without waiting");
    let forgotten = async {
        while issuer.accepts(&token).await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), forgotten).await.expect("it is fetched");
    assert!(issuer.accepts(&new.sign(&issuer.claims(json!({})))).await);
}

#[tokio::test]
async fn an_issuer_that_was_never_reached_is_unavailable_not_wrong() {
    let key = Key::new("k1");
    let issuer = Issuer::new(&key).await;
    *issuer.answers.keys.write().unwrap() = None;
    let token = key.sign(&issuer.claims(json!({})));
    for _ in 0..3 {
        let told = issuer.verifier.verify(&token).await;
        assert!(matches!(told, Err(TokenError::Unavailable(PortError::Unavailable { .. }))));
    }
    assert_eq!(issuer.answers.asked(), 1);
    issuer.answers.publish(&[&key]);
    issuer.clock.advance(10 * SECOND);
    assert!(issuer.accepts(&token).await);
}

#[tokio::test]
async fn answers_that_are_none_are_told_to_the_operator() {
    let key = Key::new("k1");
    let issuer = Issuer::new(&key).await;
    let why = async |body: Option<String>| {
        *issuer.answers.keys.write().unwrap() = body;
        let error = issuer.verifier.fetch_keys().await.unwrap_err();
        std::error::Error::source(&error).unwrap().to_string()
    };
    assert!(why(None).await.contains("500"));
    assert!(why(Some("x".repeat(300 * 1024))).await.contains("larger"));
    assert!(why(Some(r#"{"keys":[]}"#.into())).await.contains("no key"));
    assert!(why(Some(r#"{"keys":[{"kty":"unheard-of"}]}"#.into())).await.contains("no key"));
    assert!(!why(Some("<html>".into())).await.is_empty());

    issuer.answers.publish(&[&key]);
    let other = json!({"issuer": "https://other.example", "jwks_uri": format!("{}/keys", issuer.answers.url)});
    *issuer.answers.discovery.write().unwrap() = Some(other.to_string());
    let error = issuer.verifier.fetch_keys().await.unwrap_err();
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("other.example"));
}

#[tokio::test]
async fn the_keys_may_have_an_address_of_their_own() {
    let key = Key::new("k1");
    let issuer = Issuer::new(&key).await;
    *issuer.answers.discovery.write().unwrap() = None;
    let settings = IssuerSettings {
        issuer: issuer.answers.url.clone(),
        jwks_url: Some(format!("{}/keys", issuer.answers.url).parse().unwrap()),
        audiences: vec!["client-1".to_owned()],
    };
    let verifier = Verifier::of_issuer(settings, Arc::clone(&issuer.clock) as Arc<dyn Clock>);
    let token = key.sign(&issuer.claims(json!({})));
    assert!(verifier.unwrap().verify(&token).await.is_ok());
}
