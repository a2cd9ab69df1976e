//! Passwords, typed unseen or piped in.

use std::io::{self, BufRead};

use clap::Args;

/// Where the password comes from.
#[derive(Debug, Args)]
pub(crate) struct PasswordArgs {
    /// Read the password from standard input, up to the end of its first line,
    /// in place of asking for it.
    #[arg(long)]
    password_stdin: bool,
}

/// Why there is no password.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordError {
    #[error("there is no terminal to type a password at: pipe it in, with --password-stdin")]
    NoTerminal(#[source] io::Error),
    #[error("the password cannot be read from standard input")]
    Input(#[source] io::Error),
    #[error("the two passwords differ; nothing was changed")]
    Differ,
}

impl PasswordArgs {
    /// The new password, asked for twice where it is typed.
    pub(crate) fn ask(&self) -> Result<String, PasswordError> {
        if self.password_stdin {
            let mut line = String::new();
            io::stdin().lock().read_line(&mut line).map_err(PasswordError::Input)?;
            return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
        }
        let typed = rpassword::prompt_password("New password: ");
        let typed = typed.map_err(PasswordError::NoTerminal)?;
        let again = rpassword::prompt_password("The same again: ");
        let again = again.map_err(PasswordError::NoTerminal)?;
        if typed == again { Ok(typed) } else { Err(PasswordError::Differ) }
    }
}
