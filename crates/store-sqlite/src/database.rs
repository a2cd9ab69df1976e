//! The database as its users hold it, and the threads behind it.

use std::{
    fmt,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

use aizuchi_core::{directory::Profile, error::PortError, ids::UserId};
use lru::LruCache;
use rusqlite::Connection;

use crate::{
    answer::{Answer, Sender},
    checkpoint::Checkpoint,
    connect::{self, PageCache},
    data_dir::{DataDir, Lock},
    error::{self, OpenError},
    indexer::{self, Indexer},
    log_reader::LogReader,
    log_writer::LogWriter,
    queue::{Limit, Queue, Refused},
    readers::{self, Read, Reads},
    relations::Decisions,
    rooms::Rooms,
    schema,
    tail::{Pace, Tail},
    word_indexer::{End, WordIndexer},
    writer::{self, Job, Run, Writer},
};

/// What may wait to be written.
const WRITES: Limit = Limit { items: 16_384, bytes: 32 << 20 };
/// Threads that read the log.
const LOG_READERS: usize = 3;
/// Pages that the writer keeps in memory, in KiB.
const WRITER_CACHE: PageCache = PageCache(4_096);
/// Pages that each of the other connections keeps in memory, in KiB.
const SMALL_CACHE: PageCache = PageCache(512);
/// People whose names are remembered.
const PROFILES: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

/// An open database. Cheap to clone; the last clone closes it, once all that
/// was asked for is done.
#[derive(Clone)]
pub struct Database {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    dir: DataDir,
    writes: Arc<Queue<Job>>,
    reads: Reads<Connection>,
    /// `None` beside a running server, whose the log is.
    log: Option<Log>,
    checkpoint: Arc<Checkpoint>,
    profiles: Mutex<LruCache<UserId, Profile>>,
    decisions: Decisions,
    pub(crate) threads: Threads,
    _lock: Option<Lock>,
}

/// The log's part.
pub(crate) struct Log {
    reads: Reads<LogReader>,
    tail: Arc<Tail>,
    rooms: Arc<Rooms>,
    words: Arc<End>,
}

impl Log {
    pub(crate) fn rooms(&self) -> &Rooms {
        &self.rooms
    }

    pub(crate) fn tail(&self) -> &Tail {
        &self.tail
    }
}

/// The threads, in the order in which they end: whoever writes a file ends
/// after those who read it, and so leaves it without a log beside it.
#[derive(Default)]
pub(crate) struct Threads {
    writer: Option<JoinHandle<()>>,
    readers: Vec<JoinHandle<()>>,
    words: Option<JoinHandle<()>>,
    pub(crate) indexer: Option<JoinHandle<()>>,
    checkpoint: Option<JoinHandle<()>>,
}

impl Database {
    /// Opens the database of a server, which is created if need be, and takes
    /// its directory for this process alone. With the log.
    pub fn open(dir: &DataDir) -> Result<Self, OpenError> {
        let (mut shared, indexer) = Shared::serving(dir, Pace::default())?;
        shared.threads.indexer = Some(spawn("store-indexer", move || indexer.run())?);
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Opens the database beside a server that may be running on it, for what
    /// is not the log: accounts and the directory.
    pub fn administer(dir: &DataDir) -> Result<Self, OpenError> {
        let mut shared = Shared::new(dir, None, None);
        shared.start(open_journal(dir)?, None)?;
        Ok(Self { shared: Arc::new(shared) })
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
            Job::Run(Box::new(Written { job: Some(job), done: None, answer }))
        })
    }

    /// Does `job` on a connection that only reads, in one transaction, which
    /// sees every write that was answered before this call.
    pub fn query<T, J>(&self, job: J) -> Answer<T>
    where
        T: Send + 'static,
        J: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        Answer::to(&self.shared.reads, 0, |answer| -> Read<Connection> {
            Box::new(move |connection| {
                let done = connection.transaction().and_then(|transaction| job(&transaction));
                // Whoever no longer waits does not care.
                let _ = answer.send(done.map_err(error::port));
            })
        })
    }

    /// Where it is.
    pub fn dir(&self) -> &DataDir {
        &self.shared.dir
    }

    /// The log's part; beside a running server there is none.
    pub(crate) fn log(&self) -> Result<&Log, PortError> {
        self.shared.log.as_ref().ok_or_else(|| error::unavailable(NotServed))
    }

    /// Does `job` with what reads the log.
    pub(crate) fn read_log<T, J>(&self, job: J) -> Answer<T>
    where
        T: Send + 'static,
        J: FnOnce(&mut LogReader) -> rusqlite::Result<T> + Send + 'static,
    {
        let log = match self.log() {
            Ok(log) => log,
            Err(error) => return Answer::failed(error),
        };
        let dir = self.shared.dir.clone();
        Answer::to(&log.reads, 0, |answer| -> Read<LogReader> {
            Box::new(move |reader| {
                let done = job(reader).map_err(|error| {
                    indexer::note_damage(&dir, &error);
                    error::port(error)
                });
                let _ = answer.send(done);
            })
        })
    }

    pub(crate) fn writes(&self) -> &Queue<Job> {
        &self.shared.writes
    }

    pub(crate) fn profiles(&self) -> MutexGuard<'_, LruCache<UserId, Profile>> {
        self.shared.profiles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn decisions(&self) -> &Decisions {
        &self.shared.decisions
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("dir", &self.shared.dir).finish_non_exhaustive()
    }
}

/// The log was asked for beside a running server.
#[derive(Debug, thiserror::Error)]
#[error("the log is the running server's")]
struct NotServed;

/// A write that is not the log's, and who waits for it.
struct Written<T, J> {
    job: Option<J>,
    done: Option<rusqlite::Result<T>>,
    answer: Sender<T>,
}

impl<T, J> Run for Written<T, J>
where
    T: Send,
    J: FnOnce(&Connection) -> rusqlite::Result<T> + Send,
{
    fn run(&mut self, connection: &Connection) {
        self.done = self.job.take().map(|job| writer::in_savepoint(connection, job));
    }

    fn finish(self: Box<Self>, committed: Result<(), PortError>) {
        let outcome = match (self.done, committed) {
            (Some(Err(error)), _) => Err(error::port(error)),
            (_, Err(error)) => Err(error),
            (Some(Ok(done)), Ok(())) => Ok(done),
            (None, Ok(())) => Err(error::refused(Refused::Closed)),
        };
        let _ = self.answer.send(outcome);
    }
}

impl Shared {
    fn new(dir: &DataDir, lock: Option<Lock>, log: Option<Log>) -> Self {
        Self {
            dir: dir.clone(),
            writes: Arc::new(Queue::new(WRITES)),
            reads: readers::queue(),
            log,
            checkpoint: Arc::default(),
            profiles: Mutex::new(LruCache::new(PROFILES)),
            decisions: Decisions::default(),
            threads: Threads::default(),
            _lock: lock,
        }
    }

    /// All but the indexer's thread is started.
    pub(crate) fn serving(dir: &DataDir, pace: Pace) -> Result<(Self, Indexer), OpenError> {
        let lock = dir.lock()?;
        let journal = open_journal(dir)?;
        let indexer = Indexer::open(dir, pace)?;
        let tail = Arc::clone(indexer.tail());
        let index =
            connect::reader(&dir.index(), SMALL_CACHE).map_err(OpenError::database(dir.index()))?;
        let rooms = Arc::new(Rooms::default());
        let writer = LogWriter::new(Arc::clone(&tail), index, Arc::clone(&rooms));
        let log = Log { reads: readers::queue(), tail, rooms, words: Arc::default() };
        let mut shared = Self::new(dir, Some(lock), Some(log));
        shared.start(journal, Some(writer))?;
        Ok((shared, indexer))
    }

    fn start(&mut self, journal: Connection, log: Option<LogWriter>) -> Result<(), OpenError> {
        let path = self.dir.journal();
        self.decisions = Decisions::load(&journal).map_err(OpenError::database(&path))?;
        let writer = Writer::new(journal, log, Arc::clone(&self.checkpoint));
        let writes = Arc::clone(&self.writes);
        self.threads.writer = Some(spawn("store-writer", move || writer.run(&writes))?);

        let checkpoint = Arc::clone(&self.checkpoint);
        let connection = connect::writer(&path, SMALL_CACHE).map_err(OpenError::database(&path))?;
        let run = move || checkpoint.run(&connection);
        self.threads.checkpoint = Some(spawn("store-checkpoint", run)?);

        let reads = Arc::clone(&self.reads);
        let connection = connect::reader(&path, SMALL_CACHE).map_err(OpenError::database(&path))?;
        let readers = &mut self.threads.readers;
        readers.push(spawn("store-reader", move || readers::run(connection, &reads))?);

        if let Some(log) = &self.log {
            let (end, words) =
                (Arc::clone(&log.words), WordIndexer::open(&self.dir, Arc::clone(&log.tail))?);
            self.threads.words = Some(spawn("store-words", move || words.run(&end))?);
            let readers = &mut self.threads.readers;
            for _ in 0..LOG_READERS {
                let reader =
                    LogReader::open(&self.dir, Arc::clone(&log.tail), Arc::clone(&log.rooms))?;
                let reads = Arc::clone(&log.reads);
                readers.push(spawn("store-log-reader", move || readers::run(reader, &reads))?);
            }
        }
        Ok(())
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.writes.close();
        join(self.threads.writer.take());
        self.reads.close();
        if let Some(log) = &self.log {
            log.reads.close();
        }
        join(self.threads.readers.drain(..));
        if let Some(log) = &self.log {
            log.words.close();
        }
        join(self.threads.words.take());
        if let Some(log) = &self.log {
            // All that was written is in it by now.
            log.tail.close();
        }
        join(self.threads.indexer.take());
        self.checkpoint.close();
        join(self.threads.checkpoint.take());
    }
}

fn open_journal(dir: &DataDir) -> Result<Connection, OpenError> {
    let path = dir.journal();
    let mut journal = connect::writer(&path, WRITER_CACHE).map_err(OpenError::database(&path))?;
    schema::migrate(&mut journal).map_err(OpenError::migrating(&path))?;
    Ok(journal)
}

pub(crate) fn spawn(
    name: &str,
    run: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, OpenError> {
    thread::Builder::new().name(name.into()).spawn(run).map_err(OpenError::Thread)
}

fn join(threads: impl IntoIterator<Item = JoinHandle<()>>) {
    for thread in threads {
        // A thread that panicked has said so already.
        let _ = thread.join();
    }
}
