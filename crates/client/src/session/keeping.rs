//! How a connection is kept: asked now and then, and replaced before it is old.
//!
//! A renewal opens another connection while this one is still in use, so that
//! nobody sees its person go. The driver goes on reading the old one for
//! [`RETIRED`] after that, since answers may still come by it.

use std::time::Duration;

use super::{Closed, DEAD_AFTER, Effect, Session, State, Syncing, encode};

/// For how long a replaced connection is still read. Who waits longer for an
/// answer takes the connection for dead, and asks again.
pub const RETIRED: Duration = DEAD_AFTER;

/// A renewal that failed is tried again after this, and up to as much more.
const RENEW_AGAIN: Duration = Duration::from_secs(60);

/// How a connection is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// So often it is asked whether the server is there and whether something
    /// was missed: where the last push of a conversation failed, no gap shows
    /// it. A server closes connections that say nothing for ten minutes.
    pub ask_every: Duration,
    /// At this age a connection is replaced, up to a tenth later: the server
    /// closes it at two hours.
    pub renew_after: Duration,
    /// Whether presence is a lease, so that those who are watched are named
    /// again each time.
    pub watch_again: bool,
}

impl Default for Keep {
    fn default() -> Self {
        Self {
            ask_every: Duration::from_secs(60),
            renew_after: Duration::from_secs(105 * 60),
            watch_again: false,
        }
    }
}

/// When the connection in use is replaced.
#[derive(Debug, Clone, Copy)]
pub(super) enum Renewal {
    Due { at: Duration },
    UnderWay,
}

impl Renewal {
    pub(super) fn deadline(self) -> Option<Duration> {
        match self {
            Self::Due { at } => Some(at),
            Self::UnderWay => None,
        }
    }
}

impl Session {
    /// The same session, which keeps its connections so.
    #[must_use]
    pub fn keeping(mut self, keep: Keep) -> Self {
        self.keep = keep;
        self
    }

    /// The connection that [`Effect::Renew`] asked for is up, and in use from
    /// now on.
    pub fn renewed(&mut self, now: Duration) {
        let at = self.next_renewal(now);
        let State::Open { renewal: renewal @ Renewal::UnderWay, .. } = &mut self.state else {
            return;
        };
        *renewal = Renewal::Due { at };
        // It is told everything from now on, and the old one was until now: this
        // heals what was pushed to neither.
        if self.syncing == Syncing::No {
            self.sync(now);
        }
        self.watch();
    }

    /// The connection that [`Effect::Renew`] asked for could not be opened.
    pub fn not_renewed(&mut self, now: Duration, why: Closed) {
        let at = now + RENEW_AGAIN + self.backoff.jitter(RENEW_AGAIN);
        let State::Open { renewal: renewal @ Renewal::UnderWay, .. } = &mut self.state else {
            return;
        };
        *renewal = Renewal::Due { at };
        if why == Closed::SignedOut {
            self.effects.push_back(Effect::Close);
            self.closed(now, why);
        }
    }

    pub(super) fn renew(&mut self, now: Duration) {
        if let State::Open { renewal, .. } = &mut self.state
            && renewal.deadline().is_some_and(|at| at <= now)
        {
            *renewal = Renewal::UnderWay;
            self.effects.push_back(Effect::Renew);
        }
    }

    pub(super) fn next_renewal(&mut self, now: Duration) -> Duration {
        let after = self.keep.renew_after;
        now + after + self.backoff.jitter(after / 10)
    }

    pub(super) fn watch(&mut self) {
        if !self.watched.is_empty() {
            self.say(encode::watch(&self.watched));
        }
    }
}
