//! How long to wait before the next attempt.

use std::time::Duration;

const BASE: Duration = Duration::from_millis(500);
const CAP: Duration = Duration::from_secs(30);

/// Exponential backoff with full jitter: anything between nothing and a bound
/// that doubles. After a restart of the server its clients must not come back
/// in step, and a bound alone would keep them there.
#[derive(Debug)]
pub(super) struct Backoff {
    attempt: u32,
    random: u64,
}

impl Backoff {
    pub(super) fn new(seed: u64) -> Self {
        Self { attempt: 0, random: seed }
    }

    pub(super) fn reset(&mut self) {
        self.attempt = 0;
    }

    pub(super) fn next_delay(&mut self) -> Duration {
        let bound = BASE.saturating_mul(1 << self.attempt.min(16)).min(CAP);
        self.attempt = self.attempt.saturating_add(1);
        self.jitter(bound)
    }

    /// Anything from nothing to `bound`.
    pub(super) fn jitter(&mut self, bound: Duration) -> Duration {
        // SplitMix64: spreading clients over time asks for no more.
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let unit = ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64;
        bound.mul_f64(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_doubles_up_to_the_cap_and_starts_again() {
        let mut largest = [Duration::ZERO; 10];
        for seed in 0..2_000 {
            let mut backoff = Backoff::new(seed);
            for (attempt, largest) in largest.iter_mut().enumerate() {
                let bound = BASE.saturating_mul(1 << attempt).min(CAP);
                let delay = backoff.next_delay();
                assert!(delay <= bound);
                *largest = delay.max(*largest);
            }
            backoff.reset();
            assert!(backoff.next_delay() <= BASE);
        }
        for (attempt, largest) in largest.into_iter().enumerate() {
            assert!(largest > BASE.saturating_mul(1 << attempt).min(CAP) / 2);
        }
    }
}
