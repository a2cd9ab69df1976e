//! `aizuchi estimate`: what a chat costs a month, in each shape and in what
//! stands in its place.

mod numbers;
mod tables;
mod words;

use std::{fs, io, path::PathBuf};

use aizuchi_core::clock::{Clock, SystemClock};
use aizuchi_estimate::{Answer, Date, Invalid, Prices, PricesError, Question, date_of, day};
use clap::Args;

use crate::output;

/// Say what a chat costs a month: serverless as built, the same with idle
/// sockets let go, polling in their place, one machine, and managed chat.
///
/// Prices come with the program, each with its source and date; old ones are
/// said to be old. What is left out of the figures is named below them.
#[derive(Debug, Args)]
pub(crate) struct EstimateArgs {
    /// The region: us-east-1, or ap-northeast-1 (tokyo).
    #[arg(long, default_value = "ap-northeast-1", value_parser = one("region"))]
    region: String,
    /// People who come at least once a month.
    #[arg(long, value_name = "N", default_value = "1000", value_parser = one("users"))]
    users: String,
    /// The share of them that comes on a day, from 0 to 1.
    #[arg(long, value_name = "SHARE", default_value = "0.3", value_parser = one("online"))]
    online: String,
    /// Hours a day that each of these has the page open.
    #[arg(long, value_name = "N", default_value = "8", value_parser = one("hours"))]
    hours: String,
    /// Of these hours the share in which he looks at it, from 0 to 1.
    #[arg(long, value_name = "SHARE", default_value = "0.25", value_parser = one("looking"))]
    looking: String,
    /// How often a day he comes back to it.
    #[arg(long, value_name = "N", default_value = "6", value_parser = one("visits"))]
    visits: String,
    /// Messages a day that he sends.
    #[arg(long, value_name = "N", default_value = "30", value_parser = one("messages"))]
    messages: String,
    /// Bytes of a message.
    #[arg(long, value_name = "N", default_value = "600", value_parser = one("bytes"))]
    bytes: String,
    /// Connections that a message is brought to, the sending one aside.
    #[arg(long, value_name = "N", default_value = "1", value_parser = one("recipients"))]
    recipients: String,
    /// Seconds from one poll to the next, where polling stands in a socket's place.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = one("poll"))]
    poll: String,
    /// Seconds from one sign of life of a socket to the next while somebody looks.
    #[arg(long, value_name = "SECONDS", default_value = "240", value_parser = one("keep-alive"))]
    keep_alive: String,
    /// Seconds that a socket is kept after the last look, where idle ones are let go.
    #[arg(long, value_name = "SECONDS", default_value = "300", value_parser = one("release"))]
    release: String,
    /// Days a month on which it is so.
    #[arg(long, value_name = "N", default_value = "30", value_parser = one("days"))]
    days: String,
    /// Months for which messages have gathered.
    #[arg(long, value_name = "N", default_value = "12", value_parser = one("months"))]
    months: String,
    /// Take off what AWS gives everybody each month: 25 GB in tables, 10,000
    /// accounts, 100 GB to the internet.
    #[arg(long)]
    free_tiers: bool,
    /// The tier of Cognito: lite, or essentials.
    #[arg(long, default_value = "lite", value_parser = one("cognito"))]
    cognito: String,
    /// What functions run on: x86_64, or arm64.
    #[arg(long, default_value = "x86_64", value_parser = one("architecture"))]
    architecture: String,
    /// Prices over those that come with the program: a TOML file of the form of
    /// crates/estimate/prices.toml, of which any part may be left out.
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
    /// One price, as in egress=0.1 (USD, in this region). Can be given again.
    #[arg(long, value_name = "ITEM=USD", value_parser = one("price"))]
    price: Vec<String>,
    /// The day by which prices are called old, as in 2026-11-24. Today unless given.
    #[arg(long, value_name = "DAY", value_parser = a_day)]
    today: Option<Date>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Why there is no estimate.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EstimateError {
    #[error("--prices {}: the file cannot be read", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("--prices {}", path.display())]
    File { path: PathBuf, source: PricesError },
    #[error(transparent)]
    Prices(#[from] PricesError),
    #[error("--{0}")]
    Invalid(#[from] Invalid),
}

/// Computes it and prints it.
pub(crate) fn run(arguments: EstimateArgs) -> Result<(), EstimateError> {
    let question = question(&arguments)?;
    let prices = match arguments.prices {
        None => Prices::built_in()?,
        Some(path) => match fs::read_to_string(&path) {
            Err(source) => return Err(EstimateError::Unreadable { path, source }),
            Ok(text) => {
                Prices::with(&text).map_err(|source| EstimateError::File { path, source })?
            }
        },
    };
    let today = arguments.today.unwrap_or_else(|| date_of(SystemClock.now_ms()));
    let answer: Answer = aizuchi_estimate::estimate(&question, &prices, today)?;
    if arguments.json {
        output::json(&answer);
    } else {
        tables::print(&answer);
    }
    Ok(())
}

fn question(arguments: &EstimateArgs) -> Result<Question, Invalid> {
    let mut question = Question::default();
    for (name, value) in [
        ("region", &arguments.region),
        ("users", &arguments.users),
        ("online", &arguments.online),
        ("hours", &arguments.hours),
        ("looking", &arguments.looking),
        ("visits", &arguments.visits),
        ("messages", &arguments.messages),
        ("bytes", &arguments.bytes),
        ("recipients", &arguments.recipients),
        ("poll", &arguments.poll),
        ("keep-alive", &arguments.keep_alive),
        ("release", &arguments.release),
        ("days", &arguments.days),
        ("months", &arguments.months),
        ("cognito", &arguments.cognito),
        ("architecture", &arguments.architecture),
    ] {
        question.set(name, value)?;
    }
    for price in &arguments.price {
        question.set("price", price)?;
    }
    question.usage.free_tiers = arguments.free_tiers;
    Ok(question)
}

/// Takes what the estimate can be asked with under `name`, and says what can be.
fn one(name: &'static str) -> impl Fn(&str) -> Result<String, String> + Clone + Send + Sync {
    move |text| match Question::default().set(name, text) {
        Ok(()) => Ok(text.to_owned()),
        Err(invalid) => Err(invalid.mend),
    }
}

fn a_day(text: &str) -> Result<Date, &'static str> {
    day(text).ok_or("write a day, as in 2026-11-24")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Alone {
        #[command(flatten)]
        arguments: EstimateArgs,
    }

    #[test]
    fn the_defaults_are_the_estimates_own() {
        let alone = Alone::try_parse_from(["estimate"]).unwrap();
        assert_eq!(question(&alone.arguments).unwrap(), Question::default());
    }
}
