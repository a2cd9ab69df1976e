//! Every permission is needed: with any one of them taken away, something that
//! people do no longer works. (That they suffice, the other tests show.)
//!
//! A stack of its own, since its roles change under it.

use std::{
    collections::BTreeSet,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use aizuchi_behaviour::Target;
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::stack::Stack;

/// An answer that takes longer will not come.
const PATIENCE: Duration = Duration::from_secs(4);
const PASSWORD: &str = "a quiet evening";

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

#[tokio::test]
async fn each_is_needed() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let stack = Stack::start();
    let world = World { target: stack.target.clone(), http: Client::new() };
    let people = [world.person("ada").await, world.person("bob").await];
    world.over_sockets(&people).await.expect("with all permissions");
    world.over_http(&people).await.expect("with all permissions");

    let aws = Aws::of(&stack);
    let mut tried = BTreeSet::new();
    for role in aws.roles() {
        let policy = aws.policy(&role);
        for (statement, action) in actions(&policy) {
            aws.put(&role, &without(&policy, statement, &action));
            let works = if role.contains("Socket") {
                world.over_sockets(&people).await
            } else {
                world.over_http(&people).await
            };
            assert!(works.is_err(), "{role} does not need {action}");
            aws.put(&role, &policy);
            tried.insert((role.contains("Socket"), action));
        }
    }
    assert!(tried.len() > 8, "{tried:?}");
    world.over_sockets(&people).await.expect("with all permissions again");
    world.over_http(&people).await.expect("with all permissions again");
}

/// The actions of a policy, with the number of their statement.
fn actions(policy: &Value) -> Vec<(usize, String)> {
    let statements = policy["Statement"].as_array().unwrap();
    let of = |(number, statement): (usize, &Value)| {
        let actions = match &statement["Action"] {
            Value::Array(actions) => actions.clone(),
            one => vec![one.clone()],
        };
        actions.into_iter().map(move |action| (number, action.as_str().unwrap().to_owned()))
    };
    statements.iter().enumerate().flat_map(of).collect()
}

/// A policy with one action less. One that is left without any allows what
/// nobody asks for.
fn without(policy: &Value, statement: usize, action: &str) -> Value {
    let mut policy = policy.clone();
    let mut left: Vec<_> = actions(&policy)
        .into_iter()
        .filter(|(number, other)| *number == statement && other != action)
        .map(|(_, other)| other)
        .collect();
    if left.is_empty() {
        left.push("dynamodb:ListTables".to_owned());
    }
    policy["Statement"][statement]["Action"] = json!(left);
    policy
}

/// The emulator, by AWS's own command line.
pub(crate) struct Aws(String);

impl Aws {
    /// That which a stack is on.
    pub(crate) fn of(stack: &Stack) -> Self {
        Self(stack.target.http_url.split("/_aws").next().unwrap().to_owned())
    }

    /// Where it is.
    pub(crate) fn address(&self) -> &str {
        &self.0
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Value {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts");
        let code = "from aws.tools import tool; print(tool('cli', 'aws'))";
        let program =
            Command::new("python3").args(["-B", "-c", code]).current_dir(scripts).output().unwrap();
        let program = String::from_utf8(program.stdout).unwrap();
        let output = Command::new(program.trim())
            .args(arguments)
            .args(["--output", "json", "--region", "ap-northeast-1"])
            .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")])
            .envs([("AWS_ENDPOINT_URL", &*self.0), ("AWS_PAGER", "")])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    /// The roles of the functions that reach the table.
    fn roles(&self) -> Vec<String> {
        let roles = self.run(&["iam", "list-roles"]);
        let names = roles["Roles"].as_array().unwrap().iter();
        let names = names.map(|role| role["RoleName"].as_str().unwrap().to_owned());
        let roles: Vec<_> =
            names.filter(|name| name.contains("SocketRole") || name.contains("HttpRole")).collect();
        assert_eq!(roles.len(), 2, "{roles:?}");
        roles
    }

    fn policy(&self, role: &str) -> Value {
        let arguments = ["iam", "get-role-policy", "--role-name", role, "--policy-name", "chat"];
        self.run(&arguments)["PolicyDocument"].clone()
    }

    fn put(&self, role: &str, policy: &Value) {
        let policy = policy.to_string();
        let named = ["--role-name", role, "--policy-name", "chat", "--policy-document", &policy];
        self.run(&[&["iam", "put-role-policy"], &named[..]].concat());
    }
}

struct Person {
    sub: String,
    token: String,
}

struct World {
    target: Target,
    http: Client,
}

impl World {
    async fn post(&self, path: &str, token: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.target.http_url.trim_end_matches('/'));
        let call =
            self.http.post(url).bearer_auth(token).header("content-type", "application/json");
        call.body(body.to_string()).send().await.unwrap().json().await.unwrap_or_default()
    }

    async fn person(&self, role: &str) -> Person {
        let name = format!("{role}-{:08x}", getrandom::u32().unwrap());
        let body = json!({ "user": name, "password": PASSWORD });
        let signed_up = self.post("/api/auth/signup", "", body.clone()).await;
        let sub = signed_up["user"]["sub"].as_str().expect("a person").to_owned();
        let token = self.post("/auth", "", body).await["token"].as_str().unwrap().to_owned();
        Person { sub, token }
    }

    async fn open(&self, of: &Person, query: &str) -> Result<Socket, String> {
        let url = format!("{}?Authorizer={}&{query}", self.target.socket_url, of.token);
        let opening = timeout(PATIENCE, connect_async(url)).await.map_err(|_| "no handshake")?;
        opening.map(|(socket, _)| socket).map_err(|error| error.to_string())
    }

    /// What people do over sockets: whatever the role of the socket allows.
    async fn over_sockets(&self, [ada, bob]: &[Person; 2]) -> Result<(), String> {
        let mut page = self.open(ada, &format!("sub={}", bob.sub)).await?;
        let mut phone = self.open(bob, "level=1").await?;
        hears(&mut page, "ISONLINE").await?;
        say(&mut page, json!({ "action": "STATUS", "partnerSub": ada.sub })).await;
        hears(&mut page, "PARTNERINFO").await?;
        let id = format!("{:016x}", getrandom::u64().unwrap());
        let message =
            json!({ "action": "SENDMSG", "toSub": ada.sub, "message": "hi", "clientMsgId": id });
        say(&mut phone, message).await;
        hears(&mut phone, "ACK").await?;
        say(&mut phone, json!({ "action": "CONVERSATIONS" })).await;
        hears(&mut phone, "CONVERSATIONS").await?;
        self.watch_no_more(ada, &mut phone).await
    }

    /// Whoever is watched no more comes without a word.
    async fn watch_no_more(&self, ada: &Person, phone: &mut Socket) -> Result<(), String> {
        let cyd = self.person("cyd").await;
        say(phone, json!({ "action": "WATCH", "subs": [cyd.sub] })).await;
        hears(phone, "ISONLINE").await?;
        say(phone, json!({ "action": "WATCH", "subs": [] })).await;
        say(phone, json!({ "action": "PING" })).await;
        hears(phone, "PING").await?;
        let mut theirs = self.open(&cyd, "level=1").await?;
        say(&mut theirs, json!({ "action": "STATUS", "partnerSub": ada.sub })).await;
        hears(&mut theirs, "PARTNERINFO").await?;
        say(phone, json!({ "action": "PING" })).await;
        match hears_first(phone, &["ISONLINE", "PING"]).await?.as_str() {
            Some("PING") => Ok(()),
            _ => Err("watched still".to_owned()),
        }
    }

    /// What people do without a socket: whatever the role of HTTP allows.
    async fn over_http(&self, [ada, bob]: &[Person; 2]) -> Result<(), String> {
        let mut phone = self.open(bob, "level=1").await?;
        let id = format!("{:016x}", getrandom::u64().unwrap());
        let message =
            json!({ "action": "SENDMSG", "toSub": bob.sub, "message": "hi", "clientMsgId": id });
        for frame in [message, json!({ "action": "CONVERSATIONS" })] {
            let answer = self.post("/api/frames", &ada.token, frame).await;
            let event = answer["events"][0]["action"].as_str().unwrap_or("nothing");
            if !matches!(event, "ACK" | "CONVERSATIONS") {
                return Err(answer.to_string());
            }
        }
        hears(&mut phone, "SENDMSG").await
    }
}

async fn say(socket: &mut Socket, frame: Value) {
    // A socket that is closed shows by what is not heard.
    let _ = socket.send(frame.to_string().into()).await;
}

/// Waits for a frame, whatever comes before it but an error.
async fn hears(socket: &mut Socket, action: &str) -> Result<(), String> {
    hears_first(socket, &[action]).await.map(drop)
}

/// The same for one of several frames; which one it was.
async fn hears_first(socket: &mut Socket, actions: &[&str]) -> Result<Value, String> {
    let waiting = async {
        while let Some(Ok(message)) = socket.next().await {
            let frame: Value =
                serde_json::from_str(message.to_text().unwrap_or_default()).unwrap_or_default();
            if actions.iter().any(|action| frame["action"] == *action) {
                return Ok(frame["action"].clone());
            }
            if frame["action"] == "ERROR" {
                return Err(frame.to_string());
            }
        }
        Err(format!("closed before {actions:?}"))
    };
    timeout(PATIENCE, waiting).await.unwrap_or_else(|_| Err(format!("no {actions:?}")))
}
