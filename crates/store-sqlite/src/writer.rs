//! The one thread that writes: it takes all that waits and commits it as a group.

use std::{collections::VecDeque, sync::Arc};

use aizuchi_core::error::PortError;
use rusqlite::Connection;

use crate::{error, queue::Queue};

/// Tells whoever waits for a job how its group's commit went.
pub(crate) type Finish = Box<dyn FnOnce(Result<(), PortError>) + Send>;

/// Something to write.
pub(crate) enum Job {
    /// Whatever else: see [`crate::Database::write`].
    Run(Box<dyn FnOnce(&Connection) -> Finish + Send>),
}

#[derive(Debug)]
pub(crate) struct Writer {
    connection: Connection,
}

impl Writer {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    /// Writes until the queue is closed.
    pub(crate) fn run(mut self, jobs: &Queue<Job>) {
        let mut batch = VecDeque::new();
        while jobs.take(&mut batch) {
            self.group(&mut batch);
        }
    }

    fn group(&mut self, batch: &mut VecDeque<Job>) {
        let mut finishes = Vec::new();
        let committed = commit(&mut self.connection, |connection| {
            for job in batch.drain(..) {
                match job {
                    Job::Run(run) => finishes.push(run(connection)),
                }
            }
            Ok(())
        });
        for finish in finishes {
            finish(committed.as_ref().map(|_| ()).map_err(error::group));
        }
    }
}

fn commit(
    connection: &mut Connection,
    work: impl FnOnce(&Connection) -> rusqlite::Result<()>,
) -> Result<(), Arc<rusqlite::Error>> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    work(&transaction)?;
    transaction.commit()?;
    Ok(())
}

/// Does `job` so that its failure undoes only itself.
pub(crate) fn in_savepoint<T>(
    connection: &Connection,
    job: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.prepare_cached("SAVEPOINT job")?.execute([])?;
    let done = job(connection);
    if done.is_err() {
        connection.prepare_cached("ROLLBACK TO job")?.execute([])?;
    }
    connection.prepare_cached("RELEASE job")?.execute([])?;
    done
}
