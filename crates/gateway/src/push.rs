//! How a frame reaches a connection, as a port.

use std::future::Future;

use aizuchi_core::{ids::ConnectionId, outcome::Recipient};
/// The largest frame that is pushed, in bytes.
pub use aizuchi_wire::limits::OUTBOUND_BYTES as FRAME_BYTES;
use bytes::Bytes;

/// Pushes frames to connections.
///
/// A push that fails for another reason than that the connection is gone is
/// the adapter's to count: the log stands, and the client's `SYNC` heals it.
pub trait Push: Send + Sync + 'static {
    /// Pushes one frame to several connections, and answers with those that
    /// are gone. Frames pushed to a connection one after another arrive in
    /// that order where the transport keeps it.
    fn push(&self, frame: Bytes, to: Vec<Recipient>)
    -> impl Future<Output = Vec<Recipient>> + Send;

    /// Waits until a connection has taken most of what was pushed to it, so
    /// that an answer of many frames does not outrun it. For the task that
    /// answers this connection alone.
    fn room(&self, connection: &ConnectionId) -> impl Future<Output = ()> + Send;
}
