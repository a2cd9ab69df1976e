//! Why a command ended without doing what it was asked.

use std::process::ExitCode;

use aizuchi_store_sqlite::BackupError;

use crate::{
    bench::BenchError,
    chat::ChatError,
    doctor::Unwell,
    estimate::EstimateError,
    launch::StartError,
    moving::MoveError,
    output,
    settings::{Contradiction, ParseError},
    user::UserError,
};

/// What went wrong, as a sentence for whoever typed the command.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Parse(#[from] ParseError),
    #[error(transparent)]
    Settings(#[from] Contradiction),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    User(#[from] UserError),
    #[error(transparent)]
    Bench(#[from] BenchError),
    #[error(transparent)]
    Chat(#[from] ChatError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Move(#[from] MoveError),
    #[error(transparent)]
    Unwell(#[from] Unwell),
    #[error(transparent)]
    Estimate(#[from] EstimateError),
    #[error("the async runtime cannot be started")]
    Runtime(#[source] std::io::Error),
}

/// Of wrong arguments, as is usual.
const USAGE: u8 = 2;

impl Failure {
    /// Tells it, and gives the status to exit with.
    pub(crate) fn tell(&self) -> ExitCode {
        match self {
            Self::Parse(ParseError::Arguments(error)) => {
                // Help and version come this way as well. If nobody can read
                // it, nobody can be told that either.
                let _ = error.print();
                let code = if error.use_stderr() { USAGE } else { 0 };
                return ExitCode::from(code);
            }
            _ => output::error(self),
        }
        match self {
            Self::Parse(_) | Self::Settings(_) => ExitCode::from(USAGE),
            _ => ExitCode::FAILURE,
        }
    }
}
