//! The database as its users hold it.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
};

use rusqlite::Connection;

use crate::{
    answer::Answer,
    connect::{self, PageCache},
    data_dir::{DataDir, Lock},
    error::{self, OpenError},
    queue::{Limit, Queue},
    readers::{self, ReadJob, Reader},
    schema,
    writer::{self, Job, Writer},
};

/// What may wait to be written.
const WRITES: Limit = Limit { items: 16_384, bytes: 32 << 20 };
/// What may wait to be read.
const READS: Limit = Limit { items: 4_096, bytes: 0 };
/// Threads that read.
const READERS: usize = 3;
/// Pages that the writer keeps in memory, in KiB.
const WRITER_CACHE: PageCache = PageCache(4_096);

/// An open database. Cheap to clone; the last clone closes it, once all that
/// was asked for is done.
#[derive(Clone)]
pub struct Database {
    shared: Arc<Shared>,
}

struct Shared {
    writes: Arc<Queue<Job>>,
    reads: Arc<Queue<ReadJob>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    _lock: Option<Lock>,
}

impl Database {
    /// Opens the database of a server, which is created if need be, and takes
    /// its directory for this process alone.
    pub fn open(dir: &DataDir) -> Result<Self, OpenError> {
        let lock = dir.lock()?;
        Self::start(dir, Some(lock))
    }

    /// Opens the database beside a server that may be running on it, for what
    /// is not the log: accounts and the directory.
    pub fn administer(dir: &DataDir) -> Result<Self, OpenError> {
        Self::start(dir, None)
    }

    /// Does `job` in a transaction, and answers when that is durable. A job
    /// that fails leaves nothing behind. A violated constraint is a `Conflict`.
    ///
    /// Jobs are done one at a time, in the order of the calls, and share their
    /// commit with whatever else waits: they must be short.
    pub fn write<T, J>(&self, job: J) -> Answer<T>
    where
        T: Send + 'static,
        J: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        Answer::to(&self.shared.writes, 0, |answer| {
            Job::Run(Box::new(move |connection| {
                let done = writer::in_savepoint(connection, job);
                Box::new(move |committed| {
                    let _ = answer.send(committed.and(done.map_err(error::port)));
                })
            }))
        })
    }

    /// Does `job` on a connection that only reads, in one transaction, which
    /// sees every write that was answered before this call.
    pub fn read<T, J>(&self, job: J) -> Answer<T>
    where
        T: Send + 'static,
        J: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        Answer::to(&self.shared.reads, 0, |answer| -> ReadJob {
            Box::new(move |reader| {
                let _ = answer.send(reader.journal(job).map_err(error::port));
            })
        })
    }

    fn start(dir: &DataDir, lock: Option<Lock>) -> Result<Self, OpenError> {
        let path = dir.journal();
        let mut connection =
            connect::writer(&path, WRITER_CACHE).map_err(OpenError::database(&path))?;
        schema::migrate(&mut connection).map_err(OpenError::migrating(&path))?;

        let shared = Shared {
            writes: Arc::new(Queue::new(WRITES)),
            reads: Arc::new(Queue::new(READS)),
            threads: Mutex::default(),
            _lock: lock,
        };
        let writer = Writer::new(connection);
        let writes = Arc::clone(&shared.writes);
        shared.spawn("store-writer", move || writer.run(&writes))?;
        for _ in 0..READERS {
            let reader = Reader::open(dir)?;
            let reads = Arc::clone(&shared.reads);
            shared.spawn("store-reader", move || readers::run(reader, &reads))?;
        }
        Ok(Self { shared: Arc::new(shared) })
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").finish_non_exhaustive()
    }
}

impl Shared {
    fn spawn(&self, name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), OpenError> {
        let thread =
            thread::Builder::new().name(name.into()).spawn(run).map_err(OpenError::Thread)?;
        self.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
        Ok(())
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.writes.close();
        self.reads.close();
        for thread in self.threads.get_mut().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // A thread that panicked has said so already.
            let _ = thread.join();
        }
    }
}
