//! The log, the connection registry and the user directory in one DynamoDB table.
//!
//! [`Store`] is all three ports. The table has two keys, `p` (partition) and `s`
//! (sort), both binary, no index, and a time to live in `x`; [`keys`] says what
//! lies where. Every request goes through [`Table`], which retries, counts what
//! it spends and turns what fails into outcomes.

mod access;
mod item;
mod keys;
mod pause;
mod stamps;
mod store;
mod table;
mod usage;

pub use self::{
    access::{Access, AccessError},
    store::{Settings, Store},
    table::Table,
    usage::{Spent, Usage},
};
