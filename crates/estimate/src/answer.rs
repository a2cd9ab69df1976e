//! What is told to whoever asks.

use std::collections::BTreeSet;

use serde::Serialize;
use time::Date;

use crate::{
    bill::rounded,
    costs::{Costs, Key, costs, monthly},
    crossing::{Crossing, crossings, with},
    date::{Freshness, freshness, written},
    item::{Item, Region},
    meter::Meter,
    polling,
    prices::{Prices, PricesError},
    serverless,
    usage::{Invalid, Question, Usage},
};

/// What a month costs, each way, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The day by which prices are called old.
    #[serde(serialize_with = "written")]
    pub today: Date,
    /// What was asked, with what was left out filled in.
    pub usage: Usage,
    /// Each way, ours first.
    pub options: Vec<Costs>,
    /// Where ways cross, the fewest people first.
    pub crossings: Vec<Crossing>,
    /// Each way over the number of people.
    pub curves: Curves,
    /// What single things cost in the serverless shape.
    pub unit_costs: Vec<UnitCost>,
    /// The prices that this rests on.
    pub prices: Vec<PriceTold>,
    /// What is in none of the figures.
    pub uncounted: [Uncounted; 6],
}

/// Costs over the number of people, all else being equal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curves {
    /// How many people.
    pub users: Vec<u64>,
    /// For each way.
    pub series: Vec<Series>,
}

/// One way's curve.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Series {
    /// Which way.
    pub id: Key,
    /// USD a month for each number of people; `null` where there is no figure.
    pub usd: Vec<Option<f64>>,
}

/// What a thousand of something costs, without free tiers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnitCost {
    /// A thousand of what.
    pub thousand: Thousand,
    /// USD.
    pub usd: f64,
}

/// Things that are counted by the thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Thousand {
    /// Messages stored and delivered.
    Messages,
    /// The same with typing and receipts.
    MessagesTalked,
    /// Hours of an open socket, nothing sent.
    ConnectionHours,
    /// The same with the SDK's signs of life while nobody looks.
    ConnectionHoursAway,
    /// The same while somebody looks.
    ConnectionHoursLooking,
    /// From a token to the end of the socket.
    Comings,
    /// Hours of polling in a socket's place.
    PollingHours,
}

/// A price, and where it is from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PriceTold {
    /// An item's or a vendor's name in `prices.toml`.
    pub id: String,
    /// A vendor's name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// USD.
    pub usd: f64,
    /// For so many
    pub per: f64,
    /// of this.
    pub unit: String,
    /// How many a month are free where free tiers are taken off.
    pub free: f64,
    /// When it held: a month or a day.
    pub date: Option<String>,
    /// Where it was read; empty where whoever asked gave it.
    pub source: String,
    /// Where the present one is.
    pub at: String,
    /// Whether it can still be believed.
    pub freshness: Freshness,
}

/// What is in none of the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Uncounted {
    /// Taxes and discounts.
    Taxes,
    /// The box's disk.
    Disk,
    /// Point-in-time recovery of the table, and other backups.
    Backups,
    /// Requests for the page's files, and their storage.
    PageRequests,
    /// Alarms, and reading logs.
    Watching,
    /// The time of those who run it.
    Work,
}

/// Answers the query of an address, without its `?`: what a front does for
/// `GET /api/estimate`. The answer serializes to the JSON that is sent.
///
/// # Errors
/// For a name that nobody knows and a value that cannot be one. The error is a
/// sentence for whoever asked, fit to be sent (with 400, `invalid_request`).
pub fn answer(query: &str, today: Date) -> Result<Answer, Invalid> {
    let question = Question::from_query(query)?;
    let prices = Prices::built_in().and_then(|prices| estimate(&question, &prices, today));
    // The built-in prices are read by a test, and the question's were looked at.
    prices.map_err(|error| Invalid {
        name: "price".to_owned(),
        value: String::new(),
        mend: error.to_string(),
    })
}

/// Answers a question by these prices.
///
/// # Errors
/// Where the question holds what is no price.
pub fn estimate(question: &Question, prices: &Prices, today: Date) -> Result<Answer, PricesError> {
    let (usage, prices) = (&question.usage, question.priced(prices)?);
    let keys = Key::all(&prices);
    let options: Vec<_> = keys.iter().map(|key| costs(key, usage, &prices)).collect();
    Ok(Answer {
        today,
        usage: usage.clone(),
        crossings: crossings(usage, &prices),
        curves: curves(&keys, usage, &prices),
        unit_costs: unit_costs(usage, &prices),
        prices: told(&options, usage.region, &prices, today),
        options,
        uncounted: [
            Uncounted::Taxes,
            Uncounted::Disk,
            Uncounted::Backups,
            Uncounted::PageRequests,
            Uncounted::Watching,
            Uncounted::Work,
        ],
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from ten to ten million"
)]
fn curves(keys: &[Key], usage: &Usage, prices: &Prices) -> Curves {
    /// Points from one power of ten to the next.
    const A_DECADE: u32 = 10;
    let decades = if usage.users > 1e6 { 7 } else { 6 };
    let exponents = (A_DECADE..=decades * A_DECADE).map(|i| f64::from(i) / f64::from(A_DECADE));
    let users: Vec<u64> = exponents.map(|e| 10_f64.powf(e).round() as u64).collect();
    let series = keys.iter().map(|key| Series {
        id: key.clone(),
        usd: users
            .iter()
            .map(|users| monthly(key, &with(usage, *users), prices).map(rounded))
            .collect(),
    });
    Curves { series: series.collect(), users }
}

fn unit_costs(usage: &Usage, prices: &Prices) -> Vec<UnitCost> {
    const THOUSAND: f64 = 1_000.0;
    let of = |thousand, write: &dyn Fn(&mut Meter<'_>)| {
        let mut meter = Meter::new(usage);
        write(&mut meter);
        UnitCost { thousand, usd: rounded(meter.bill.priced(prices, usage.region, false).usd) }
    };
    vec![
        of(Thousand::Messages, &|meter| serverless::send(meter, usage, THOUSAND)),
        of(Thousand::MessagesTalked, &|meter| serverless::talk(meter, usage, THOUSAND)),
        of(Thousand::ConnectionHours, &|meter| serverless::stay(meter, THOUSAND)),
        of(Thousand::ConnectionHoursAway, &|meter| {
            serverless::stay(meter, THOUSAND);
            serverless::keep(meter, THOUSAND);
        }),
        of(Thousand::ConnectionHoursLooking, &|meter| {
            serverless::stay(meter, THOUSAND);
            serverless::attend(meter, usage, THOUSAND);
        }),
        of(Thousand::Comings, &|meter| serverless::come(meter, THOUSAND)),
        of(Thousand::PollingHours, &|meter| polling::poll(meter, usage, THOUSAND)),
    ]
}

/// The prices that the options rest on.
fn told(options: &[Costs], region: Region, prices: &Prices, today: Date) -> Vec<PriceTold> {
    let used: BTreeSet<Item> =
        options.iter().flat_map(|option| &option.items).map(|item| item.item).collect();
    let items = prices.items.iter().filter(|(item, _)| used.contains(item)).map(|(item, one)| {
        let figure = one.of(region);
        let age = freshness(figure.date.as_deref(), today);
        PriceTold {
            id: item.as_str().to_owned(),
            name: None,
            usd: figure.usd,
            per: one.per,
            unit: one.unit.clone(),
            free: one.free,
            date: figure.date.clone(),
            source: figure.source.clone(),
            at: one.at.clone(),
            freshness: if figure.given { Freshness::Given } else { age },
        }
    });
    let vendors = prices.vendors.iter().map(|(id, vendor)| {
        let plan = vendor.plan.map(|plan| (plan.usd, plan.users, 0.0));
        let each = vendor.each.map(|each| (each.usd, 1.0, each.included));
        let (usd, per, free) = plan.or(each).unwrap_or_default();
        PriceTold {
            id: id.clone(),
            name: Some(vendor.name.clone()),
            usd,
            per,
            unit: "monthly user".to_owned(),
            free,
            date: vendor.date.clone(),
            source: "a third party's transcription".to_owned(),
            at: String::new(),
            freshness: freshness(vendor.date.as_deref(), today),
        }
    });
    items.chain(vendors).collect()
}
