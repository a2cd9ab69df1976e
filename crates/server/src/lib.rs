//! The axum front: sockets and HTTP, generic over the ports.
//!
//! A front holds no chat logic. It turns what comes over a socket into
//! `connect`, a frame or `disconnect` for the gateway, and serves what does not
//! belong on a socket.

mod accept;
mod address;
mod app;
mod assets;
mod events;
mod handshake;
mod headers;
mod line;
mod metrics;
mod poll;
pub mod settings;
mod sweep;
mod throttle;
mod tls;

pub use accept::{ServeError, serve};
pub use app::{App, Readiness};
pub use metrics::{Extra, serve_metrics};
pub use settings::{Auth, FLOOD, Settings};
pub use throttle::Throttle;
pub use tls::{AcmeSettings, Tls, TlsError};
