//! Web Push (RFC 8030): tells browsers of messages while nobody is there.
//!
//! [`WebPush`] finds the browsers of those who are away, encrypts for each what
//! it is told ([`encrypt`], RFC 8291: the push service learns nothing of it),
//! signs with the server's own key (RFC 8292) and sends, each within bounds
//! ([`limits`]). [`Queued`] does so beside a server that goes on meanwhile,
//! [`Awaited`] within the call of a process that is frozen afterwards. What
//! fails is counted ([`Metrics`]); nothing of a message, an endpoint or a key
//! is logged.

mod encrypt;
pub mod limits;
mod metrics;
mod notify;
mod payload;
mod post;
mod push;
mod rest;
mod vapid;

pub use self::{
    metrics::Metrics,
    notify::{Awaited, Queue, Queued},
    push::{Settings, WebPush},
    vapid::InvalidKey,
};
