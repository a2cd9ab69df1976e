//! What the gateway counts, for an operator.

use std::sync::atomic::{AtomicU64, Ordering};

use aizuchi_wire::ErrorCode;

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds to it.
    pub fn add(&self, many: u64) {
        self.0.fetch_add(many, Ordering::Relaxed);
    }

    /// What it is at.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Frames from clients.
    pub frames: Counter,
    /// Messages accepted; one that was sent again counts again.
    pub messages: Counter,
    /// Frames pushed to others than the caller.
    pub deliveries: Counter,
    /// Pushes that found their connection gone.
    pub gone: Counter,
    refusals: [Counter; ErrorCode::ALL.len()],
}

impl Metrics {
    /// Requests refused with this code.
    pub fn refusals(&self, code: ErrorCode) -> &Counter {
        &self.refusals[code as usize]
    }
}
