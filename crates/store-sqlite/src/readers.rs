//! Threads that read, each on connections of its own.

use rusqlite::Connection;

use crate::{
    connect::{self, PageCache},
    data_dir::DataDir,
    error::OpenError,
    queue::Queue,
};

/// Pages that a reader keeps in memory of each file, in KiB.
const CACHE: PageCache = PageCache(1_024);

pub(crate) type ReadJob = Box<dyn FnOnce(&mut Reader) + Send>;

#[derive(Debug)]
pub(crate) struct Reader {
    journal: Connection,
}

impl Reader {
    pub(crate) fn open(dir: &DataDir) -> Result<Self, OpenError> {
        let path = dir.journal();
        let journal = connect::reader(&path, CACHE).map_err(OpenError::database(&path))?;
        Ok(Self { journal })
    }

    /// Does `job` in one transaction on the journal.
    pub(crate) fn journal<T>(
        &mut self,
        job: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let transaction = self.journal.transaction()?;
        job(&transaction)
    }
}

/// Reads until the queue is closed.
pub(crate) fn run(mut reader: Reader, jobs: &Queue<ReadJob>) {
    while let Some(job) = jobs.pop() {
        job(&mut reader);
    }
}
