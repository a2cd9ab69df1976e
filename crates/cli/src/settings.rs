//! The settings: from flags, then the environment, then a file, then defaults.
//!
//! A setting is a field of one of the structs here, and its name is the
//! field's: `data_dir` is the flag `--data-dir`, the variable
//! `AIZUCHI_DATA_DIR` and the key `data-dir` of the file.

mod address;
mod contradiction;
mod data;
mod file;
mod files;
mod identity;
mod layers;
mod limits;
mod logs;
mod notices;
mod products;
mod tls;
mod values;

use std::path::PathBuf;

use clap::{Args, CommandFactory};

pub(crate) use self::values::key_lifetime;
pub use self::{
    address::Address,
    contradiction::Contradiction,
    data::Data,
    file::FileError,
    files::Files,
    identity::{Identity, SignIn},
    layers::{Origin, ParseError, Parsed, Told, parse},
    limits::Limits,
    logs::{LogFormat, LogLevel, Logs},
    notices::Notices,
    products::Products,
    tls::TlsFrom,
    values::OnOff,
};

/// Everything that an operator decides.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Where the server is.
    #[command(flatten)]
    pub address: Address,
    /// Where certificates come from.
    #[command(flatten)]
    pub tls: TlsFrom,
    /// Where the data lies.
    #[command(flatten)]
    pub data: Data,
    /// Who signs people in.
    #[command(flatten)]
    pub identity: Identity,
    /// Whose users chat here without an account.
    #[command(flatten)]
    pub products: Products,
    /// How much of everything.
    #[command(flatten)]
    pub limits: Limits,
    /// Files that people attach to messages.
    #[command(flatten)]
    pub files: Files,
    /// How people are told while they are away.
    #[command(flatten)]
    pub notices: Notices,
    /// What is logged.
    #[command(flatten)]
    pub logs: Logs,
}

/// Where further settings are.
#[derive(Debug, Clone, Args)]
pub struct ConfigFile {
    /// A TOML file with settings named as the flags are, without the dashes in
    /// front: data-dir = "/var/lib/aizuchi". Flags and variables go before it.
    #[arg(long, value_name = "FILE", help_heading = "Settings")]
    pub config: Option<PathBuf>,
}

/// The names of all settings, as in a file.
pub fn names() -> Vec<String> {
    #[derive(clap::Parser)]
    struct All {
        #[command(flatten)]
        _settings: Settings,
    }
    let all = All::command();
    all.get_arguments().filter_map(|setting| setting.get_long()).map(str::to_owned).collect()
}
