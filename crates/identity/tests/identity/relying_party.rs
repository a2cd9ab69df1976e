//! The application's calls where another issuer signs people in: here the
//! router of another pool, over a real socket.

use std::{
    future::IntoFuture,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use aizuchi_core::{accounts::Whereabouts, clock::Clock, ids::UserId};
use aizuchi_identity::{
    ClientSecret, ClientSettings, Endpoints, IssuerSettings, OAuthClient, RelyingParty,
    SessionEvents, Settings, Verifier,
    http::{NoLimits, issuer_router},
    pool::CodeRequest,
};
use aizuchi_testkit::{clock::ManualClock, directory::MemoryDirectory};
use axum::{
    Json, Router,
    extract::State,
    http::HeaderMap,
    response::IntoResponse,
    routing::{get, post},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use futures_util::future::join_all;
use http::{Method, StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

use crate::{
    issuer::Key,
    site::{Call, Heard, PUBLIC, Reply, Site, code as error},
};

const VERIFIER: &str = "a-verifier-of-some-forty-three-characters-or-more";
const RETURN: &str = "http://127.0.0.1:8080/signed-in";
const REFRESH: &str = "aizuchi_refresh";
const MINUTE: u64 = 60_000;

fn client(secret: Option<ClientSecret>) -> ClientSettings {
    ClientSettings { id: "chat".to_owned(), secret, scope: "openid".to_owned() }
}

/// A server whose people are another issuer's.
struct Guest {
    heard: Arc<Heard>,
    router: Router,
}

impl Guest {
    async fn of(issuer: &str, clock: Arc<ManualClock>, secret: Option<ClientSecret>) -> Self {
        let clock = clock as Arc<dyn Clock>;
        let party = RelyingParty::discover(issuer, client(secret), Arc::clone(&clock)).await;
        Self::over(party.unwrap(), issuer, None, clock)
    }

    fn over(
        party: RelyingParty,
        issuer: &str,
        jwks_url: Option<url::Url>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let url = party.authorize_url();
        assert_eq!(url.query(), Some("response_type=code&client_id=chat&scope=openid"));
        let tokens = IssuerSettings {
            issuer: issuer.to_owned(),
            jwks_url,
            audiences: vec!["chat".to_owned()],
        };
        let verifier = Arc::new(Verifier::of_issuer(tokens, Arc::clone(&clock)).unwrap());
        let heard = Arc::new(Heard::default());
        let sockets = Arc::clone(&heard) as Arc<dyn SessionEvents>;
        let settings = Settings::new(PUBLIC.parse().unwrap());
        let limits = Arc::new(NoLimits);
        let people = Arc::new(MemoryDirectory::default());
        let router =
            issuer_router(Arc::new(party), people, verifier, settings, clock, sockets, limits);
        Self { heard, router }
    }

    fn post(&self, name: &str) -> Call<'_> {
        Call::of(&self.router, Method::POST, &format!("/api/auth/{name}")).origin(PUBLIC)
    }

    async fn code(&self, code: &str, changes: Value) -> Reply {
        let mut body = json!({"code": code, "verifier": VERIFIER, "redirectUri": RETURN});
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        self.post("code").json(body).await
    }

    async fn refresh(&self, cookie: &str) -> Reply {
        self.post("refresh").cookie(cookie).send().await
    }

    async fn me(&self, token: &str) -> Reply {
        Call::of(&self.router, Method::GET, "/api/me").bearer(token).send().await
    }
}

impl Guest {
    async fn own(&self, method: Method, path: &str, token: &str) -> Reply {
        Call::of(&self.router, method, path).bearer(token).send().await
    }
}

/// The issuer's own server, and the one that is its guest.
struct Both {
    issuer: Site,
    guest: Guest,
    /// Takes the issuer off the network.
    listening: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Both {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut settings = Settings::new(url.parse().unwrap());
        settings.clients.push(OAuthClient::new("chat", RETURN, false).unwrap());
        let issuer = Site::on(Arc::default(), Arc::default(), settings).await;
        let listening = issuer.serve(listener);
        issuer.sign_up("ada").await;
        let guest = Guest::of(&url, Arc::clone(&issuer.clock), None).await;
        Self { issuer, guest, listening }
    }

    /// What the issuer sends `ada` back with.
    async fn issued(&self) -> String {
        let user = self.issuer.pool.authenticate("ada", crate::site::PASSWORD).await.unwrap();
        let client = &self.issuer.pool.settings().clients[0];
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let request = CodeRequest { client, challenge: &challenge, nonce: None };
        self.issuer.pool.issue_code(&user, request, Whereabouts::default()).await.unwrap().0
    }

    async fn signed_in(&self) -> Reply {
        let reply = self.guest.code(&self.issued().await, json!({})).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
        reply
    }
}

#[tokio::test]
async fn a_code_opens_a_session_whose_refresh_token_no_script_sees() {
    let both = Both::new().await;
    let reply = both.signed_in().await;
    let session = reply.json();
    assert_eq!((&session["expiresIn"], &session["user"]["username"]), (&json!(600), &json!("ada")));
    assert_eq!(session.as_object().unwrap().len(), 3, "{session}");
    assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");
    let cookie = reply.set_cookie(REFRESH);
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/api/auth"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let me = both.guest.me(&reply.text("token")).await.json();
    assert_eq!(me, session["user"]);
}

#[tokio::test]
async fn a_code_is_bound_to_its_verifier_its_page_and_one_use() {
    let both = Both::new().await;
    let wrong = "another-verifier-of-some-forty-three-characters";
    let reply = both.guest.code(&both.issued().await, json!({"verifier": wrong})).await;
    assert_eq!(reply.error(), error(400, "invalid_request"));
    for page in ["https://evil.example/signed-in", "http://127.0.0.1:8080/", "/signed-in", ""] {
        let reply = both.guest.code(&both.issued().await, json!({"redirectUri": page})).await;
        assert_eq!(reply.error(), error(400, "invalid_request"), "{page}");
    }
    let code = both.issued().await;
    assert_eq!(both.guest.code(&code, json!({})).await.status, StatusCode::OK);
    assert_eq!(both.guest.code(&code, json!({})).await.error(), error(400, "invalid_request"));
    let late = both.issued().await;
    both.issuer.clock.advance(2 * MINUTE);
    assert_eq!(both.guest.code(&late, json!({})).await.error(), error(400, "invalid_request"));
    assert_eq!(both.guest.post("code").json(json!({})).await.error().0, 400);
}

#[tokio::test]
async fn foreign_pages_are_refused() {
    let both = Both::new().await;
    let cookie = both.signed_in().await.cookie(REFRESH);
    for name in ["code", "refresh", "signout"] {
        let path = format!("/api/auth/{name}");
        let call = Call::of(&both.guest.router, Method::POST, &path).origin("https://evil.example");
        let reply = call.cookie(&cookie).json(json!({})).await;
        assert_eq!(reply.error(), error(403, "forbidden"), "{name}");
    }
    assert_eq!(both.guest.refresh(&cookie).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_refresh_rotates_and_racing_tabs_have_one_successor() {
    let both = Both::new().await;
    let first = both.signed_in().await.cookie(REFRESH);
    let tabs = join_all((0..5).map(|_| both.guest.refresh(&first))).await;
    let second = tabs[0].cookie(REFRESH);
    assert_ne!(second, first);
    assert!(tabs.iter().all(|tab| tab.status == StatusCode::OK && tab.cookie(REFRESH) == second));

    both.issuer.clock.advance(MINUTE);
    assert_eq!(both.guest.refresh(&first).await.cookie(REFRESH), second, "a late tab");
    both.issuer.clock.advance(1);
    let stolen = both.guest.refresh(&first).await;
    assert_eq!(stolen.error(), error(401, "unauthorized"));
    assert_eq!(both.guest.refresh(&second).await.error(), error(401, "unauthorized"));
}

#[tokio::test]
async fn there_is_nothing_to_refresh_without_a_token_that_is_good() {
    let both = Both::new().await;
    for cookie in ["other=1", "aizuchi_refresh=", "aizuchi_refresh=nonsense", "aizuchi_refresh=%"] {
        assert_eq!(
            both.guest.refresh(cookie).await.error(),
            error(401, "unauthorized"),
            "{cookie}"
        );
    }
    let forged = both.guest.me("e30.e30.e30").await;
    assert_eq!(forged.error(), error(401, "unauthorized"));
}

#[tokio::test]
async fn signing_out_revokes_and_closes_the_sockets_of_the_session() {
    let both = Both::new().await;
    let (mine, other) = (both.signed_in().await, both.signed_in().await);
    let used = mine.cookie(REFRESH);
    let cookie = both.guest.refresh(&used).await.cookie(REFRESH);
    let reply = both.guest.post("signout").cookie(&cookie).bearer(&mine.text("token")).send().await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
    assert!(reply.set_cookie(REFRESH).contains("Max-Age=0"));
    let go: url::Url = reply.text("endSession").parse().unwrap();
    assert_eq!(go.path(), "/logout");
    assert!(
        go.query_pairs().any(|pair| pair == ("post_logout_redirect_uri".into(), RETURN.into()))
    );

    let ended = both.guest.heard.take();
    let [(user, Some(_))] = &ended[..] else { panic!("{ended:?}") };
    assert_eq!(*user, UserId::parse(mine.json()["user"]["sub"].as_str().unwrap()).unwrap());
    for gone in [cookie, used] {
        assert_eq!(both.guest.refresh(&gone).await.error(), error(401, "unauthorized"));
    }
    assert_eq!(both.guest.refresh(&other.cookie(REFRESH)).await.status, StatusCode::OK);
    assert_eq!(both.guest.post("signout").send().await.status, StatusCode::OK);
    assert!(both.guest.heard.take().is_empty());
}

#[tokio::test]
async fn sessions_of_an_issuer_are_listed_and_ended_here() {
    let both = Both::new().await;
    let (lost, kept) = (both.signed_in().await, both.signed_in().await);
    let token = kept.text("token");
    let listed = both.guest.own(Method::GET, "/api/sessions", &token).await.json();
    let sessions = listed["sessions"].as_array().unwrap().clone();
    assert_eq!(sessions.len(), 2, "{listed}");
    let other = sessions.iter().find(|session| session["current"] == false).unwrap();
    let path = format!("/api/sessions/{}", other["id"].as_str().unwrap());
    let ended = both.guest.own(Method::DELETE, &path, &token).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.body);
    assert_eq!(both.guest.heard.take().len(), 1);
    let refreshed = both.guest.refresh(&lost.cookie(REFRESH)).await;
    assert_eq!(refreshed.error(), error(401, "unauthorized"));
    assert_eq!(both.guest.me(&lost.text("token")).await.error(), error(401, "unauthorized"));
    let twice = both.guest.own(Method::DELETE, &path, &token).await;
    assert_eq!(twice.error(), error(404, "not_found"));
    assert_eq!(both.guest.refresh(&kept.cookie(REFRESH)).await.status, StatusCode::OK);
    let none = both.guest.own(Method::DELETE, "/api/sessions/x", &token).await;
    assert_eq!(none.error(), error(404, "not_found"));
}

#[tokio::test]
async fn whoever_has_just_signed_in_can_leave_for_good() {
    let both = Both::new().await;
    let old = both.signed_in().await;
    both.issuer.clock.advance(11 * MINUTE);
    let refreshed = both.guest.refresh(&old.cookie(REFRESH)).await;
    let token = refreshed.text("token");
    let stale = both.guest.own(Method::DELETE, "/api/me", &token).await;
    assert_eq!(stale.error(), error(403, "forbidden"));
    assert_eq!(both.guest.me(&token).await.status, StatusCode::OK);

    let fresh = both.signed_in().await;
    let left = both.guest.own(Method::DELETE, "/api/me", &fresh.text("token")).await;
    assert_eq!(left.status, StatusCode::NO_CONTENT, "{}", left.body);
    assert!(left.set_cookie(REFRESH).contains("Max-Age=0"));
    for token in [&token, &fresh.text("token")] {
        assert_eq!(both.guest.me(token).await.error(), error(401, "unauthorized"));
    }
    assert!(both.guest.heard.take().iter().any(|(_, session)| session.is_none()));
    let again = both.guest.code(&both.issued().await, json!({})).await;
    assert_eq!(again.error(), error(403, "forbidden"), "the issuer knows him, and we no more");
}

#[tokio::test]
async fn an_issuer_that_is_away_ends_no_session() {
    let both = Both::new().await;
    let (code, signed_in) = (both.issued().await, both.signed_in().await);
    let cookie = signed_in.cookie(REFRESH);
    both.listening.abort();
    assert!(both.listening.await.unwrap_err().is_cancelled());
    assert_eq!(both.guest.code(&code, json!({})).await.error(), error(503, "unavailable"));
    assert_eq!(both.guest.refresh(&cookie).await.error(), error(503, "unavailable"));
    // Signing out is for the person, whoever is away.
    let out = both.guest.post("signout").cookie(&cookie).send().await;
    assert!(out.set_cookie(REFRESH).contains("Max-Age=0"), "{}", out.body);
}

/// An issuer that answers what a test wants, and counts.
struct Odd {
    answer: (StatusCode, Value),
    asked: AtomicUsize,
}

async fn odd_token(State(odd): State<Arc<Odd>>, headers: HeaderMap) -> impl IntoResponse {
    // The client `chat` with the secret `a:b`, as RFC 6749 writes it.
    assert_eq!(headers[header::AUTHORIZATION], "Basic Y2hhdDphJTNBYg==");
    odd.asked.fetch_add(1, Ordering::SeqCst);
    (odd.answer.0, Json(odd.answer.1.clone()))
}

async fn odd(status: u16, answer: Value) -> (Arc<Odd>, Guest) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let told = json!({
        "issuer": url, "jwks_uri": format!("{url}/keys"),
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
    });
    let answer = (StatusCode::from_u16(status).unwrap(), answer);
    let odd = Arc::new(Odd { answer, asked: AtomicUsize::default() });
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(async || Json(told)))
        .route("/token", post(odd_token))
        .with_state(Arc::clone(&odd));
    tokio::spawn(axum::serve(listener, router).into_future());
    let secret = Some(ClientSecret::new("a:b".to_owned()));
    (odd, Guest::of(&url, Arc::default(), secret).await)
}

#[tokio::test]
async fn tokens_that_are_not_for_this_server_are_refused_with_what_mends_it() {
    for token in ["opaque", "e30.e30.e30"] {
        let answer = json!({"access_token": token, "token_type": "Bearer", "refresh_token": "r"});
        let (_, guest) = odd(200, answer).await;
        let reply = guest.code("c", json!({})).await;
        assert_eq!(reply.error(), error(403, "forbidden"));
        assert!(reply.text("error").contains("audience"), "{}", reply.body);
        assert_eq!(reply.set_cookie(REFRESH), "");
        assert_eq!(guest.refresh("aizuchi_refresh=r").await.error(), error(401, "unauthorized"));
    }
}

#[tokio::test]
async fn an_issuer_is_asked_once_for_a_token_that_it_replaces() {
    let (odd, guest) = odd(200, json!({"access_token": "x", "refresh_token": "second"})).await;
    join_all((0..5).map(|_| guest.refresh("aizuchi_refresh=first"))).await;
    assert_eq!(odd.asked.load(Ordering::SeqCst), 1);
    for _ in 0..2 {
        // It stays good, and each use gives a fresh access token.
        guest.refresh("aizuchi_refresh=second").await;
    }
    assert_eq!(odd.asked.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn answers_that_are_none_tell_a_passing_fault() {
    for (status, answer) in [
        (200, json!({"access_token": 1})),
        (200, json!({"access_token": "x", "token_type": "mac"})),
        (200, json!({"access_token": "x".repeat(300_000)})),
        (400, json!({"error": "unauthorized_client"})),
        (401, json!({"error": "invalid_client"})),
        (429, json!({})),
        (500, json!({"error": "invalid_request"})),
        (302, json!({})),
    ] {
        let (odd, guest) = odd(status, answer).await;
        assert_eq!(guest.code("c", json!({})).await.error(), error(503, "unavailable"), "{status}");
        assert_eq!(guest.refresh("aizuchi_refresh=r").await.error(), error(503, "unavailable"));
        assert_eq!(odd.asked.load(Ordering::SeqCst), 2);
        let out = guest.post("signout").cookie("aizuchi_refresh=r").send().await;
        assert_eq!(out.json(), json!({}), "it has nowhere to sign out");
    }
}

#[tokio::test]
async fn endpoints_that_are_known_need_no_discovery() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (clock, key) = (Arc::<ManualClock>::default() as Arc<dyn Clock>, Key::new("k1"));
    let claims = json!({
        "iss": "https://issuer.example/pool", "sub": "user-1", "client_id": "chat",
        "token_use": "access", "exp": clock.now_ms() / 1_000 + 600,
    });
    // No refresh token: the one that was used stays good.
    let answer = json!({"access_token": key.sign(&claims), "token_type": "Bearer"});
    let keys = json!({"keys": [key.public()]});
    let router = Router::new()
        .route("/pages/oauth2/token", post(async || Json(answer)))
        .route("/keys", get(async || Json(keys)));
    tokio::spawn(axum::serve(listener, router).into_future());
    let endpoints = Endpoints::of_cognito(&format!("{url}/pages/").parse().unwrap());
    let party = RelyingParty::at(endpoints, client(None), Arc::clone(&clock)).unwrap();
    let keys = Some(format!("{url}/keys").parse().unwrap());
    let guest = Guest::over(party, "https://issuer.example/pool", keys, clock);
    for _ in 0..3 {
        let reply = guest.refresh("aizuchi_refresh=first").await;
        assert_eq!(reply.cookie(REFRESH), "aizuchi_refresh=first", "{}", reply.body);
        assert_eq!(guest.me(&reply.text("token")).await.status, StatusCode::OK);
    }
    let out = guest.post("signout").send().await;
    let go: url::Url = out.text("endSession").parse().unwrap();
    assert_eq!(go.path(), "/pages/logout");
    assert!(go.query_pairs().any(|pair| pair == ("logout_uri".into(), RETURN.into())), "{go}");
}

#[tokio::test]
async fn no_secret_goes_over_a_plain_network() {
    let at = |pages: &str| {
        let endpoints = Endpoints::of_cognito(&pages.parse().unwrap());
        RelyingParty::at(endpoints, client(None), Arc::<ManualClock>::default())
    };
    assert!(at("https://pages.example").is_ok());
    assert!(at("http://pages.example").is_err());
}
