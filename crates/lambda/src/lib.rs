//! The Lambda front, and the composition root of the serverless shape.
//!
//! One binary is all functions, told apart by the handler that the template
//! names: the socket's routes, their authorizer, the HTTP API and the triggers of
//! sign-up and of tokens. Like every front it holds no chat logic: an event becomes
//! `connect`, a frame or `disconnect` for the gateway.

pub mod authorizer;
pub mod http;
pub mod identity;
mod ports;
pub mod settings;
pub mod sign_up;
pub mod socket;
pub mod token;

pub use ports::{Chats, Serverless, StartError};
