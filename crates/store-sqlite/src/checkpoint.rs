//! Moving the journal's write-ahead log into its file.
//!
//! A checkpoint writes and syncs pages, which no commit should wait for: a
//! thread of its own does it, beside the writer. But while the writer goes on
//! it can never reach the log's end, without which the log only grows. So
//! where the log is long, the writer itself does the rest, which is short,
//! between two groups; its next commit begins the log anew.

use std::{
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rusqlite::Connection;

/// Between two checkpoints.
const PAUSE: Duration = Duration::from_millis(250);
/// Pages in the log from which on the writer does the rest itself: 16 MiB.
const LONG: i64 = 4_096;

#[derive(Debug, Default)]
pub(crate) struct Checkpoint {
    state: Mutex<State>,
    wake: Condvar,
    /// The writer is to do the rest.
    rest: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    /// Something was committed since the last checkpoint began.
    due: bool,
    asleep: bool,
    closed: bool,
}

impl Checkpoint {
    /// For the writer, between two groups.
    pub(crate) fn after_commit(&self, writer: &Connection) {
        if self.rest.swap(false, Ordering::Relaxed) {
            checkpoint(writer);
        }
        let mut state = self.lock();
        state.due = true;
        let wake = state.asleep;
        drop(state);
        if wake {
            self.wake.notify_one();
        }
    }

    /// Makes checkpoints until closed.
    pub(crate) fn run(&self, connection: &Connection) {
        while self.wait() {
            if checkpoint(connection).is_some_and(|log| log >= LONG) {
                self.rest.store(true, Ordering::Relaxed);
            }
        }
    }

    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.wake.notify_one();
    }

    /// Waits until the next one is due; false once closed.
    fn wait(&self) -> bool {
        let mut state = self.lock();
        let until = Instant::now() + PAUSE;
        while !state.closed {
            let left = until.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                (state, _) =
                    self.wake.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
            } else if state.due {
                state.due = false;
                return true;
            } else {
                state.asleep = true;
                state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.asleep = false;
            }
        }
        false
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does what can be done without waiting for anybody. Answers how many pages
/// the log has.
fn checkpoint(connection: &Connection) -> Option<i64> {
    let done =
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get::<_, i64>(1));
    match done {
        Ok(log) => Some(log),
        Err(error) => {
            // Nothing is lost: the log still has it, and the next one tries again.
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the write-ahead log could not be moved into the database"
            );
            None
        }
    }
}
