//! A Rust client.
//!
//! [`session`] is the whole of a client's behaviour as a state machine without
//! I/O: what to send again after a drop, in which order messages are shown,
//! when to ask for what is missing, when to come back. [`transport`] is a
//! socket, [`http`] is sign-in. [`Client`] joins the three on tokio.

mod client;
pub mod event;
pub mod http;
pub mod ids;
pub mod session;
pub mod transport;

pub use client::{Client, Gone};
pub use event::Event;
pub use http::{Account, Service};
pub use transport::Endpoint;
