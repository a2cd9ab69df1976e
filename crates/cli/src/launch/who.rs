//! Who signs people in: the server's own pool, or another issuer.

use std::sync::Arc;

use aizuchi_core::{
    accounts::SessionId,
    clock::{Clock, SystemClock},
    ids::UserId,
    notices::Notices as _,
};
use aizuchi_gateway::local::Hub;
use aizuchi_identity::{
    ClientSettings, Heard, IssuerSettings, OpenError, Pool, Products, RelyingParty, SessionEvents,
    Settings as PoolSettings, Verifier,
    http::{NoLimits, Origins, RateLimits, issuer_router, router},
};
use aizuchi_outbound::Outbound;
use aizuchi_server::{Auth, Throttle};
use aizuchi_store_sqlite::Database;
use axum::Router;
use tokio::task::JoinSet;
use url::Url;

use super::StartError;
use crate::settings::{Settings, SignIn};

/// The longest that another issuer's access token is thought to live, in ms.
const TOKEN_LIFE_MS: u64 = 24 * 60 * 60 * 1_000;

/// What the front needs of whoever signs people in.
pub(super) struct Who {
    pub(super) verifier: Arc<Verifier>,
    pub(super) origins: Arc<Origins>,
    pub(super) auth: Auth,
    pub(super) routes: Router,
}

/// Closes the sockets of sessions that end, and forgets what they subscribed.
pub(super) struct Sockets {
    pub(super) hub: Hub,
    pub(super) database: Database,
}

impl SessionEvents for Sockets {
    fn ended<'a>(&'a self, user: &'a UserId, session: Option<SessionId>) -> Heard<'a> {
        self.hub.close_sessions(user, session);
        Box::pin(async move {
            if let Err(error) = self.database.end_subscriptions(user, session).await {
                tracing::error!(%error, "an ended session may be told of messages still");
            }
        })
    }
}

impl Who {
    /// Opens the pool, or asks the issuer for its keys. What follows the pool
    /// runs `beside` the server.
    pub(super) async fn open(
        settings: &Settings,
        sign_in: SignIn,
        url: &Url,
        database: Database,
        hub: &Hub,
        beside: &mut JoinSet<()>,
    ) -> Result<Self, StartError> {
        let products = products(settings)?;
        products.fetch_keys().await;
        let mut known = PoolSettings::new(url.clone());
        known.allowed_origins.clone_from(&settings.address.allowed_origin);
        let sockets = Arc::new(Sockets { hub: hub.clone(), database: database.clone() });
        match sign_in {
            SignIn::Issuer { tokens, client } => {
                known.lifetimes.refresh = settings.identity.refresh_token_lifetime;
                let people = Arc::new(database);
                let issuer = (tokens, client, products);
                Self::of_issuer(issuer, people, known, sockets, limits(settings)).await
            }
            SignIn::Pool { clients, lifetimes } => {
                let known = PoolSettings { clients, lifetimes, ..known };
                let pool = Pool::open(Arc::new(database), known, Arc::new(SystemClock), sockets);
                let pool = Arc::new(pool.await?);
                let followed = Arc::clone(&pool);
                beside.spawn(async move { followed.follow().await });
                Self::of_pool(pool, products, limits(settings))
            }
        }
    }

    async fn of_issuer(
        (tokens, client, products): (IssuerSettings, ClientSettings, Products),
        people: Arc<Database>,
        known: PoolSettings,
        sockets: Arc<Sockets>,
        limits: Arc<dyn RateLimits>,
    ) -> Result<Self, StartError> {
        let authority = tokens.issuer.clone();
        let failed = |cause| StartError::Issuer { issuer: authority.clone(), cause };
        let clock = Arc::new(SystemClock);
        let client_id = client.id.clone();
        let party = RelyingParty::discover(&authority, client, clock.clone()).await;
        let party = Arc::new(party.map_err(failed)?);
        let verifier = Verifier::of_issuer(tokens, clock.clone()).map_err(failed)?;
        let verifier = verifier.trusting(products)?;
        verifier.fetch_keys().await.map_err(failed)?;
        let now = clock.now_ms();
        // Their access tokens may outlive the process that ended them.
        let ended = people.ended_visits(now.saturating_sub(TOKEN_LIFE_MS)).await;
        for (session, at) in ended.map_err(OpenError::from)? {
            verifier.bar(session, at);
        }
        let verifier = Arc::new(verifier);
        let authorize_url = party.authorize_url().into();
        Ok(Self {
            verifier: Arc::clone(&verifier),
            origins: Arc::new(Origins::of(&known)),
            routes: issuer_router(party, people, verifier, known, clock, sockets, limits),
            auth: Auth::Oidc { authority, client_id, authorize_url },
        })
    }

    fn of_pool(
        pool: Arc<Pool<Database>>,
        products: Products,
        limits: Arc<dyn RateLimits>,
    ) -> Result<Self, StartError> {
        let verifier = Arc::new(pool.verifier().trusting(products)?);
        Ok(Self {
            origins: Arc::new(Origins::of(pool.settings())),
            auth: Auth::Builtin,
            routes: router(pool, Arc::clone(&verifier), limits),
            verifier,
        })
    }
}

fn products(settings: &Settings) -> Result<Products, StartError> {
    let outbound = Outbound::new(settings.notices.outbound_allow.clone());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Ok(Products::new(settings.products.product.clone(), outbound, &clock)?)
}

fn limits(settings: &Settings) -> Arc<dyn RateLimits> {
    if settings.limits.rate_limits.is_on() {
        Arc::new(Throttle::new(Arc::new(SystemClock)))
    } else {
        Arc::new(NoLimits)
    }
}
