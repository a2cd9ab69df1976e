//! What one way to run a chat costs a month.

use serde::{Serialize, Serializer};

use crate::{
    bill::{Bill, Cause, CauseCost, ItemCost, Sums, rounded},
    item::Item,
    machine, polling,
    prices::Prices,
    serverless,
    usage::Usage,
    vendor,
};

/// A way to run a chat.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// The serverless shape, sockets held as long as pages are open.
    Serverless,
    /// The same, idle sockets let go.
    Released,
    /// The same, with polls in the place of sockets.
    Polling,
    /// One binary on one machine.
    OneBox,
    /// A managed chat, by its name in `prices.toml`.
    Vendor(String),
}

impl Key {
    /// All of them, ours first.
    pub(crate) fn all(prices: &Prices) -> Vec<Self> {
        let ours = [Self::Serverless, Self::Released, Self::Polling, Self::OneBox];
        ours.into_iter().chain(prices.vendors.keys().cloned().map(Self::Vendor)).collect()
    }

    /// Its name in an answer.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Serverless => "serverless",
            Self::Released => "released",
            Self::Polling => "polling",
            Self::OneBox => "one-box",
            Self::Vendor(id) => id,
        }
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What it costs, and what drives that.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Costs {
    /// Which way.
    pub id: Key,
    /// A vendor's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The machine that carries it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine: Option<Item>,
    /// USD a month; `null` where there is no figure.
    pub usd: Option<f64>,
    /// USD a month for each of the people.
    pub usd_each: Option<f64>,
    /// Why there is no figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What is to be known of the figure.
    pub remarks: Vec<Remark>,
    /// What is done for it, the dearest first.
    pub causes: Vec<CauseCost>,
    /// What is billed for it, the dearest first. Vendors bill one price.
    pub items: Vec<ItemCost>,
}

/// Why there is no figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Reason {
    /// The list price ends at so many people.
    BeyondPlan {
        /// So many.
        users: f64,
    },
    /// No machine whose price is known carries so many.
    BeyondMachines,
}

/// What is to be known of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Remark {
    /// The plan allows fewer connections at once than there will be.
    PeakConnections {
        /// Allowed.
        most: f64,
        /// Expected in the busiest hour.
        expected: f64,
    },
    /// Whoever wrote the price down was not sure of it.
    Unconfirmed,
}

/// USD a month, where there is a figure.
pub(crate) fn monthly(id: &Key, usage: &Usage, prices: &Prices) -> Option<f64> {
    match id {
        Key::Vendor(name) => vendor::monthly(prices.vendors.get(name)?, usage).ok(),
        _ => bill(id, usage).map(|(_, bill)| sums(&bill, usage, prices).usd),
    }
}

/// All of it.
pub(crate) fn costs(id: &Key, usage: &Usage, prices: &Prices) -> Costs {
    let mut costs = Costs {
        id: id.clone(),
        name: None,
        machine: None,
        usd: None,
        usd_each: None,
        reason: None,
        remarks: Vec::new(),
        causes: Vec::new(),
        items: Vec::new(),
    };
    let mut whole = None;
    if let Key::Vendor(name) = id {
        let Some(vendor) = prices.vendors.get(name) else { return costs };
        costs.name = Some(vendor.name.clone());
        match vendor::monthly(vendor, usage) {
            Ok(usd) => {
                whole = Some(usd);
                costs.remarks = vendor::remarks(vendor, usage);
                costs.causes = vec![CauseCost { cause: Cause::Plan, usd, share: 1.0 }];
            }
            Err(reason) => costs.reason = Some(reason),
        }
    } else if let Some((machine, bill)) = bill(id, usage) {
        let sums = sums(&bill, usage, prices);
        whole = Some(sums.usd);
        (costs.machine, costs.causes, costs.items) = (machine, sums.causes(), sums.items());
    } else {
        costs.reason = Some(Reason::BeyondMachines);
    }
    costs.usd = whole.map(rounded);
    costs.usd_each = whole.map(|usd| rounded(usd / usage.users));
    costs
}

/// The bill of one of our own ways, and the machine where there is one.
fn bill(id: &Key, usage: &Usage) -> Option<(Option<Item>, Bill)> {
    match id {
        Key::Serverless => Some((None, serverless::bill(usage, false))),
        Key::Released => Some((None, serverless::bill(usage, true))),
        Key::Polling => Some((None, polling::bill(usage))),
        Key::OneBox => machine::bill(usage).map(|(machine, bill)| (Some(machine), bill)),
        Key::Vendor(_) => None,
    }
}

fn sums(bill: &Bill, usage: &Usage, prices: &Prices) -> Sums {
    bill.priced(prices, usage.region, usage.free_tiers)
}
