//! The open conversation, and what happens around it.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use aizuchi_client::{
    Account, Client, Event,
    event::{Command, Link, Message, Person, To},
    ids::direct_conversation,
};
use aizuchi_wire::{ErrorCode, server::EntryKind};

use super::{
    people::{People, title},
    screen,
};
use crate::chat::ChatError;

/// Messages of a page.
const PAGE: u32 = 30;
/// Who types says so every few seconds; it is shown once in so long.
const TYPING_SHOWN: Duration = Duration::from_secs(30);

struct Open {
    conversation: String,
    partner: Person,
    /// The first message shown, where there is an earlier one.
    earlier: Option<u64>,
    /// The last of the newest page, once that is shown.
    shown: Option<u64>,
    /// What came before that page did.
    early: Vec<Message>,
    online: Option<bool>,
    typing_shown: Option<Instant>,
}

pub(super) struct Room {
    client: Client,
    account: Account,
    people: People,
    open: Option<Open>,
    /// Said here and not yet acknowledged.
    unsent: HashSet<String>,
    is_down: bool,
}

impl Room {
    pub(super) fn new(client: Client, account: Account) -> Self {
        let mut people = People::default();
        people.meet(client.me());
        Self { client, account, people, open: None, unsent: HashSet::new(), is_down: false }
    }

    /// Messages that have not reached the server.
    pub(super) fn unsent(&self) -> usize {
        self.unsent.len()
    }

    pub(super) fn show_id(&self) {
        let me = self.client.me();
        screen::quiet(format_args!("{}, id {}", me.username, me.sub));
    }

    pub(super) async fn list(&self) -> Result<(), ChatError> {
        Ok(self.client.command(Command::Conversations { cursor: None }).await?)
    }

    /// Opens the conversation with the person of this name.
    pub(super) async fn open(&mut self, name: &str) -> Result<(), ChatError> {
        if name.is_empty() {
            screen::quiet("/open whom?");
            return Ok(());
        }
        let partner = match self.account.find(name).await {
            Ok(partner) => partner,
            Err(error) if error.code() == Some(ErrorCode::NotFound) => {
                screen::quiet(format_args!("nobody has the name {name}"));
                return Ok(());
            }
            Err(error) => {
                screen::quiet(error);
                return Ok(());
            }
        };
        let me = &self.client.me().sub;
        if partner.sub == *me {
            screen::quiet("that is you");
            return Ok(());
        }
        self.people.meet(&partner);
        let conversation = direct_conversation(me, &partner.sub);
        self.client.command(Command::Watch { subs: vec![partner.sub.clone()] }).await?;
        self.ask_for(&conversation, None).await?;
        self.open = Some(Open {
            conversation,
            partner,
            earlier: None,
            shown: None,
            early: Vec::new(),
            online: None,
            typing_shown: None,
        });
        Ok(())
    }

    pub(super) async fn older(&self) -> Result<(), ChatError> {
        match &self.open {
            None => screen::quiet("no conversation is open; /open NAME"),
            Some(Open { earlier: None, .. }) => screen::quiet("there is nothing earlier"),
            Some(Open { conversation, earlier, .. }) => {
                self.ask_for(conversation, *earlier).await?;
            }
        }
        Ok(())
    }

    async fn ask_for(&self, conversation: &str, before: Option<u64>) -> Result<(), ChatError> {
        let conversation_id = conversation.to_owned();
        Ok(self.client.command(Command::History { conversation_id, before, limit: PAGE }).await?)
    }

    pub(super) async fn say(&mut self, text: &str) -> Result<(), ChatError> {
        let Some(open) = &self.open else {
            screen::quiet("to whom? /open NAME first");
            return Ok(());
        };
        let to = To::Person(open.partner.sub.clone());
        let id = self.client.send(to, text.to_owned()).await?;
        self.unsent.insert(id);
        Ok(())
    }

    /// Says of a message that is on the screen already how it changed.
    fn change(&self, change: &Message) {
        let open = self.open.as_ref().filter(|open| open.conversation == change.conversation_id);
        match change.kind {
            EntryKind::Edit if open.is_some() && !change.text.is_empty() => {
                screen::quiet(format_args!("edited: {}", change.text));
            }
            EntryKind::Deletion if open.is_some() => screen::quiet("a message was deleted"),
            _ => {}
        }
    }

    pub(super) async fn happened(&mut self, event: Event) -> Result<(), ChatError> {
        match event {
            Event::Link(link) => self.linked(link),
            Event::Message(message) => self.message(message).await?,
            Event::Change(change) => self.change(&change),
            // Its own message comes with it, at its place.
            Event::Sent { .. } => {}
            Event::Refused { client_msg_id, error, .. } => {
                self.unsent.remove(&client_msg_id);
                screen::quiet(format_args!("not sent: {error}"));
            }
            Event::Conversation(conversation) => self.people.meet_all(&conversation),
            // Nothing here asks for it.
            Event::Found { .. } => {}
            Event::Conversations { conversations, cursor } => {
                for conversation in &conversations {
                    self.people.meet_all(conversation);
                    let title = title(conversation, &self.client.me().sub);
                    match conversation.unread {
                        0 => screen::quiet(title),
                        unread => screen::quiet(format_args!("{title} ({unread} unread)")),
                    }
                }
                if cursor.is_some() {
                    self.client.command(Command::Conversations { cursor }).await?;
                }
            }
            Event::Page { conversation_id, messages, has_more } => {
                self.page(&conversation_id, &messages, has_more).await?;
            }
            Event::Reset { conversation_id, .. } => {
                let open = self.open.as_mut();
                if let Some(open) = open.filter(|open| open.conversation == conversation_id) {
                    open.shown = None;
                    screen::quiet("much was said meanwhile; these are the last messages");
                    self.ask_for(&conversation_id, None).await?;
                }
            }
            Event::Failed { error, .. } => screen::quiet(error),
            Event::Typing { conversation_id, sub, on } => self.typing(&conversation_id, &sub, on),
            Event::Presence { sub, online, .. } => self.presence(&sub, online),
            Event::Read { .. } => {}
        }
        Ok(())
    }

    fn linked(&mut self, link: Link) {
        match link {
            Link::Offline { .. } if !self.is_down => {
                self.is_down = true;
                screen::quiet("no connection; what you say is sent when it is back");
            }
            Link::Online if self.is_down => {
                self.is_down = false;
                screen::quiet("connected again");
            }
            _ => {}
        }
    }

    async fn message(&mut self, message: Message) -> Result<(), ChatError> {
        let is_own = message.from_sub == self.client.me().sub;
        let was_typed_here =
            is_own && message.client_msg_id.as_ref().is_some_and(|id| self.unsent.remove(id));
        if !self.people.knows(&message.from_sub)
            && let Ok(person) = self.account.person(&message.from_sub).await
        {
            self.people.meet(&person);
        }
        let name = self.people.name(&message.from_sub);
        match &mut self.open {
            Some(open) if open.conversation == message.conversation_id => {
                let Some(shown) = open.shown else {
                    open.early.push(message);
                    return Ok(());
                };
                if message.seq <= shown {
                    return Ok(());
                }
                if !was_typed_here {
                    screen::message(message.timestamp, name, &message.text);
                }
                if !is_own {
                    open.typing_shown = None;
                    self.read(message.conversation_id, message.seq).await?;
                }
            }
            _ if !is_own => screen::quiet(format_args!("{name} wrote; /open {name}")),
            _ => {}
        }
        Ok(())
    }

    async fn page(
        &mut self,
        conversation: &str,
        messages: &[Message],
        has_more: bool,
    ) -> Result<(), ChatError> {
        let Some(open) = self.open.as_mut().filter(|open| open.conversation == conversation) else {
            return Ok(());
        };
        let is_newest = open.shown.is_none();
        open.earlier = messages.first().map(|first| first.seq).filter(|_| has_more);
        for message in messages {
            let name = self.people.name(&message.from_sub);
            screen::message(message.timestamp, name, &message.text);
        }
        if !is_newest {
            return Ok(());
        }
        let last = messages.last().map_or(0, |last| last.seq);
        open.shown = Some(last);
        let early = std::mem::take(&mut open.early);
        let with = &open.partner.username;
        screen::quiet(match last {
            0 => format!("nothing yet with {with}; say something"),
            _ => format!("with {with}"),
        });
        if last > 0 {
            self.read(conversation.to_owned(), last).await?;
        }
        for message in early {
            self.message(message).await?;
        }
        Ok(())
    }

    async fn read(&self, conversation_id: String, seq: u64) -> Result<(), ChatError> {
        Ok(self.client.command(Command::Read { conversation_id, seq }).await?)
    }

    fn typing(&mut self, conversation: &str, sub: &str, on: bool) {
        let Some(open) = self.open.as_mut().filter(|open| open.conversation == conversation) else {
            return;
        };
        let was_shown = open.typing_shown.is_some_and(|at| at.elapsed() < TYPING_SHOWN);
        if on && sub == open.partner.sub && !was_shown {
            open.typing_shown = Some(Instant::now());
            screen::quiet(format_args!("{} is typing", open.partner.username));
        }
    }

    fn presence(&mut self, sub: &str, online: bool) {
        let Some(open) = self.open.as_mut().filter(|open| open.partner.sub == sub) else { return };
        if open.online.replace(online) != Some(online) {
            let is = if online { "online" } else { "offline" };
            screen::quiet(format_args!("{} is {is}", open.partner.username));
        }
    }
}
