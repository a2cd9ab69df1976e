//! The thread that folds the tail into the index, and the index's opening.

use std::{fs, io, path::Path, sync::Arc, time::Duration};

use rusqlite::{Connection, ErrorCode};

use crate::{
    connect::{self, PageCache},
    data_dir::DataDir,
    error::OpenError,
    index::{self, Watermark},
    journal,
    tail::{Changes, Pace, Segment, Tail},
};

/// Pages of the index that the indexer keeps in memory, in KiB.
const INDEX_CACHE: PageCache = PageCache(8_192);
/// Pages of the journal, of which it reads single rows.
const JOURNAL_CACHE: PageCache = PageCache(256);
/// Before folding is tried again after a failure.
const PAUSE: Duration = Duration::from_secs(1);

pub(crate) struct Indexer {
    dir: DataDir,
    index: Connection,
    journal: Connection,
    tail: Arc<Tail>,
}

impl Indexer {
    /// Opens the index of a journal, or makes it anew, and folds in all but
    /// the newest changes: those are in its tail.
    pub(crate) fn open(dir: &DataDir, pace: Pace) -> Result<Self, OpenError> {
        let path = dir.journal();
        let journal = connect::reader(&path, JOURNAL_CACHE).map_err(OpenError::database(&path))?;
        let mut index = open_index(dir, &journal)?;
        let tail =
            catch_up(&mut index, &journal, pace).map_err(OpenError::database(dir.index()))?;
        Ok(Self { dir: dir.clone(), index, journal, tail: Arc::new(tail) })
    }

    pub(crate) fn tail(&self) -> &Arc<Tail> {
        &self.tail
    }

    /// Folds until the tail is closed and empty.
    pub(crate) fn run(mut self) {
        while let Some(segment) = self.tail.next() {
            match self.fold(&segment) {
                Ok(()) => self.tail.release(),
                Err(error) => {
                    note_damage(&self.dir, &error);
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "the index cannot be written; what is stored is safe in the journal"
                    );
                    if !self.tail.stuck(PAUSE) {
                        return;
                    }
                }
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn index(&self) -> &Connection {
        &self.index
    }

    pub(crate) fn fold(&mut self, segment: &Segment) -> rusqlite::Result<()> {
        fold(&mut self.index, &self.journal, &segment.read())
    }
}

/// Where an error says that a file is damaged, leaves a note to make the index
/// anew at the next start: there is no harm in that, should it be the other file.
pub(crate) fn note_damage(dir: &DataDir, error: &rusqlite::Error) {
    if !is_damage(error) {
        return;
    }
    if let Err(error) = fs::write(dir.index_damaged(), []) {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "no note could be left that the index is damaged"
        );
    }
}

fn fold(index: &mut Connection, journal: &Connection, changes: &Changes) -> rusqlite::Result<()> {
    index::fold(index, changes, |entry| {
        journal::message_id(journal, entry)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
    })
}

/// Folds what the index lacks, a tail's worth at a time, until the rest is a tail.
fn catch_up(index: &mut Connection, journal: &Connection, pace: Pace) -> rusqlite::Result<Tail> {
    let end = journal::end(journal)?;
    loop {
        let covered = index::covered(index)?;
        let next = journal::changes_after(journal, covered, pace.most)?;
        if next.len() < pace.most {
            let tail = Tail::new(end, pace);
            tail.publish(next);
            return Ok(tail);
        }
        let mut changes = Changes::default();
        next.into_iter().for_each(|change| changes.add(change));
        fold(index, journal, &changes)?;
        tracing::info!(done = changes.end, of = end, "bringing the index up to the journal");
    }
}

fn open_index(dir: &DataDir, journal: &Connection) -> Result<Connection, OpenError> {
    let path = dir.index();
    if path.exists() && !dir.index_damaged().exists() {
        match connect::index(&path, INDEX_CACHE).and_then(|index| {
            let fits = fits(&index, journal)?;
            Ok(fits.then_some(index))
        }) {
            Ok(Some(index)) => return Ok(index),
            Ok(None) => tracing::warn!("the index is not this journal's, or of another version"),
            Err(error) if is_damage(&error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the index is damaged");
            }
            Err(error) => return Err(OpenError::Database { path, cause: error }),
        }
    }
    let entries = journal::end(journal).map_err(OpenError::database(dir.journal()))?;
    if entries > 0 {
        tracing::info!("making the index anew");
    }
    remove_index(dir).map_err(|cause| OpenError::Directory { path: path.clone(), cause })?;
    new_index(&path).map_err(OpenError::database(&path))
}

/// Whether an index is of the right shape and folded from this journal.
fn fits(index: &Connection, journal: &Connection) -> rusqlite::Result<bool> {
    let shape: i64 = index.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if shape != index::SHAPE {
        return Ok(false);
    }
    let Watermark { stamp, entry, message_id } = index::watermark(index)?;
    let same = entry == 0 || journal::message_id(journal, entry)? == message_id;
    Ok(same && stamp <= journal::end(journal)?)
}

fn new_index(path: &Path) -> rusqlite::Result<Connection> {
    let mut index = connect::index(path, INDEX_CACHE)?;
    let transaction = index.transaction()?;
    transaction.execute_batch(index::SCHEMA)?;
    transaction.pragma_update(None, "user_version", index::SHAPE)?;
    transaction.commit()?;
    Ok(index)
}

/// Removes the index. The note of its damage goes last.
pub(crate) fn remove_index(dir: &DataDir) -> io::Result<()> {
    let index = dir.index();
    let beside = |suffix: &str| {
        let mut name = index.clone().into_os_string();
        name.push(suffix);
        name
    };
    for path in [index.clone().into(), beside("-wal"), beside("-shm"), dir.index_damaged().into()] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}
