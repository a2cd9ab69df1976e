//! A server's identity side, with a clock to turn and ears on what ends.

use std::{
    collections::HashMap,
    future::IntoFuture,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use aizuchi_core::{
    accounts::{Accounts, SessionId},
    clock::Clock,
    ids::UserId,
};
use aizuchi_identity::{
    OAuthClient, Pool, SessionEvents, Settings, Verifier,
    http::{Attempt, RateLimits, RetryAfter, router},
};
use aizuchi_testkit::{accounts::MemoryAccounts, clock::ManualClock};
use axum::{Router, body::Body};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};
use tower::ServiceExt;
use url::Url;

pub(crate) const PUBLIC: &str = "http://127.0.0.1:8080";
pub(crate) const PAGE: &str = "http://127.0.0.1:3000/";
pub(crate) const CODE_PAGE: &str = "https://app.example/back";
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Failed sign-ins that one name may have.
pub(crate) const FAILURES: usize = 3;

/// Hears what ends.
#[derive(Default)]
pub(crate) struct Heard(Mutex<Vec<(UserId, Option<SessionId>)>>);

impl Heard {
    pub(crate) fn take(&self) -> Vec<(UserId, Option<SessionId>)> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl SessionEvents for Heard {
    fn ended<'a>(
        &'a self,
        user: &'a UserId,
        session: Option<SessionId>,
    ) -> aizuchi_identity::Heard<'a> {
        self.0.lock().unwrap().push((user.clone(), session));
        Box::pin(std::future::ready(()))
    }
}

/// Lets a name fail [`FAILURES`] times.
#[derive(Default)]
struct Failures(Mutex<HashMap<String, usize>>);

impl RateLimits for Failures {
    fn limit(&self, attempt: Attempt, _: IpAddr, name: &str) -> Result<(), RetryAfter> {
        if attempt != Attempt::SignIn {
            return Ok(());
        }
        let mut failures = self.0.lock().unwrap();
        let count = failures.entry(name.to_owned()).or_default();
        if *count >= FAILURES {
            return Err(RetryAfter { ms: 1_500 });
        }
        *count += 1;
        Ok(())
    }

    fn right(&self, _: IpAddr, name: &str) {
        *self.0.lock().unwrap().get_mut(name).unwrap() -= 1;
    }
}

pub(crate) struct Site {
    pub(crate) accounts: Arc<MemoryAccounts>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) pool: Arc<Pool<MemoryAccounts>>,
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) heard: Arc<Heard>,
    router: Router,
}

pub(crate) fn settings(public: &str) -> Settings {
    let mut settings = Settings::new(Url::parse(public).unwrap());
    settings.clients = vec![
        OAuthClient::new("web", PAGE, true).unwrap(),
        OAuthClient::new("app", CODE_PAGE, false).unwrap(),
    ];
    settings
}

impl Site {
    pub(crate) async fn new() -> Self {
        Self::at(PUBLIC).await
    }

    pub(crate) async fn at(public: &str) -> Self {
        Self::on(Arc::default(), Arc::default(), settings(public)).await
    }

    /// A server on these accounts, of which there may be several.
    pub(crate) async fn on(
        accounts: Arc<MemoryAccounts>,
        clock: Arc<ManualClock>,
        settings: Settings,
    ) -> Self {
        let heard = Arc::new(Heard::default());
        let pool = Pool::open(
            Arc::clone(&accounts),
            settings,
            Arc::clone(&clock) as Arc<dyn Clock>,
            Arc::clone(&heard) as Arc<dyn SessionEvents>,
        );
        let pool = Arc::new(pool.await.unwrap());
        let verifier = Arc::new(pool.verifier());
        let limits = Arc::new(Failures::default());
        let router = router(Arc::clone(&pool), Arc::clone(&verifier), limits);
        Self { accounts, clock, pool, verifier, heard, router }
    }

    pub(crate) fn post(&self, path: &str) -> Call<'_> {
        self.call(Method::POST, path)
    }

    pub(crate) fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub(crate) fn call(&self, method: Method, path: &str) -> Call<'_> {
        Call::of(&self.router, method, path)
    }

    /// Serves it over a real socket, until the test's runtime ends.
    pub(crate) fn serve(&self, listener: TcpListener) -> JoinHandle<std::io::Result<()>> {
        tokio::spawn(axum::serve(listener, self.router.clone()).into_future())
    }

    /// Signs `name` up, and gives the session.
    pub(crate) async fn sign_up(&self, name: &str) -> Reply {
        let reply = self.post("/api/auth/signup").credentials(name, PASSWORD).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.body);
        reply
    }

    /// The PEM of the key that signs.
    pub(crate) async fn pem(&self) -> (String, String) {
        let keys = self.accounts.signing_keys().await.unwrap();
        (keys[0].kid.to_string(), keys[0].pem.to_string())
    }
}

pub(crate) struct Call<'a> {
    router: &'a Router,
    request: http::request::Builder,
    body: Body,
}

impl<'a> Call<'a> {
    pub(crate) fn of(router: &'a Router, method: Method, path: &str) -> Self {
        let request = Request::builder().method(method).uri(path);
        Self { router, request, body: Body::empty() }
    }

    pub(crate) fn header(mut self, name: header::HeaderName, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header(header::AUTHORIZATION, &format!("Bearer {token}"))
    }

    pub(crate) fn origin(self, origin: &str) -> Self {
        self.header(header::ORIGIN, origin)
    }

    pub(crate) fn cookie(self, cookie: &str) -> Self {
        self.header(header::COOKIE, cookie)
    }

    pub(crate) fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) async fn json(self, body: Value) -> Reply {
        self.body(body.to_string()).send().await
    }

    pub(crate) async fn credentials(self, user: &str, password: &str) -> Reply {
        self.json(serde_json::json!({"user": user, "password": password})).await
    }

    pub(crate) async fn form(self, fields: &[(&str, &str)]) -> Reply {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body)
            .send()
            .await
    }

    pub(crate) async fn send(self) -> Reply {
        let request = self.request.body(self.body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Reply { status: parts.status, headers: parts.headers, body }
    }
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn text(&self, field: &str) -> String {
        self.json()[field].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The whole `Set-Cookie` of this name.
    pub(crate) fn set_cookie(&self, name: &str) -> String {
        let all = self.headers.get_all(header::SET_COOKIE).iter();
        let mut all = all.map(|cookie| cookie.to_str().unwrap());
        all.find(|cookie| cookie.starts_with(&format!("{name}="))).unwrap_or_default().to_owned()
    }

    /// A cookie as a browser sends it back.
    pub(crate) fn cookie(&self, name: &str) -> String {
        self.set_cookie(name).split(';').next().unwrap().to_owned()
    }

    pub(crate) fn error(&self) -> (u16, String) {
        let json = self.json();
        assert!(json["error"].as_str().is_some_and(|text| text.ends_with('.')), "{json}");
        (self.status.as_u16(), self.text("code"))
    }

    /// The parameters after `separator` in the `Location`.
    pub(crate) fn went_to(&self, separator: char) -> (String, HashMap<String, String>) {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        let location = self.header(header::LOCATION);
        let (page, params) = location.split_once(separator).unwrap_or((location, ""));
        (page.to_owned(), url::form_urlencoded::parse(params.as_bytes()).into_owned().collect())
    }
}

pub(crate) fn code(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}
