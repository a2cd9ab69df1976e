//! A router, and those who call it.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use aizuchi_api::{FileSettings, Files, PIECE_BYTES, attachments_router};
use aizuchi_core::{
    attachments::Stored,
    chat::{Chat, Policy, Ports},
    clock::Clock,
    identity::{Identity, TokenError, TokenVerifier},
    ids::UserId,
    limiter::Unlimited,
};
use aizuchi_files_local::LocalFiles;
use aizuchi_gateway::{
    Gateway,
    local::{Hub, LocalRegistry},
};
use aizuchi_identity::{Settings, http::Origins};
use aizuchi_testkit::{
    attachments::MemoryAttachments, clock::ManualClock, directory::MemoryDirectory, ids::SeededIds,
    links::MemoryLinks, log::MemoryLog, registry::MemoryLastSeen,
};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request},
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;

pub(crate) const DAY: u64 = 24 * 60 * 60 * 1_000;

/// One clock for all who need the time.
#[derive(Clone, Default)]
struct SharedClock(Arc<ManualClock>);

impl Clock for SharedClock {
    fn now_ms(&self) -> u64 {
        self.0.now_ms()
    }
}

struct Memory {
    log: MemoryLog,
    registry: LocalRegistry<MemoryLastSeen>,
    directory: MemoryDirectory,
    links: MemoryLinks,
    attachments: Arc<MemoryAttachments>,
    clock: SharedClock,
    ids: SeededIds,
}

impl Ports for Memory {
    type Log = MemoryLog;
    type Search = MemoryLog;
    type Registry = LocalRegistry<MemoryLastSeen>;
    type Directory = MemoryDirectory;
    type Links = MemoryLinks;
    type Attachments = Arc<MemoryAttachments>;
    type Limiter = Unlimited;
    type Clock = SharedClock;
    type Ids = SeededIds;

    fn log(&self) -> &MemoryLog {
        &self.log
    }

    fn search(&self) -> &MemoryLog {
        &self.log
    }

    fn registry(&self) -> &LocalRegistry<MemoryLastSeen> {
        &self.registry
    }

    fn directory(&self) -> &MemoryDirectory {
        &self.directory
    }

    fn links(&self) -> &MemoryLinks {
        &self.links
    }

    fn attachments(&self) -> &Arc<MemoryAttachments> {
        &self.attachments
    }

    fn limiter(&self) -> &Unlimited {
        &Unlimited
    }

    fn clock(&self) -> &SharedClock {
        &self.clock
    }

    fn ids(&self) -> &SeededIds {
        &self.ids
    }
}

/// A token is its user.
struct Tokens;

impl TokenVerifier for Tokens {
    async fn verify(&self, token: &str) -> Result<Identity, TokenError> {
        Ok(Identity {
            user: UserId::parse(token).map_err(|_| TokenError::Refused("no user"))?,
            username: token.into(),
            session: None,
            expires_at: u64::MAX,
        })
    }
}

pub(crate) struct World {
    routes: Router,
    clock: SharedClock,
    pub(crate) dir: TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn is_refused(&self, status: u16, code: &str) {
        let said = String::from_utf8_lossy(&self.bytes);
        assert_eq!(self.status, status, "{said}");
        assert_eq!(self.json()["code"], code, "{said}");
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// With what an operator changed.
    pub(crate) fn with(change: impl FnOnce(&mut FileSettings)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = SharedClock::default();
        clock.0.advance(1_000 * DAY);
        let hub = Hub::new();
        let attachments = Arc::new(MemoryAttachments::default());
        let memory = Memory {
            log: MemoryLog::default(),
            registry: LocalRegistry::new(hub.clone(), MemoryLastSeen::default()),
            directory: MemoryDirectory::default(),
            links: MemoryLinks::default(),
            attachments: Arc::clone(&attachments),
            clock: clock.clone(),
            ids: SeededIds::default(),
        };
        let gateway = Arc::new(Gateway::new(Chat::new(memory, Policy::default()), hub));
        let mut settings = FileSettings {
            max_bytes: 3 << 20,
            quota_bytes: 5 << 20,
            retention: None,
            pixels: 1_000_000,
            readers: NonZeroUsize::MIN,
        };
        change(&mut settings);
        let stored = Stored { attachments, objects: LocalFiles::open(dir.path()).unwrap() };
        let known = Settings::new("https://chat.example".parse().unwrap());
        let origins = Arc::new(Origins::of(&known));
        let files = Arc::new(Files::new(stored, settings));
        Self { routes: attachments_router(gateway, Tokens, origins, files), clock, dir }
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.clock.0.advance(u64::try_from(time.as_millis()).unwrap());
    }

    pub(crate) async fn call(&self, request: Request<Body>) -> Answer {
        let answer = self.routes.clone().oneshot(request).await.unwrap();
        let (head, body) = answer.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().into();
        Answer { status: head.status.as_u16(), headers: head.headers, bytes }
    }

    pub(crate) async fn ask(
        &self,
        user: &str,
        method: &str,
        path: &str,
        body: impl Into<Body>,
    ) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/attachments{path}"))
            .header("authorization", format!("Bearer {user}"))
            .header("content-type", "application/json");
        self.call(request.body(body.into()).unwrap()).await
    }

    /// Ada begins a file for Bob.
    pub(crate) async fn begin(&self, name: &str, size: usize) -> Answer {
        let asked = json!({ "conversationId": "d:ada:bob", "name": name, "size": size });
        self.ask("ada", "POST", "", asked.to_string()).await
    }

    /// Ada begins a file for Bob, and tells its id.
    pub(crate) async fn begun(&self, size: usize) -> String {
        let begun = self.begin("file.bin", size).await;
        assert_eq!(begun.status, 201, "{}", String::from_utf8_lossy(&begun.bytes));
        begun.json()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn append(&self, id: &str, offset: usize, piece: &[u8]) -> Answer {
        let path = format!("/{id}/upload?offset={offset}");
        self.ask("ada", "POST", &path, piece.to_vec()).await
    }

    pub(crate) async fn complete(&self, id: &str) -> Answer {
        self.ask("ada", "POST", &format!("/{id}/complete"), "").await
    }

    /// Ada uploads a file for Bob, in pieces.
    pub(crate) async fn upload(&self, name: &str, bytes: &[u8]) -> Value {
        let begun = self.begin(name, bytes.len()).await.json();
        let id = begun["id"].as_str().unwrap();
        for (at, piece) in bytes.chunks(PIECE_BYTES).enumerate() {
            let answer = self.append(id, at * PIECE_BYTES, piece).await;
            assert_eq!(answer.status, 200, "{:?}", String::from_utf8_lossy(&answer.bytes));
        }
        let complete = self.complete(id).await;
        assert_eq!(complete.status, 200);
        complete.json()
    }

    pub(crate) async fn download(&self, user: &str, of: &Value) -> Answer {
        let id = of["id"].as_str().unwrap();
        self.ask(user, "GET", &format!("/{id}"), "").await
    }
}
