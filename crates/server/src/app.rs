//! The application: what the front's handlers share, and its routes.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use aizuchi_core::{chat::Ports, identity::TokenVerifier};
use aizuchi_gateway::{Gateway, local::Hub};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    http::{HeaderValue, StatusCode, header},
    middleware::map_response_with_state,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;
use tokio_util::task::TaskTracker;

use crate::{
    assets, events, handshake,
    headers::{self, Secure},
    poll::Polls,
    settings::{BODY_BYTES, REQUEST_TIMEOUT, Settings},
};

/// Whether the server takes traffic.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// Takes traffic from now on, or no more.
    pub fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Release);
    }

    pub(crate) fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// What the front's handlers share.
#[derive(Debug)]
pub struct App<P, V> {
    pub(crate) gateway: Arc<Gateway<P, Hub>>,
    pub(crate) verifier: Arc<V>,
    pub(crate) settings: Settings,
    pub(crate) readiness: Readiness,
    pub(crate) polls: Polls,
    /// The tasks of connections and sockets.
    pub(crate) tasks: TaskTracker,
}

impl<P: Ports, V: TokenVerifier> App<P, V> {
    /// An application of these parts.
    pub fn new(gateway: Gateway<P, Hub>, verifier: V, settings: Settings) -> Arc<Self> {
        Arc::new(Self {
            gateway: Arc::new(gateway),
            verifier: Arc::new(verifier),
            settings,
            readiness: Readiness::default(),
            polls: Polls::default(),
            tasks: TaskTracker::new(),
        })
    }

    /// The gateway.
    pub fn gateway(&self) -> &Arc<Gateway<P, Hub>> {
        &self.gateway
    }

    pub(crate) fn hub(&self) -> &Hub {
        self.gateway.connections()
    }

    /// All routes; `identity` brings those of its own.
    pub(crate) fn routes(self: &Arc<Self>, identity: Router) -> Router {
        let api = aizuchi_api::router(
            Arc::clone(&self.gateway),
            Arc::clone(&self.verifier),
            Arc::clone(&self.settings.origins),
        );
        let routes = Router::new()
            .route("/ws", get(handshake::handshake::<P, V>))
            .route("/config.json", get(config::<P, V>))
            .route("/healthz", get(|| async { "ok\n" }))
            .route("/readyz", get(ready::<P, V>))
            .with_state(Arc::clone(self))
            .merge(api)
            .merge(events::routes(self))
            .merge(identity)
            .fallback(assets::serve)
            .layer(DefaultBodyLimit::max(BODY_BYTES));
        aizuchi_api::whole(routes, REQUEST_TIMEOUT)
            .layer(map_response_with_state(Secure::new(&self.settings.origins), headers::secure))
    }
}

async fn ready<P: Ports, V: TokenVerifier>(State(app): State<Arc<App<P, V>>>) -> Response {
    if app.readiness.get() {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
    }
}

/// Where the web application finds things.
async fn config<P: Ports, V: TokenVerifier>(State(app): State<Arc<App<P, V>>>) -> Response {
    let settings = &app.settings;
    // Relative to the page's own address, since a server may go by several names.
    let config = json!({
        "socketUrl": "/ws",
        "httpUrl": "/",
        "auth": settings.auth,
        "tokenIn": "subprotocol",
        "idleReleaseSeconds": 0,
    });
    let known = HeaderValue::from_static("no-cache");
    let headers =
        [(header::CACHE_CONTROL, known), (header::ACCESS_CONTROL_ALLOW_ORIGIN, assets::ANY_ORIGIN)];
    (headers, Json(config)).into_response()
}
