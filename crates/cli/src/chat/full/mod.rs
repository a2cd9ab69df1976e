//! The whole screen: a list, a conversation, and keys.
//!
//! [`model`] is what is shown, without I/O; [`view`] draws it; [`terminal`]
//! takes the terminal and gives it back. This joins them to the client.

mod areas;
mod editor;
mod model;
mod rows;
mod terminal;
mod text;
mod view;

use std::{future::pending, io, time::Duration};

use aizuchi_client::{
    Account, Client, Event, Gone,
    event::Person,
    http::HttpError,
    ids::{client_msg_id, now_ms},
};
use aizuchi_wire::ErrorCode;
use crossterm::event::{self, EventStream};
use futures_util::{FutureExt, StreamExt};
use jiff::tz::TimeZone;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc,
    time::sleep,
};
use url::{Url, form_urlencoded};

use self::{
    model::{Effect, Line, Model},
    terminal::Screen,
    view::Theme,
};
use super::ChatError;

/// What is looked for at a time; one waits for the answer before asking again.
const LOOKED_FOR: usize = 4;
/// What an invite link calls the person.
const INVITED: &str = "u";
/// Keys that wait while the screen is drawn.
const KEYS: usize = 256;

/// Chats until the person leaves.
pub(super) async fn run(
    client: Client,
    account: Account,
    events: mpsc::Receiver<Event>,
    server: &Url,
    open: Option<String>,
) -> Result<(), ChatError> {
    let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let screen = Screen::take()?;
    let ids = Box::new(|| client_msg_id().ok());
    let size = screen.size()?;
    let mut model = Model::new(client.me().clone(), TimeZone::system(), size, now_ms(), ids);
    model.invite = invite(server, &client.me().sub);
    let (told, found) = mpsc::channel(LOOKED_FOR);
    let driver = Driver { client, account, model, screen, theme: Theme::new(!no_colour), told };
    driver.run(events, found, open).await
}

struct Driver {
    client: Client,
    account: Account,
    model: Model,
    screen: Screen,
    theme: Theme,
    told: mpsc::Sender<Found>,
}

type Found = Result<Person, String>;

/// Anything that changes what is shown.
enum Happened {
    Terminal(Option<io::Result<event::Event>>),
    Client(Option<Box<Event>>),
    Found(Found),
    Time,
    Terminated,
}

struct Sources {
    keys: mpsc::Receiver<io::Result<event::Event>>,
    events: mpsc::Receiver<Event>,
    found: mpsc::Receiver<Found>,
    terminate: [Signal; 2],
}

impl Driver {
    async fn run(
        mut self,
        events: mpsc::Receiver<Event>,
        found: mpsc::Receiver<Found>,
        open: Option<String>,
    ) -> Result<(), ChatError> {
        let terminate = [signal(SignalKind::terminate())?, signal(SignalKind::hangup())?];
        let mut sources = Sources { keys: keys(), events, found, terminate };
        if let Some(name) = open {
            self.look_for(name);
        }
        loop {
            if self.carry_out().await? {
                break;
            }
            self.screen.draw(|frame| view::draw(&self.model, &self.theme, frame))?;
            let mut happened = Some(sources.next(self.model.deadline()).await);
            // What waits already is drawn together.
            while let Some(one) = happened {
                if self.take(one)? {
                    return self.left();
                }
                happened = sources.next(None).now_or_never();
            }
        }
        self.left()
    }

    /// What a person should know who has left.
    fn left(self) -> Result<(), ChatError> {
        match (self.model.unsent(), self.model.line) {
            (0, Line::Ended(why)) => Err(ChatError::Ended(why)),
            (0, _) => Ok(()),
            (unsent, _) => Err(ChatError::Unsent(unsent)),
        }
    }

    /// Carries out what the model wants. `true` at the end.
    async fn carry_out(&mut self) -> Result<bool, ChatError> {
        for effect in self.model.effects() {
            match effect {
                Effect::Command(command) => self.client.command(command).await?,
                Effect::Find(name) => self.look_for(name),
                Effect::Ring => self.screen.ring()?,
                Effect::Redraw => self.screen.forget()?,
                Effect::Suspend => {
                    self.screen.suspend().await?;
                    let size = self.screen.size()?;
                    self.model.resized(now_ms(), size);
                }
                Effect::Leave => return Ok(true),
            }
        }
        Ok(false)
    }

    /// Lets the model know. `true` where this process is to end.
    fn take(&mut self, happened: Happened) -> Result<bool, ChatError> {
        let now = now_ms();
        match happened {
            Happened::Terminal(Some(Ok(event))) => match event {
                event::Event::Key(key) => self.model.key(now, key),
                event::Event::Paste(text) => self.model.paste(now, &text),
                event::Event::Resize(columns, rows) => self.model.resized(now, (columns, rows)),
                event::Event::FocusGained => self.model.looked_at(now, true),
                event::Event::FocusLost => self.model.looked_at(now, false),
                event::Event::Mouse(_) => {}
            },
            Happened::Terminal(Some(Err(error))) => return Err(error.into()),
            Happened::Client(Some(event)) => self.model.happened(now, *event),
            Happened::Client(None) => return Err(Gone.into()),
            Happened::Found(found) => self.model.found(now, found),
            Happened::Time => self.model.tick(now),
            Happened::Terminal(None) | Happened::Terminated => return Ok(true),
        }
        Ok(false)
    }

    fn look_for(&self, name: String) {
        let (account, told) = (self.account.clone(), self.told.clone());
        tokio::spawn(async move {
            // Where nobody waits for it any more the answer is of no use.
            let _ = told.send(find(&account, &name).await).await;
        });
    }
}

/// The link by which others begin a conversation with this person.
fn invite(server: &Url, sub: &str) -> String {
    let mut link = server.clone();
    link.set_path("/invite");
    let fragment =
        form_urlencoded::Serializer::new(String::new()).append_pair(INVITED, sub).finish();
    link.set_fragment(Some(&fragment));
    link.into()
}

/// The id in an invite link.
fn invited(link: &str) -> Option<String> {
    let (_, fragment) = link.split_once("/invite#")?;
    let mut pairs = form_urlencoded::parse(fragment.as_bytes());
    pairs.find_map(|(name, sub)| (name == INVITED).then(|| sub.into_owned()))
}

/// The person with this name, with this id, or of this invite link.
async fn find(account: &Account, name: &str) -> Found {
    let invited = invited(name);
    let name = invited.as_deref().unwrap_or(name);
    let is_unknown = |error: &HttpError| {
        matches!(error.code(), Some(ErrorCode::NotFound | ErrorCode::InvalidRequest))
    };
    let by_name = account.find(name).await;
    let found = match by_name {
        Err(error) if is_unknown(&error) => account.person(name).await,
        found => found,
    };
    found.map_err(|error| match is_unknown(&error) {
        true => "Nobody has this name or id.".to_owned(),
        false => error.to_string(),
    })
}

impl Sources {
    /// The next of whatever happens. May be dropped while it waits.
    async fn next(&mut self, deadline: Option<u64>) -> Happened {
        let [terminated, hung_up] = &mut self.terminate;
        tokio::select! {
            biased;
            _ = terminated.recv() => Happened::Terminated,
            _ = hung_up.recv() => Happened::Terminated,
            event = self.keys.recv() => Happened::Terminal(event),
            event = self.events.recv() => Happened::Client(event.map(Box::new)),
            Some(found) = self.found.recv() => Happened::Found(found),
            () = until(deadline) => Happened::Time,
        }
    }
}

/// What the terminal tells. The stream itself remembers the first one who waits
/// for it, so only one task may, and goes on waiting.
fn keys() -> mpsc::Receiver<io::Result<event::Event>> {
    let (told, keys) = mpsc::channel(KEYS);
    tokio::spawn(async move {
        let mut stream = EventStream::new();
        while let Some(event) = stream.next().await
            && told.send(event).await.is_ok()
        {}
    });
    keys
}

/// Until this time, ms since the epoch.
async fn until(deadline: Option<u64>) {
    match deadline {
        Some(at) => sleep(Duration::from_millis(at.saturating_sub(now_ms()))).await,
        None => pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invite_link_leads_to_its_person() {
        let server = "https://chat.example.org".parse().unwrap();
        let link = invite(&server, "a b+c");
        assert_eq!(link, "https://chat.example.org/invite#u=a+b%2Bc");
        assert_eq!(invited(&link).as_deref(), Some("a b+c"));
        assert_eq!(invited("ann"), None);
    }
}
