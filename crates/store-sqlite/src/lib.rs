//! The log, the accounts and the directory in an embedded SQLite database.
