//! What waits to be written to one socket.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use aizuchi_wire::CloseCode;
use bytes::Bytes;
use futures_util::task::AtomicWaker;

/// Frames that may wait. A client that reads so slowly is better off with a `SYNC`.
const FRAMES: usize = 4_096;
/// Bytes that may wait.
const BYTES: usize = 1024 * 1024;
/// Bytes that may wait before a client's next answer does.
const ROOM: usize = 256 * 1024;

/// A bounded queue from whoever pushes to the one task that writes.
///
/// Invariants: it holds at most [`FRAMES`] frames and [`BYTES`] bytes; once
/// closed it stays closed, keeps its first code, and takes no frame. It
/// allocates nothing while it is empty.
#[derive(Debug, Default)]
pub struct Outbox {
    state: Mutex<State>,
    writer: AtomicWaker,
    /// The one who answers the client.
    answering: AtomicWaker,
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<Bytes>,
    bytes: usize,
    closed: Option<CloseCode>,
}

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Pushed {
    /// It will be written.
    Queued,
    /// The outbox is closed.
    Gone,
}

/// What the writer got.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// Frames, in order; never none.
    Frames(VecDeque<Bytes>),
    /// All was taken, and the socket is to be closed with this code.
    Closed(CloseCode),
}

impl Outbox {
    /// Queues a frame. Where it does not fit, the reader is too slow: what
    /// waits is dropped and the outbox closed.
    pub fn push(&self, frame: Bytes) -> Pushed {
        let mut state = self.state();
        if state.closed.is_some() {
            return Pushed::Gone;
        }
        let waited = !state.frames.is_empty();
        if state.frames.len() == FRAMES || state.bytes + frame.len() > BYTES {
            *state = State { closed: Some(CloseCode::SlowReader), ..State::default() };
            drop(state);
            self.writer.wake();
            self.answering.wake();
            return Pushed::Gone;
        }
        state.bytes += frame.len();
        state.frames.push_back(frame);
        drop(state);
        // A writer that was told of the frames before takes this one with them.
        if !waited {
            self.writer.wake();
        }
        Pushed::Queued
    }

    /// Closes the outbox; what waits is still written.
    pub fn close(&self, code: CloseCode) {
        self.state().closed.get_or_insert(code);
        self.writer.wake();
    }

    /// Whether so little waits that a large answer does not make the client a
    /// slow reader.
    pub fn has_room(&self) -> bool {
        self.state().bytes <= ROOM
    }

    /// Waits for room, for the one who answers the client.
    pub fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.has_room() {
            return Poll::Ready(());
        }
        self.answering.register(cx.waker());
        // What was taken between the look and the registration woke nobody.
        if self.has_room() { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Takes what waits, for the one writer.
    pub fn poll_take(&self, cx: &mut Context<'_>) -> Poll<Taken> {
        if let Some(taken) = self.take() {
            return Poll::Ready(taken);
        }
        self.writer.register(cx.waker());
        // A push between the look and the registration woke nobody.
        self.take().map_or(Poll::Pending, Poll::Ready)
    }

    fn take(&self) -> Option<Taken> {
        let mut state = self.state();
        if state.frames.is_empty() {
            return state.closed.map(Taken::Closed);
        }
        state.bytes = 0;
        let frames = std::mem::take(&mut state.frames);
        drop(state);
        self.answering.wake();
        Some(Taken::Frames(frames))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    fn take(outbox: &Outbox) -> Taken {
        pollster::block_on(poll_fn(|cx| outbox.poll_take(cx)))
    }

    #[test]
    fn frames_leave_in_the_order_they_came_and_before_the_close() {
        let outbox = Outbox::default();
        assert_eq!(outbox.push("a".into()), Pushed::Queued);
        assert_eq!(outbox.push("b".into()), Pushed::Queued);
        outbox.close(CloseCode::GoingAway);
        assert_eq!(outbox.push("c".into()), Pushed::Gone);
        assert_eq!(take(&outbox), Taken::Frames(["a".into(), "b".into()].into()));
        assert_eq!(take(&outbox), Taken::Closed(CloseCode::GoingAway));
    }

    #[test]
    fn a_slow_reader_is_closed_rather_than_kept_in_memory() {
        let outbox = Outbox::default();
        for _ in 0..FRAMES {
            assert_eq!(outbox.push("x".into()), Pushed::Queued);
        }
        assert_eq!(outbox.push("x".into()), Pushed::Gone);
        assert_eq!(take(&outbox), Taken::Closed(CloseCode::SlowReader));

        let outbox = Outbox::default();
        assert_eq!(outbox.push(vec![0; BYTES].into()), Pushed::Queued);
        assert_eq!(outbox.push("x".into()), Pushed::Gone);
        assert_eq!(take(&outbox), Taken::Closed(CloseCode::SlowReader));
    }

    #[test]
    fn an_answer_waits_until_those_before_it_are_written() {
        let outbox = Outbox::default();
        let room = || outbox.poll_room(&mut Context::from_waker(std::task::Waker::noop()));
        assert_eq!(outbox.push(vec![0; ROOM].into()), Pushed::Queued);
        assert!(room().is_ready());
        assert_eq!(outbox.push("x".into()), Pushed::Queued);
        assert!(room().is_pending());
        take(&outbox);
        assert!(room().is_ready());
    }

    #[test]
    fn an_answer_does_not_wait_for_a_client_that_is_gone() {
        let outbox = Outbox::default();
        while outbox.push(vec![0; ROOM].into()) == Pushed::Queued {}
        assert!(outbox.poll_room(&mut Context::from_waker(std::task::Waker::noop())).is_ready());
    }

    #[test]
    fn the_first_code_stays() {
        let outbox = Outbox::default();
        outbox.close(CloseCode::SessionEnded);
        outbox.close(CloseCode::GoingAway);
        assert_eq!(take(&outbox), Taken::Closed(CloseCode::SessionEnded));
    }
}
