//! The one thread that writes the journal: it takes all that waits and commits
//! it as a group.
//!
//! Invariants. A group is one transaction: all of it is durable before any of
//! it is published or answered, and where its commit fails nothing of it is,
//! in the file or in memory. Work is done in the order in which it was put
//! into the queue, so the order of calls is the order of places.

use std::{collections::VecDeque, error::Error, sync::Arc};

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    log::{Appended, Cursor, Entry, NewEntry},
};
use rusqlite::{Connection, TransactionBehavior};

use crate::{
    answer::Sender,
    checkpoint::Checkpoint,
    error,
    log_writer::{LogWriter, Unfit},
    queue::{Queue, Refused},
    tail::Stuck,
};

/// Jobs of one group, at most: what is answered first should not wait for more.
const GROUP: usize = 4_096;

/// Something to write.
pub(crate) enum Job {
    Append(Task<NewEntry, Appended>),
    Move(Task<NewMove, Cursor>),
    Restore(Task<NewPart, Result<u64, Unfit>>),
    /// Whatever else: see [`crate::Database::write`].
    Run(Box<dyn Run>),
}

/// A cursor to be moved.
pub(crate) struct NewMove {
    pub(crate) conversation: ConversationId,
    pub(crate) reader: UserId,
    pub(crate) seq: Seq,
}

/// Entries to be put in their places.
pub(crate) struct NewPart {
    pub(crate) conversation: ConversationId,
    /// Ascending, without a hole.
    pub(crate) entries: Vec<Entry>,
    /// Stamps are at least this.
    pub(crate) stamp: u64,
}

/// Work for the log, and who waits for its outcome.
pub(crate) struct Task<W, T> {
    work: W,
    outcome: Option<Result<T, PortError>>,
    answer: Sender<T>,
}

impl<W, T> Task<W, T> {
    pub(crate) fn new(work: W, answer: Sender<T>) -> Self {
        Self { work, outcome: None, answer }
    }

    fn finish(self, failure: Option<&Failure>) {
        let outcome = match failure {
            None => self.outcome.unwrap_or_else(|| Err(error::refused(Refused::Closed))),
            Some(failure) => Err(failure.port()),
        };
        // Whoever no longer waits does not care.
        let _ = self.answer.send(outcome);
    }
}

/// A job that is not the log's: done in the group, told how its commit went.
pub(crate) trait Run: Send {
    fn run(&mut self, connection: &Connection);
    fn finish(self: Box<Self>, committed: Result<(), PortError>);
}

/// Why a group was not committed.
#[derive(Debug, Clone, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Sqlite(#[from] Arc<rusqlite::Error>),
    #[error(transparent)]
    Stuck(#[from] Stuck),
    /// A full disk, for one, undoes everybody's work.
    #[error("the database undid the whole group")]
    Undone,
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(Arc::new(error))
    }
}

impl Failure {
    fn port(&self) -> PortError {
        error::unavailable(self.clone())
    }
}

pub(crate) struct Writer {
    connection: Connection,
    /// `None` beside a running server, whose the log is.
    log: Option<LogWriter>,
    checkpoint: Arc<Checkpoint>,
    /// The last group was not written.
    failing: bool,
}

impl Writer {
    pub(crate) fn new(
        connection: Connection,
        log: Option<LogWriter>,
        checkpoint: Arc<Checkpoint>,
    ) -> Self {
        Self { connection, log, checkpoint, failing: false }
    }

    /// Writes until the queue is closed and empty.
    pub(crate) fn run(mut self, jobs: &Queue<Job>) {
        let mut waiting = VecDeque::new();
        let mut group = Vec::new();
        while jobs.take(&mut waiting) {
            while !waiting.is_empty() {
                group.extend(waiting.drain(..waiting.len().min(GROUP)));
                let failure = self.write(&mut group).err();
                self.tell(failure.as_ref());
                answer(group.drain(..), failure.as_ref());
            }
        }
    }

    /// Tells the operator when writing begins to fail, and when it works again.
    fn tell(&mut self, failure: Option<&Failure>) {
        match failure {
            Some(failure) if !self.failing => {
                tracing::error!(error = failure as &dyn Error, "the database cannot be written");
            }
            None if self.failing => tracing::info!("the database can be written again"),
            _ => {}
        }
        self.failing = failure.is_some();
    }

    /// Writes a group, and publishes it.
    fn write(&mut self, group: &mut [Job]) -> Result<(), Failure> {
        if let Some(log) = &self.log {
            log.wait_for_room()?;
        }
        let written = self.commit(group);
        if let Some(log) = &mut self.log {
            match written {
                Ok(()) => log.publish(),
                Err(_) => log.forget(),
            }
        }
        self.checkpoint.after_commit(&self.connection);
        written
    }

    fn commit(&mut self, group: &mut [Job]) -> Result<(), Failure> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut log = self.log.as_mut().map(|log| log.begin(&transaction)).transpose()?;
        for job in group {
            match (job, &mut log) {
                (Job::Append(task), Some(log)) => {
                    task.outcome = Some(log.append(&task.work)?.map_err(PortError::from));
                }
                (Job::Move(task), Some(log)) => task.outcome = Some(Ok(log.advance(&task.work)?)),
                (Job::Restore(task), Some(log)) => {
                    task.outcome = Some(Ok(log.restore(&task.work)?))
                }
                (Job::Run(run), _) => {
                    run.run(&transaction);
                    if transaction.is_autocommit() {
                        return Err(Failure::Undone);
                    }
                }
                (Job::Append(_) | Job::Move(_) | Job::Restore(_), None) => {}
            }
        }
        drop(log);
        transaction.commit()?;
        Ok(())
    }
}

fn answer(group: impl Iterator<Item = Job>, failure: Option<&Failure>) {
    for job in group {
        match job {
            Job::Append(task) => task.finish(failure),
            Job::Move(task) => task.finish(failure),
            Job::Restore(task) => task.finish(failure),
            Job::Run(run) => run.finish(failure.map_or(Ok(()), |failure| Err(failure.port()))),
        }
    }
}

/// Does `job` so that its failure undoes only itself.
pub(crate) fn in_savepoint<T>(
    connection: &Connection,
    job: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.prepare_cached("SAVEPOINT job")?.execute([])?;
    let done = job(connection);
    if done.is_err() && !connection.is_autocommit() {
        connection.prepare_cached("ROLLBACK TO job")?.execute([])?;
    }
    if !connection.is_autocommit() {
        connection.prepare_cached("RELEASE job")?.execute([])?;
    }
    done
}
