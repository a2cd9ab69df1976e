//! Tables for people, JSON for programs, progress while it runs.

use std::{io::Write, time::Duration};

use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::{BenchError, latency::Percentiles};

/// What a bench found.
pub(super) trait Report: Serialize {
    /// For people.
    fn tables(&self) -> Vec<Table>;
}

pub(super) fn print(report: &impl Report, json: bool) -> Result<(), BenchError> {
    let mut out = std::io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, report).map_err(BenchError::Report)?;
        return Ok(writeln!(out)?);
    }
    for table in report.tables() {
        writeln!(out, "{table}")?;
    }
    Ok(())
}

/// A table whose numbers stand under each other.
pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(header);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

pub(super) const LATENCY_HEADER: [&str; 6] = ["µs", "count", "p50", "p99", "p99.9", "max"];

pub(super) fn latency_row(name: &str, of: &Percentiles) -> Vec<String> {
    let numbers = [of.count, of.p50, of.p99, of.p99_9, of.max].map(grouped);
    std::iter::once(name.to_owned()).chain(numbers).collect()
}

/// `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Progress on standard error, if that is a terminal.
pub(super) fn progress(total: u64, doing: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(total).with_message(doing);
    if let Ok(style) =
        ProgressStyle::with_template("{msg} {wide_bar} {human_pos} of {human_len} {eta}")
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
