//! Sessions that begin elsewhere: a memory adapter, and the laws of [`Visits`].

#![expect(clippy::unwrap_used, reason = "a broken law fails its test")]

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use aizuchi_core::{
    accounts::{COARSE_MS, SessionId, Visit, Visits, Whereabouts},
    error::PortError,
    ids::UserId,
};

use crate::block_on;

/// Visits that are forgotten with the process; and whether each was ended.
#[derive(Debug, Default)]
pub struct MemoryVisits(Mutex<HashMap<(UserId, SessionId), (Visit, bool)>>);

impl Visits for MemoryVisits {
    async fn note(&self, user: &UserId, visit: &Visit) -> Result<bool, PortError> {
        let mut visits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (user.clone(), visit.id);
        let (known, ended) = visits.entry(key).or_insert_with(|| (visit.clone(), false));
        if *ended {
            return Ok(false);
        }
        *known = Visit {
            from: visit.from.or(&known.from),
            created_at: known.created_at.or(visit.created_at),
            ..visit.clone()
        };
        Ok(true)
    }

    async fn visits(&self, user: &UserId, now: u64) -> Result<Vec<Visit>, PortError> {
        let visits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let his = visits.iter().filter(|((whose, _), (_, ended))| whose == user && !ended);
        let mut his: Vec<_> = his.map(|(_, (visit, _))| visit.clone()).collect();
        his.retain(|visit| visit.expires_at > now);
        his.sort_by_key(|visit| std::cmp::Reverse((visit.last_used_at, visit.id)));
        Ok(his)
    }

    async fn end_visit(&self, user: &UserId, id: SessionId, _at: u64) -> Result<bool, PortError> {
        let mut visits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = visits.get_mut(&(user.clone(), id));
        Ok(found.is_some_and(|(_, ended)| !std::mem::replace(ended, true)))
    }
}

/// The suite: one test a law, each on a store of its own, given as in
/// [`crate::accounts_suite`].
#[macro_export]
macro_rules! visits_suite {
    ($make:expr) => {
        $crate::visits_suite!(
            @ $make;
            visits_are_listed_the_last_used_first,
            a_use_moves_a_visit_and_keeps_its_beginning,
            an_ended_visit_is_over_for_good,
            nobody_ends_anothers_visit,
        );
    };
    (@ $make:expr; $($law:ident,)*) => {
        $(
            #[test]
            fn $law() {
                let (store, _keep) = $make;
                $crate::accounts::$law(store);
            }
        )*
    };
}

const LATER: u64 = 1_000_000_000;

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

fn visit(id: u128, at: u64) -> Visit {
    Visit {
        id: SessionId(id),
        from: Whereabouts { device: Some("Safari, iPhone".into()), place: None },
        created_at: Some(at),
        last_used_at: at,
        expires_at: at + LATER,
    }
}

fn note(store: &impl Visits, whose: &str, visit: &Visit) -> bool {
    block_on(store.note(&user(whose), visit)).unwrap()
}

fn visits(store: &impl Visits, whose: &str, now: u64) -> Vec<Visit> {
    block_on(store.visits(&user(whose), now)).unwrap()
}

#[doc(hidden)]
pub fn visits_are_listed_the_last_used_first(store: impl Visits) {
    assert_eq!(visits(&store, "ada", 0), []);
    let (first, last, other) = (visit(1, 1_000), visit(2, 2_000), visit(3, 3_000));
    for (whose, visit) in [("ada", &first), ("ada", &last), ("bob", &other)] {
        assert!(note(&store, whose, visit));
    }
    assert_eq!(visits(&store, "ada", 4_000), [last.clone(), first]);
    assert_eq!(visits(&store, "bob", 4_000), [other]);
    assert_eq!(visits(&store, "ada", 1_000 + LATER), [last], "what has expired is over");
}

#[doc(hidden)]
pub fn a_use_moves_a_visit_and_keeps_its_beginning(store: impl Visits) {
    assert!(note(&store, "ada", &visit(1, 1_000)));
    assert!(note(&store, "ada", &visit(2, 2_000)));
    let at = 1_001 + COARSE_MS;
    let place = Some("2001:db8::/48".into());
    let from = Whereabouts { device: None, place };
    let used = Visit { created_at: None, from: from.clone(), ..visit(1, at) };
    assert!(note(&store, "ada", &used));
    let [first, second] = &visits(&store, "ada", at)[..] else { panic!("two visits") };
    let moved = Visit { created_at: Some(1_000), from: from.or(&visit(1, 0).from), ..visit(1, at) };
    assert_eq!((first, second), (&moved, &visit(2, 2_000)));

    let unseen = Visit { created_at: None, ..visit(3, at) };
    assert!(note(&store, "ada", &unseen));
    let found = visits(&store, "ada", at).into_iter().find(|visit| visit.id == unseen.id);
    assert_eq!(found, Some(unseen), "whose beginning was not seen");
}

#[doc(hidden)]
pub fn an_ended_visit_is_over_for_good(store: impl Visits) {
    assert!(note(&store, "ada", &visit(1, 1_000)));
    assert!(note(&store, "ada", &visit(2, 1_000)));
    assert!(block_on(store.end_visit(&user("ada"), SessionId(1), 5_000)).unwrap());
    assert!(!block_on(store.end_visit(&user("ada"), SessionId(1), 6_000)).unwrap(), "twice");
    for at in [5_000, 1_000 + COARSE_MS] {
        assert!(!note(&store, "ada", &visit(1, at)));
        assert_eq!(visits(&store, "ada", at), [visit(2, 1_000)]);
    }
}

#[doc(hidden)]
pub fn nobody_ends_anothers_visit(store: impl Visits) {
    assert!(note(&store, "ada", &visit(1, 1_000)));
    for (whose, id) in [("bob", 1), ("ada", 2)] {
        assert!(!block_on(store.end_visit(&user(whose), SessionId(id), 5_000)).unwrap());
    }
    assert!(note(&store, "ada", &visit(1, 6_000)), "it goes on");
    assert_eq!(visits(&store, "ada", 6_000).len(), 1);
}

#[cfg(test)]
mod tests {
    use super::MemoryVisits;

    crate::visits_suite!((MemoryVisits::default(), ()));
}
