//! `aizuchi chat`: a plain terminal client.

mod people;
mod room;
mod screen;
mod sign_in;

use std::{io, time::Duration};

use aizuchi_client::{Client, Event, Gone, event::Link, http::HttpError};
use clap::Args;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines, Stdin, stdin},
    sync::mpsc,
    time::timeout,
};
use url::Url;

use self::room::Room;

/// For what was said to reach the server when one leaves.
const LEAVING: Duration = Duration::from_secs(10);

const HELP: &str = "\
/open NAME   talk to this person; a line without a slash is said to him
/list        the conversations
/older       earlier messages of the open one
/id          your own name and id
/help        this
/quit        leave; Ctrl-D does as well
//text       say a line that begins with a slash";

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
    /// Talk to this person.
    #[arg(long, value_name = "NAME")]
    open: Option<String>,
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
    #[error("{0} messages have not reached the server")]
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
    screen::quiet(format_args!("signed in as {}; /help says how", client.me().username));
    let mut room = Room::new(client, account);
    room.list().await?;
    if let Some(name) = &args.open {
        room.open(name).await?;
    }
    talk(&mut room, &mut input, events).await
}

async fn talk(
    room: &mut Room,
    input: &mut Input,
    mut events: mpsc::Receiver<Event>,
) -> Result<(), ChatError> {
    loop {
        tokio::select! {
            event = events.recv() => happened(room, event).await?,
            line = input.next_line() => match line? {
                Some(line) if line.trim() == "/quit" => break,
                Some(line) => obey(room, &line).await?,
                None => break,
            },
        }
    }
    let all_sent = async {
        while room.unsent() > 0 {
            happened(room, events.recv().await).await?;
        }
        Ok(())
    };
    match timeout(LEAVING, all_sent).await {
        Ok(result) => result,
        Err(_) => Err(ChatError::Unsent(room.unsent())),
    }
}

async fn happened(room: &mut Room, event: Option<Event>) -> Result<(), ChatError> {
    use aizuchi_client::event::Ended;
    match event {
        None => Err(Gone.into()),
        Some(Event::Link(Link::Ended(Ended::Session))) => {
            Err(ChatError::Ended("signed out, here or elsewhere"))
        }
        Some(Event::Link(Link::Ended(Ended::TooManyConnections))) => {
            Err(ChatError::Ended("too many connections elsewhere"))
        }
        Some(event) => room.happened(event).await,
    }
}

async fn obey(room: &mut Room, line: &str) -> Result<(), ChatError> {
    let line = line.trim_end();
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    match word {
        "" => Ok(()),
        "/open" => room.open(rest.trim()).await,
        "/list" => room.list().await,
        "/older" => room.older().await,
        "/id" => {
            room.show_id();
            Ok(())
        }
        "/help" => {
            screen::quiet(HELP);
            Ok(())
        }
        _ if line.starts_with("//") => room.say(&line[1..]).await,
        _ if line.starts_with('/') => {
            screen::quiet(format_args!("there is no {word}; /help says what there is"));
            Ok(())
        }
        _ => room.say(line).await,
    }
}
