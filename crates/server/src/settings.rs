//! What the operator decides about the front, and its fixed limits.

use std::{net::IpAddr, sync::Arc, time::Duration};

use aizuchi_gateway::local::Rate;
use aizuchi_identity::http::Origins;
use serde::Serialize;

/// The settings of the front.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The origins whose pages may open sockets and call `/api`.
    pub origins: Arc<Origins>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Sockets of one user; the oldest makes room for one more.
    pub max_connections_per_user: usize,
    /// Connections of all kinds.
    pub max_connections: usize,
    /// A socket without a frame from its client for so long is closed.
    pub idle: Duration,
    /// A socket older than this is closed.
    pub age: Duration,
    /// How long a stop waits for sockets to be closed.
    pub drain: Duration,
    /// Frames from one socket; whoever sends faster is closed. None for benches.
    pub flood: Option<Rate>,
    /// How the application signs people in.
    pub auth: Auth,
}

/// Well above what a person is allowed, so that it meets only those who go on
/// after they were refused.
pub const FLOOD: Rate = Rate { every_ms: 5, burst: 1_000 };

/// How the application signs people in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Auth {
    /// By the server's own user pool.
    Builtin,
    /// By an OpenID Connect issuer.
    #[serde(rename_all = "camelCase")]
    Oidc {
        /// The issuer's URL.
        authority: String,
        /// The application's id there.
        client_id: String,
        /// Where people sign in, with all in it but what belongs to one sign-in.
        authorize_url: String,
    },
}

/// Head of a request, from the first byte to the last.
pub(crate) const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Head of a request, in bytes; a token in it has some 1 KiB.
pub(crate) const HEAD_BYTES: usize = 16 * 1024;
/// A connection that did not become a socket; browsers open another.
pub(crate) const HTTP_AGE: Duration = Duration::from_secs(5 * 60);
/// A request's answer.
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// A TLS handshake.
pub(crate) const TLS_TIMEOUT: Duration = Duration::from_secs(10);
/// Body of a request, in bytes.
pub(crate) const BODY_BYTES: usize = 64 * 1024;
/// Writing what waits for one socket.
pub(crate) const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// The client's half of a close.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// Messages of one socket on their way into the log.
pub(crate) const IN_FLIGHT: usize = 64;
/// A frame, in bytes, of which [`IN_FLIGHT`] might be more than the 1 MiB that
/// may wait for a receiver.
pub(crate) const LARGE: usize = 4 * 1024;
/// Frames that are read before those waiting are written.
pub(crate) const READS_A_WRITE: usize = 64;
/// A text that is read at all, so that it can be answered with `too_large`;
/// beyond this the transport closes.
pub(crate) const READ_BYTES: usize = 1024 * 1024;
/// The buffer of a socket's reads. Most of what an idle socket costs.
pub(crate) const READ_BUFFER: usize = 1024;
/// Bytes that are gathered for one write to a socket.
pub(crate) const WRITE_BUFFER: usize = 16 * 1024;
/// How often idle and old sockets are looked for.
pub(crate) const SWEEP: Duration = Duration::from_secs(5);
/// A line that is polled stays for so long without a poll, or up to [`SWEEP`]
/// longer: a client comes back at once, and one that is gone is not there.
pub(crate) const LINGER: Duration = Duration::from_secs(10);
