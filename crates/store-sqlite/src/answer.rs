//! The wait for what another thread answers.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use aizuchi_core::error::PortError;
use tokio::sync::oneshot;

use crate::{
    error,
    queue::{Queue, Refused},
};

/// Resolves once the work that was asked for has been done, or has failed.
/// Dropping it does not undo the work.
#[derive(Debug)]
#[must_use = "the work is under way, but its outcome is only here"]
pub struct Answer<T>(State<T>);

#[derive(Debug)]
enum State<T> {
    Waiting(oneshot::Receiver<Result<T, PortError>>),
    Known(Option<PortError>),
}

pub(crate) type Sender<T> = oneshot::Sender<Result<T, PortError>>;

impl<T> Answer<T> {
    /// Puts a piece of work of about so many bytes, made with what sends its
    /// answer, into a queue.
    pub(crate) fn to<W>(queue: &Queue<W>, bytes: usize, work: impl FnOnce(Sender<T>) -> W) -> Self {
        let (sender, receiver) = oneshot::channel();
        match queue.push(work(sender), bytes) {
            Ok(()) => Self(State::Waiting(receiver)),
            Err(why) => Self::failed(error::refused(why)),
        }
    }

    pub(crate) fn failed(error: PortError) -> Self {
        Self(State::Known(Some(error)))
    }
}

impl<T> Future for Answer<T> {
    type Output = Result<T, PortError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let closed = || Err(error::refused(Refused::Closed));
        match &mut self.0 {
            State::Waiting(receiver) => Pin::new(receiver)
                .poll(context)
                .map(|received| received.unwrap_or_else(|_| closed())),
            State::Known(error) => Poll::Ready(error.take().map_or_else(closed, Err)),
        }
    }
}

// Nothing in it is pinned.
impl<T> Unpin for Answer<T> {}
