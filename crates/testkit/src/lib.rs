//! Memory adapters, a manual clock, the reference model and the conformance
//! suites; and what was logged.

pub mod accounts;
pub mod archive;
pub mod clock;
pub mod directory;
pub mod ids;
pub mod log;
pub mod logged;
pub mod registry;
mod runtime;

pub use self::runtime::block_on;
