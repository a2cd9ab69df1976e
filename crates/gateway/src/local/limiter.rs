//! Rate limits in memory: token buckets, and who looked at whom this hour.

use std::{
    collections::{HashMap, HashSet},
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
    /// Any other frame.
    pub request: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            send: Rate { every_ms: 50, burst: 100 },
            greeting: Rate { every_ms: 60_000, burst: 1 },
            request: Rate { every_ms: 20, burst: 300 },
        }
    }
}

impl Rates {
    fn of(&self, what: Allowance) -> Rate {
        match what {
            Allowance::Send => self.send,
            Allowance::Greeting => self.greeting,
            Allowance::Request => self.request,
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
    full_at: [u64; 3],
    looked_at: HashSet<UserId>,
    hour_began: u64,
}

impl Person {
    fn at_rest(&self, now: u64) -> bool {
        let hour_over = self.looked_at.is_empty() || now >= self.hour_began + HOUR_MS;
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
        let person = people.entry(user.clone()).or_default();
        if now >= person.hour_began + HOUR_MS {
            person.looked_at.clear();
            person.hour_began = now;
        }
        let new =
            looked.iter().filter(|one| *one != user && !person.looked_at.contains(*one)).count();
        if person.looked_at.len() + new > LOOKUPS_AN_HOUR {
            return Ok(Verdict::Wait { ms: person.hour_began + HOUR_MS - now });
        }
        person.looked_at.extend(looked.iter().filter(|one| *one != user).cloned());
        Ok(Verdict::Allowed)
    }
}
