//! A server, as an operator starts and stops it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use aizuchi_core::{
    chat::{Chat, Policy},
    directory::{Directory, Profile},
    ids::UserId,
};
use aizuchi_gateway::{
    Gateway,
    local::{Hub, Rates},
};
use aizuchi_identity::{
    http::{ClientAddress, Origins},
    settings::Settings as Identity,
};
use aizuchi_server::{App, Auth, ServeError, Settings, Tls, serve};
use axum::{
    Router,
    routing::{get, post},
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_tungstenite::tungstenite::{client::IntoClientRequest, handshake::client::Request};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{Gate, Socket, TestPorts, Tokens};

/// What a test wants otherwise.
pub(crate) struct Options {
    pub(crate) settings: Settings,
    pub(crate) rates: Option<Rates>,
    pub(crate) tls: Option<Tls>,
}

impl Default for Options {
    fn default() -> Self {
        let mut identity = Identity::new(Url::parse("https://chat.example").unwrap());
        identity.allowed_origins.push("https://shop.example".to_owned());
        let settings = Settings {
            origins: Arc::new(Origins::of(&identity)),
            trusted_proxies: Vec::new(),
            max_connections_per_user: 10,
            max_connections: 100,
            idle: Duration::from_secs(600),
            age: Duration::from_secs(7_200),
            drain: Duration::from_secs(20),
            flood: None,
            auth: Auth::Builtin,
        };
        Self { settings, rates: None, tls: None }
    }
}

/// A server that runs until it is stopped. Ada, Bob and Cyd are known to it.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) app: Arc<App<TestPorts, Tokens>>,
    /// What holds the call `GET /gate` back.
    pub(crate) gate: Gate,
    /// What holds verifications back.
    pub(crate) token_gate: Gate,
    pub(crate) serving: JoinHandle<Result<(), ServeError>>,
    stop: CancellationToken,
    http: reqwest::Client,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(|_| ()).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options::default();
        change(&mut options);
        let ports = TestPorts::new(options.rates);
        for name in ["ada", "bob", "cyd"] {
            let username = name.to_uppercase().into();
            let profile = Profile { user: UserId::parse(name).unwrap(), username };
            ports.directory.remember(&profile).await.unwrap();
        }
        let hub = ports.registry.hub().clone();
        let gateway = Gateway::new(Chat::new(ports, Policy::default()), hub);
        let tokens = Tokens::default();
        let (gate, token_gate) = (Gate::default(), tokens.gate.clone());
        let app = App::new(gateway, tokens, options.settings);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let serving = tokio::spawn({
            let (app, stop, routes) = (Arc::clone(&app), stop.clone(), routes(gate.clone()));
            let tls = options.tls;
            async move { serve(app, routes, listener, tls.as_ref(), stop.cancelled()).await }
        });
        // Where the process has one already, it is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { address, app, gate, token_gate, serving, stop, http }
    }

    /// Tells the server to stop; `serving` says when it did.
    pub(crate) fn shut_down(&self) {
        self.stop.cancel();
    }

    pub(crate) fn ports(&self) -> &TestPorts {
        self.app.gateway().chat().ports()
    }

    pub(crate) fn hub(&self) -> &Hub {
        self.app.gateway().connections()
    }

    /// A bare connection.
    pub(crate) async fn tcp(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    pub(crate) fn call(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("http://{}{path}", self.address);
        self.http.request(method.parse().unwrap(), url)
    }

    pub(crate) async fn get(&self, path: &str) -> reqwest::Response {
        self.call("GET", path).send().await.unwrap()
    }

    /// A socket request as the application makes it.
    pub(crate) fn socket_request(&self, token: &str) -> Request {
        let url = format!("ws://{}/ws?level=1", self.address);
        let mut request = url.into_client_request().unwrap();
        let protocols = format!("aizuchi.1, aizuchi.token.{token}").parse().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", protocols);
        request
    }

    /// An open socket of level 1.
    pub(crate) async fn socket(&self, token: &str) -> Socket {
        Socket::open(self.socket_request(token), self.tcp().await).await
    }
}

/// Calls beside the server's own, where its identity routes would be.
fn routes(gate: Gate) -> Router {
    let held = move || async move {
        gate.come();
        gate.pass().await;
        "passed"
    };
    Router::new()
        .route("/gate", get(held))
        .route("/address", get(|address: ClientAddress| async move { address.0.to_string() }))
        .route("/echo", post(|body: String| async move { body }))
}
