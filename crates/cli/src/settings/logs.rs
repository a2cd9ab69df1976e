use clap::{Args, ValueEnum};
use tracing::level_filters::LevelFilter;

/// What is logged, to standard error.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Logs")]
pub struct Logs {
    /// For people (text) or for programs (json).
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    pub log_format: LogFormat,
    /// How much is logged. No level logs a token, a password or a message.
    #[arg(long, value_name = "LEVEL", value_enum, default_value = "info")]
    pub log_level: LogLevel,
}

/// How a log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object a line.
    Json,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// What an operator has to act on.
    Error,
    /// And what may become that.
    Warn,
    /// And what the server does.
    Info,
    /// And why connections end.
    Debug,
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
        }
    }
}
