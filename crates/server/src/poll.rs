//! The lines of those whose network lets no socket through.
//!
//! Such a line is in the hub as any other. What is pushed to it waits in its
//! outbox until a poll takes it, and is kept after that until the cursor of the
//! next poll says that it arrived: an answer that is lost on its way is given
//! again. A line outlives its polls by [`LINGER`], so that its person stays
//! there between one and the next. Who comes back later, or to another process,
//! gets a new line and a `SYNC` since his stamp.

use std::{
    collections::{HashMap, VecDeque},
    future::poll_fn,
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aizuchi_core::{
    chat::{Caller, Ports},
    clock::Clock,
    identity::{Identity, TokenVerifier},
    ids::Ids,
    registry::Level,
};
use aizuchi_gateway::local::{Line, Taken};
use aizuchi_identity::http::ApiError;
use aizuchi_wire::{CloseCode, ErrorCode};
use bytes::Bytes;
use tokio::{sync::Mutex as Turns, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    App,
    handshake::{self, stopping},
    settings::LINGER,
};

/// A line that is polled.
#[derive(Debug)]
pub(crate) struct Polled {
    line: Arc<Line>,
    /// As its person's cursors call it. He alone is told, and nobody guesses it.
    name: u128,
    /// Calls over it that are under way.
    held: AtomicUsize,
    sent: Turns<Sent>,
    /// Ends the poll that waits, for there to be one at a time.
    waiting: Mutex<CancellationToken>,
    /// Whose turn it is to be heard.
    hearing: Turns<()>,
    /// Cancelled with the line.
    gone: CancellationToken,
}

/// Frames that were given and may not have arrived.
///
/// The first of them is the line's frame number `arrived`, counted from 0.
#[derive(Debug, Default)]
struct Sent {
    arrived: u64,
    frames: VecDeque<Bytes>,
}

impl Sent {
    /// Forgets the frames before number `seen`. False where that is a number
    /// which no answer had.
    fn forget(&mut self, seen: u64) -> bool {
        let more = seen.checked_sub(self.arrived).and_then(|more| usize::try_from(more).ok());
        let Some(more) = more.filter(|more| *more <= self.frames.len()) else { return false };
        self.frames.drain(..more);
        self.arrived = seen;
        true
    }

    fn end(&self) -> u64 {
        self.arrived + self.frames.len() as u64
    }
}

/// What a poll brought.
#[derive(Debug)]
pub(crate) enum Brought {
    /// Frames, perhaps none, and the number of the next one.
    Frames(Vec<Bytes>, u64),
    /// The line is to be ended.
    Closed(CloseCode),
    /// The cursor is not of this line. Its next frame has this number.
    Astray(u64),
}

impl Polled {
    /// Waits for frames after those that have arrived, unless another poll
    /// comes. Those of an answer that got lost are brought at once.
    pub(crate) async fn take(&self, seen: u64, wait: Duration) -> Brought {
        let mine = CancellationToken::new();
        mem::replace(&mut *lock(&self.waiting), mine.clone()).cancel();
        let mut sent = self.sent.lock().await;
        if !sent.forget(seen) {
            return Brought::Astray(sent.end());
        }
        if sent.frames.is_empty() {
            tokio::select! {
                biased;
                taken = poll_fn(|cx| self.line.outbox.poll_take(cx)) => match taken {
                    Taken::Frames(frames) => sent.frames = frames,
                    Taken::Closed(code) => return Brought::Closed(code),
                },
                () = mine.cancelled() => {}
                () = sleep(wait) => {}
            }
        }
        Brought::Frames(sent.frames.iter().cloned().collect(), sent.end())
    }
}

/// The lines that are polled, by their names.
#[derive(Debug, Default)]
pub(crate) struct Polls(Mutex<HashMap<u128, Arc<Polled>>>);

/// A call over a line, for as long as which the line stays.
pub(crate) struct Held<P: Ports, V: TokenVerifier> {
    app: Arc<App<P, V>>,
    polled: Arc<Polled>,
}

impl<P: Ports, V: TokenVerifier> Drop for Held<P, V> {
    fn drop(&mut self) {
        // The time first: whoever sees that nobody holds it sees since when.
        self.polled.line.heard(now(&self.app));
        self.polled.held.fetch_sub(1, Ordering::AcqRel);
    }
}

impl<P: Ports, V: TokenVerifier> Held<P, V> {
    /// The line of this name, where it is this caller's.
    pub(crate) fn find(app: &Arc<App<P, V>>, name: u128, identity: &Identity) -> Option<Self> {
        let lines = lock(&app.polls.0);
        let polled = lines.get(&name).filter(|polled| {
            let Caller { user, session, .. } = &polled.line.caller;
            (user, session) == (&identity.user, &identity.session)
        })?;
        polled.line.heard(now(app));
        polled.held.fetch_add(1, Ordering::AcqRel);
        Some(Self { app: Arc::clone(app), polled: Arc::clone(polled) })
    }

    /// Opens a line.
    pub(crate) async fn open(app: &Arc<App<P, V>>, identity: Identity) -> Result<Self, ApiError> {
        if app.hub().open_lines() >= app.settings.max_connections as u64 {
            let full = "Too many are connected. Please try again shortly.";
            return Err(ApiError::new(ErrorCode::Unavailable, full));
        }
        // In a task of its own, so that a client who goes away meanwhile leaves
        // no line behind that nobody knows of.
        let opening = app.tasks.spawn({
            let app = Arc::clone(app);
            async move {
                let line = handshake::open(&app, identity, Level::One, None).await?;
                let polled = Arc::new(Polled {
                    line,
                    name: app.gateway.chat().ports().ids().random(),
                    held: AtomicUsize::new(1),
                    sent: Turns::default(),
                    waiting: Mutex::default(),
                    hearing: Turns::default(),
                    gone: CancellationToken::new(),
                });
                lock(&app.polls.0).insert(polled.name, Arc::clone(&polled));
                Ok(Self { app, polled })
            }
        });
        opening.await.map_err(|_| stopping())?
    }

    pub(crate) fn line(&self) -> &Polled {
        &self.polled
    }

    pub(crate) fn name(&self) -> u128 {
        self.polled.name
    }

    pub(crate) fn caller(&self) -> &Caller {
        &self.polled.line.caller
    }

    /// Ends the line, whose outbox is closed.
    pub(crate) fn end(&self) {
        if lock(&self.app.polls.0).remove(&self.polled.name).is_some() {
            leave(&self.app, &self.polled);
        }
    }

    /// Does what a frame asks; the answers are pushed to the line. Frames are
    /// heard in the order of their calls.
    pub(crate) async fn hear(self, frame: String) -> Result<(), ApiError> {
        let tasks = self.app.tasks.clone();
        let hearing = tasks.spawn(async move {
            let Self { app, polled } = &self;
            let _turn = polled.hearing.lock().await;
            let request = app.gateway.decode(&polled.line.caller, &frame);
            if request.is_append() {
                // What is durable is told to others, whoever is gone.
                let message = app.gateway.handle(&polled.line.caller, request).await;
                if let Some(message) = message {
                    app.gateway.finish(message).await;
                }
                return;
            }
            // A `SYNC` waits for its reader, who may never come.
            tokio::select! {
                _ = app.gateway.handle(&polled.line.caller, request) => {}
                () = polled.gone.cancelled() => {}
            }
        });
        hearing.await.map_err(|_| stopping())
    }
}

/// Ends the lines that nobody polls any more.
pub(crate) fn sweep<P: Ports, V: TokenVerifier>(app: &Arc<App<P, V>>) {
    let now = now(app);
    lock(&app.polls.0).retain(|_, polled| {
        let away = u128::from(now.saturating_sub(polled.line.heard_at()));
        let stays = polled.held.load(Ordering::Acquire) > 0 || away < LINGER.as_millis();
        if !stays {
            leave(app, polled);
        }
        stays
    });
}

fn leave<P: Ports, V: TokenVerifier>(app: &Arc<App<P, V>>, polled: &Arc<Polled>) {
    polled.gone.cancel();
    let (app, polled) = (Arc::clone(app), Arc::clone(polled));
    app.tasks.clone().spawn(async move {
        Box::pin(app.gateway.disconnect(&polled.line.caller)).await;
    });
}

fn now<P: Ports, V: TokenVerifier>(app: &App<P, V>) -> u64 {
    app.gateway.chat().ports().clock().now_ms()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
