//! A clock that moves when a test says so.

use std::sync::atomic::{AtomicU64, Ordering};

use aizuchi_core::clock::Clock;

/// A clock that stands still until it is turned.
#[derive(Debug)]
pub struct ManualClock(AtomicU64);

impl ManualClock {
    /// A clock that shows `now`, in ms since the epoch.
    pub fn at(now: u64) -> Self {
        Self(AtomicU64::new(now))
    }

    /// Turns it forward, by `ms`.
    pub fn advance(&self, ms: u64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }

    /// Sets it to `now`, in ms since the epoch, which may be earlier.
    pub fn set(&self, now: u64) {
        self.0.store(now, Ordering::SeqCst);
    }
}

impl Default for ManualClock {
    /// A time that is easy to read: 1,700,000,000,000, in November 2023.
    fn default() -> Self {
        Self::at(1_700_000_000_000)
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}
