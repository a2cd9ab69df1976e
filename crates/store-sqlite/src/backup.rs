//! Copies of the journal, out of a data directory and back into one. Each is
//! verified before it has its name, so that a file with the name is whole.

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags, backup::Backup};

use crate::{
    connect::{self, PageCache},
    data_dir::DataDir,
    error::OpenError,
    schema,
};

/// Pages between two reports of progress.
const STEP: i32 = 1_024;
/// Entries between two reports of progress.
const ENTRIES: u64 = 65_536;
/// Pages that are kept in memory, in KiB.
const CACHE: PageCache = PageCache(8_192);

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Pages are copied.
    Copying,
    /// The database looks at itself. Nobody knows for how long.
    Checking,
    /// Entries are read: is each log dense?
    Reading,
}

/// How far it has come: the stage, what is done of it, and of how much.
pub type Progress<'a> = &'a mut dyn FnMut(Stage, u64, u64);

/// What a verified copy holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contents {
    /// Built-in accounts.
    pub accounts: u64,
    /// Conversations.
    pub conversations: u64,
    /// Entries of all conversations.
    pub entries: u64,
}

/// Why there is no copy, for whoever asked for it.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Nothing is overwritten.
    #[error("{} is there already, and nothing is overwritten", .0.display())]
    Exists(PathBuf),
    /// A file cannot be read or written.
    #[error("{} cannot be read or written", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// A database cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// SQLite cannot go on.
    #[error("{} cannot be copied or read", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        cause: rusqlite::Error,
    },
    /// SQLite finds its own file broken.
    #[error("{} is damaged: {found}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first of what is wrong.
        found: String,
    },
    /// A log that is not 1, 2, 3, ….
    #[error("{} is damaged: a conversation has entry {found} after entry {last}", path.display())]
    Gap {
        /// The file.
        path: PathBuf,
        /// The last that was in its place.
        last: i64,
        /// What came after it.
        found: i64,
    },
}

impl DataDir {
    /// Copies the database, also while a server runs on it, to the new file `to`.
    pub fn back_up(&self, to: &Path, progress: Progress<'_>) -> Result<Contents, BackupError> {
        copy(&self.journal(), to, progress)
    }

    /// Makes the data directory `path` from the copy `from`. Refused where it
    /// has a database.
    pub fn restore(
        from: &Path,
        path: impl Into<PathBuf>,
        progress: Progress<'_>,
    ) -> Result<Contents, BackupError> {
        let dir = Self::create(path)?;
        let _lock = dir.lock()?;
        if !dir.journal().exists() {
            // Of an earlier database. The index is made anew from this one; the
            // journal's log, left by a crash, would be written into this one.
            remove(&dir.index())?;
            remove(&dir.journal())?;
        }
        copy(from, &dir.journal(), progress)
    }
}

fn copy(from: &Path, to: &Path, progress: Progress<'_>) -> Result<Contents, BackupError> {
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let source = connect::reader(from, CACHE).map_err(OpenError::database(from))?;
    schema::taken(&source).map_err(OpenError::migrating(from))?;
    let unfinished = Unfinished::create(to)?;
    let failed = |cause| BackupError::Database { path: to.to_owned(), cause };
    let mut copy = Connection::open_with_flags(
        &unfinished.path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(failed)?;
    // A copy that fails is thrown away whole.
    copy.pragma_update(None, "journal_mode", "off").map_err(failed)?;
    pages(&source, &mut copy, progress).map_err(failed)?;
    // One file, to be carried away; a server changes it back.
    copy.pragma_update(None, "journal_mode", "delete").map_err(failed)?;
    let contents = verify(&copy, to, progress)?;
    drop(copy);
    unfinished.finish(to)?;
    Ok(contents)
}

fn pages(
    source: &Connection,
    copy: &mut Connection,
    progress: Progress<'_>,
) -> rusqlite::Result<()> {
    // Held to the end, so that what the server writes meanwhile neither shows
    // nor makes the copy begin again.
    let snapshot = source.unchecked_transaction()?;
    snapshot.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let backup = Backup::new(&snapshot, copy)?;
    loop {
        let step = backup.step(STEP)?;
        let at = backup.progress();
        let all = u64::try_from(at.pagecount).unwrap_or(0);
        let left = u64::try_from(at.remaining).unwrap_or(0);
        progress(Stage::Copying, all.saturating_sub(left), all);
        if step == rusqlite::backup::StepResult::Done {
            return Ok(());
        }
    }
}

fn verify(
    database: &Connection,
    path: &Path,
    progress: Progress<'_>,
) -> Result<Contents, BackupError> {
    let failed = |cause| BackupError::Database { path: path.to_owned(), cause };
    progress(Stage::Checking, 0, 0);
    let found: String =
        database.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(failed)?;
    if found != "ok" {
        return Err(BackupError::Damaged { path: path.to_owned(), found });
    }
    let accounts = count(database, "account").map_err(failed)?;
    let mut logs = Logs { all: count(database, "entry").map_err(failed)?, ..Logs::default() };
    match logs.read(database, progress).map_err(failed)? {
        Some((last, found)) => Err(BackupError::Gap { path: path.to_owned(), last, found }),
        None => {
            Ok(Contents { accounts, conversations: logs.ends.len() as u64, entries: logs.entries })
        }
    }
}

fn count(database: &Connection, table: &str) -> rusqlite::Result<u64> {
    let count: i64 =
        database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// The ends of the logs, as far as they have been read.
#[derive(Default)]
struct Logs {
    ends: HashMap<i64, i64>,
    entries: u64,
    all: u64,
}

impl Logs {
    /// Reads all entries in the order in which they were stored. Answers with
    /// the first that is not where it belongs, after the last before it.
    fn read(
        &mut self,
        database: &Connection,
        progress: Progress<'_>,
    ) -> rusqlite::Result<Option<(i64, i64)>> {
        let mut statement = database.prepare("SELECT conversation, seq FROM entry ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (conversation, found) = (row.get(0)?, row.get(1)?);
            let last = self.ends.entry(conversation).or_default();
            if found != *last + 1 {
                return Ok(Some((*last, found)));
            }
            *last = found;
            self.entries += 1;
            if self.entries.is_multiple_of(ENTRIES) {
                progress(Stage::Reading, self.entries, self.all);
            }
        }
        progress(Stage::Reading, self.entries, self.all);
        Ok(None)
    }
}

/// A file that has not got its name yet. Gone where it never gets it.
struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    /// Beside `to`, for its owner alone: there are keys and password hashes in it.
    fn create(to: &Path) -> Result<Self, BackupError> {
        let mut name = to.as_os_str().to_owned();
        name.push(".part");
        let path = PathBuf::from(name);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(_) => Ok(Self { path }),
            Err(cause) => Err(BackupError::File { path, cause }),
        }
    }

    /// Gives it its name, for good.
    fn finish(self, to: &Path) -> Result<(), BackupError> {
        let failed = |cause| BackupError::File { path: to.to_owned(), cause };
        File::open(&self.path).and_then(|file| file.sync_all()).map_err(failed)?;
        if to.exists() {
            return Err(BackupError::Exists(to.to_owned()));
        }
        fs::rename(&self.path, to).map_err(failed)?;
        let above = to.parent().filter(|above| !above.as_os_str().is_empty());
        let above = File::open(above.unwrap_or(Path::new(".")));
        above.and_then(|directory| directory.sync_all()).map_err(failed)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Not there any more once it has its name.
        let _ = fs::remove_file(&self.path);
    }
}

/// Removes a database that nobody uses, if it is there.
fn remove(database: &Path) -> Result<(), BackupError> {
    for suffix in ["", "-wal", "-shm"] {
        let mut path = database.as_os_str().to_owned();
        path.push(suffix);
        match fs::remove_file(&path) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                return Err(BackupError::File { path: path.into(), cause });
            }
            _ => {}
        }
    }
    Ok(())
}
