//! Two people who chat, through the whole of the gateway and the chat, with
//! this store for all ports.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use aizuchi_core::{
    chat::{Caller, Chat, Policy, Ports},
    clock::Clock as _,
    directory::Profile,
    error::PortError,
    ids::{ClientMsgId, ConnectionId, ConversationId, Ids as _, MessageId, UserId},
    limiter::Unlimited,
    log::{Body, LogStore as _, NewEntry},
    outcome::Recipient,
    registry::{Connection, Level, Presence},
    relations::Standing,
    room::Membership,
};
use aizuchi_gateway::{Gateway, Push};
use aizuchi_store_dynamodb::{Settings, Spent, Store, Table};
use aizuchi_testkit::{block_on, clock::ManualClock, ids::SeededIds};
use bytes::Bytes;
use serde_json::{Value, json};

use super::text::Language;

/// A minute, in ms: more than the overlap of stamps.
pub(crate) const MINUTE: u64 = 60_000;

/// One table, and the people in it.
pub(crate) struct World {
    table: Table,
    clock: Arc<ManualClock>,
    ids: Arc<SeededIds>,
    next: AtomicU64,
    pub(crate) language: Language,
    pub(crate) ada: Profile,
    pub(crate) bob: Profile,
}

/// A process that has just begun, as a function does with its first event.
pub(crate) struct Process {
    gateway: Gateway<AllPorts, Recorder>,
    table: Table,
}

pub(crate) struct AllPorts {
    store: Store,
    clock: Arc<ManualClock>,
    ids: Arc<SeededIds>,
}

impl Ports for AllPorts {
    type Log = Store;
    type Search = Store;
    type Registry = Store;
    type Directory = Store;
    type Links = Store;
    type Attachments = Store;
    type Limiter = Unlimited;
    type Clock = ManualClock;
    type Ids = SeededIds;

    fn log(&self) -> &Store {
        &self.store
    }

    fn search(&self) -> &Store {
        &self.store
    }
    fn registry(&self) -> &Store {
        &self.store
    }
    fn directory(&self) -> &Store {
        &self.store
    }
    fn links(&self) -> &Store {
        &self.store
    }

    fn attachments(&self) -> &Store {
        &self.store
    }
    fn limiter(&self) -> &Unlimited {
        &Unlimited
    }
    fn clock(&self) -> &ManualClock {
        &self.clock
    }
    fn ids(&self) -> &SeededIds {
        &self.ids
    }
    async fn addressee(&self, user: &UserId) -> Result<Option<(Profile, Standing)>, PortError> {
        self.store.addressee(user).await
    }

    async fn person(
        &self,
        user: &UserId,
    ) -> Result<Option<(Profile, Presence, Standing)>, PortError> {
        self.store.person(user).await
    }

    async fn presences(&self, users: &[UserId]) -> Result<Vec<(Presence, Standing)>, PortError> {
        self.store.presences(users).await
    }

    async fn watch(&self, caller: &Caller, watched: &[UserId]) -> Result<Standing, PortError> {
        self.store.watch_people(&caller.connection, &caller.user, watched).await
    }

    async fn watchers(&self, user: &UserId) -> Result<(Standing, Vec<Connection>), PortError> {
        self.store.watchers_of(user).await
    }

    async fn connections_near(
        &self,
        user: &UserId,
        users: &[&UserId],
    ) -> Result<Vec<Connection>, PortError> {
        self.store.connections_near(user, users).await
    }
}

/// Keeps what is pushed.
#[derive(Debug, Default)]
pub(crate) struct Recorder(Mutex<Vec<(ConnectionId, Value)>>);

impl Push for Recorder {
    async fn push(&self, frame: Bytes, to: Vec<Recipient>) -> Vec<Recipient> {
        let frame: Value = serde_json::from_slice(&frame).unwrap();
        let frames = to.into_iter().map(|to| (to.connection, frame.clone()));
        self.0.lock().unwrap().extend(frames);
        Vec::new()
    }

    async fn room(&self, _connection: &ConnectionId) {}
}

/// What an action cost, and what was pushed.
pub(crate) struct Measured {
    pub(crate) spent: Spent,
    pub(crate) pushed: Vec<(ConnectionId, Value)>,
}

impl Measured {
    /// The frame of this action that this connection was pushed.
    pub(crate) fn frame(&self, to: &Caller, action: &str) -> &Value {
        let frame = self
            .pushed
            .iter()
            .find(|(connection, frame)| *connection == to.connection && frame["action"] == action);
        &frame.unwrap_or_else(|| panic!("no {action} in {:?}", self.pushed)).1
    }
}

impl World {
    pub(crate) fn new(table: Table, language: Language) -> Self {
        let ids = Arc::new(SeededIds::new(1));
        let clock = Arc::<ManualClock>::default();
        let (ada, bob) = (person("ada", &ids), person("bob", &ids));
        Self { table, clock, language, ada, bob, next: AtomicU64::new(0), ids }
    }

    pub(crate) fn process(&self) -> Process {
        let settings = Settings { clock: Arc::clone(&self.clock) as _, ..Settings::default() };
        let table = self.table.clone();
        let store = block_on(async { Store::new(table, settings) });
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        let chat = Chat::new(AllPorts { store, clock, ids }, Policy::default());
        let gateway = Gateway::new(chat, Recorder::default());
        Process { gateway, table: self.table.clone() }
    }

    /// One more person.
    pub(crate) fn person(&self, name: &str) -> Profile {
        person(name, &self.ids)
    }

    /// Somebody with a connection that is not up yet.
    pub(crate) fn caller(&self, who: &Profile, level: Level) -> Caller {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let connection = ConnectionId::parse(&format!("L0SM9cOF{number:06}=")).unwrap();
        Caller { connection, user: who.user.clone(), level, session: None }
    }

    /// One more frame with a message of `from` to `to`.
    pub(crate) fn message(&self, to: &UserId, level: Level) -> Value {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let text = self.language.message(number as usize);
        let now = self.clock.now_ms();
        match level {
            Level::Zero => {
                json!({"action": "SENDMSG", "message": text, "timestamp": now, "toSub": to.as_str()})
            }
            Level::One => {
                // As the SDKs name them, and some moments before.
                let id = MessageId::new(now - 40, self.ids.random()).to_string();
                json!({"action": "SENDMSG", "message": text, "sentAt": now - 40,
                       "clientMsgId": id, "toSub": to.as_str()})
            }
        }
    }

    /// A name as the SDKs give it, some moments before now.
    pub(crate) fn client_id(&self) -> String {
        MessageId::new(self.clock.now_ms() - 40, self.ids.random()).to_string()
    }

    pub(crate) fn wait(&self, ms: u64) {
        self.clock.advance(ms);
    }
}

/// Somebody with an id as Cognito gives it.
fn person(name: &str, ids: &SeededIds) -> Profile {
    let id = MessageId::new(0, ids.random()).to_string();
    Profile { user: UserId::parse(&id).unwrap(), username: name.into() }
}

impl Process {
    /// What this costs.
    pub(crate) fn measure(&self, act: impl Future<Output = ()>) -> Measured {
        self.gateway.connections().0.lock().unwrap().clear();
        let before = self.table.usage().spent();
        block_on(act);
        let spent = self.table.usage().spent() - before;
        let pushed = std::mem::take(&mut *self.gateway.connections().0.lock().unwrap());
        let error = pushed.iter().find(|(_, frame)| frame["action"] == "ERROR");
        assert!(error.is_none(), "{error:?}");
        Measured { spent, pushed }
    }

    /// A connection comes up; its person is written down where he is not known.
    pub(crate) async fn connect(&self, caller: &Caller, who: &Profile, partner: Option<&Profile>) {
        let partner = partner.map(|partner| partner.user.clone());
        self.gateway.connect(caller, partner).await.unwrap();
        self.gateway.chat().introduce(who).await.unwrap();
    }

    pub(crate) async fn disconnect(&self, caller: &Caller) {
        self.gateway.disconnect(caller).await;
    }

    /// Somebody joins a room, as whoever holds a link to it does.
    pub(crate) async fn join(&self, room: &ConversationId, who: &Profile, id: MessageId) {
        let store = &self.gateway.chat().ports().store;
        let username = (&*who.username).into();
        let entry = NewEntry {
            conversation: room.clone(),
            author: who.user.clone(),
            client_msg_id: ClientMsgId::parse(&id.to_string()).ok(),
            message_id: id,
            timestamp: self.gateway.chat().ports().clock.now_ms(),
            sent_at: None,
            body: Body::Membership(Membership::Joined { username }),
        };
        store.append(entry).await.unwrap();
    }

    /// What a front does with every frame, of a connection that came up long ago.
    pub(crate) async fn renew(&self, caller: &Caller) {
        let store = &self.gateway.chat().ports().store;
        let renewed = store.renew(&caller.connection, &caller.user, 0).await;
        assert_eq!(renewed.unwrap(), aizuchi_store_dynamodb::Renewed::Held);
    }

    pub(crate) async fn frame(&self, caller: &Caller, frame: &Value) {
        let request = self.gateway.decode(caller, &frame.to_string());
        if let Some(in_flight) = Box::pin(self.gateway.handle(caller, request)).await {
            Box::pin(self.gateway.finish(in_flight)).await;
        }
    }
}
