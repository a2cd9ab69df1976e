//! An estimate for people.

use aizuchi_estimate::{Answer, Costs, Crossing, Freshness, Key, Usage};
use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};

use super::{
    numbers::{grouped, percent, usd},
    words,
};
use crate::output;

/// As many causes are named.
const CAUSES: usize = 4;

pub(super) fn print(answer: &Answer) {
    output::line(asked(&answer.usage));
    output::line(options(answer));
    crossings(answer);
    output::line(thousands(answer));
    prices(answer);
    let uncounted: Vec<_> = answer.uncounted.iter().map(|one| words::uncounted(*one)).collect();
    output::line(format_args!("Not counted: {}.", uncounted.join(", ")));
}

/// A table whose columns `right` stand under their last digit.
fn table(header: &[&str], right: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(header);
    for column in right {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn asked(usage: &Usage) -> String {
    format!(
        "{}: {} people, {} of them on a day, for {} hours ({} of these looking at it, in {} \
         visits),\n{} messages each of {} bytes to {} connections, {} days a month; {}.",
        usage.region.as_str(),
        grouped(usage.users),
        percent(usage.online),
        usage.hours,
        percent(usage.looking),
        usage.visits,
        usage.messages,
        grouped(usage.bytes),
        usage.recipients,
        usage.days,
        if usage.free_tiers { "free tiers taken off" } else { "no free tiers" },
    )
}

fn options(answer: &Answer) -> Table {
    let mut table = table(&["a month", "USD", "a person", "what drives it"], &[1, 2]);
    for option in &answer.options {
        let number = |number: Option<f64>| number.map_or("–".to_owned(), usd);
        table.add_row([
            words::way(option),
            number(option.usd),
            number(option.usd_each),
            drivers(option),
        ]);
    }
    table
}

fn drivers(option: &Costs) -> String {
    if let Some(reason) = option.reason {
        return words::reason(reason);
    }
    if option.name.is_some() {
        let remarks: Vec<_> = option.remarks.iter().map(|one| words::remark(*one)).collect();
        return remarks.join("; ");
    }
    let causes = option.causes.iter().take(CAUSES).filter(|one| one.share >= 0.005);
    let causes = causes.map(|one| format!("{} {}", words::cause(one.cause), percent(one.share)));
    causes.collect::<Vec<_>>().join(", ")
}

fn crossings(answer: &Answer) {
    for Crossing { users, cheaper, than } in &answer.crossings {
        output::line(format_args!(
            "From {} people on, {} is cheaper than {}.",
            grouped_count(*users),
            name(answer, cheaper),
            name(answer, than)
        ));
    }
}

fn name<'a>(answer: &'a Answer, key: &'a Key) -> &'a str {
    let named = answer.options.iter().find(|option| option.id == *key);
    named.and_then(|option| option.name.as_deref()).unwrap_or_else(|| words::key(key))
}

#[expect(clippy::cast_precision_loss, reason = "there are at most ten million")]
fn grouped_count(count: u64) -> String {
    grouped(count as f64)
}

fn thousands(answer: &Answer) -> Table {
    let mut table = table(&["a thousand, serverless", "USD"], &[1]);
    for one in &answer.unit_costs {
        table.add_row([words::thousand(one.thousand).to_owned(), usd(one.usd)]);
    }
    table
}

fn prices(answer: &Answer) {
    let mut table = table(&["price", "USD", "for", "date", "source", ""], &[1]);
    for price in &answer.prices {
        table.add_row([
            price.name.as_deref().unwrap_or(&price.id).to_owned(),
            price.usd.to_string(),
            format!("{} × {}", grouped(price.per), price.unit),
            price.date.clone().unwrap_or_default(),
            price.source.clone(),
            words::freshness(price.freshness).to_owned(),
        ]);
    }
    output::line(table);
    let count = |of| answer.prices.iter().filter(|price| price.freshness == of).count();
    let (old, undated) = (count(Freshness::Old), count(Freshness::Undated));
    if old + undated > 0 {
        output::line(format_args!(
            "{old} of these prices are more than a year old, and {undated} bear no date: look at \
             the vendor's page,\nand give what it says with --price or --prices.",
        ));
    }
}
