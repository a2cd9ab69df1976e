//! The listener: accepts connections, and drains them at the end.

use std::{future::Future, net::IpAddr, pin::pin, sync::Arc, time::Duration};

use aizuchi_core::{chat::Ports, identity::TokenVerifier};
use aizuchi_identity::http::ClientAddress;
use aizuchi_wire::CloseCode;
use axum::{Router, body::Body, extract::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::{
    App, Tls, TlsError,
    address::client_address,
    settings::{HEAD_BYTES, HEAD_TIMEOUT, HTTP_AGE, REQUEST_TIMEOUT, TLS_TIMEOUT},
    sweep::sweep,
    tls::Acceptor,
};

/// How long the listener rests when the system has no more files for it.
const REST: Duration = Duration::from_millis(100);

/// Why the server could not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Serves until `shutdown` is done, then closes sockets, lets requests end and
/// returns: at the latest when the settings' drain time is over.
///
/// # Errors
/// Only before it begins.
pub async fn serve<P: Ports, V: TokenVerifier>(
    app: Arc<App<P, V>>,
    identity: Router,
    listener: TcpListener,
    tls: Option<&Tls>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let front = Front {
        routes: app.routes(identity),
        tls: tls.map(Acceptor::new).transpose()?,
        slots: Arc::new(Semaphore::new(app.settings.max_connections)),
        tasks: app.tasks.clone(),
        stop: CancellationToken::new(),
        trusted_proxies: app.settings.trusted_proxies.clone().into(),
    };
    app.readiness.set(true);
    tokio::select! {
        () = front.accept(&listener) => {}
        () = sweep(&app) => {}
        () = shutdown => {}
    }
    app.readiness.set(false);
    drop(listener);
    front.stop.cancel();
    app.hub().close_all(CloseCode::GoingAway);
    app.tasks.close();
    if timeout(app.settings.drain, app.tasks.wait()).await.is_err() {
        tracing::warn!(open = app.tasks.len(), "some connections did not end in time");
    }
    Ok(())
}

/// A connection's place among those allowed, given back when it and the socket
/// that came of it are gone.
#[derive(Debug, Clone)]
pub(crate) struct Slot(#[expect(dead_code, reason = "held, not read")] Arc<OwnedSemaphorePermit>);

/// What every connection's task needs.
#[derive(Clone)]
struct Front {
    routes: Router,
    tls: Option<Acceptor>,
    slots: Arc<Semaphore>,
    tasks: TaskTracker,
    stop: CancellationToken,
    trusted_proxies: Arc<[IpAddr]>,
}

impl Front {
    async fn accept(&self, listener: &TcpListener) {
        loop {
            let (stream, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    sleep(REST).await;
                    continue;
                }
            };
            // Over the limit a connection is dropped at once, which costs nothing.
            let Ok(permit) = Arc::clone(&self.slots).try_acquire_owned() else {
                tracing::warn!("too many connections");
                continue;
            };
            // A frame is small and wants to leave at once.
            if stream.set_nodelay(true).is_ok() {
                let front = self.clone();
                self.tasks.spawn(front.take(stream, peer.ip(), Slot(Arc::new(permit))));
            }
        }
    }

    async fn take(self, stream: TcpStream, peer: IpAddr, slot: Slot) {
        let Some(tls) = self.tls.clone() else {
            return self.http(stream, peer, slot).await;
        };
        match timeout(TLS_TIMEOUT, tls.accept(stream)).await {
            Ok(Ok(Some(stream))) => self.http(stream, peer, slot).await,
            Ok(Ok(None)) => {}
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
    }

    /// Serves requests until the connection ends or becomes a socket.
    async fn http<S>(self, stream: S, peer: IpAddr, slot: Slot)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self { routes, trusted_proxies, stop, .. } = self;
        let service = service_fn(move |mut request: Request<Incoming>| {
            let address = client_address(peer, request.headers(), &trusted_proxies);
            request.extensions_mut().insert(ClientAddress(address));
            request.extensions_mut().insert(slot.clone());
            routes.clone().oneshot(request.map(Body::new))
        });
        let mut connection = pin!(
            http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIMEOUT)
                .max_buf_size(HEAD_BYTES)
                .serve_connection(TokioIo::new(stream), service)
                .with_upgrades()
        );
        // A client that asks and never reads the answer would stay for ever.
        let ended = tokio::select! {
            ended = connection.as_mut() => Ok(ended),
            _ = timeout(HTTP_AGE, stop.cancelled()) => {
                connection.as_mut().graceful_shutdown();
                timeout(REQUEST_TIMEOUT, connection).await
            }
        };
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "a connection ended"),
            Err(_) => tracing::debug!("a client did not read its answer"),
        }
    }
}
