//! Who signs people in: the server's own pool, or another issuer.

use std::sync::Arc;

use aizuchi_core::{accounts::SessionId, clock::SystemClock, ids::UserId};
use aizuchi_gateway::local::Hub;
use aizuchi_identity::{
    Pool, SessionEvents, Settings as PoolSettings, Verifier,
    http::{NoLimits, Origins, RateLimits, router},
};
use aizuchi_server::{Auth, Throttle};
use aizuchi_store_sqlite::Database;
use axum::Router;
use tokio::task::JoinSet;
use url::Url;

use super::StartError;
use crate::settings::{Settings, SignIn};

/// What the front needs of whoever signs people in.
pub(super) struct Who {
    pub(super) verifier: Arc<Verifier>,
    pub(super) origins: Arc<Origins>,
    pub(super) auth: Auth,
    pub(super) routes: Router,
}

/// Closes the sockets of sessions that end.
struct Sockets(Hub);

impl SessionEvents for Sockets {
    fn ended(&self, user: &UserId, session: Option<SessionId>) {
        self.0.close_sessions(user, session);
    }
}

impl Who {
    /// Opens the pool, which is followed `beside` the server, or asks the issuer for its keys.
    pub(super) async fn open(
        settings: &Settings,
        sign_in: SignIn,
        url: &Url,
        database: Database,
        hub: &Hub,
        beside: &mut JoinSet<()>,
    ) -> Result<Self, StartError> {
        let mut known = PoolSettings::new(url.clone());
        known.allowed_origins.clone_from(&settings.address.allowed_origin);
        let (clients, lifetimes) = match sign_in {
            SignIn::Pool { clients, lifetimes } => (clients, lifetimes),
            SignIn::Issuer { tokens, client_id } => {
                let authority = tokens.issuer.clone();
                let failed = |cause| StartError::Issuer { issuer: authority.clone(), cause };
                let verifier =
                    Verifier::of_issuer(tokens, Arc::new(SystemClock)).map_err(failed)?;
                verifier.fetch_keys().await.map_err(failed)?;
                return Ok(Self {
                    verifier: Arc::new(verifier),
                    origins: Arc::new(Origins::of(&known)),
                    auth: Auth::Oidc { authority, client_id },
                    routes: Router::new(),
                });
            }
        };
        (known.clients, known.lifetimes) = (clients, lifetimes);
        let origins = Arc::new(Origins::of(&known));
        let clock = Arc::new(SystemClock);
        let pool =
            Pool::open(Arc::new(database), known, clock.clone(), Arc::new(Sockets(hub.clone())));
        let pool = Arc::new(pool.await?);
        let followed = Arc::clone(&pool);
        beside.spawn(async move { followed.follow().await });
        let verifier = Arc::new(pool.verifier());
        let limits: Arc<dyn RateLimits> = if settings.limits.rate_limits.is_on() {
            Arc::new(Throttle::new(clock))
        } else {
            Arc::new(NoLimits)
        };
        Ok(Self {
            routes: router(pool, Arc::clone(&verifier), limits),
            verifier,
            origins,
            auth: Auth::Builtin,
        })
    }
}
