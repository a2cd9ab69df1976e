//! The one place that writes to the terminal.

use std::{
    error::Error,
    fmt,
    io::{Write, stderr, stdout},
};

use serde::Serialize;

/// Writes a line to standard output.
pub(crate) fn line(text: impl fmt::Display) {
    // Where nobody listens any more, as after `| head`, nobody needs to be told.
    let _ = writeln!(stdout(), "{text}");
}

/// Writes a line to standard error: what is no error, where standard output
/// is for something else.
pub(crate) fn aside(text: impl fmt::Display) {
    let _ = writeln!(stderr(), "{text}");
}

/// Writes a value for a program to standard output.
pub(crate) fn json(value: &impl Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => line(text),
        Err(failed) => error(&failed),
    }
}

/// Writes an error with its causes to standard error.
pub(crate) fn error(error: &dyn Error) {
    let _ = writeln!(stderr(), "error: {}", with_causes(error));
}

/// An error and its causes, in one sentence.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}
