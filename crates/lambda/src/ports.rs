//! The outside, as the serverless shape has it.

use std::sync::Arc;

use aizuchi_core::{
    accounts::SessionId,
    chat::{Caller, Chat, Policy, Ports},
    clock::SystemClock,
    directory::Profile,
    error::PortError,
    ids::{SystemIds, UserId},
    notices::Notices,
    registry::{Connection, Presence, Registry},
    relations::Standing,
};
use aizuchi_gateway::{
    Gateway,
    local::{LocalLimiter, Rates},
};
use aizuchi_identity::products::UntrustedProduct;
use aizuchi_outbound::Outbound;
use aizuchi_push_apigw::{ApiGatewayPush, SharedCredentialsProvider};
use aizuchi_push_web::{Awaited, WebPush};
use aizuchi_store_dynamodb::{Access, AccessError, Renewed, Store, Table};

use crate::settings::{self, SettingsError};

/// People that one connection watches live; of the others it gets snapshots.
/// Each is a write when it begins and one when it ends.
const LIVE_WATCHES: usize = 10;

/// The ports of a function.
///
/// Rates are counted by each instance for itself: a person is served by few at
/// a time, and a count in the table would cost what a message costs. The stage
/// limits all callers together.
#[derive(Debug)]
pub struct Serverless {
    store: Store,
    limiter: LocalLimiter<SystemClock>,
    ids: SystemIds,
}

impl Ports for Serverless {
    type Log = Store;
    type Search = Store;
    type Registry = Store;
    type Directory = Store;
    type Links = Store;
    type Attachments = Store;
    type Limiter = LocalLimiter<SystemClock>;
    type Clock = SystemClock;
    type Ids = SystemIds;

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

    fn limiter(&self) -> &LocalLimiter<SystemClock> {
        &self.limiter
    }

    fn clock(&self) -> &SystemClock {
        &SystemClock
    }

    fn ids(&self) -> &SystemIds {
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

/// Why a function cannot start, in an operator's words.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting of its own.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// What Lambda itself sets.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A product that it would trust.
    #[error("AIZUCHI_PRODUCTS cannot be used: {0}")]
    Products(#[from] UntrustedProduct),
    /// Something that it verifies tokens with.
    #[error("tokens cannot be verified")]
    Identity(#[from] PortError),
}

/// The chat as a function serves it.
#[derive(Debug)]
pub struct Chats {
    gateway: Arc<Gateway<Serverless, ApiGatewayPush>>,
    store: Store,
    web_push: Arc<WebPush<Store, Store>>,
}

impl Chats {
    /// The chat over this table and these connections. Asks nobody yet.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn open(settings: settings::Chat, access: &Access) -> Self {
        let push = ApiGatewayPush::new(aizuchi_push_apigw::Settings {
            management_url: settings.management_url,
            region: access.region.clone(),
            credentials: SharedCredentialsProvider::new(access.credentials.clone()),
            http: access.http.clone(),
        });
        let known = aizuchi_store_dynamodb::Settings {
            broadcasts: settings.broadcasts,
            ..aizuchi_store_dynamodb::Settings::default()
        };
        let store = Store::new(Table::new(access, &settings.table), known);
        let ports = Serverless {
            store: store.clone(),
            limiter: LocalLimiter::new(SystemClock, Some(Rates::default())),
            ids: SystemIds::default(),
        };
        let policy = Policy {
            broadcasts: settings.broadcasts,
            live_watches: LIVE_WATCHES,
            search: settings.search,
        };
        let web_push = WebPush::new(
            store.clone(),
            store.clone(),
            aizuchi_push_web::Settings {
                // A function is in nobody's network.
                outbound: Outbound::new(Vec::new()),
                contact: settings.push_contact,
                clock: Arc::new(SystemClock),
            },
        );
        let web_push = Arc::new(web_push);
        // Frozen between two calls, it has to do all within them.
        let told = Arc::new(Awaited::new(Arc::clone(&web_push)));
        let gateway = Gateway::new(Chat::new(ports, policy), push).notifying(told);
        Self { gateway: Arc::new(gateway), store, web_push }
    }

    /// What pushes to browsers.
    pub fn web_push(&self) -> &Arc<WebPush<Store, Store>> {
        &self.web_push
    }

    /// The gateway.
    pub fn gateway(&self) -> &Arc<Gateway<Serverless, ApiGatewayPush>> {
        &self.gateway
    }

    /// Keeps a caller's connection among those that are there, for another
    /// while. One that is not registered is closed: nothing would reach it, and
    /// its client comes back by a new one.
    pub async fn renew(&self, caller: &Caller, connected_at: u64) {
        let renewed = self.store.renew(&caller.connection, &caller.user, connected_at).await;
        let done = match renewed {
            Ok(Renewed::Held) => Ok(()),
            Ok(Renewed::Back) => {
                self.gateway.returned(caller).await;
                Ok(())
            }
            Ok(Renewed::Gone) => self.gateway.connections().close(&caller.connection).await,
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            log(&error, "a connection was not renewed");
        }
    }

    /// The directory.
    pub fn directory(&self) -> &Store {
        &self.store
    }

    /// Closes the sockets of a session that ended, and takes away what it
    /// subscribed; none of it opens again until
    /// `until` (ms since the epoch), when its last access token has expired.
    /// Without a session, closes all of the user's.
    pub async fn end(&self, user: &UserId, session: Option<SessionId>, until: u64) {
        if let Err(error) = self.store.end_subscriptions(user, session).await {
            log(&error, "an ended session may be told of messages still");
        }
        let connections = match session {
            Some(session) => self.store.end_session(user, session, until).await,
            None => self.store.connections(&[user]).await,
        };
        let connections = connections.unwrap_or_else(|error| {
            log(&error, "the sockets of an ended session are not known");
            Vec::new()
        });
        for connection in connections {
            if let Err(error) = self.gateway.connections().close(&connection.id).await {
                log(&error, "a socket of an ended session was not closed");
            }
        }
    }
}

fn log(error: &PortError, what: &str) {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(%error, cause, "{what}");
}
