//! What is written to the terminal.
//!
//! A text from elsewhere may hold anything, a terminal's commands included.
//! All of it passes through [`plain`].

use std::{
    fmt,
    io::{Write, stdout},
};

use time::{OffsetDateTime, macros::format_description};

use crate::output;

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
pub(super) fn prompt(question: &str) {
    let mut out = stdout();
    // Where it cannot be written nobody is there to answer, either.
    let _ = out.write_all(question.as_bytes());
    let _ = out.flush();
}

/// `text` without what a terminal would obey, or what would show it in another
/// order than it is in.
pub(super) fn plain(text: &str) -> String {
    let is_harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let shown = |c| match c {
        '\t' => ' ',
        c if is_harmful(c) => '\u{fffd}',
        c => c,
    };
    text.chars().map(shown).collect()
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
    fn a_terminal_obeys_nobody_elses_text() {
        assert_eq!(
            plain("\u{1b}[2Jhi\u{7}\r\u{9b}31m"),
            "\u{fffd}[2Jhi\u{fffd}\u{fffd}\u{fffd}31m"
        );
        assert_eq!(plain("a\tb"), "a b");
        assert_eq!(plain("\u{202e}txt.exe"), "\u{fffd}txt.exe");
        assert_eq!(plain("こんにちは、👍 é"), "こんにちは、👍 é");
    }

    #[test]
    fn a_time_is_told_to_the_minute() {
        assert_eq!(time_of(1_800_000_000_000), "01-15 08:00Z");
        assert_eq!(time_of(u64::MAX), "");
    }
}
