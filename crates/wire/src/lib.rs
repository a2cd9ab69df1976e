//! Frames, codes and limits: what a client and the server say to each other.
//!
//! One JSON object a text frame, field names in camelCase, `action` names the
//! route. [`client`] holds what a client sends and decodes it; [`server`] holds
//! what the server sends. A Rust client encodes the former and decodes the
//! latter with the same types. Nothing here knows the domain.

pub mod client;
pub mod code;
pub mod level_zero;
pub mod limits;
pub mod room;
pub mod server;
pub mod text;

pub use client::{ClientFrame, DecodeError, Envelope};
pub use code::{CloseCode, ErrorCode};
pub use level_zero::LevelZeroFrame;
pub use room::{History, Role};
pub use server::ServerFrame;
pub use text::Text;
