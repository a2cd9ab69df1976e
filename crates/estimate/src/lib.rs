//! What a chat costs a month, in each shape and in what stands in its place.
//!
//! Computation alone: prices come from a file that is built in, what is used
//! from whoever asks, and today's date as an argument, so that an old price can
//! be called old. [`answer`] takes the query of an HTTP request and gives what
//! is to be sent as JSON; [`estimate`] is the same for who has read the question
//! himself.
//!
//! Where things are: [`prices`] (list prices with source and date), [`usage`]
//! (what people do), [`units`] (what our serverless shape spends on each
//! action), and one module a way to run a chat: `serverless`, `polling`,
//! `machine`, `vendor`.

mod answer;
mod bill;
mod costs;
mod crossing;
mod date;
mod item;
mod machine;
mod meter;
mod polling;
mod serverless;
mod vendor;

pub mod functions;
pub mod prices;
pub mod units;
pub mod usage;

pub use self::{
    answer::{Answer, Curves, PriceTold, Series, Thousand, Uncounted, UnitCost, answer, estimate},
    bill::{Cause, CauseCost, ItemCost},
    costs::{Costs, Key, Reason, Remark},
    crossing::Crossing,
    date::{Freshness, OLD_AFTER_DAYS, date_of, day},
    item::{Item, Region},
    prices::{Prices, PricesError},
    usage::{Architecture, Cognito, Invalid, Question, Usage},
};
pub use time::Date;
