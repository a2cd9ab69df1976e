//! `aizuchi backup` and `aizuchi restore`.

use std::path::{Path, PathBuf};

use aizuchi_store_sqlite::{Contents, DataDir, Stage};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use time::{OffsetDateTime, macros::format_description};

use crate::{
    failure::Failure,
    launch::StartError,
    output,
    settings::{ConfigFile, Data},
};

/// The arguments of `aizuchi backup`.
#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// The file to write, or a directory to write aizuchi-DATE.db into.
    /// Whoever can read it can read all messages and sign tokens: keep it safe.
    target: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    config: ConfigFile,
}

/// The arguments of `aizuchi restore`.
#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// A file that `aizuchi backup` wrote.
    file: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    config: ConfigFile,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    path: &'a Path,
    accounts: u64,
    conversations: u64,
    entries: u64,
}

/// Copies the database, also while a server runs on it.
pub(crate) fn back_up(arguments: &BackupArgs) -> Result<(), Failure> {
    let dir = DataDir::existing(&arguments.data.data_dir).map_err(StartError::Data)?;
    let target = file(&arguments.target);
    let bar = Bar::new();
    let contents = dir.back_up(&target, &mut |stage, done, of| bar.show(stage, done, of))?;
    bar.clear();
    tell(arguments.json, "Backed up to", &target, contents);
    Ok(())
}

/// Makes a data directory of a copy.
pub(crate) fn restore(arguments: &RestoreArgs) -> Result<(), Failure> {
    let dir = &arguments.data.data_dir;
    let bar = Bar::new();
    let contents = DataDir::restore(&arguments.file, dir, &mut |stage, done, of| {
        bar.show(stage, done, of);
    })?;
    bar.clear();
    tell(arguments.json, "Restored to", dir, contents);
    Ok(())
}

/// The file itself, or one of today's name in the directory.
fn file(target: &Path) -> PathBuf {
    if !target.is_dir() {
        return target.to_owned();
    }
    let form = format_description!("[year]-[month]-[day]T[hour]-[minute]-[second]Z");
    let now = OffsetDateTime::now_utc().format(form).unwrap_or_default();
    target.join(format!("aizuchi-{now}.db"))
}

fn tell(json: bool, what: &str, path: &Path, contents: Contents) {
    let Contents { accounts, conversations, entries } = contents;
    if json {
        output::json(&Report { path, accounts, conversations, entries });
    } else {
        output::line(format_args!(
            "{what} {} and checked: {accounts} accounts, {conversations} conversations, {entries} entries.",
            path.display()
        ));
    }
}

/// Progress on standard error, if that is a terminal.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {percent} %") {
            bar.set_style(style);
        }
        Self(bar)
    }

    fn show(&self, stage: Stage, done: u64, of: u64) {
        self.0.set_message(match stage {
            Stage::Copying => "Copying",
            Stage::Checking => "Checking",
            Stage::Reading => "Reading",
        });
        self.0.set_length(of);
        self.0.set_position(done);
    }

    fn clear(&self) {
        self.0.finish_and_clear();
    }
}
