//! List prices, each with its source and date.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::{
    date,
    item::{Item, Region},
};

/// The prices that come with the program.
const BUILT_IN: &str = include_str!("../prices.toml");

/// No price is larger: a figure beyond it is a slip of the pen.
const MOST_USD: f64 = 1_000_000.0;

/// All prices.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    pub(crate) items: BTreeMap<Item, Priced>,
    pub(crate) vendors: BTreeMap<String, Vendor>,
}

/// Something that has a price.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Priced {
    /// What one of it is.
    pub(crate) unit: String,
    /// How many a price buys.
    pub(crate) per: f64,
    /// How many a month are free for everybody, where that is asked for.
    #[serde(default)]
    pub(crate) free: f64,
    /// Where its present price is.
    #[serde(default)]
    pub(crate) at: String,
    #[serde(rename = "us-east-1")]
    us_east_1: Figure,
    #[serde(rename = "ap-northeast-1")]
    ap_northeast_1: Figure,
}

impl Priced {
    pub(crate) fn of(&self, region: Region) -> &Figure {
        match region {
            Region::UsEast1 => &self.us_east_1,
            Region::ApNortheast1 => &self.ap_northeast_1,
        }
    }
}

/// A price.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Figure {
    pub(crate) usd: f64,
    /// A month or a day.
    pub(crate) date: Option<String>,
    #[serde(default)]
    pub(crate) source: String,
    /// By whoever asks, alone.
    #[serde(skip)]
    pub(crate) given: bool,
}

/// A managed chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Vendor {
    pub(crate) name: String,
    pub(crate) plan: Option<Plan>,
    pub(crate) each: Option<Each>,
    /// Of the plan's people, the share that may be connected at once.
    pub(crate) peak_share: Option<f64>,
    pub(crate) date: Option<String>,
    /// Whoever wrote it down was not sure.
    #[serde(default)]
    pub(crate) unconfirmed: bool,
}

/// One price for up to so many people.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    pub(crate) usd: f64,
    pub(crate) users: f64,
}

/// A price for each, after some.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Each {
    pub(crate) usd: f64,
    #[serde(default)]
    pub(crate) included: f64,
}

/// Prices that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PricesError {
    /// No TOML, or other keys and values than `prices.toml` has.
    #[error("these are no prices: {0}")]
    Form(String),
    /// A number that is no price, or a date that is none.
    #[error("{what}: {mend}")]
    Value {
        /// Where.
        what: String,
        /// What would do.
        mend: &'static str,
    },
}

impl Prices {
    /// The prices that come with the program.
    ///
    /// # Errors
    /// None, as a test holds; the file is read like any other.
    pub fn built_in() -> Result<Self, PricesError> {
        Self::read(table(BUILT_IN)?)
    }

    /// The prices that come with the program, and over them those of `text`, a
    /// file of the form of `prices.toml` of which any part may be left out. A
    /// price is replaced whole, with its source and date.
    ///
    /// # Errors
    /// Where the text is of another form, or holds what is no price.
    pub fn with(text: &str) -> Result<Self, PricesError> {
        let mut all = table(BUILT_IN)?;
        merge(&mut all, table(text)?);
        Self::read(all)
    }

    /// Puts one price in place of another, in one region.
    ///
    /// # Errors
    /// Where it is no price.
    pub fn set(&mut self, item: Item, region: Region, usd: f64) -> Result<(), PricesError> {
        priced(item.as_str(), usd)?;
        if let Some(one) = self.items.get_mut(&item) {
            let figure = match region {
                Region::UsEast1 => &mut one.us_east_1,
                Region::ApNortheast1 => &mut one.ap_northeast_1,
            };
            *figure = Figure { usd, date: None, source: String::new(), given: true };
        }
        Ok(())
    }

    /// USD for one unit.
    pub(crate) fn one(&self, item: Item, region: Region) -> f64 {
        self.items.get(&item).map_or(0.0, |one| one.of(region).usd / one.per)
    }

    fn read(all: Table) -> Result<Self, PricesError> {
        let prices: Self = all.try_into().map_err(form)?;
        for item in Item::ALL {
            let name = item.as_str();
            let Some(one) = prices.items.get(item) else {
                return Err(wrong(name, "has no price"));
            };
            if !(one.per >= 1.0 && one.per.is_finite() && one.free >= 0.0) {
                return Err(wrong(name, "`per` is at least 1, and `free` at least 0"));
            }
            for figure in [&one.us_east_1, &one.ap_northeast_1] {
                priced(name, figure.usd)?;
                dated(name, figure.date.as_deref())?;
            }
        }
        for (name, vendor) in &prices.vendors {
            priced(name, vendor.plan.map_or(0.0, |plan| plan.usd))?;
            priced(name, vendor.each.map_or(0.0, |each| each.usd))?;
            dated(name, vendor.date.as_deref())?;
            if vendor.plan.is_some() == vendor.each.is_some() {
                return Err(wrong(name, "has either a `plan` or a price for `each`"));
            }
        }
        Ok(prices)
    }
}

fn table(text: &str) -> Result<Table, PricesError> {
    text.parse().map_err(form)
}

fn form(error: toml::de::Error) -> PricesError {
    PricesError::Form(error.to_string().trim().to_owned())
}

fn wrong(what: &str, mend: &'static str) -> PricesError {
    PricesError::Value { what: what.to_owned(), mend }
}

fn priced(what: &str, usd: f64) -> Result<(), PricesError> {
    if (0.0..=MOST_USD).contains(&usd) {
        Ok(())
    } else {
        Err(wrong(what, "a price is a number of USD from 0 to 1000000"))
    }
}

fn dated(what: &str, text: Option<&str>) -> Result<(), PricesError> {
    match text {
        Some(text) if date::parse(text).is_none() => {
            Err(wrong(what, "a date is a month or a day, as in 2026-09 or 2026-09-24"))
        }
        _ => Ok(()),
    }
}

/// Lays `over` on `all`. A table with a price in it takes the other's place, or
/// a new price would keep the old one's date.
fn merge(all: &mut Table, over: Table) {
    for (key, value) in over {
        match (all.get_mut(&key), value) {
            (Some(Value::Table(there)), Value::Table(new)) if !new.contains_key("usd") => {
                merge(there, new);
            }
            (_, value) => {
                all.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(prices: &Prices, item: Item) -> &Figure {
        prices.items[&item].of(Region::ApNortheast1)
    }

    #[test]
    fn every_item_has_a_price_with_a_source_in_both_regions() {
        let prices = Prices::built_in().unwrap();
        for item in Item::ALL {
            for region in Region::ALL {
                let figure = prices.items[item].of(region);
                assert!(figure.usd > 0.0 && !figure.source.is_empty(), "{item:?}");
            }
            assert!(prices.items[item].at.starts_with("https://"), "{item:?}");
        }
        assert_eq!(prices.vendors.len(), 5);
    }

    #[test]
    fn a_file_replaces_what_it_names() {
        let over = "[items.egress]\nap-northeast-1 = { usd = 0.1, source = \"the bill\" }\n\
                    [vendors.talkjs]\ndate = \"2026-11\"";
        let prices = Prices::with(over).unwrap();
        let egress = of(&prices, Item::Egress);
        assert_eq!((egress.usd, egress.date.as_deref(), &*egress.source), (0.1, None, "the bill"));
        let built_in = Prices::built_in().unwrap();
        assert_eq!(of(&prices, Item::Logs), of(&built_in, Item::Logs));
        assert_eq!(prices.items[&Item::Egress].free, 100.0, "what it does not name stays");
        assert_eq!(prices.vendors["talkjs"].plan.unwrap().usd, 279.0);
        assert_eq!(prices.vendors["talkjs"].date.as_deref(), Some("2026-11"));
    }

    #[test]
    fn one_price_replaces_one() {
        let mut prices = Prices::built_in().unwrap();
        prices.set(Item::Ipv4, Region::ApNortheast1, 0.0).unwrap();
        assert_eq!(prices.one(Item::Ipv4, Region::ApNortheast1), 0.0);
        assert_eq!(prices.one(Item::Ipv4, Region::UsEast1), 0.005);
        for wrong in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(prices.set(Item::Ipv4, Region::UsEast1, wrong).is_err());
        }
    }

    #[test]
    fn what_is_no_price_is_named() {
        for (text, word) in [
            ("[items", "no prices"),
            ("[items.postage]\nunit = \"letter\"", "postage"),
            ("[items.egress]\nus-east-1 = { usd = -1 }", "egress: a price is"),
            ("[items.egress]\nus-east-1 = { usd = 1, date = \"May\" }", "egress: a date is"),
            ("[items.egress]\nus-east-1 = { usd = 1, when = \"May\" }", "when"),
            ("[items.egress]\nper = 0", "egress: `per`"),
            ("[vendors.new]\nname = \"New\"", "new: has either"),
        ] {
            let error = Prices::with(text).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
    }
}
