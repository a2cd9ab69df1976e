//! The server from outside: real sockets, and memory behind the ports.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

mod support;

mod assets;
mod crowd;
mod drain;
mod endings;
mod flow;
mod frames;
mod handshake;
mod http;
mod metrics;
mod polls;
mod tls;
