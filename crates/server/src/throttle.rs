//! How often an address may try to sign up or in, and a name be tried.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use aizuchi_core::clock::Clock;
use aizuchi_gateway::local::Rate;
use aizuchi_identity::http::{Attempt, RateLimits, RetryAfter};

use crate::address::network;

/// New accounts from one network.
const SIGN_UP: Rate = Rate { every_ms: 20_000, burst: 50 };
/// Sign-ins from one network, right or wrong: each costs a hash.
const SIGN_IN: Rate = Rate { every_ms: 1_000, burst: 60 };
/// Wrong passwords from one network.
const FAILED_BY_NETWORK: Rate = Rate { every_ms: 10_000, burst: 30 };
/// Wrong passwords for one name.
const FAILED_FOR_NAME: Rate = Rate { every_ms: 30_000, burst: 10 };
/// Refreshes from one network.
const REFRESH: Rate = Rate { every_ms: 200, burst: 300 };
/// Keys that are remembered before those at rest are forgotten.
const KEYS: usize = 10_000;

/// Limits tries by network and name.
pub struct Throttle {
    clock: Arc<dyn Clock>,
    sign_up: Buckets<IpAddr>,
    sign_in: Buckets<IpAddr>,
    refresh: Buckets<IpAddr>,
    failed_by_network: Buckets<IpAddr>,
    failed_for_name: Buckets<Box<str>>,
}

/// A bucket a key, each kept as the time at which it will be full again.
#[derive(Debug)]
struct Buckets<K>(Rate, Mutex<HashMap<K, u64>>);

impl<K: Hash + Eq> Buckets<K> {
    fn new(rate: Rate) -> Self {
        Self(rate, Mutex::default())
    }

    fn take(&self, key: K, now: u64) -> Result<(), RetryAfter> {
        let mut buckets = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEYS && buckets.len() == buckets.capacity() {
            buckets.retain(|_, full_at| *full_at > now);
        }
        let full_at = buckets.entry(key).or_default();
        *full_at = self.0.take(*full_at, now).map_err(|ms| RetryAfter { ms })?;
        Ok(())
    }

    fn give_back(&self, key: &K) {
        let mut buckets = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(full_at) = buckets.get_mut(key) {
            *full_at = full_at.saturating_sub(self.0.every_ms);
        }
    }
}

impl Throttle {
    /// A throttle with nothing counted yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            sign_up: Buckets::new(SIGN_UP),
            sign_in: Buckets::new(SIGN_IN),
            refresh: Buckets::new(REFRESH),
            failed_by_network: Buckets::new(FAILED_BY_NETWORK),
            failed_for_name: Buckets::new(FAILED_FOR_NAME),
        }
    }
}

impl RateLimits for Throttle {
    fn limit(&self, attempt: Attempt, address: IpAddr, name: &str) -> Result<(), RetryAfter> {
        let (now, network) = (self.clock.now_ms(), network(address));
        match attempt {
            Attempt::SignUp => self.sign_up.take(network, now),
            Attempt::Refresh => self.refresh.take(network, now),
            Attempt::SignIn => {
                self.sign_in.take(network, now)?;
                self.failed_by_network.take(network, now)?;
                let name = self.failed_for_name.take(name.into(), now);
                if name.is_err() {
                    self.failed_by_network.give_back(&network);
                }
                name
            }
        }
    }

    fn right(&self, address: IpAddr, name: &str) {
        self.failed_for_name.give_back(&name.into());
        self.failed_by_network.give_back(&network(address));
    }
}

#[cfg(test)]
mod tests {
    use aizuchi_testkit::clock::ManualClock;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn tries(throttle: &Throttle, name: &str, many: usize) -> usize {
        (0..many).filter(|_| throttle.limit(Attempt::SignIn, HERE, name).is_ok()).count()
    }

    #[test]
    fn many_guesses_at_once_are_no_more_than_one_after_another() {
        let throttle = Throttle::new(Arc::new(ManualClock::at(0)));
        assert_eq!(tries(&throttle, "ada", 50), 10);
    }

    #[test]
    fn whoever_is_right_is_counted_as_no_failure() {
        let throttle = Throttle::new(Arc::new(ManualClock::at(0)));
        for _ in 0..40 {
            assert_eq!(throttle.limit(Attempt::SignIn, HERE, "ada"), Ok(()));
            throttle.right(HERE, "ada");
        }
        assert_eq!(tries(&throttle, "ada", 50), 10);
    }

    #[test]
    fn one_network_guesses_for_many_names_no_more_than_it_may() {
        let throttle = Throttle::new(Arc::new(ManualClock::at(0)));
        let guessed: usize = (0..20).map(|name| tries(&throttle, &name.to_string(), 2)).sum();
        assert_eq!(guessed, 30);
    }
}
