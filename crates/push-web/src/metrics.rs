use aizuchi_gateway::metrics::Counter;

/// Counters since the start. Each push to one browser ends as exactly one of
/// the first six.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Taken by the push service.
    pub sent: Counter,
    /// The subscription was gone, and was taken away.
    pub gone: Counter,
    /// Refused: a status that would be the same again.
    pub refused: Counter,
    /// Given up: the push service was too busy (429), failed (5xx) or could not
    /// be reached, or time was over.
    pub failed: Counter,
    /// An address inside, or one that is none.
    pub forbidden: Counter,
    /// Not tried, since the endpoint failed a moment ago.
    pub rested: Counter,
    /// Further attempts.
    pub retried: Counter,
    /// Messages that nobody was told of, since too many waited.
    pub dropped: Counter,
}

impl Metrics {
    /// What each counter is at: its name for Prometheus, what it means, and its value.
    pub fn figures(&self) -> [(&'static str, &'static str, u64); 8] {
        [
            ("aizuchi_web_pushes_sent", "Web pushes taken by their service.", &self.sent),
            ("aizuchi_web_pushes_gone", "Web pushes whose subscription was gone.", &self.gone),
            ("aizuchi_web_pushes_refused", "Web pushes refused by their service.", &self.refused),
            ("aizuchi_web_pushes_failed", "Web pushes given up.", &self.failed),
            ("aizuchi_web_pushes_forbidden", "Web pushes to addresses inside.", &self.forbidden),
            ("aizuchi_web_pushes_rested", "Web pushes to endpoints that rest.", &self.rested),
            ("aizuchi_web_pushes_retried", "Further attempts of web pushes.", &self.retried),
            ("aizuchi_web_pushes_dropped", "Messages beyond the queue.", &self.dropped),
        ]
        .map(|(name, help, counter)| (name, help, counter.get()))
    }
}
