//! The schema of the database file, as the steps that lead to it.

use rusqlite::{Connection, TransactionBehavior};

/// Each step once, in this order; a released step is never changed. The
/// database's `user_version` counts those it has taken.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_log.sql"),
    include_str!("../migrations/0002_accounts.sql"),
    include_str!("../migrations/0003_own.sql"),
    include_str!("../migrations/0004_notices.sql"),
    include_str!("../migrations/0005_attachments.sql"),
    include_str!("../migrations/0006_relations.sql"),
    include_str!("../migrations/0007_changes.sql"),
    include_str!("../migrations/0008_links.sql"),
    include_str!("../migrations/0009_attached.sql"),
    include_str!("../migrations/0010_bots.sql"),
    include_str!("../migrations/0011_hooks.sql"),
];

/// Marks the file as ours: "Aizu".
const APPLICATION_ID: i64 = 0x4169_7a75;

/// Why a database cannot be brought to the schema of this version.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MigrateError {
    #[error("schema {found} is newer than {known}, the newest known")]
    Newer { found: i64, known: i64 },
    #[error("another application's database")]
    Foreign,
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// How many steps a database has taken, if it is one that this version can use.
pub(crate) fn taken(connection: &Connection) -> Result<i64, MigrateError> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let taken = pragma("user_version")?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 && pragma("application_id")? != APPLICATION_ID {
        return Err(MigrateError::Foreign);
    }
    if taken > known() {
        return Err(MigrateError::Newer { found: taken, known: known() });
    }
    Ok(taken)
}

/// Takes the steps that are missing, all or none.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), MigrateError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let taken = taken(&transaction)?;
    for step in MIGRATIONS.iter().skip(usize::try_from(taken).unwrap_or(0)) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", known())?;
    transaction.commit()?;
    Ok(())
}
