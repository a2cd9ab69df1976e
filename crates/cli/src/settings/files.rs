use std::time::Duration;

use clap::Args;

use super::values;

const DAY: u64 = 24 * 60 * 60;
const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;

/// Files that people attach to messages.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Attachments")]
pub struct Files {
    /// The largest file that may be attached.
    #[arg(long, value_name = "SIZE", default_value = "25MiB", value_parser = values::size::<1024, { 4 * GIB }>)]
    pub max_file_size: u64,
    /// All files of one person together.
    #[arg(long, value_name = "SIZE", default_value = "1GiB", value_parser = values::size::<MIB, { 1024 * GIB }>)]
    pub file_quota: u64,
    /// Files older than this are removed; their messages stay. For ever unless set.
    #[arg(long, value_name = "TIME", value_parser = values::time::<DAY, { 36_500 * DAY }>)]
    pub file_retention: Option<Duration>,
}
