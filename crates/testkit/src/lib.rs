//! Memory adapters, a manual clock, the reference model and the conformance
//! suites; what was logged, and the servers that run beside tests.

pub mod accounts;
pub mod archive;
pub mod attachments;
pub mod beside;
pub mod bots;
pub mod clock;
pub mod directory;
pub mod hooks;
pub mod ids;
pub mod links;
pub mod log;
pub mod logged;
pub mod notices;
pub mod objects;
pub mod registry;
pub mod relations;
mod runtime;
pub mod search;

pub use self::runtime::block_on;
