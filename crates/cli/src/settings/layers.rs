//! Flags over the environment over the file over the defaults.
//!
//! The command line's parser does all of it: each setting gets its variable,
//! and what the file says becomes its default. So the same parsers, the same
//! errors and the same help hold for all of them.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::{
    Arg, ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches, parser::ValueSource,
};
use serde::Serialize;

use super::file::{File, FileError};

/// The id of the argument that names the file, and so of commands with settings.
const CONFIG: &str = "config";

/// Arguments that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// On the command line or in the environment; also what `--help` says.
    #[error(transparent)]
    Arguments(#[from] clap::Error),
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// A value in the file.
    #[error("the settings file {}: {cause}", path.display())]
    InFile {
        /// Which.
        path: PathBuf,
        /// As the parser says it of a flag.
        cause: clap::Error,
    },
}

/// Who gave a setting its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The command line.
    Flag,
    /// A variable.
    Environment,
    /// The file.
    File,
    /// Nobody.
    Default,
}

impl Origin {
    /// In a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Environment => "environment",
            Self::File => "file",
            Self::Default => "default",
        }
    }
}

/// A setting, as somebody wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Its name.
    pub name: String,
    /// Its values; most settings have one, and some none.
    pub values: Vec<String>,
    /// Who gave them.
    pub origin: Origin,
}

/// A command, and the settings it was given.
#[derive(Debug)]
pub struct Parsed<T> {
    /// The command.
    pub command: T,
    /// Its settings, where it has some.
    pub settings: Vec<Told>,
}

/// Parses `arguments`, the program's name first.
pub fn parse<T: CommandFactory + FromArgMatches>(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Parsed<T>, ParseError> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let command = map_settings(T::command(), &with_variable);
    let mut matches = command.clone().try_get_matches_from(&arguments)?;
    let mut file = File::default();
    if let Some(path) = config_of(&matches) {
        file = File::read(path)?;
        let over_file = map_settings(command, &|setting| with_default(setting, &file));
        // Without the file all was well.
        matches = over_file
            .try_get_matches_from(arguments)
            .map_err(|cause| ParseError::InFile { path: file.path.clone(), cause })?;
    }
    let settings = told(&matches, &file);
    Ok(Parsed { command: T::from_arg_matches(&matches)?, settings })
}

/// Changes the settings of every command that has some.
fn map_settings(command: Command, change: &dyn Fn(Arg) -> Arg) -> Command {
    let command = command.mut_subcommands(|sub| map_settings(sub, change));
    if command.get_arguments().all(|argument| argument.get_id() != CONFIG) {
        return command;
    }
    let names = super::names();
    command.mut_args(|argument| {
        let name = argument.get_long();
        if name.is_some_and(|name| name == CONFIG || names.iter().any(|one| one == name)) {
            change(argument)
        } else {
            argument
        }
    })
}

fn with_variable(setting: Arg) -> Arg {
    let variable = format!("AIZUCHI_{}", setting.get_id().as_str().to_uppercase());
    setting.env(variable).hide_env_values(true)
}

fn with_default(setting: Arg, file: &File) -> Arg {
    match setting.get_long().and_then(|name| file.values.get(name)) {
        None => setting,
        Some(values) if matches!(setting.get_action(), ArgAction::Append) => {
            setting.default_values(values.clone())
        }
        // A list where one value belongs is refused like any other wrong value.
        Some(values) => setting.default_value(values.join(", ")),
    }
}

/// The matches of the innermost subcommand.
fn innermost(matches: &ArgMatches) -> &ArgMatches {
    matches.subcommand().map_or(matches, |(_, inner)| innermost(inner))
}

fn config_of(matches: &ArgMatches) -> Option<&Path> {
    let config = innermost(matches).try_get_one::<PathBuf>(CONFIG);
    config.ok().flatten().map(PathBuf::as_path)
}

fn told(matches: &ArgMatches, file: &File) -> Vec<Told> {
    let matches = innermost(matches);
    let settings = super::names().into_iter().filter_map(|name| {
        let id = name.replace('-', "_");
        let values = matches.try_get_raw(&id).ok()?;
        let values = values.into_iter().flatten();
        Some(Told {
            values: values.map(|value| value.to_string_lossy().into_owned()).collect(),
            origin: match matches.value_source(&id) {
                Some(ValueSource::CommandLine) => Origin::Flag,
                Some(ValueSource::EnvVariable) => Origin::Environment,
                _ if file.values.contains_key(&name) => Origin::File,
                _ => Origin::Default,
            },
            name,
        })
    });
    settings.collect()
}
