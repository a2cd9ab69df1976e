//! One line after the other: for pipes, and for terminals that can do no more.

mod people;
mod room;
pub(super) mod screen;

use aizuchi_client::{Account, Client, Event, Gone, event::Link};
use tokio::{sync::mpsc, time::timeout};

use self::room::Room;
use super::{ChatError, Input, LEAVING};

const HELP: &str = "\
/open NAME   talk to this person; a line without a slash is said to him
/list        the conversations
/older       earlier messages of the open one
/id          your own name and id
/help        this
/quit        leave; Ctrl-D does as well
//text       say a line that begins with a slash";

/// Chats until the person leaves.
pub(super) async fn run(
    client: Client,
    account: Account,
    events: mpsc::Receiver<Event>,
    input: &mut Input,
    open: Option<&str>,
) -> Result<(), ChatError> {
    screen::quiet(format_args!("signed in as {}; /help says how", client.me().username));
    let mut room = Room::new(client, account);
    room.list().await?;
    if let Some(name) = open {
        room.open(name).await?;
    }
    talk(&mut room, input, events).await
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
