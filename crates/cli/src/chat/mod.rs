//! `aizuchi chat`: a terminal client, on the whole screen or line by line.

mod full;
mod line;
mod plain;
mod sign_in;

use std::{
    io::{self, IsTerminal},
    time::Duration,
};

use aizuchi_client::{Client, Gone, http::HttpError};
use clap::Args;
use tokio::io::{AsyncBufReadExt, BufReader, Lines, Stdin, stdin};
use url::Url;

/// For what was said to reach the server when one leaves.
const LEAVING: Duration = Duration::from_secs(10);

/// Arguments of `aizuchi chat`.
#[derive(Debug, Args)]
pub(crate) struct ChatArgs {
    /// The server.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: Url,
    /// Your name. Asked for unless told.
    #[arg(long)]
    user: Option<String>,
    /// Your password. Asked for, without being shown, unless it is here.
    #[arg(long, env = "AIZUCHI_PASSWORD", hide_env_values = true)]
    password: Option<String>,
    /// Make a new account.
    #[arg(long)]
    sign_up: bool,
    /// Talk to the person with this name; on the whole screen an id or an invite
    /// link will do as well.
    #[arg(long, value_name = "NAME")]
    open: Option<String>,
    /// One line after the other, as where this is no terminal.
    #[arg(long)]
    plain: bool,
}

impl ChatArgs {
    /// Whether there is a screen to be filled.
    fn fills_a_screen(&self) -> bool {
        let can = std::env::var_os("TERM").is_none_or(|kind| kind != "dumb");
        !self.plain && can && io::stdin().is_terminal() && io::stdout().is_terminal()
    }
}

/// Why a chat ended, or did not begin.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChatError {
    /// The server's HTTP side.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// Two passwords that should be one.
    #[error("the two passwords differ")]
    Differ,
    /// Nobody to ask.
    #[error("no name: give --user NAME")]
    NoName,
    /// The terminal.
    #[error("the terminal cannot be read")]
    Terminal(#[from] io::Error),
    /// The connection ended for good.
    #[error("the connection ended: {0}")]
    Ended(&'static str),
    /// What was said last has not reached the server.
    #[error("messages that have not reached the server: {0}")]
    Unsent(usize),
}

impl From<Gone> for ChatError {
    fn from(_: Gone) -> Self {
        Self::Ended("the client has stopped")
    }
}

type Input = Lines<BufReader<Stdin>>;

/// Chats until the person leaves.
///
/// # Errors
/// Where signing in fails, or the connection ends for good.
pub(crate) async fn run(args: ChatArgs) -> Result<(), ChatError> {
    let mut input = BufReader::new(stdin()).lines();
    let (service, account) = sign_in::sign_in(&args, &mut input).await?;
    let endpoint = service.endpoint().await?;
    let (client, events) = Client::start(account.clone(), endpoint);
    if args.fills_a_screen() {
        drop(input);
        full::run(client, account, events, &args.url, args.open).await
    } else {
        line::run(client, account, events, &mut input, args.open.as_deref()).await
    }
}
