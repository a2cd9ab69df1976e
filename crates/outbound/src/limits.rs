//! The limits of a request, in one place.

use std::time::Duration;

/// How long a connection may take to come up, its name's look-up apart.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request may take in all, its answer's body included.
pub const TIMEOUT: Duration = Duration::from_secs(10);
/// What is read of an answer's body, in bytes. The rest is not waited for.
pub const BODY_BYTES: usize = 4 * 1024;
/// Addresses of one name; one that has more is refused.
pub const ADDRESSES: usize = 32;
/// Idle connections that are kept to one host.
pub const IDLE: usize = 4;
/// How long an idle connection is kept.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
