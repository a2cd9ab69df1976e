//! Threads that read, each with connections of its own.

use std::sync::Arc;

use crate::queue::{Limit, Queue};

/// What may wait to be read.
const WAITING: Limit = Limit { items: 4_096, bytes: 0 };

/// Something to read, with an `R`.
pub(crate) type Read<R> = Box<dyn FnOnce(&mut R) + Send>;

/// What readers with an `R` take their work from.
pub(crate) type Reads<R> = Arc<Queue<Read<R>>>;

pub(crate) fn queue<R>() -> Reads<R> {
    Arc::new(Queue::new(WAITING))
}

/// Reads until the queue is closed.
pub(crate) fn run<R>(mut reader: R, reads: &Queue<Read<R>>) {
    while let Some(read) = reads.pop() {
        read(&mut reader);
    }
}
