//! The domain: ids, the log, conversations, presence, limits, and one handler
//! an action.
//!
//! Nothing here does I/O. The outside is behind ports: [`log::LogStore`],
//! [`registry::Registry`], [`directory::Directory`], [`limiter::Limiter`],
//! [`clock::Clock`] and [`ids::Ids`]. A handler decides, and returns what is to
//! be sent as data; the gateway sends it.

pub mod accounts;
pub mod archive;
pub mod attachments;
pub mod bots;
pub mod chat;
pub mod clock;
pub mod directory;
pub mod error;
pub mod handlers;
pub mod hooks;
pub mod identity;
pub mod ids;
pub mod limiter;
pub mod limits;
pub mod links;
pub mod log;
pub mod notices;
pub mod outcome;
pub mod registry;
pub mod relations;
pub mod room;
pub mod search;
