//! The composition root: from settings to a running server.

mod bots;
mod figures;
mod files;
mod notices;
mod who;

use std::{io, net::SocketAddr, sync::Arc};

use aizuchi_api::{Served, SignsIn, openapi_router};
use aizuchi_core::{
    chat::{Chat, Policy, Ports},
    error::PortError,
    identity::TokenVerifier,
};
use aizuchi_gateway::{
    Gateway,
    local::{Hub, Rates},
};
use aizuchi_identity::{OpenError, products::UntrustedProduct};
use aizuchi_server::{App, Auth, Extra, ServeError, TlsError, serve, serve_metrics};
use aizuchi_store_sqlite::{DataDir, Database};
use tokio::{net::TcpListener, task::JoinSet};
use url::Url;

use self::{figures::figures, files::Files, notices::Notices, who::Who};
use crate::{
    output::with_causes,
    ports::OneBinary,
    settings::{Address, Contradiction, Settings},
};

/// Files that are open beside connections: the database's, logs, listeners.
pub(crate) const OTHER_FILES: usize = 64;

/// Why a server did not start. Names the setting and how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings do not fit together.
    #[error(transparent)]
    Settings(#[from] Contradiction),
    /// The address cannot be had.
    #[error("--{setting} {address} cannot be listened on: {cause}{}", mend(cause))]
    Listen {
        /// Which setting.
        setting: &'static str,
        /// Its value.
        address: SocketAddr,
        /// What the system said.
        cause: io::Error,
    },
    /// TLS cannot be set up.
    #[error("--tls-cert or --tls-key cannot be used: {0}")]
    Tls(TlsError),
    /// The data cannot be used.
    #[error("--data-dir: {}{}", with_causes(.0), mend_data(.0))]
    Data(aizuchi_store_sqlite::OpenError),
    /// The accounts cannot be used.
    #[error("the accounts cannot be opened")]
    Accounts(#[from] OpenError),
    /// The key that pushes are signed with cannot be read or made.
    #[error("notifications cannot be pushed")]
    Notices(#[source] PortError),
    /// The directory of attachments cannot be used.
    #[error("--data-dir: attachments have no place in it: {0}")]
    Files(io::Error),
    /// A product cannot be trusted.
    #[error("--product: {0}")]
    Product(#[from] UntrustedProduct),
    /// The issuer cannot be used.
    #[error("--issuer {issuer} cannot be used")]
    Issuer {
        /// Its URL.
        issuer: String,
        /// Why.
        #[source]
        cause: PortError,
    },
}

fn mend(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::AddrInUse => ". Stop what listens there, or choose another port",
        io::ErrorKind::AddrNotAvailable => ". Choose an address of this machine, or 0.0.0.0",
        io::ErrorKind::PermissionDenied => ". Choose a port from 1024 up, or allow this one",
        _ => "",
    }
}

fn mend_data(cause: &aizuchi_store_sqlite::OpenError) -> &'static str {
    use aizuchi_store_sqlite::OpenError::{Directory, Foreign, InUse, Missing, Newer};
    match cause {
        Directory { .. } => ". Make it writable for this user, or choose another",
        InUse(_) => ". Stop that server, or choose another directory",
        Newer { .. } => ". Run that newer version, or choose another directory",
        Missing(_) => ". Start a server on it first, or choose another directory",
        Foreign(_) => ". Choose another directory",
        _ => "",
    }
}

impl From<ServeError> for StartError {
    fn from(error: ServeError) -> Self {
        match error {
            ServeError::Tls(error) => Self::Tls(error),
        }
    }
}

/// The ports that a server listens on.
#[derive(Debug)]
pub struct Listeners {
    /// For people.
    pub front: TcpListener,
    /// Its address.
    pub address: SocketAddr,
    /// For Prometheus, and its address.
    pub metrics: Option<(TcpListener, SocketAddr)>,
}

impl Listeners {
    /// Takes the ports that the settings name.
    pub async fn bind(settings: &Address) -> Result<Self, StartError> {
        let (front, address) = bind("listen", settings.listen).await?;
        let metrics = match settings.metrics_listen {
            Some(address) => Some(bind("metrics-listen", address).await?),
            None => None,
        };
        Ok(Self { front, address, metrics })
    }
}

async fn bind(
    setting: &'static str,
    address: SocketAddr,
) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |cause| StartError::Listen { setting, address, cause };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// A server that takes traffic.
#[derive(Debug)]
pub struct Running {
    /// Where people reach it.
    pub url: Url,
    /// Where Prometheus does.
    pub metrics: Option<SocketAddr>,
}

/// Runs a server until `shutdown` is done, and then closes it in order.
/// `ready` hears of it when it begins to take traffic.
///
/// # Errors
/// Only before it takes traffic.
pub async fn launch(
    settings: &Settings,
    listeners: Listeners,
    ready: impl FnOnce(&Running),
    shutdown: impl Future<Output = ()>,
) -> Result<(), StartError> {
    let tls = settings.tls.resolve(&settings.data.data_dir)?;
    if let Some(tls) = &tls {
        tls.check().map_err(StartError::Tls)?;
    }
    let sign_in = settings.identity.resolve()?;
    let url = settings.address.public_url(&settings.tls, listeners.address)?;
    let hub = Hub::new();
    let database = DataDir::create(&settings.data.data_dir).and_then(|dir| Database::open(&dir));
    let database = database.map_err(StartError::Data)?;
    // Ends what runs beside the server when this function does.
    let mut beside = JoinSet::new();
    let who = Who::open(settings, sign_in, &url, database.clone(), &hub, &mut beside).await?;
    let callers = bots::callers(who.verifier.clone(), &database, &hub, &mut beside);
    let rates = settings.limits.rate_limits.is_on().then(Rates::default);
    let policy = Policy { broadcasts: settings.limits.broadcasts.is_on(), ..Policy::default() };
    let notices = Notices::open(&settings.notices, &url, database.clone(), &mut beside).await?;
    let hooks = bots::post_hooks(&settings.notices, &database, &mut beside);
    let files = Files::open(&settings.files, &database, &mut beside)?;
    let chat = Chat::new(OneBinary::new(database, files.kept(), hub.clone(), rates), policy);
    let front = front(settings, &who);
    let gateway = Gateway::new(chat, hub).notifying(Arc::clone(&notices.queued));
    let app = App::new(gateway, Arc::clone(&callers), front);
    let (verifier, origins) = (Arc::clone(&callers), Arc::clone(&who.origins));
    let routes = who.routes.merge(files.routes(app.gateway(), verifier, origins));
    let origins = Arc::clone(&who.origins);
    let routes = routes.merge(notices.routes(app.gateway(), callers, who.origins));
    let routes = routes.merge(openapi_router(served(&who.auth), origins));
    let metrics = listeners.metrics.map(|(listener, address)| {
        beside.spawn(serve_figures(Arc::clone(&app), figures(notices.push, hooks), listener));
        address
    });
    ready(&Running { url, metrics });
    serve(app, routes, listeners.front, tls.as_ref(), shutdown).await?;
    Ok(())
}

/// What is served, for the document of it.
fn served(auth: &Auth) -> Served {
    let signs_in = match auth {
        Auth::Builtin => SignsIn::Pool,
        Auth::Oidc { .. } => SignsIn::Issuer,
    };
    Served { signs_in, one_binary: true, attachments: true }
}

async fn serve_figures<P: Ports, V: TokenVerifier>(
    app: Arc<App<P, V>>,
    figures: Extra,
    listener: TcpListener,
) {
    if let Err(error) = serve_metrics(app, figures, listener, std::future::pending()).await {
        tracing::error!(%error, "the metrics have ended");
    }
}

fn front(settings: &Settings, who: &Who) -> aizuchi_server::Settings {
    let limits = &settings.limits;
    aizuchi_server::Settings {
        origins: Arc::clone(&who.origins),
        trusted_proxies: settings.address.trusted_proxy.clone(),
        max_connections_per_user: limits.max_connections_per_user,
        max_connections: limits.max_connections.min(connections_possible()),
        idle: limits.idle_timeout,
        age: limits.max_age,
        drain: limits.drain_timeout,
        flood: limits.rate_limits.is_on().then_some(aizuchi_server::FLOOD),
        auth: who.auth.clone(),
    }
}

/// How many connections the system allows, after asking it for as many as it
/// gives.
fn connections_possible() -> usize {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(files) => usize::try_from(files).unwrap_or(usize::MAX).saturating_sub(OTHER_FILES),
        Err(error) => {
            tracing::warn!(%error, "cannot ask for more open files");
            usize::MAX
        }
    }
}
