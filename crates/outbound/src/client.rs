use std::{
    error::Error,
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, StatusCode};
use reqwest::{Client, Response, redirect::Policy};
use tokio::time::timeout;
use url::{Host, Url};

use crate::{
    address::{Guard, Outside},
    limits::{BODY_BYTES, CONNECT_TIMEOUT, IDLE, IDLE_TIMEOUT, TIMEOUT},
    network::Network,
    resolve::{Checked, Forbidden, Resolver, Scheme, SystemResolver},
};

/// A request to an address that somebody named.
#[derive(Clone)]
pub struct Request {
    /// How.
    pub method: Method,
    /// Where.
    pub url: Url,
    /// Beside those that HTTP itself needs.
    pub headers: HeaderMap,
    /// What.
    pub body: Bytes,
}

impl fmt::Debug for Request {
    /// Without paths and headers, which are secrets of whoever named them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str().unwrap_or_default();
        f.debug_struct("Request").field("host", &host).finish_non_exhaustive()
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status. A redirect is an answer like any other, and not followed.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// What its body begins with, at most [`BODY_BYTES`] unless told otherwise.
    pub body: Bytes,
}

/// Why there is no answer. Nothing in it quotes a path, which may be a secret.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// It can be no address to send to: another scheme, no host, or a name and
    /// a password in it.
    #[error("the address is none that is sent to")]
    Invalid,
    /// It is an address that may not be connected to, or not without TLS.
    #[error("the address may not be connected to")]
    Forbidden,
    /// It took longer than [`TIMEOUT`].
    #[error("no answer came in time")]
    TimedOut,
    /// The name is unknown, nobody listens, the connection broke, or the system
    /// has no certificates to trust.
    #[error("the address cannot be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
}

/// Sends requests. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Outbound {
    inner: Arc<Inner>,
    /// What is read of an answer's body, in bytes.
    most: usize,
}

struct Inner {
    /// Each is made when it is needed first: it reads all certificates of the system.
    http: OnceLock<Client>,
    https: OnceLock<Client>,
    guard: Arc<dyn Guard>,
    resolver: Arc<dyn Resolver>,
    timeout: Duration,
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound").finish_non_exhaustive()
    }
}

impl Outbound {
    /// To the Internet, and to these private networks. Asks nobody yet.
    pub fn new(allowed: Vec<Network>) -> Self {
        Self::guarded(Arc::new(Outside::new(allowed)), Arc::new(SystemResolver), TIMEOUT)
    }

    /// With a guard of one's own, in a time of one's own. For tests, whose
    /// servers are on the machine itself; a server uses [`Outbound::new`].
    pub fn guarded(guard: Arc<dyn Guard>, resolver: Arc<dyn Resolver>, timeout: Duration) -> Self {
        let (http, https) = (OnceLock::new(), OnceLock::new());
        let inner = Arc::new(Inner { http, https, guard, resolver, timeout });
        Self { inner, most: BODY_BYTES }
    }

    /// The same, reading so many bytes of an answer's body, and not
    /// [`BODY_BYTES`].
    pub fn reading(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// Sends a request, and waits for its answer.
    ///
    /// # Errors
    /// Where there is none. A status of any kind is an answer.
    pub async fn send(&self, request: Request) -> Result<Answer, OutboundError> {
        let client = self.client(self.scheme(&request.url)?)?;
        let Request { method, url, headers, body } = request;
        let sending = client.request(method, url).headers(headers).body(body).send();
        let answered = async { read(sending.await?, self.most).await };
        match timeout(self.inner.timeout, answered).await {
            Ok(answer) => answer.map_err(failed),
            Err(_) => Err(OutboundError::TimedOut),
        }
    }

    /// Whether requests to an address may ever be sent, as far as that is known
    /// without looking its name up. For the moment when somebody names it.
    ///
    /// # Errors
    /// [`OutboundError::Invalid`] or [`OutboundError::Forbidden`].
    pub fn check(&self, url: &Url) -> Result<(), OutboundError> {
        self.scheme(url).map(drop)
    }

    fn scheme(&self, url: &Url) -> Result<Scheme, OutboundError> {
        let scheme = match url.scheme() {
            "https" => Scheme::Https,
            "http" => Scheme::Http,
            _ => return Err(OutboundError::Invalid),
        };
        if !url.username().is_empty() || url.password().is_some() || url.port() == Some(0) {
            return Err(OutboundError::Invalid);
        }
        // An address in the place of a name is looked up by nobody.
        let address = match url.host().ok_or(OutboundError::Invalid)? {
            Host::Domain(_) => return Ok(scheme),
            Host::Ipv4(address) => address.into(),
            Host::Ipv6(address) => address.into(),
        };
        if scheme.goes_to(&*self.inner.guard, address) {
            Ok(scheme)
        } else {
            Err(OutboundError::Forbidden)
        }
    }

    fn client(&self, scheme: Scheme) -> Result<&Client, OutboundError> {
        let place = match scheme {
            Scheme::Http => &self.inner.http,
            Scheme::Https => &self.inner.https,
        };
        match place.get() {
            Some(client) => Ok(client),
            None => self.make(scheme).map(|client| place.get_or_init(|| client)),
        }
    }

    fn make(&self, scheme: Scheme) -> Result<Client, OutboundError> {
        // The first to install one wins, and they are all the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (guard, resolver) = (Arc::clone(&self.inner.guard), Arc::clone(&self.inner.resolver));
        let made = Client::builder()
            .dns_resolver(Arc::new(Checked { scheme, guard, resolver }))
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT.min(self.inner.timeout))
            .pool_max_idle_per_host(IDLE)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .user_agent("Aizuchi")
            .https_only(scheme == Scheme::Https)
            .build();
        made.map_err(|error| OutboundError::Unreachable(error.into()))
    }
}

async fn read(mut response: Response, most: usize) -> Result<Answer, reqwest::Error> {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = BytesMut::new();
    while body.len() < most {
        let Some(chunk) = response.chunk().await? else { break };
        let room = most - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    Ok(Answer { status, headers, body: body.freeze() })
}

fn failed(error: reqwest::Error) -> OutboundError {
    if error.is_timeout() {
        return OutboundError::TimedOut;
    }
    let mut next: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(cause) = next {
        if cause.is::<Forbidden>() {
            return OutboundError::Forbidden;
        }
        next = cause.source();
    }
    OutboundError::Unreachable(error.without_url().into())
}
