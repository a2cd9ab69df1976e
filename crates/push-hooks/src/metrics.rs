//! What becomes of requests, counted.

use aizuchi_gateway::metrics::Counter;

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Entries that were taken.
    pub delivered: Counter,
    /// Requests that failed, and are tried again.
    pub failed: Counter,
    /// Webhooks that were given up.
    pub disabled: Counter,
}

impl Metrics {
    /// What each counter is at: its name for Prometheus, what it means, and its value.
    pub fn figures(&self) -> [(&'static str, &'static str, u64); 3] {
        [
            ("aizuchi_webhooks_delivered", "Entries taken by webhooks.", &self.delivered),
            ("aizuchi_webhooks_failed", "Requests to webhooks that failed.", &self.failed),
            ("aizuchi_webhooks_disabled", "Webhooks that were given up.", &self.disabled),
        ]
        .map(|(name, help, counter)| (name, help, counter.get()))
    }
}
