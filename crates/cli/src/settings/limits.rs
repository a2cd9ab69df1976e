use std::time::Duration;

use clap::{Args, builder::RangedU64ValueParser};

use super::values::{self, OnOff};

const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;

/// How much of everything.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// Whether signing in, messages and look-ups are limited in their rate.
    /// Off is for measurements.
    #[arg(long, value_name = "on|off", default_value = "on", hide_possible_values = true)]
    pub rate_limits: OnOff,
    /// Whether people may send a GREETING to everybody who is connected.
    #[arg(long, value_name = "on|off", default_value = "off", hide_possible_values = true)]
    pub broadcasts: OnOff,
    /// Connections of one person; the oldest makes room for one more.
    #[arg(long, value_name = "N", default_value = "20", value_parser = count(1..=1_000_000))]
    pub max_connections_per_user: usize,
    /// Connections of all kinds; fewer where the system lets the server open
    /// fewer files.
    #[arg(long, value_name = "N", default_value = "100000", value_parser = count(1..=10_000_000))]
    pub max_connections: usize,
    /// A connection that sends nothing for so long is closed; clients come back.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = values::time::<1, DAY>)]
    pub idle_timeout: Duration,
    /// A connection older than this is closed; clients come back.
    #[arg(long, value_name = "TIME", default_value = "2h", value_parser = values::time::<1, { 30 * DAY }>)]
    pub max_age: Duration,
    /// How long a stop waits for connections to end.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = values::time::<1, { 10 * MINUTE }>)]
    pub drain_timeout: Duration,
}

fn count(range: std::ops::RangeInclusive<u64>) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(range)
}
