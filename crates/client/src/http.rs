//! Sign-up, sign-in and the access token's refresh, over HTTP.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use aizuchi_wire::ErrorCode;
use reqwest::{RequestBuilder, Response, StatusCode, header};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::sync::Mutex;
use url::Url;

use crate::{
    event::Person,
    session::Keep,
    transport::{Endpoint, TokenIn},
};

const TIMEOUT: Duration = Duration::from_secs(30);
const REFRESH_COOKIE: &str = "aizuchi_refresh";
/// A token that ends sooner than this is renewed first.
const RENEW_BEFORE: Duration = Duration::from_secs(30);

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The server refused, and says why.
    #[error("{error}")]
    Refused {
        /// From the closed list.
        code: ErrorCode,
        /// A sentence for a person.
        error: String,
    },
    /// The answer is not one of Aizuchi's.
    #[error("{url} does not answer like an Aizuchi server (HTTP status {status})")]
    Foreign {
        /// The address asked.
        url: Url,
        /// Its answer.
        status: StatusCode,
    },
    /// No answer.
    #[error("no answer from {address}: {cause}")]
    Unreachable {
        /// The address asked.
        address: String,
        /// The cause that says something to a person.
        cause: String,
    },
    /// The address is no HTTP URL.
    #[error("{0} is not the address of a server")]
    Address(Url),
}

impl HttpError {
    /// The code of a refusal.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }
}

/// A server by its address.
#[derive(Debug, Clone)]
pub struct Service {
    http: reqwest::Client,
    base: Url,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Configuration {
    socket_url: String,
    #[serde(default)]
    token_in: TokenIn,
    keep_alive_seconds: Option<u32>,
    renew_after_seconds: Option<u32>,
    #[serde(default)]
    pushes: Pushes,
}

#[derive(Deserialize, Default, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Pushes {
    #[default]
    Sure,
    BestEffort,
}

#[derive(Serialize)]
struct Credentials<'a> {
    user: &'a str,
    password: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SessionAnswer {
    token: String,
    expires_in: u64,
    user: PersonAnswer,
}

#[derive(Deserialize)]
struct PersonAnswer {
    sub: String,
    username: String,
}

#[derive(Deserialize)]
struct Refusal {
    code: ErrorCode,
    error: String,
}

impl From<PersonAnswer> for Person {
    fn from(answer: PersonAnswer) -> Self {
        Self { sub: answer.sub, username: answer.username }
    }
}

impl Service {
    /// The server at `base`, e.g. `http://127.0.0.1:8080`.
    pub fn new(base: Url) -> Result<Self, HttpError> {
        if !matches!(base.scheme(), "http" | "https") || base.host().is_none() {
            return Err(HttpError::Address(base));
        }
        // Refused where the process has one already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(TIMEOUT).build()?;
        Ok(Self { http, base })
    }

    /// Where the server's sockets are, and how they are kept.
    pub async fn endpoint(&self) -> Result<Endpoint, HttpError> {
        let call = self.http.get(self.url("/config.json"));
        let (configuration, _): (Configuration, _) = self.ask(call).await?;
        endpoint(&self.base, &configuration).ok_or_else(|| HttpError::Foreign {
            url: self.url("/config.json"),
            status: StatusCode::OK,
        })
    }

    /// Makes an account and signs in.
    pub async fn sign_up(&self, user: &str, password: &str) -> Result<Account, HttpError> {
        self.begin("/api/auth/signup", user, password).await
    }

    /// Signs in.
    pub async fn sign_in(&self, user: &str, password: &str) -> Result<Account, HttpError> {
        self.begin("/api/auth/signin", user, password).await
    }

    async fn begin(&self, path: &str, user: &str, password: &str) -> Result<Account, HttpError> {
        let call = self.http.post(self.url(path)).json(&Credentials { user, password });
        let (answer, refresh): (SessionAnswer, _) = self.ask(call).await?;
        Ok(Account {
            inner: Arc::new(Inner {
                service: self.clone(),
                tokens: Mutex::new(Tokens::new(answer.token, answer.expires_in, refresh)),
                me: answer.user.into(),
            }),
        })
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(path);
        url
    }

    /// The answer, and the refresh token where the server sets one.
    async fn ask<T: DeserializeOwned>(
        &self,
        call: RequestBuilder,
    ) -> Result<(T, Option<String>), HttpError> {
        let answer = succeed(call.send().await?).await?;
        let refresh = answer.headers().get_all(header::SET_COOKIE).iter().find_map(|cookie| {
            let (name, value) = cookie.to_str().ok()?.split(';').next()?.split_once('=')?;
            (name == REFRESH_COOKIE).then(|| value.to_owned())
        });
        let (url, status) = (answer.url().clone(), answer.status());
        let body = answer.json().await.map_err(|_| HttpError::Foreign { url, status })?;
        Ok((body, refresh))
    }
}

fn endpoint(base: &Url, configuration: &Configuration) -> Option<Endpoint> {
    let usual = Keep::default();
    let seconds = |seconds: Option<u32>| seconds.map(|seconds| Duration::from_secs(seconds.into()));
    Some(Endpoint {
        url: socket_url(base, &configuration.socket_url)?,
        token_in: configuration.token_in,
        keep: Keep {
            // What pages are told may be for a closer look than is needed here.
            ask_every: seconds(configuration.keep_alive_seconds)
                .map_or(usual.ask_every, |every| every.max(usual.ask_every)),
            renew_after: seconds(configuration.renew_after_seconds).unwrap_or(usual.renew_after),
            watch_again: configuration.pushes == Pushes::BestEffort,
        },
    })
}

/// A socket's address, which may be relative to the server's.
fn socket_url(base: &Url, told: &str) -> Option<Url> {
    let mut url = base.join(told).ok()?;
    let scheme = match url.scheme() {
        "http" | "ws" => "ws",
        "https" | "wss" => "wss",
        _ => return None,
    };
    url.set_scheme(scheme).ok()?;
    Some(url)
}

/// Turns an answer that is an error into one.
async fn succeed(answer: Response) -> Result<Response, HttpError> {
    let (url, status) = (answer.url().clone(), answer.status());
    if status.is_success() {
        return Ok(answer);
    }
    match answer.json::<Refusal>().await {
        Ok(Refusal { code, error }) => Err(HttpError::Refused { code, error }),
        Err(_) => Err(HttpError::Foreign { url, status }),
    }
}

/// A person who is signed in. Cheap to clone; clones share the session.
#[derive(Clone)]
pub struct Account {
    inner: Arc<Inner>,
}

struct Inner {
    service: Service,
    me: Person,
    /// Held over a refresh, so that two who need a new token ask for one.
    tokens: Mutex<Tokens>,
}

struct Tokens {
    access: String,
    renew_at: Instant,
    refresh: Option<String>,
}

impl Tokens {
    fn new(access: String, expires_in: u64, refresh: Option<String>) -> Self {
        let lasts = Duration::from_secs(expires_in).saturating_sub(RENEW_BEFORE);
        Self { access, renew_at: Instant::now() + lasts, refresh }
    }
}

impl Account {
    /// Who this is.
    pub fn me(&self) -> &Person {
        &self.inner.me
    }

    /// An access token that is good for a while.
    pub async fn token(&self) -> Result<String, HttpError> {
        let mut tokens = self.inner.tokens.lock().await;
        if tokens.renew_at <= Instant::now() {
            let call = self.with_refresh("/api/auth/refresh", &tokens);
            let (answer, refresh): (SessionAnswer, _) = self.inner.service.ask(call).await?;
            let refresh = refresh.or_else(|| tokens.refresh.take());
            *tokens = Tokens::new(answer.token, answer.expires_in, refresh);
        }
        Ok(tokens.access.clone())
    }

    /// The token was refused before its time: the next one will be new.
    pub async fn distrust_token(&self) {
        self.inner.tokens.lock().await.renew_at = Instant::now();
    }

    /// The person with exactly this name.
    pub async fn find(&self, name: &str) -> Result<Person, HttpError> {
        let service = &self.inner.service;
        let mut url = service.url("/api/users");
        url.query_pairs_mut().append_pair("name", name);
        let call = service.http.get(url).bearer_auth(self.token().await?);
        let (person, _): (PersonAnswer, _) = service.ask(call).await?;
        Ok(person.into())
    }

    /// The person with this id.
    pub async fn person(&self, sub: &str) -> Result<Person, HttpError> {
        let service = &self.inner.service;
        let mut url = service.url("/api/users");
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(sub);
        }
        let call = service.http.get(url).bearer_auth(self.token().await?);
        let (person, _): (PersonAnswer, _) = service.ask(call).await?;
        Ok(person.into())
    }

    /// Ends the session, and with it every token and socket of it.
    pub async fn sign_out(&self) -> Result<(), HttpError> {
        let tokens = self.inner.tokens.lock().await;
        let call = self.with_refresh("/api/auth/signout", &tokens);
        succeed(call.send().await?).await?;
        Ok(())
    }

    fn with_refresh(&self, path: &str, tokens: &Tokens) -> RequestBuilder {
        let service = &self.inner.service;
        let call = service.http.post(service.url(path));
        match &tokens.refresh {
            Some(refresh) => call.header(header::COOKIE, format!("{REFRESH_COOKIE}={refresh}")),
            None => call,
        }
    }
}

impl From<reqwest::Error> for HttpError {
    fn from(error: reqwest::Error) -> Self {
        // The innermost cause is the one that tells ("connection refused").
        let mut cause: &dyn std::error::Error = &error;
        while let Some(next) = cause.source() {
            cause = next;
        }
        let address = error.url().map_or_else(|| "the server".to_owned(), Url::to_string);
        Self::Unreachable { address, cause: cause.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_says_how_connections_are_kept() {
        let read = |json| {
            let configuration = serde_json::from_str(json).unwrap();
            endpoint(&"https://a.example".parse().unwrap(), &configuration).unwrap()
        };
        let plain = read(r#"{"socketUrl":"/ws","auth":{"kind":"builtin"},"keepAliveSeconds":25}"#);
        assert_eq!(plain.token_in, TokenIn::Subprotocol);
        assert_eq!(plain.keep, Keep::default());
        let gateway = read(
            r#"{"socketUrl":"wss://b.example/live","tokenIn":"query","pushes":"best-effort",
                "keepAliveSeconds":240,"renewAfterSeconds":60}"#,
        );
        assert_eq!(gateway.url.as_str(), "wss://b.example/live");
        assert_eq!(gateway.token_in, TokenIn::Query);
        let (ask_every, renew_after) = (Duration::from_secs(240), Duration::from_secs(60));
        assert_eq!(gateway.keep, Keep { ask_every, renew_after, watch_again: true });
    }

    #[test]
    fn a_sockets_address_may_be_relative() {
        let at = |base: &str, told| socket_url(&base.parse().unwrap(), told).map(String::from);
        let expected = |url: &str| Some(url.to_owned());
        assert_eq!(at("http://127.0.0.1:8080", "/ws"), expected("ws://127.0.0.1:8080/ws"));
        assert_eq!(at("https://a.example", "/ws"), expected("wss://a.example/ws"));
        assert_eq!(at("https://a.example", "wss://b.example/x"), expected("wss://b.example/x"));
        assert_eq!(at("https://a.example", "mailto:a@b.example"), None);
    }
}
