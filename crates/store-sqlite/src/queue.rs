//! A bounded queue from many callers that never wait to threads that do.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

/// Why a queue did not take an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("too much is waiting")]
    Full,
    #[error("the database is closed")]
    Closed,
}

/// How much may wait: whichever is reached first refuses the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) items: usize,
    pub(crate) bytes: usize,
}

#[derive(Debug)]
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    ready: Condvar,
    limit: Limit,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<T>,
    bytes: usize,
    /// Threads asleep: waking is a system call, so only they are woken.
    asleep: usize,
    closed: bool,
}

impl<T> Queue<T> {
    pub(crate) fn new(limit: Limit) -> Self {
        let state = State { items: VecDeque::new(), bytes: 0, asleep: 0, closed: false };
        Self { state: Mutex::new(state), ready: Condvar::new(), limit }
    }

    /// Puts an item of about so many bytes at the end.
    pub(crate) fn push(&self, item: T, bytes: usize) -> Result<(), Refused> {
        let mut state = self.lock();
        if state.closed {
            return Err(Refused::Closed);
        }
        if state.items.len() >= self.limit.items || state.bytes + bytes > self.limit.bytes {
            return Err(Refused::Full);
        }
        state.items.push_back(item);
        state.bytes += bytes;
        let wake = state.asleep > 0;
        drop(state);
        if wake {
            self.ready.notify_one();
        }
        Ok(())
    }

    /// Takes the first item, waiting for one; `None` once closed and empty.
    /// For items that were pushed without bytes.
    pub(crate) fn pop(&self) -> Option<T> {
        self.wait().items.pop_front()
    }

    /// Takes all that waits into `batch`, which must be empty, waiting for
    /// something; false once closed and empty.
    pub(crate) fn take(&self, batch: &mut VecDeque<T>) -> bool {
        debug_assert!(batch.is_empty());
        let mut state = self.wait();
        std::mem::swap(&mut state.items, batch);
        state.bytes = 0;
        !batch.is_empty()
    }

    /// Refuses all that comes from now on; what waits is still handed out.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_all();
    }

    fn wait(&self) -> MutexGuard<'_, State<T>> {
        let mut state = self.lock();
        while state.items.is_empty() && !state.closed {
            state.asleep += 1;
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.asleep -= 1;
        }
        state
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
