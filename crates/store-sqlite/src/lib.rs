//! The log, the accounts and the directory in an embedded SQLite database.

mod accounts;
mod answer;
mod connect;
mod data_dir;
mod database;
mod error;
mod people;
mod queue;
mod readers;
mod schema;
mod writer;

pub use self::{answer::Answer, data_dir::DataDir, database::Database, error::OpenError};
