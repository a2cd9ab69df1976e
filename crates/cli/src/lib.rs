//! The `aizuchi` command, and the composition root of the one binary: the only
//! place that knows which adapters there are.

mod backup;
mod bench;
mod chat;
mod command;
mod doctor;
mod estimate;
mod failure;
pub mod launch;
mod logging;
mod moving;
mod output;
mod ports;
mod serve;
pub mod settings;
mod user;

pub use command::run;
