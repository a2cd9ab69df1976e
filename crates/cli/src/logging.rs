//! Logs, to standard error.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use crate::settings::{LogFormat, Logs};

/// Starts the log.
pub(crate) fn start(settings: &Logs) {
    let level = LevelFilter::from(settings.log_level);
    // Libraries at their chattiest log frames and headers, and with them
    // messages and tokens: from them come warnings only.
    let filter =
        Targets::new().with_default(level.min(LevelFilter::WARN)).with_target("aizuchi", level);
    let to_stderr = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let layer = match settings.log_format {
        LogFormat::Text => {
            to_stderr.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).boxed()
        }
        LogFormat::Json => to_stderr.json().flatten_event(true).boxed(),
    };
    // Where another log is running already, as in tests, it stays.
    let _ = tracing_subscriber::registry().with(layer.with_filter(filter)).try_init();
}
