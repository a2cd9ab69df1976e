//! A month's bill: how much of what, and what for.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    item::{Item, Region},
    prices::Prices,
};

/// What people do, or have, that costs something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// A socket is open.
    Staying,
    /// Asking for a sign of life, so that it stays so.
    KeepAlive,
    /// A token, a connect, a SYNC, and the disconnect afterwards.
    Coming,
    /// A conversation is opened: its newest page, and whether its partner is there.
    Opening,
    /// A message is stored and brought to those who are there.
    Sending,
    /// READ, and telling so.
    Reading,
    /// TYPING, and telling so.
    Typing,
    /// Asking whether there is something new.
    Polling,
    /// Messages that are kept.
    Keeping,
    /// People who have an account.
    Accounts,
    /// The page's own files.
    Page,
    /// A machine that runs.
    Machine,
    /// All that the frames of a conversation weigh.
    Traffic,
    /// A vendor's price.
    Plan,
}

/// What a month comes to of one item.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemCost {
    /// Which.
    pub item: Item,
    /// How many of its units, free ones included.
    pub quantity: f64,
    /// USD.
    pub usd: f64,
    /// Of the whole, from 0 to 1.
    pub share: f64,
}

/// What a month comes to for one cause.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CauseCost {
    /// Which.
    pub cause: Cause,
    /// USD.
    pub usd: f64,
    /// Of the whole, from 0 to 1.
    pub share: f64,
}

/// Lines without prices.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bill(Vec<(Cause, Item, f64)>);

impl Bill {
    pub(crate) fn add(&mut self, cause: Cause, item: Item, quantity: f64) {
        if quantity > 0.0 {
            self.0.push((cause, item, quantity));
        }
    }

    /// How much of an item there is.
    pub(crate) fn quantity(&self, item: Item) -> f64 {
        self.0.iter().filter(|line| line.1 == item).map(|line| line.2).sum()
    }

    /// With prices. `free` takes off what everybody is given.
    pub(crate) fn priced(&self, prices: &Prices, region: Region, free: bool) -> Sums {
        let mut quantities = BTreeMap::<Item, f64>::new();
        for (_, item, quantity) in &self.0 {
            *quantities.entry(*item).or_default() += quantity;
        }
        let paid = |item: Item, quantity: f64| {
            let given = prices.items.get(&item).map_or(0.0, |one| one.free);
            if free { (quantity - given).max(0.0) } else { quantity }
        };
        let mut items: Vec<(Item, f64, f64)> = Vec::new();
        for (item, quantity) in &quantities {
            items.push((*item, *quantity, paid(*item, *quantity) * prices.one(*item, region)));
        }
        let mut causes = BTreeMap::<Cause, f64>::new();
        for (cause, item, quantity) in &self.0 {
            // What is free is free for all causes in proportion.
            let all = quantities[item];
            let usd = paid(*item, all) * prices.one(*item, region) * quantity / all;
            *causes.entry(*cause).or_default() += usd;
        }
        Sums { usd: items.iter().map(|item| item.2).sum(), items, causes }
    }
}

/// A bill's sums, in no order.
#[derive(Debug)]
pub(crate) struct Sums {
    pub(crate) usd: f64,
    items: Vec<(Item, f64, f64)>,
    causes: BTreeMap<Cause, f64>,
}

impl Sums {
    /// By item, the dearest first.
    pub(crate) fn items(&self) -> Vec<ItemCost> {
        let mut items: Vec<_> = self.items.clone();
        items.sort_by(|one, other| other.2.total_cmp(&one.2));
        let told = items.into_iter().map(|(item, quantity, usd)| ItemCost {
            item,
            quantity: rounded(quantity),
            usd: rounded(usd),
            share: self.share(usd),
        });
        told.collect()
    }

    /// By cause, the dearest first.
    pub(crate) fn causes(&self) -> Vec<CauseCost> {
        let mut causes: Vec<_> = self.causes.iter().map(|(cause, usd)| (*cause, *usd)).collect();
        causes.sort_by(|one, other| other.1.total_cmp(&one.1));
        let told = causes.into_iter().map(|(cause, usd)| CauseCost {
            cause,
            usd: rounded(usd),
            share: self.share(usd),
        });
        told.collect()
    }

    fn share(&self, usd: f64) -> f64 {
        if self.usd > 0.0 { rounded(usd / self.usd) } else { 0.0 }
    }
}

/// To a millionth: what is told needs no more, and reads better.
pub(crate) fn rounded(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_free_is_taken_off_once_and_shared() {
        let mut bill = Bill::default();
        bill.add(Cause::Sending, Item::Egress, 150.0);
        bill.add(Cause::Page, Item::Egress, 50.0);
        bill.add(Cause::Page, Item::Logs, 0.0);
        let prices = Prices::built_in().unwrap();
        // 200 GB at 0.114.
        let whole = bill.priced(&prices, Region::ApNortheast1, false);
        assert_eq!(rounded(whole.usd), 22.8);
        // 100 of them are free: half of it, and three quarters of that for sending.
        let half = bill.priced(&prices, Region::ApNortheast1, true);
        assert_eq!(rounded(half.usd), 11.4);
        assert_eq!(half.items().len(), 1, "what is not used is not told");
        let causes = half.causes();
        assert_eq!((causes[0].cause, causes[0].usd, causes[0].share), (Cause::Sending, 8.55, 0.75));
        assert_eq!((causes[1].cause, causes[1].usd, causes[1].share), (Cause::Page, 2.85, 0.25));
    }
}
