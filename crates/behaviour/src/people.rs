//! People of one law, and the HTTP side that they use.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::{
    socket::{Level, Socket, open},
    target::{PATIENCE, Target},
    token::Token,
};

/// Everybody's password.
pub const PASSWORD: &str = "a quiet evening";

/// What a law has: a server, and names that nobody else uses.
#[derive(Clone)]
pub struct World(Arc<Parts>);

struct Parts {
    target: Target,
    http: Client,
    /// Of this law, in every name.
    mark: u64,
    names: AtomicU64,
}

/// An answer of the HTTP side.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// `Null` where it is no JSON.
    pub(crate) body: Value,
}

impl Answer {
    /// Asserts that the call was refused so, in the words of every call.
    pub(crate) fn is_refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, &self.body["code"]), (status, &json!(code)), "{self:?}");
        assert!(self.body["error"].as_str().is_some_and(is_sentence), "{self:?}");
    }
}

/// Whether it is written for a person.
pub(crate) fn is_sentence(text: &str) -> bool {
    text.ends_with('.') && text.contains(' ')
}

impl World {
    /// A world on this server.
    pub fn new(target: &Target) -> Self {
        // Refused where the process has one already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut target = target.clone();
        target.http_url.truncate(target.http_url.trim_end_matches('/').len());
        let http = Client::builder().timeout(PATIENCE).build().unwrap();
        let mark = getrandom::u64().unwrap();
        Self(Arc::new(Parts { target, http, mark, names: AtomicU64::new(0) }))
    }

    /// A name that nothing else has, of this beginning.
    pub(crate) fn fresh(&self, beginning: &str) -> String {
        let number = self.0.names.fetch_add(1, Ordering::Relaxed);
        format!("{beginning}-{:016x}-{number}", self.0.mark)
    }

    /// Calls the HTTP side.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<String>,
    ) -> Answer {
        let url = format!("{}{path}", self.0.target.http_url);
        let mut call = self.0.http.request(method, url);
        if let Some(token) = token {
            call = call.bearer_auth(token);
        }
        if let Some(body) = body {
            call = call.header("content-type", "application/json").body(body);
        }
        let answer = call.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let body = answer.bytes().await.expect("a whole answer");
        Answer { status, body: serde_json::from_slice(&body).unwrap_or_default() }
    }

    /// Posts JSON without a token.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, None, Some(body.to_string())).await
    }

    /// Gets with a token, or without.
    pub(crate) async fn get(&self, path: &str, token: Option<&str>) -> Answer {
        self.call(Method::GET, path, token, None).await
    }

    /// Gets lines of JSON with a token.
    pub(crate) async fn lines(&self, path: &str, token: &str) -> Vec<Value> {
        let url = format!("{}{path}", self.0.target.http_url);
        let answer = self.0.http.get(url).bearer_auth(token).send().await.expect("an answer");
        let kind = answer.headers().get("content-type").cloned().expect("a content type");
        let text = answer.text().await.expect("a whole answer");
        assert_eq!(kind, "application/x-ndjson", "{text}");
        let lines = text.lines();
        lines.map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
    }

    /// A new person, signed in.
    pub async fn person(&self, role: &str) -> Person {
        let name = self.fresh(role);
        let credentials = json!({ "user": name, "password": PASSWORD });
        let signed_up = self.post("/api/auth/signup", &credentials).await;
        assert_eq!(signed_up.status, 201, "{signed_up:?}");
        let Answer { status, body } = self.post("/auth", &credentials).await;
        assert_eq!(status, 200, "{body}");
        let part = |name: &str| body[name].as_str().expect("a text").to_owned();
        let token = part("token");
        let sub = Token::read(&token).user();
        Person { world: self.clone(), sub, token, refresh: part("refresh"), name }
    }

    /// New people, signed in; one after another, since many laws begin at once
    /// and a password costs the server a hash.
    pub async fn people<const N: usize>(&self, roles: [&str; N]) -> [Person; N] {
        let mut people = Vec::with_capacity(N);
        for role in roles {
            people.push(self.person(role).await);
        }
        people.try_into().unwrap_or_else(|_| unreachable!("one a role"))
    }

    /// Asks for a socket with this query, from a page of this origin where one
    /// is named. The HTTP status of a refusal.
    pub(crate) async fn knock(
        &self,
        query: &[(&str, &str)],
        origin: Option<&str>,
    ) -> Result<Socket, u16> {
        open(&self.0.target.socket_url, query, origin).await
    }
}

/// Somebody who is signed in.
pub struct Person {
    world: World,
    /// His name.
    pub name: String,
    /// His id.
    pub sub: String,
    /// His access token.
    pub token: String,
    /// His refresh token.
    pub refresh: String,
}

impl Person {
    /// A level 1 connection.
    pub async fn phone(&self) -> Socket {
        let query = [("Authorizer", &*self.token), ("level", "1")];
        let socket = self.world.knock(&query, None).await.expect("a socket");
        socket.of(&self.name, Level::One)
    }

    /// A level 0 connection that has this partner open.
    pub async fn page(&self, partner: &Self) -> Socket {
        let query = [
            ("Authorizer", &*self.token),
            ("selfSub", &self.sub),
            ("sub", &partner.sub),
            ("connectionType", "chat"),
        ];
        let socket = self.world.knock(&query, None).await.expect("a socket");
        socket.of(&self.name, Level::Zero)
    }

    /// Connects once, and leaves: from then on he is known wherever he is not
    /// since he signed up.
    pub async fn shows_up(&self) {
        self.phone().await.leave().await;
    }

    /// What a level 1 device sends to say this to him, under a fresh name.
    pub(crate) fn is_told(&self, text: &str) -> Value {
        let id = self.world.fresh("m");
        json!({ "action": "SENDMSG", "toSub": self.sub, "message": text, "clientMsgId": id })
    }

    /// What a level 0 page of his sends to say this.
    pub(crate) fn says(&self, to: &Self, text: &str) -> Value {
        json!({ "action": "SENDMSG", "message": text, "timestamp": 1_700_000_000_000_u64,
            "fromSub": self.sub, "toSub": to.sub })
    }

    /// The id of the conversation with somebody.
    pub(crate) fn with(&self, other: &Self) -> String {
        let (smaller, larger) = if self.sub < other.sub { (self, other) } else { (other, self) };
        format!("d:{}:{}", component(&smaller.sub), component(&larger.sub))
    }
}

/// As `encodeURIComponent` writes it.
fn component(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte);
    let written = |byte| {
        if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(written).collect()
}
