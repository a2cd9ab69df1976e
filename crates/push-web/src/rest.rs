//! Endpoints that failed a moment ago, and are left alone for a while.

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher,
    sync::{Mutex, MutexGuard, PoisonError},
};

use lru::LruCache;
use tokio::time::Instant;

use crate::limits::{REST, RESTING};

/// Until when which endpoint rests, by its digest.
#[derive(Debug)]
pub(crate) struct Rest {
    until: Mutex<LruCache<u64, Instant>>,
    digests: RandomState,
}

impl Default for Rest {
    fn default() -> Self {
        Self { until: Mutex::new(LruCache::new(RESTING)), digests: RandomState::new() }
    }
}

impl Rest {
    /// Whether an endpoint rests now.
    pub(crate) fn has(&self, endpoint: &str) -> bool {
        let digest = self.digests.hash_one(endpoint);
        let mut resting = self.resting();
        match resting.get(&digest) {
            Some(until) if *until > Instant::now() => true,
            Some(_) => {
                resting.pop(&digest);
                false
            }
            None => false,
        }
    }

    /// Lets an endpoint rest from now on.
    pub(crate) fn begin(&self, endpoint: &str) {
        self.resting().put(self.digests.hash_one(endpoint), Instant::now() + REST);
    }

    fn resting(&self) -> MutexGuard<'_, LruCache<u64, Instant>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_endpoint_rests_for_a_while() {
        let rest = Rest::default();
        assert!(!rest.has("one"));
        rest.begin("one");
        assert!(rest.has("one"));
        assert!(!rest.has("two"));
        advance(REST - Duration::from_millis(1)).await;
        assert!(rest.has("one"));
        advance(Duration::from_millis(1)).await;
        assert!(!rest.has("one"));
    }
}
