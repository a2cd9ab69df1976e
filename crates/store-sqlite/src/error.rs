//! What may go wrong, told twice: as an outcome, and as SQLite's own words.

use std::{io, path::PathBuf};

use aizuchi_core::error::{Cause, PortError};
use rusqlite::ErrorCode;

use crate::{queue::Refused, schema::MigrateError};

/// Why a data directory or what is in it cannot be used. Worded for whoever
/// runs the server.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be created or written.
    #[error("the data directory {} cannot be used: its files must be writable", path.display())]
    Directory {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// Another server has it.
    #[error("the data directory {} is in use by another server", .0.display())]
    InUse(PathBuf),
    /// There is no database in it.
    #[error("the data directory {} holds no database", .0.display())]
    Missing(PathBuf),
    /// A newer version of Aizuchi wrote it.
    #[error(
        "{} was written by a newer version of Aizuchi: its schema is {found}, this version knows up to {known}",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest that this version knows.
        known: i64,
    },
    /// It is something else.
    #[error("{} is not a database of Aizuchi", .0.display())]
    Foreign(PathBuf),
    /// SQLite cannot open or read it.
    #[error("{} cannot be opened", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        cause: rusqlite::Error,
    },
    /// The system gives no thread.
    #[error("no thread could be started")]
    Thread(#[source] io::Error),
}

impl OpenError {
    pub(crate) fn database(path: impl Into<PathBuf>) -> impl FnOnce(rusqlite::Error) -> Self {
        move |cause| Self::Database { path: path.into(), cause }
    }

    pub(crate) fn migrating(path: impl Into<PathBuf>) -> impl FnOnce(MigrateError) -> Self {
        move |error| match error {
            MigrateError::Newer { found, known } => Self::Newer { path: path.into(), found, known },
            MigrateError::Foreign => Self::Foreign(path.into()),
            MigrateError::Sqlite(cause) => Self::Database { path: path.into(), cause },
        }
    }
}

/// In an operator's words.
const WHAT: &str = "the database";

/// The outcome that an error of SQLite's means.
pub(crate) fn port(error: rusqlite::Error) -> PortError {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => PortError::Conflict,
        Some(ErrorCode::TooBig) => PortError::Rejected("too long for the database"),
        _ => unavailable(error),
    }
}

/// The outcome that the database is of no use now.
pub(crate) fn unavailable(cause: impl Into<Cause>) -> PortError {
    PortError::unavailable(WHAT, cause)
}

/// The outcome of a call that was not even taken.
pub(crate) fn refused(why: Refused) -> PortError {
    unavailable(why)
}
