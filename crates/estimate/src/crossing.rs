//! From how many people on one way is cheaper than another.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{
    costs::{Key, monthly},
    prices::Prices,
    usage::Usage,
};

/// As far as it is looked for.
const MOST_USERS: u64 = 10_000_000;

/// Where two ways cross.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Crossing {
    /// From so many people on, all else being equal,
    pub users: u64,
    /// this one is cheaper
    pub cheaper: Key,
    /// than this one.
    pub than: Key,
}

/// All crossings that have one of ours in them, the fewest people first.
pub(crate) fn crossings(usage: &Usage, prices: &Prices) -> Vec<Crossing> {
    let keys = Key::all(prices);
    let points = points(prices);
    let at = |key: &Key, users: u64| monthly(key, &with(usage, users), prices);
    let table: Vec<Vec<Option<f64>>> =
        keys.iter().map(|key| points.iter().map(|users| at(key, *users)).collect()).collect();
    let mut found = Vec::new();
    for (i, one) in keys.iter().enumerate() {
        for (j, other) in keys.iter().enumerate().skip(i + 1) {
            if matches!(one, Key::Vendor(_)) {
                continue;
            }
            for (k, pair) in points.windows(2).enumerate() {
                let &[low, high] = pair else { continue };
                let dearer = |at: usize| Some(table[i][at]? > table[j][at]?);
                let (Some(before), Some(after)) = (dearer(k), dearer(k + 1)) else { continue };
                if before == after {
                    continue;
                }
                let is_after = |users| {
                    at(one, users).zip(at(other, users)).is_some_and(|(a, b)| (a > b) == after)
                };
                let users = first(low, high, is_after);
                let (cheaper, than) = if after { (other, one) } else { (one, other) };
                found.push(Crossing { users, cheaper: cheaper.clone(), than: than.clone() });
            }
        }
    }
    found.sort_by_key(|one| one.users);
    found
}

/// The first number above `low`, and up to `high`, that `holds`; it does at `high`.
fn first(mut low: u64, mut high: u64, holds: impl Fn(u64) -> bool) -> u64 {
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// The same with other people.
#[expect(clippy::cast_precision_loss, reason = "there are at most ten million")]
pub(crate) fn with(usage: &Usage, users: u64) -> Usage {
    Usage { users: users as f64, ..usage.clone() }
}

/// Numbers of people to compare at: a tenth more each time, and where prices bend.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "within ten million, and above nothing"
)]
fn points(prices: &Prices) -> Vec<u64> {
    let mut points = BTreeSet::from([1, MOST_USERS]);
    let mut next = 1.0_f64;
    while next < MOST_USERS as f64 {
        points.insert(next.round() as u64);
        next *= 1.1;
    }
    for vendor in prices.vendors.values() {
        let bends = [vendor.plan.map(|plan| plan.users), vendor.each.map(|each| each.included)];
        for users in bends.into_iter().flatten() {
            let bend = users.clamp(1.0, (MOST_USERS - 1) as f64) as u64;
            points.extend([bend, bend + 1]);
        }
    }
    points.into_iter().collect()
}
