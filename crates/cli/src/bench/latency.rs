//! How long things took.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

const MAX_MICROS: u64 = 60_000_000;

/// Durations in µs, up to a minute, to three digits.
pub(super) struct Latencies(Histogram<u32>);

/// What is told of them, in µs.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Percentiles {
    pub(super) count: u64,
    pub(super) p50: u64,
    pub(super) p99: u64,
    pub(super) p99_9: u64,
    pub(super) max: u64,
}

impl Latencies {
    pub(super) fn new() -> Self {
        #[expect(clippy::expect_used, reason = "the bounds are constants, and valid ones")]
        Self(Histogram::new_with_bounds(1, MAX_MICROS, 3).expect("valid bounds"))
    }

    pub(super) fn record(&mut self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(MAX_MICROS);
        self.0.saturating_record(micros);
    }

    pub(super) fn add(&mut self, other: &Self) {
        // Both have the same bounds, so nothing can be out of range.
        let _ = self.0.add(&other.0);
    }

    pub(super) fn percentiles(&self) -> Percentiles {
        Percentiles {
            count: self.0.len(),
            p50: self.0.value_at_quantile(0.5),
            p99: self.0.value_at_quantile(0.99),
            p99_9: self.0.value_at_quantile(0.999),
            max: self.0.max(),
        }
    }
}
