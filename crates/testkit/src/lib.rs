//! Memory adapters, a manual clock, the reference model and the conformance suites.

pub mod accounts;
pub mod archive;
pub mod clock;
pub mod directory;
pub mod ids;
pub mod log;
pub mod registry;
mod runtime;

pub use self::runtime::block_on;
