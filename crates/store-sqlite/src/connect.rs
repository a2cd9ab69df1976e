//! Connections to the two files, with the settings that each is used with.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags};

/// How long to wait for a command line tool that is writing.
const BUSY: Duration = Duration::from_secs(5);
/// Statements that a connection keeps prepared.
const STATEMENTS: usize = 64;
/// What an idle write-ahead log is cut back to, in bytes.
const IDLE_LOG: i64 = 64 << 20;

/// Pages of the index's log after which it is moved into its file.
const INDEX_LOG: i64 = 4_096;

/// KiB of pages that a connection may keep in memory. The system caches the
/// files as well, so these stay small.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageCache(pub(crate) i64);

/// A connection that writes the journal, with its file created if need be.
/// Each commit is on the disk before it returns.
pub(crate) fn writer(path: &Path, cache: PageCache) -> rusqlite::Result<Connection> {
    let connection = writing(path, cache)?;
    connection.pragma_update(None, "synchronous", "full")?;
    // Where fsync alone leaves the data in the drive's cache.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is overwritten, and not only given free. An append frees nothing.
    connection.pragma_update(None, "secure_delete", true)?;
    // A commit must not pay for a checkpoint: that has a thread of its own.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    Ok(connection)
}

/// The connection that writes the index, with its file created if need be. A
/// commit does not wait for the disk.
pub(crate) fn index(path: &Path, cache: PageCache) -> rusqlite::Result<Connection> {
    let connection = writing(path, cache)?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "wal_autocheckpoint", INDEX_LOG)?;
    Ok(connection)
}

fn writing(path: &Path, cache: PageCache) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    configure(&connection, cache)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "journal_size_limit", IDLE_LOG)?;
    Ok(connection)
}

/// A connection that only reads.
pub(crate) fn reader(path: &Path, cache: PageCache) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    configure(&connection, cache)?;
    Ok(connection)
}

fn configure(connection: &Connection, cache: PageCache) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "cache_size", -cache.0)?;
    connection.pragma_update(None, "temp_store", "memory")
}
