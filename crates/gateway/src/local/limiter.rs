//! Rate limits in memory: token buckets, and who looked at whom this hour.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use aizuchi_core::{
    clock::Clock,
    error::PortError,
    ids::UserId,
    limiter::{Allowance, Limiter, Verdict},
    limits::LOOKUPS_AN_HOUR,
};

const HOUR_MS: u64 = 60 * 60 * 1_000;
/// People whose allowances are remembered before those at rest are forgotten.
const PEOPLE: usize = 10_000;

/// How fast an allowance fills, and how much it holds.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Milliseconds for one more.
    pub every_ms: u64,
    /// How many may come at once.
    pub burst: u64,
}

impl Rate {
    /// Takes one from a bucket that is full again at `full_at`: the new time
    /// (the generic cell rate algorithm, so that an untouched bucket needs no
    /// memory and no upkeep), or how many ms to wait.
    pub fn take(self, full_at: u64, now: u64) -> Result<u64, u64> {
        let next = full_at.max(now) + self.every_ms;
        let allowed_from = next.saturating_sub(self.every_ms * self.burst);
        if allowed_from > now { Err(allowed_from - now) } else { Ok(next) }
    }
}

/// What a person may do how often.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Messages.
    pub send: Rate,
    /// Greetings to everybody.
    pub greeting: Rate,
    /// Reports about others.
    pub report: Rate,
    /// Any other frame.
    pub request: Rate,
    /// Exports of all that is one's own.
    pub export: Rate,
    /// Links into rooms.
    pub link: Rate,
    /// Searches.
    pub search: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            send: Rate { every_ms: 50, burst: 100 },
            greeting: Rate { every_ms: 60_000, burst: 1 },
            report: Rate { every_ms: 6 * 60_000, burst: 10 },
            request: Rate { every_ms: 20, burst: 300 },
            export: Rate { every_ms: HOUR_MS, burst: 1 },
            link: Rate { every_ms: 6_000, burst: 30 },
            search: Rate { every_ms: 500, burst: 20 },
        }
    }
}

impl Rates {
    fn of(&self, what: Allowance) -> Rate {
        match what {
            Allowance::Send => self.send,
            Allowance::Greeting => self.greeting,
            Allowance::Report => self.report,
            Allowance::Request => self.request,
            Allowance::Export => self.export,
            Allowance::Link => self.link,
            Allowance::Search => self.search,
        }
    }
}

/// A limiter of one process. Without rates it limits nothing.
#[derive(Debug)]
pub struct LocalLimiter<C> {
    clock: C,
    rates: Option<Rates>,
    people: Mutex<HashMap<UserId, Person>>,
}

/// Buckets by [`Allowance`], each the time at which it will be full again.
#[derive(Debug, Default)]
struct Person {
    full_at: [u64; 7],
    /// Who was looked at, and when last, in ms since the epoch.
    looked_at: HashMap<UserId, u64>,
}

impl Person {
    fn at_rest(&self, now: u64) -> bool {
        let hour_over = self.looked_at.values().all(|at| now >= at + HOUR_MS);
        hour_over && self.full_at.iter().all(|full_at| *full_at <= now)
    }
}

impl<C: Clock> LocalLimiter<C> {
    /// A limiter with these rates, or with none.
    pub fn new(clock: C, rates: Option<Rates>) -> Self {
        Self { clock, rates, people: Mutex::default() }
    }

    fn people(&self, now: u64) -> MutexGuard<'_, HashMap<UserId, Person>> {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if people.len() >= PEOPLE && people.len() == people.capacity() {
            people.retain(|_, person| !person.at_rest(now));
        }
        people
    }
}

impl<C: Clock> Limiter for LocalLimiter<C> {
    async fn take(&self, user: &UserId, what: Allowance) -> Result<Verdict, PortError> {
        let Some(rates) = &self.rates else { return Ok(Verdict::Allowed) };
        let rate = rates.of(what);
        let now = self.clock.now_ms();
        let mut people = self.people(now);
        let person = match people.get_mut(user) {
            Some(person) => person,
            None => people.entry(user.clone()).or_default(),
        };
        let full_at = &mut person.full_at[what as usize];
        Ok(match rate.take(*full_at, now) {
            Ok(next) => {
                *full_at = next;
                Verdict::Allowed
            }
            Err(ms) => Verdict::Wait { ms },
        })
    }

    async fn look_up(&self, user: &UserId, looked: &[UserId]) -> Result<Verdict, PortError> {
        if self.rates.is_none() {
            return Ok(Verdict::Allowed);
        }
        let now = self.clock.now_ms();
        let mut people = self.people(now);
        let looked_at = &mut people.entry(user.clone()).or_default().looked_at;
        let others = || looked.iter().filter(|one| *one != user);
        if others().all(|one| looked_at.contains_key(one)) {
            looked_at.extend(others().map(|one| (one.clone(), now)));
            return Ok(Verdict::Allowed);
        }
        looked_at.retain(|_, at| now < *at + HOUR_MS);
        let new = others().filter(|one| !looked_at.contains_key(*one)).count();
        let over = (looked_at.len() + new).saturating_sub(LOOKUPS_AN_HOUR);
        if over > 0 {
            // There is room once so many of those looked at longest ago are out of the hour.
            let mut times: Vec<u64> = looked_at.values().copied().collect();
            times.sort_unstable();
            let leaves = times.get(over - 1).map_or(now, |at| *at);
            return Ok(Verdict::Wait { ms: leaves + HOUR_MS - now });
        }
        looked_at.extend(others().map(|one| (one.clone(), now)));
        Ok(Verdict::Allowed)
    }
}

#[cfg(test)]
mod tests {
    use aizuchi_testkit::clock::ManualClock;
    use pollster::block_on;

    use super::*;

    const RATES: Rates = Rates {
        send: Rate { every_ms: 10, burst: 3 },
        greeting: Rate { every_ms: 60_000, burst: 1 },
        request: Rate { every_ms: 7, burst: 2 },
        export: Rate { every_ms: HOUR_MS, burst: 1 },
        report: Rate { every_ms: 60_000, burst: 1 },
        link: Rate { every_ms: 60_000, burst: 1 },
        search: Rate { every_ms: 500, burst: 2 },
    };

    fn limiter() -> LocalLimiter<ManualClock> {
        LocalLimiter::new(ManualClock::default(), Some(RATES))
    }

    fn user(id: &str) -> UserId {
        UserId::parse(id).unwrap()
    }

    fn take(limiter: &LocalLimiter<ManualClock>, id: &str, what: Allowance) -> Verdict {
        block_on(limiter.take(&user(id), what)).unwrap()
    }

    fn look(
        limiter: &LocalLimiter<ManualClock>,
        id: &str,
        people: std::ops::Range<usize>,
    ) -> Verdict {
        let people: Vec<_> = people.map(|n| user(&format!("p{n}"))).collect();
        block_on(limiter.look_up(&user(id), &people)).unwrap()
    }

    #[test]
    fn a_burst_and_then_one_at_a_time() {
        let limiter = limiter();
        for _ in 0..3 {
            assert_eq!(take(&limiter, "ada", Allowance::Send), Verdict::Allowed);
        }
        assert_eq!(take(&limiter, "ada", Allowance::Send), Verdict::Wait { ms: 10 });
        limiter.clock.advance(9);
        assert_eq!(take(&limiter, "ada", Allowance::Send), Verdict::Wait { ms: 1 });
        limiter.clock.advance(1);
        assert_eq!(take(&limiter, "ada", Allowance::Send), Verdict::Allowed);
        assert_eq!(take(&limiter, "ada", Allowance::Send), Verdict::Wait { ms: 10 });
    }

    #[test]
    fn whoever_waits_long_gets_a_burst_and_no_more() {
        let limiter = limiter();
        assert_eq!(take(&limiter, "ada", Allowance::Send), Verdict::Allowed);
        limiter.clock.advance(1_000_000);
        for _ in 0..3 {
            assert_eq!(take(&limiter, "ada", Allowance::Send), Verdict::Allowed);
        }
        assert_eq!(take(&limiter, "ada", Allowance::Send), Verdict::Wait { ms: 10 });
    }

    #[test]
    fn allowances_and_people_are_counted_apart() {
        let limiter = limiter();
        for who in ["ada", "bob"] {
            assert_eq!(take(&limiter, who, Allowance::Greeting), Verdict::Allowed);
            assert_eq!(take(&limiter, who, Allowance::Greeting), Verdict::Wait { ms: 60_000 });
            for _ in 0..2 {
                assert_eq!(take(&limiter, who, Allowance::Request), Verdict::Allowed);
            }
            assert_eq!(take(&limiter, who, Allowance::Request), Verdict::Wait { ms: 7 });
            assert_eq!(take(&limiter, who, Allowance::Send), Verdict::Allowed);
        }
    }

    #[test]
    fn a_clock_that_goes_back_lets_nobody_in_early_or_out_for_ever() {
        let limiter = limiter();
        for _ in 0..3 {
            assert_eq!(take(&limiter, "ada", Allowance::Send), Verdict::Allowed);
        }
        let now = limiter.clock.now_ms();
        limiter.clock.set(now - 5);
        assert_eq!(take(&limiter, "ada", Allowance::Send), Verdict::Wait { ms: 15 });
        limiter.clock.set(now + 10);
        assert_eq!(take(&limiter, "ada", Allowance::Send), Verdict::Allowed);
    }

    #[test]
    fn people_looked_at_count_once_for_an_hour() {
        let limiter = limiter();
        assert_eq!(look(&limiter, "p0", 0..200), Verdict::Allowed);
        assert_eq!(look(&limiter, "p0", 0..301), Verdict::Allowed, "oneself is free");
        limiter.clock.advance(HOUR_MS - 1);
        assert_eq!(look(&limiter, "p0", 300..302), Verdict::Wait { ms: 1 });
        assert_eq!(look(&limiter, "p0", 300..301), Verdict::Allowed);
        assert_eq!(look(&limiter, "bob", 0..300), Verdict::Allowed);
        limiter.clock.advance(1);
        assert_eq!(look(&limiter, "p0", 301..600), Verdict::Allowed, "and p300 a moment ago");
        assert_eq!(look(&limiter, "p0", 600..601), Verdict::Wait { ms: HOUR_MS - 1 });
    }

    #[test]
    fn what_is_refused_is_not_counted() {
        let limiter = limiter();
        assert_eq!(look(&limiter, "ada", 0..299), Verdict::Allowed);
        assert_eq!(look(&limiter, "ada", 299..310), Verdict::Wait { ms: HOUR_MS });
        assert_eq!(look(&limiter, "ada", 309..310), Verdict::Allowed);
    }

    #[test]
    fn without_rates_nothing_is_limited_or_remembered() {
        let limiter = LocalLimiter::new(ManualClock::default(), None);
        for _ in 0..1_000 {
            assert_eq!(take(&limiter, "ada", Allowance::Greeting), Verdict::Allowed);
        }
        assert_eq!(look(&limiter, "ada", 0..1_000), Verdict::Allowed);
        assert!(limiter.people.lock().unwrap().is_empty());
    }

    #[test]
    fn those_at_rest_are_forgotten() {
        let limiter = limiter();
        for n in 0..10 * PEOPLE {
            assert_eq!(take(&limiter, &format!("p{n}"), Allowance::Send), Verdict::Allowed);
            limiter.clock.advance(1);
        }
        assert!(limiter.people.lock().unwrap().len() < 3 * PEOPLE);
    }

    #[test]
    fn those_who_used_something_up_are_remembered() {
        let limiter = limiter();
        assert_eq!(look(&limiter, "ada", 0..300), Verdict::Allowed);
        assert_eq!(take(&limiter, "bob", Allowance::Greeting), Verdict::Allowed);
        for n in 0..10 * PEOPLE {
            assert_eq!(take(&limiter, &format!("p{n}"), Allowance::Send), Verdict::Allowed);
            if n % 20 == 0 {
                limiter.clock.advance(1);
            }
        }
        assert!(matches!(look(&limiter, "ada", 300..301), Verdict::Wait { .. }));
        assert!(matches!(take(&limiter, "bob", Allowance::Greeting), Verdict::Wait { .. }));
    }
}
