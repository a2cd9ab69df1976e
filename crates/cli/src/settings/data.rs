use std::path::PathBuf;

use clap::Args;

/// Where the data lies.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Data")]
pub struct Data {
    /// The directory with all that the server keeps; `serve` creates it.
    #[arg(long, value_name = "DIR", default_value = "./data")]
    pub data_dir: PathBuf,
}
