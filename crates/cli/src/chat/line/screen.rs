//! What is written to the terminal.
//!
//! A text from elsewhere may hold anything, a terminal's commands included.
//! All of it passes through [`plain`](super::super::plain).

use std::{
    fmt,
    io::{Write, stdout},
};

use time::{OffsetDateTime, macros::format_description};

use crate::{chat::plain::plain, output};

/// A line that is no message.
pub(super) fn quiet(text: impl fmt::Display) {
    for line in text.to_string().lines() {
        output::line(format_args!("· {}", plain(line)));
    }
}

/// A message: when, who, what.
pub(super) fn message(timestamp: u64, name: &str, text: &str) {
    let text = text.lines().map(plain).collect::<Vec<_>>().join("\n    ");
    output::line(format_args!("{} {}: {text}", time_of(timestamp), plain(name)));
}

/// A question whose answer is on the same line.
pub(in crate::chat) fn prompt(question: &str) {
    let mut out = stdout();
    // Where it cannot be written nobody is there to answer, either.
    let _ = out.write_all(question.as_bytes());
    let _ = out.flush();
}

/// Day and minute, in UTC: a terminal's zone cannot be found out safely while
/// threads run.
fn time_of(timestamp: u64) -> String {
    let seconds = i64::try_from(timestamp / 1_000).unwrap_or(i64::MAX);
    let format = format_description!("[month]-[day] [hour]:[minute]Z");
    let time = OffsetDateTime::from_unix_timestamp(seconds).ok();
    time.and_then(|time| time.format(format).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_to_the_minute() {
        assert_eq!(time_of(1_800_000_000_000), "01-15 08:00Z");
        assert_eq!(time_of(u64::MAX), "");
    }
}
