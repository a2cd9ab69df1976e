use aizuchi_gateway::metrics::Counter;

/// Counters since the start. Each post, or close, of one connection ends as
/// exactly one of them, but for `retried`.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Taken by API Gateway.
    pub done: Counter,
    /// The connection was gone.
    pub gone: Counter,
    /// Given up, since API Gateway, or the connection's buffer, was too busy
    /// (429) at every attempt.
    pub throttled: Counter,
    /// Given up after a timeout. It may have arrived all the same.
    pub timed_out: Counter,
    /// Refused: 403, 413 and whatever else would be refused again.
    pub refused: Counter,
    /// API Gateway failed (5xx), could not be reached, or the connection to it
    /// broke.
    pub failed: Counter,
    /// Never sent, since the frame was larger than a connection takes.
    pub too_large: Counter,
    /// Further attempts.
    pub retried: Counter,
}
