//! The thread that keeps the words up with the journal.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::Connection;

use crate::{
    connect::{self, PageCache},
    data_dir::DataDir,
    detail,
    error::OpenError,
    journal::{self, kind},
    rows::{ConversationRow, signed, unsigned},
    tail::Tail,
    view::View,
    words::{self, Reach, Scope},
};

/// Entries of one transaction.
const BATCH: usize = 2_048;
/// Batches of new entries that are still done once the store closes; the rest
/// is left to the next start.
const LAST_BATCHES: usize = 50;
/// Between two looks at the journal.
const PAUSE: Duration = Duration::from_millis(250);
/// Pages of the other files, of which it reads single rows.
const READ_CACHE: PageCache = PageCache(512);

/// Ends the thread.
#[derive(Debug, Default)]
pub(crate) struct End {
    closed: Mutex<bool>,
    told: Condvar,
}

impl End {
    pub(crate) fn close(&self) {
        *self.lock() = true;
        self.told.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closed(&self) -> bool {
        *self.lock()
    }

    fn wait(&self) {
        let closed = self.lock();
        if !*closed {
            let _ = self.told.wait_timeout(closed, PAUSE);
        }
    }
}

pub(crate) struct WordIndexer {
    words: Connection,
    journal: Connection,
    index: Connection,
    tail: Arc<Tail>,
}

/// An entry as far as the words need it.
struct Entry {
    id: u64,
    conversation: ConversationRow,
    kind: u8,
    refers_to: Option<u64>,
    text: Option<String>,
    detail: Option<String>,
}

impl WordIndexer {
    pub(crate) fn open(dir: &DataDir, tail: Arc<Tail>) -> Result<Self, OpenError> {
        let read = |path| connect::reader(path, READ_CACHE).map_err(OpenError::database(path));
        let (journal, index) = (read(&dir.journal())?, read(&dir.index())?);
        let words = words::open(dir, &journal).map_err(OpenError::database(dir.words()))?;
        Ok(Self { words, journal, index, tail })
    }

    /// Works until it is ended, new entries before old ones.
    pub(crate) fn run(mut self, end: &End) {
        let mut failing = false;
        let mut left = LAST_BATCHES;
        loop {
            let closed = end.is_closed();
            let done = if closed { self.forward() } else { self.step() };
            match done {
                Ok(true) if !closed || left > 0 => left -= usize::from(closed),
                Ok(_) if closed => return,
                Ok(_) => end.wait(),
                Err(error) => {
                    if !std::mem::replace(&mut failing, true) {
                        tracing::error!(
                            error = &error as &dyn std::error::Error,
                            "the index of words cannot be written; searches are slower"
                        );
                    }
                    if closed {
                        return;
                    }
                    end.wait();
                    continue;
                }
            }
            failing = false;
        }
    }

    /// Does a batch. False where there is nothing to do.
    fn step(&mut self) -> rusqlite::Result<bool> {
        Ok(self.forward()? || self.backward()?)
    }

    fn forward(&mut self) -> rusqlite::Result<bool> {
        let reach = words::reach(&self.words)?;
        let sql = "SELECT id, conversation, kind, reply_to, text, detail FROM entry
                   WHERE id > ?1 ORDER BY id LIMIT ?2";
        let entries = read(&self.journal, sql, reach.covered)?;
        let Some(last) = entries.last() else { return Ok(false) };
        let reach = Reach { covered: last.id, ..reach };
        self.fold(entries, reach)?;
        Ok(true)
    }

    /// Brings in entries from before the index was made.
    fn backward(&mut self) -> rusqlite::Result<bool> {
        let reach = words::reach(&self.words)?;
        if reach.low <= 1 {
            return Ok(false);
        }
        let sql = "SELECT id, conversation, kind, reply_to, text, detail FROM entry
                   WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
        let mut entries = read(&self.journal, sql, reach.low)?;
        entries.reverse();
        let reach = Reach { low: entries.first().map_or(1, |entry| entry.id), ..reach };
        // Changes of what lies before are in what is read there.
        entries.retain(|entry| entry.kind == kind::MESSAGE);
        self.fold(entries, reach)?;
        Ok(true)
    }

    fn fold(&mut self, entries: Vec<Entry>, reach: Reach) -> rusqlite::Result<()> {
        let transaction = self.words.transaction()?;
        let mut erased = false;
        for entry in entries {
            let target = match entry.kind {
                kind::MESSAGE => {
                    let scope = scope(&self.journal, entry.conversation)?;
                    words::put(&transaction, entry.id, scope, entry.text.as_deref())?;
                    continue;
                }
                kind::EDIT => detail::edited(entry.detail.as_deref()).unwrap_or_default(),
                kind::DELETION => {
                    let view = View::open(&self.tail, &self.index)?;
                    let seq = entry.refers_to.unwrap_or(0);
                    view.place(entry.conversation, seq)?.map(|place| place.entry)
                }
                _ => continue,
            };
            if let Some(target) = target.filter(|target| *target >= reach.low) {
                let scope = scope(&self.journal, entry.conversation)?;
                let text = text(&self.journal, target)?;
                words::put(&transaction, target, scope, text.as_deref())?;
                erased = true;
            }
        }
        words::set_reach(&transaction, &self.journal, reach)?;
        transaction.commit()?;
        if erased {
            // The log beside the file has pages from before.
            self.words.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        }
        Ok(())
    }
}

fn read(journal: &Connection, sql: &str, at: u64) -> rusqlite::Result<Vec<Entry>> {
    let mut statement = journal.prepare_cached(sql)?;
    let rows = statement.query_map((signed(at), BATCH as i64), |row| {
        Ok(Entry {
            id: row.get(0).map(unsigned)?,
            conversation: row.get(1)?,
            kind: row.get(2)?,
            refers_to: row.get::<_, Option<i64>>(3)?.map(unsigned),
            text: row.get(4)?,
            detail: row.get(5)?,
        })
    })?;
    rows.collect()
}

fn scope(journal: &Connection, conversation: ConversationRow) -> rusqlite::Result<Scope> {
    Ok(Scope { conversation, members: journal::members(journal, conversation)? })
}

/// The text of a message as it reads by now; `None` where it is deleted.
fn text(journal: &Connection, id: u64) -> rusqlite::Result<Option<String>> {
    journal
        .prepare_cached("SELECT CASE kind WHEN 0 THEN text END FROM entry WHERE id = ?1")?
        .query_row([signed(id)], |row| row.get(0))
}
