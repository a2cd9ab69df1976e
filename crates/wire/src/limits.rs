//! The sizes of the wire. API Gateway's limits are the contract in every shape.

/// One inbound frame, in bytes.
pub const INBOUND_BYTES: usize = 32 * 1024;
/// One outbound message, in bytes.
pub const OUTBOUND_BYTES: usize = 128 * 1024;
/// A `requestId`, in bytes.
pub const REQUEST_ID_BYTES: usize = 64;
/// A connection without a frame from its client is closed after this many seconds.
pub const IDLE_SECONDS: u64 = 10 * 60;
/// A connection older than this many seconds is closed.
pub const AGE_SECONDS: u64 = 2 * 60 * 60;
