//! The commands.

use std::{ffi::OsString, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    backup::{self, BackupArgs, RestoreArgs},
    bench::{self, BenchArgs},
    chat::{self, ChatArgs},
    doctor::{self, DoctorArgs},
    estimate::{self, EstimateArgs},
    failure::Failure,
    moving::{self, ExportArgs, ImportArgs},
    serve::{self, ServeArgs},
    settings::{self, Parsed},
    user::{self, UserArgs},
};

/// A chat server and client.
///
/// Settings come from flags, then from the environment, then from a TOML file,
/// and have defaults; `aizuchi serve --help` explains each of them.
#[derive(Debug, Parser)]
#[command(name = "aizuchi", version, max_term_width = 100)]
struct Aizuchi {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(Box<ServeArgs>),
    /// Chat in the terminal.
    Chat(Box<ChatArgs>),
    Bench(Box<BenchArgs>),
    /// Manage the people of the built-in accounts, also while the server runs.
    User(UserArgs),
    /// Copy all data into one file, also while the server runs.
    Backup(BackupArgs),
    /// Make a new data directory of a backup.
    Restore(RestoreArgs),
    /// Write everything into a file, for an import into another store.
    Export(Box<ExportArgs>),
    /// Put an export into a store, beside what is there.
    Import(Box<ImportArgs>),
    /// Check settings, data, disk and ports, and say what to mend.
    Doctor(Box<DoctorArgs>),
    Estimate(Box<EstimateArgs>),
}

/// Does what `arguments` ask, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    match run_or_fail(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}

fn run_or_fail(arguments: impl IntoIterator<Item = OsString>) -> Result<(), Failure> {
    let Parsed { command: Aizuchi { command }, settings } = settings::parse(arguments)?;
    match command {
        Command::Serve(arguments) => serve::run(&arguments.settings),
        Command::Chat(arguments) => block_on(chat::run(*arguments))?.map_err(Failure::from),
        Command::Bench(arguments) => block_on(bench::run(*arguments))?.map_err(Failure::from),
        Command::User(arguments) => block_on(user::run(arguments))?,
        Command::Backup(arguments) => backup::back_up(&arguments),
        Command::Restore(arguments) => backup::restore(&arguments),
        Command::Export(arguments) => block_on(moving::export(*arguments))?.map_err(Failure::from),
        Command::Import(arguments) => block_on(moving::import(*arguments))?.map_err(Failure::from),
        Command::Estimate(arguments) => estimate::run(*arguments).map_err(Failure::from),
        Command::Doctor(arguments) => block_on(doctor::run(*arguments, &settings))?,
    }
}

/// Runs a command that waits.
fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    Ok(runtime.map_err(Failure::Runtime)?.block_on(work))
}
