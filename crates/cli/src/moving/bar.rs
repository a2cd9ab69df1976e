//! Progress on standard error, if that is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How often a look for what is not counted shows that it lives.
const TICK: Duration = Duration::from_millis(120);

/// How far it has come. Clones are one.
#[derive(Clone)]
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new() -> Self {
        Self(ProgressBar::new_spinner())
    }

    /// What is done now, nobody knows for how long.
    pub(super) fn looking(&self, what: &'static str) {
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            self.0.set_style(style);
        }
        self.0.set_message(what);
        self.0.enable_steady_tick(TICK);
    }

    /// What is done now, of so many entries; 0 where that is not known.
    pub(super) fn counting(&self, what: &'static str, entries: u64) {
        self.0.disable_steady_tick();
        let known = "{msg} {wide_bar} {human_pos} of {human_len} entries, {eta} left";
        let template = if entries > 0 { known } else { "{spinner} {msg}, {human_pos} entries" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.0.set_style(style);
        }
        self.0.set_message(what);
        self.0.set_position(0);
        self.0.set_length(entries);
    }

    /// So many more are done.
    pub(super) fn add(&self, entries: u64) {
        self.0.inc(entries);
    }

    pub(super) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
