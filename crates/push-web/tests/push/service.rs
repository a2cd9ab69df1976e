//! A push service on this machine, a browser that decrypts what it is pushed,
//! and a server in memory that pushes.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use aizuchi_core::{
    clock::Clock,
    directory::{Directory, Profile},
    ids::{ConversationId, UserId},
    notices::{Notices, Subscription, Unseen},
};
use aizuchi_outbound::{Guard, Outbound, SystemResolver, Trust};
use aizuchi_push_web::{Settings, WebPush};
use aizuchi_testkit::{clock::ManualClock, directory::MemoryDirectory, notices::MemoryNotices};
use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
    routing::post,
};
use hkdf::Hkdf;
use p256::{PublicKey, SecretKey, ecdh::diffie_hellman, elliptic_curve::sec1::ToSec1Point};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use serde_json::Value;
use sha2::Sha256;
use tokio::{net::TcpListener, sync::Semaphore};

/// What the service took: of which browser, with which headers.
#[derive(Clone)]
pub(crate) struct Taken {
    pub(crate) browser: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The push service. A browser's answers are given one after another, the last
/// one again and again; 201 where there are none.
pub(crate) struct Service {
    pub(crate) port: u16,
    taken: Mutex<Vec<Taken>>,
    answers: Mutex<HashMap<String, Vec<u16>>>,
    /// Lets answers out; nobody waits unless it is told to.
    gate: Semaphore,
}

impl Service {
    pub(crate) async fn start() -> Arc<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let service = Arc::new(Self {
            port: listener.local_addr().unwrap().port(),
            taken: Mutex::default(),
            answers: Mutex::default(),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
        });
        let routes = Router::new().route("/{browser}", post(take)).with_state(Arc::clone(&service));
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        service
    }

    /// What came since the last time.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        std::mem::take(&mut *self.taken.lock().unwrap())
    }

    pub(crate) fn answers(&self, browser: &str, statuses: &[u16]) {
        self.answers.lock().unwrap().insert(browser.to_owned(), statuses.to_vec());
    }

    /// Answers nobody until it is opened again.
    pub(crate) fn close(&self) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub(crate) fn open(&self) {
        self.gate.add_permits(1_000);
    }
}

async fn take(
    State(service): State<Arc<Service>>,
    Path(browser): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    service.taken.lock().unwrap().push(Taken { browser: browser.clone(), headers, body });
    service.gate.acquire().await.unwrap().forget();
    let mut answers = service.answers.lock().unwrap();
    let status = match answers.get_mut(&browser) {
        None => 201,
        Some(left) if left.len() > 1 => left.remove(0),
        Some(left) => left[0],
    };
    let retry_after = [(RETRY_AFTER, "0")];
    (StatusCode::from_u16(status).unwrap(), retry_after).into_response()
}

/// A browser that subscribed.
pub(crate) struct Browser {
    pub(crate) subscription: Subscription,
    secret: SecretKey,
}

impl Browser {
    pub(crate) fn new(service: &Service, name: &str) -> Self {
        let seed: [u8; 32] = std::array::from_fn(|at| name.as_bytes()[at % name.len()]);
        let secret = SecretKey::from_slice(&seed).unwrap();
        let public = secret.public_key().to_sec1_point(false);
        let subscription = Subscription {
            endpoint: format!("http://127.0.0.1:{}/{name}", service.port).into(),
            p256dh: public.as_bytes().try_into().unwrap(),
            auth: *b"0123456789abcdef",
            preview: true,
            session: None,
            created_at: 1,
        };
        Self { subscription, secret }
    }

    /// What it shows of what it was pushed: RFC 8291, from the other side.
    pub(crate) fn reads(&self, body: &[u8]) -> Value {
        let (salt, rest) = body.split_at(16);
        let (record, rest) = rest.split_at(4);
        assert_eq!(record, 4_096u32.to_be_bytes());
        let (length, rest) = rest.split_first().unwrap();
        let (theirs, sealed) = rest.split_at(usize::from(*length));
        let public = PublicKey::from_sec1_bytes(theirs).unwrap();
        let shared = diffie_hellman(self.secret.to_nonzero_scalar(), public.as_affine());
        let info = [b"WebPush: info\0", &self.subscription.p256dh[..], theirs].concat();
        let mut secret = [0; 32];
        let extracted =
            Hkdf::<Sha256>::new(Some(&self.subscription.auth), shared.raw_secret_bytes());
        extracted.expand(&info, &mut secret).unwrap();
        let (mut key, mut nonce) = ([0; 16], [0; 12]);
        let extracted = Hkdf::<Sha256>::new(Some(salt), &secret);
        extracted.expand(b"Content-Encoding: aes128gcm\0", &mut key).unwrap();
        extracted.expand(b"Content-Encoding: nonce\0", &mut nonce).unwrap();
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let text = key.open_in_place(nonce, Aad::empty(), &mut sealed).unwrap();
        let end = text.iter().rposition(|byte| *byte != 0).unwrap();
        assert_eq!(text[end], 2, "the last record");
        serde_json::from_slice(&text[..end]).unwrap()
    }
}

/// As every server has it, but for this machine.
struct Here;

impl Guard for Here {
    fn trust(&self, address: IpAddr) -> Trust {
        if address.is_loopback() { Trust::Plain } else { Trust::Refused }
    }
}

pub(crate) type Pushing = WebPush<Arc<MemoryNotices>, MemoryDirectory>;

/// A server that pushes: Ada writes, Bob is away.
pub(crate) struct World {
    pub(crate) notices: Arc<MemoryNotices>,
    pub(crate) push: Arc<Pushing>,
    pub(crate) service: Arc<Service>,
}

/// How long the service may take to answer.
pub(crate) const PATIENCE: Duration = Duration::from_millis(300);

impl World {
    pub(crate) async fn new() -> Self {
        let outbound = Outbound::guarded(Arc::new(Here), Arc::new(SystemResolver), PATIENCE);
        Self::through(outbound).await
    }

    pub(crate) async fn through(outbound: Outbound) -> Self {
        let (notices, directory) = (Arc::default(), MemoryDirectory::default());
        let ada = Profile { user: user("ada"), username: "Ada".into() };
        directory.remember(&ada).await.unwrap();
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
        let contact = Some("mailto:chat@chat.example".to_owned());
        let settings = Settings { outbound, contact, clock };
        let push = Arc::new(WebPush::new(Arc::clone(&notices), directory, settings));
        Self { notices, push, service: Service::start().await }
    }

    /// A browser of Bob's subscribes.
    pub(crate) async fn browser(&self, name: &str) -> Browser {
        let browser = Browser::new(&self.service, name);
        self.notices.subscribe(&user("bob"), &browser.subscription).await.unwrap();
        browser
    }

    /// How many subscriptions Bob has.
    pub(crate) async fn subscribed(&self) -> usize {
        let found = self.notices.subscribers(&[user("bob")], &direct()).await.unwrap();
        found.first().map_or(0, |one| one.subscriptions.len())
    }
}

pub(crate) fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

pub(crate) fn direct() -> ConversationId {
    ConversationId::direct(&user("ada"), &user("bob")).unwrap()
}

/// Ada's message, which Bob was not there to see.
pub(crate) fn unseen(text: &str) -> Unseen {
    Unseen {
        conversation: direct(),
        seq: 7,
        author: user("ada"),
        text: text.into(),
        mentioned: Arc::default(),
        away: vec![user("bob")],
    }
}
