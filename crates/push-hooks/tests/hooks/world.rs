//! A back end on this machine, and a worker over stores in memory.

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aizuchi_core::{
    directory::{Directory as _, Profile},
    hooks::{HookSecret, HookState, Hooks as _, Webhook},
    ids::{ConversationId, MessageId, UserId},
    log::{Body, LogStore as _, NewEntry},
};
use aizuchi_outbound::{Guard, Outbound, SystemResolver, Trust};
use aizuchi_push_hooks::{Metrics, Pace, Settings, Worker};
use aizuchi_testkit::{
    clock::ManualClock, directory::MemoryDirectory, hooks::MemoryHooks, log::MemoryLog,
};
use axum::{
    Router,
    body::{Body as Answering, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
    routing::post,
};
use futures_util::stream;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{Semaphore, mpsc},
    task::JoinHandle,
    time::timeout,
};

/// After this a test that waits has failed.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a back end may take to answer.
pub(crate) const ANSWER: Duration = Duration::from_millis(250);

/// A request that the back end got.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// What is said in the entry.
    pub(crate) fn text(&self) -> String {
        self.json()["entry"]["message"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> String {
        self.headers[name].to_str().unwrap().to_owned()
    }
}

/// How a back end answers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    Status(u16),
    /// Leads elsewhere on the same machine, which would take it.
    Redirect,
    /// Never.
    Never,
    /// A body without an end.
    Endless,
}

/// A back end. Its answers are given one after another, and 200 when they are
/// all given.
pub(crate) struct BackEnd {
    pub(crate) port: u16,
    got: Mutex<mpsc::UnboundedReceiver<Got>>,
    answers: Arc<Mutex<Vec<Answer>>>,
}

#[derive(Clone)]
struct Serving {
    got: mpsc::UnboundedSender<Got>,
    answers: Arc<Mutex<Vec<Answer>>>,
    never: Arc<Semaphore>,
}

impl BackEnd {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (told, got) = mpsc::unbounded_channel();
        let answers = Arc::<Mutex<Vec<Answer>>>::default();
        let never = Arc::new(Semaphore::new(0));
        let serving = Serving { got: told, answers: Arc::clone(&answers), never };
        let routes = Router::new().route("/{path}", post(take)).with_state(serving);
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { port, got: Mutex::new(got), answers }
    }

    pub(crate) fn answers(&self, answers: &[Answer]) {
        *self.answers.lock().unwrap() = answers.to_vec();
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    /// The next request.
    #[expect(clippy::await_holding_lock, reason = "one test waits, and nobody else")]
    pub(crate) async fn next(&self) -> Got {
        let mut got = self.got.lock().unwrap();
        timeout(PATIENCE, got.recv()).await.expect("a request").unwrap()
    }

    /// Whether nothing came that was not taken by a test.
    pub(crate) fn is_quiet(&self) -> bool {
        self.got.lock().unwrap().try_recv().is_err()
    }
}

async fn take(
    State(serving): State<Serving>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = {
        let mut answers = serving.answers.lock().unwrap();
        if answers.is_empty() { Answer::Status(200) } else { answers.remove(0) }
    };
    serving.got.send(Got { path, headers, body }).unwrap();
    match answer {
        Answer::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Answer::Redirect => (StatusCode::FOUND, [(LOCATION, "/elsewhere")]).into_response(),
        Answer::Never => {
            let _ = serving.never.acquire().await;
            StatusCode::OK.into_response()
        }
        Answer::Endless => {
            let part = || Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 1024]));
            Answering::from_stream(stream::repeat_with(part)).into_response()
        }
    }
}

/// As every server has it, but for this machine.
struct Here;

impl Guard for Here {
    fn trust(&self, address: IpAddr) -> Trust {
        if address.is_loopback() { Trust::Plain } else { Trust::Refused }
    }
}

/// Stores that outlive the workers on them, with a bot who talks to Ada.
pub(crate) struct World {
    pub(crate) log: MemoryLog,
    pub(crate) hooks: MemoryHooks,
    pub(crate) people: Arc<MemoryDirectory>,
    pub(crate) clock: Arc<ManualClock>,
    numbers: AtomicU64,
}

/// A worker that runs until it is dropped.
pub(crate) struct Running(JoinHandle<()>, pub(crate) Arc<Metrics>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A pace at which tests need not wait.
const PACE: Pace = Pace {
    look: Duration::from_millis(2),
    pause: Duration::from_millis(4),
    longest: Duration::from_millis(20),
    patience: Duration::from_secs(3 * 24 * 60 * 60),
};

impl World {
    pub(crate) async fn new() -> Self {
        let people = Arc::<MemoryDirectory>::default();
        let bot = Profile { user: user("bot"), username: "Bot".into() };
        people.remember(&bot).await.unwrap();
        let (log, hooks, clock) = (MemoryLog::default(), MemoryHooks::default(), Arc::default());
        Self { log, hooks, people, clock, numbers: AtomicU64::new(1) }
    }

    /// Sets the bot's webhook, and has a worker notice it.
    pub(crate) async fn set(&self, url: &str, set_at: u64) -> Webhook {
        let secret = HookSecret([7; 32]);
        let hook =
            Webhook { user: user("bot"), url: url.into(), secret, set_at, state: HookState::Well };
        self.hooks.set_hook(&hook).await.unwrap();
        hook
    }

    pub(crate) fn run(&self) -> Running {
        self.run_by(Outbound::guarded(Arc::new(Here), Arc::new(SystemResolver), ANSWER))
    }

    pub(crate) fn run_by(&self, outbound: Outbound) -> Running {
        let settings = Settings { outbound, clock: self.clock.clone(), pace: PACE };
        let worker =
            Worker::new(self.log.clone(), self.hooks.clone(), self.people.clone(), settings);
        let metrics = worker.metrics();
        Running(tokio::spawn(worker.run()), metrics)
    }

    /// Waits until a worker has begun to serve the bot's webhook.
    pub(crate) async fn begun(&self) {
        self.until(async |world: &Self| world.hooks.heard(&user("bot")).await.unwrap().is_some())
            .await;
    }

    /// Waits for what is sure to come.
    pub(crate) async fn until(&self, is_so: impl AsyncFn(&Self) -> bool) {
        let waiting = async {
            while !is_so(self).await {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, waiting).await.expect("it comes to that");
    }

    pub(crate) async fn state(&self) -> HookState {
        self.hooks.hooks().await.unwrap()[0].state
    }

    /// Somebody says something to somebody.
    pub(crate) async fn say(&self, author: &str, to: &str, text: &str) {
        let conversation = ConversationId::direct(&user(author), &user(to)).unwrap();
        self.append(&conversation, author, Body::text(text)).await;
    }

    pub(crate) async fn append(&self, conversation: &ConversationId, author: &str, body: Body) {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let entry = NewEntry {
            conversation: conversation.clone(),
            author: user(author),
            client_msg_id: None,
            message_id: MessageId::new(1_700_000_000_000 + number, number.into()),
            timestamp: 1_700_000_000_000 + number,
            sent_at: None,
            body,
        };
        self.log.append(entry).await.unwrap();
    }
}

pub(crate) fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}
