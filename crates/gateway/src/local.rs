//! The shape of one process: it holds its connections itself.
//!
//! [`Hub`] is the connection registry and the push in one, [`Outbox`] what
//! waits to be written to a socket, [`LocalLimiter`] the rate limits.

mod hub;
mod limiter;
mod outbox;

pub use hub::{Hub, Line};
pub use limiter::{LocalLimiter, Rate, Rates};
pub use outbox::{Outbox, Pushed, Taken};
