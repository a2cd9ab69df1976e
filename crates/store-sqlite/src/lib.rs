//! The log, the accounts and the directory in an embedded SQLite database.
//!
//! Three files. `aizuchi.db` is the truth: a journal of entries and of cursors'
//! moves, appended in the order in which they were stored, beside people and
//! accounts. `index.db` is a fold of that journal by which things are found,
//! and is made anew whenever it is missing. A commit writes the journal alone,
//! at its end, so its cost does not grow with what is stored; the index
//! follows on a thread of its own, and what it lacks yet is in memory. `words.db`
//! is what searches look in, on a thread of its own too; see `words`.
//!
//! ```text
//!  append ─▶ queue ─▶ writer ─▶ journal (synced) ─▶ tail ─▶ answer
//!                                                    │
//!                                   indexer ◀────────┘
//!                                      ▼
//!  read ──▶ queue ─▶ reader ─▶ tail + index, then the journal's rows
//! ```
//!
//! Why a read never misses what was answered is told where it holds: order of
//! publishing in `tail`, order of looking in `view`, groups in `writer`.

mod accounts;
mod answer;
mod archive;
mod attachments;
mod backup;
mod checkpoint;
mod client_key;
mod connect;
mod data_dir;
mod database;
mod detail;
mod directory;
mod error;
mod hooks;
mod index;
mod indexer;
mod journal;
mod links;
mod log;
mod log_reader;
mod log_writer;
mod notices;
mod people;
mod queue;
mod readers;
mod relations;
mod rooms;
mod rows;
mod schema;
mod search;
mod tail;
mod view;
mod word_indexer;
mod words;
mod writer;

pub use self::{
    answer::Answer,
    backup::{BackupError, Contents, Progress, Stage},
    data_dir::DataDir,
    database::Database,
    error::OpenError,
};

#[cfg(test)]
mod tests;
