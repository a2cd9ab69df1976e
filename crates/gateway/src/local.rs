//! The shape of one process: it holds its connections itself.
//!
//! [`Hub`] has its lines and pushes to them, [`LocalRegistry`] is the registry
//! of these, [`Outbox`] what waits to be written to a socket, [`LocalLimiter`]
//! the rate limits.

mod hub;
mod limiter;
mod outbox;
mod registry;

pub use hub::{Hub, Line};
pub use limiter::{LocalLimiter, Rate, Rates};
pub use outbox::{Outbox, Pushed, Taken};
pub use registry::LocalRegistry;
