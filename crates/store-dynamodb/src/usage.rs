//! What requests cost.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::item::{self, Item};

/// Bytes of a write unit.
const WRITE_UNIT: usize = 1024;

/// What a [`crate::Table`] has spent, counted as it is charged: units as
/// DynamoDB reports them, and those of refused writes, which it charges and
/// does not report.
#[derive(Debug, Default)]
pub struct Usage {
    requests: AtomicU64,
    /// Halves: an eventual read of up to 4 KB is one.
    read_halves: AtomicU64,
    write_halves: AtomicU64,
}

/// A reading of [`Usage`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spent {
    /// Requests, each with all its tries.
    pub requests: u64,
    /// Read request units.
    pub read_units: f64,
    /// Write request units.
    pub write_units: f64,
}

impl Usage {
    /// All that was spent so far.
    pub fn spent(&self) -> Spent {
        let units = |halves: &AtomicU64| halves.load(Relaxed) as f64 / 2.0;
        Spent {
            requests: self.requests.load(Relaxed),
            read_units: units(&self.read_halves),
            write_units: units(&self.write_halves),
        }
    }

    pub(crate) fn request(&self) {
        self.requests.fetch_add(1, Relaxed);
    }

    pub(crate) fn read(&self, units: Option<f64>) {
        self.read_halves.fetch_add(halves(units), Relaxed);
    }

    pub(crate) fn wrote(&self, units: Option<f64>) {
        self.write_halves.fetch_add(halves(units), Relaxed);
    }

    /// A write whose condition did not hold is charged by the item there.
    pub(crate) fn refused(&self, there: Option<&Item>) {
        let units = there.map_or(1, |item| item::size(item).div_ceil(WRITE_UNIT).max(1));
        self.write_halves.fetch_add(2 * units as u64, Relaxed);
    }
}

fn halves(units: Option<f64>) -> u64 {
    (units.unwrap_or_default() * 2.0).round() as u64
}

impl std::ops::Sub for Spent {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            requests: self.requests - before.requests,
            read_units: self.read_units - before.read_units,
            write_units: self.write_units - before.write_units,
        }
    }
}
