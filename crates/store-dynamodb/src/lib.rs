//! The log, the connection registry and the user directory in one DynamoDB table.
//!
//! [`Store`] is all three ports. The table has two keys, `p` (partition) and `s`
//! (sort), both binary, no index, and a time to live in `x`; [`keys`] says what
//! lies where. Every request goes through [`Table`], which retries, counts what
//! it spends and turns what fails into outcomes.

mod access;
mod archive;
mod attachments;
mod bots;
mod directory;
mod item;
mod keys;
mod lease;
mod links;
mod log;
mod notices;
mod pack;
mod pause;
mod person;
mod registry;
mod relations;
mod stamps;
mod store;
mod table;
mod usage;
mod visits;

pub use self::{
    access::{Access, AccessError},
    lease::{KEPT_MS, LEASE_MS, Renewed},
    store::{Settings, Store},
    table::Table,
    usage::{Spent, Usage},
};

#[cfg(test)]
extern crate self as aizuchi_store_dynamodb;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;
#[cfg(test)]
mod tests;
