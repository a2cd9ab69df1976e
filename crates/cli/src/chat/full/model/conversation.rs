//! A conversation as this device knows it.

use std::collections::BTreeMap;

use aizuchi_client::event::{self, Message, Person};
use aizuchi_wire::server::EntryKind;

use crate::chat::{
    full::editor::Editor,
    plain::{paragraphs, plain},
};

/// Messages kept of a conversation that is not open. Earlier ones are asked for again.
const KEPT: usize = 500;
/// Members by whose names a conversation is called.
const NAMED: usize = 3;
/// Who types says so every few seconds. This long after the last time he does not, ms.
const TYPING_LASTS: u64 = 6_000;

/// How far a message of one's own has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::chat::full) enum Progress {
    /// On its way, or waiting for a connection.
    Waiting,
    /// Durable.
    Sent,
    /// Refused for good, with a sentence that says why.
    Refused(String),
}

/// A message of one's own that has no place yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::chat::full) struct Outgoing {
    pub(in crate::chat::full) client_msg_id: String,
    /// As it was written.
    pub(in crate::chat::full) written: String,
    /// This device's clock, ms since the epoch.
    pub(in crate::chat::full) at: u64,
    pub(in crate::chat::full) progress: Progress,
}

/// What stands at a place of the conversation.
#[derive(Debug, Clone, Copy)]
pub(in crate::chat::full) enum Item<'a> {
    Message(&'a Message),
    Outgoing(&'a Outgoing),
}

/// How an item is found again when others came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::chat::full) enum Key {
    Seq(u64),
    Outgoing(String),
}

/// What part of the conversation is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::chat::full) enum Place {
    /// The end, and it stays there as messages come.
    #[default]
    End,
    /// This row of this item is the first one.
    At { key: Key, row: usize },
}

/// Whether the messages of a conversation are here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::chat::full) enum Loaded {
    /// At most those that came while this ran.
    #[default]
    No,
    /// The newest page was asked for.
    Asked,
    /// All from the first one that is here.
    Yes { has_earlier: bool },
    /// Likewise, and those before were asked for.
    Earlier,
}

#[derive(Debug, Default)]
pub(in crate::chat::full) struct Conversation {
    pub(in crate::chat::full) id: String,
    pub(in crate::chat::full) members: Vec<Person>,
    /// What it is called, where it is a room.
    pub(in crate::chat::full) name: Option<String>,
    /// The newest message that is known of.
    pub(in crate::chat::full) last: Option<Message>,
    /// Other people's unread messages, exact up to 100.
    pub(in crate::chat::full) unread: u64,
    pub(in crate::chat::full) reads: BTreeMap<String, u64>,
    /// Ascending by seq. Not dense: entries of other kinds have no place here.
    pub(in crate::chat::full) messages: Vec<Message>,
    pub(in crate::chat::full) outgoing: Vec<Outgoing>,
    pub(in crate::chat::full) loaded: Loaded,
    pub(in crate::chat::full) draft: Editor,
    pub(in crate::chat::full) place: Place,
    /// The first message that was unread when the conversation was opened.
    pub(in crate::chat::full) new_from: Option<u64>,
    /// Who types, and until when that holds.
    typing: Vec<(String, u64)>,
    /// The entry up to which `unread` counts.
    counted: u64,
}

/// A message with nothing in it that a terminal would obey.
pub(in crate::chat::full) fn harmless(mut message: Message) -> Message {
    message.text = if message.deleted { "(deleted)".to_owned() } else { paragraphs(&message.text) };
    message
}

fn harmless_person(person: Person) -> Person {
    Person { username: plain(&person.username), sub: person.sub }
}

impl Conversation {
    pub(in crate::chat::full) fn new(id: String) -> Self {
        Self { id, ..Self::default() }
    }

    /// One between two people, which may have no message yet.
    pub(in crate::chat::full) fn direct(id: String, members: [Person; 2]) -> Self {
        let members = members.into_iter().map(harmless_person).collect();
        Self { id, members, ..Self::default() }
    }

    /// Takes over what the server knows.
    pub(in crate::chat::full) fn take(&mut self, me: &str, told: event::Conversation) {
        self.members = told.members.into_iter().map(harmless_person).collect();
        for (sub, seq) in told.reads {
            self.read_by(&sub, seq);
        }
        self.name = told.name.map(|name| plain(&name));
        if let Some(last) = told.last.filter(|last| last.kind == EntryKind::Message) {
            self.note_last(harmless(last));
        }
        // What was counted here and is not in the answer yet stays counted.
        if told.last_seq >= self.counted {
            self.counted = told.last_seq;
            self.unread = told.unread;
            if self.read_up_to(me) >= told.last_seq {
                self.unread = 0;
            }
        }
    }

    fn note_last(&mut self, message: Message) {
        if self.last.as_ref().is_none_or(|last| last.seq <= message.seq) {
            self.last = Some(message);
        }
    }

    /// The next message.
    pub(in crate::chat::full) fn receive(&mut self, me: &str, message: Message) {
        let message = harmless(message);
        self.typing.retain(|(sub, _)| *sub != message.from_sub);
        self.note_last(message.clone());
        if message.seq > self.counted {
            self.counted = message.seq;
            if message.from_sub != me && message.seq > self.read_up_to(me) {
                self.unread += 1;
            }
        }
        self.insert(me, message);
    }

    /// A message that is here reads otherwise, or is gone.
    pub(in crate::chat::full) fn change(&mut self, change: &Message) {
        let target = |message: &&mut Message| Some(message.seq) == change.target;
        for message in self.messages.iter_mut().chain(&mut self.last).filter(target) {
            match change.kind {
                EntryKind::Deletion => message.deleted = true,
                EntryKind::Edit if !message.deleted && !change.text.is_empty() => {
                    message.text.clone_from(&change.text);
                    message.edited_at = Some(change.timestamp);
                }
                _ => continue,
            }
            *message = harmless(message.clone());
        }
    }

    /// A page of history.
    pub(in crate::chat::full) fn page(&mut self, me: &str, page: Vec<Message>, has_more: bool) {
        let first_here = self.messages.first().map(|first| first.seq);
        // Of a page that begins later than what is here, `has_more` says nothing.
        let is_earlier = match (page.first(), first_here) {
            (Some(page), Some(here)) => page.seq <= here,
            _ => true,
        };
        if let Some(last) = page.iter().rfind(|one| one.kind == EntryKind::Message) {
            self.note_last(harmless(last.clone()));
        }
        for message in &page {
            self.placed(me, message);
        }
        // What was there already is older than the page.
        let before = std::mem::take(&mut self.messages);
        let said = page.into_iter().filter(|one| one.kind == EntryKind::Message).map(harmless);
        self.messages = said.chain(before).collect();
        self.messages.sort_by_key(|message| message.seq);
        self.messages.dedup_by_key(|message| message.seq);
        self.loaded = Loaded::Yes { has_earlier: has_more || !is_earlier };
    }

    /// What is here as a message is not on its way any more.
    fn placed(&mut self, me: &str, message: &Message) {
        if message.from_sub == me
            && let Some(id) = &message.client_msg_id
        {
            self.outgoing.retain(|outgoing| outgoing.client_msg_id != *id);
        }
    }

    fn insert(&mut self, me: &str, message: Message) {
        self.placed(me, &message);
        match self.messages.binary_search_by_key(&message.seq, |one| one.seq) {
            Ok(_) => {}
            Err(at) => self.messages.insert(at, message),
        }
    }

    /// What is here is not all: it is asked for anew.
    pub(in crate::chat::full) fn forget(&mut self) {
        self.messages.clear();
        self.loaded = Loaded::No;
        self.place = Place::End;
        self.new_from = None;
    }

    /// It is not looked at any more.
    pub(in crate::chat::full) fn leave(&mut self) {
        self.place = Place::End;
        self.new_from = None;
        if self.messages.len() > KEPT {
            self.messages.drain(..self.messages.len() - KEPT);
            if let Loaded::Yes { has_earlier } = &mut self.loaded {
                *has_earlier = true;
            }
        }
    }

    /// Somebody's read cursor.
    pub(in crate::chat::full) fn read_by(&mut self, sub: &str, seq: u64) {
        let cursor = self.reads.entry(sub.to_owned()).or_default();
        *cursor = seq.max(*cursor);
    }

    /// One's own read cursor has moved, here or elsewhere.
    pub(in crate::chat::full) fn read_by_me(&mut self, me: &str, seq: u64) {
        if seq <= self.read_up_to(me) {
            return;
        }
        self.read_by(me, seq);
        let unread = |message: &&Message| message.seq > seq && message.from_sub != me;
        let here = self.messages.iter().filter(unread).count();
        let has_all_after = self.messages.first().is_some_and(|first| first.seq <= seq + 1);
        let most = match u64::try_from(here) {
            Ok(here) if has_all_after => here,
            _ => self.counted.saturating_sub(seq),
        };
        self.unread = self.unread.min(most);
    }

    pub(in crate::chat::full) fn read_up_to(&self, sub: &str) -> u64 {
        self.reads.get(sub).copied().unwrap_or_default()
    }

    /// Whether everybody else has read this far.
    pub(in crate::chat::full) fn is_read_by_all(&self, me: &str, seq: u64) -> bool {
        let mut others = self.members.iter().filter(|member| member.sub != me).peekable();
        others.peek().is_some() && others.all(|member| self.read_up_to(&member.sub) >= seq)
    }

    /// The other one, where there are two.
    pub(in crate::chat::full) fn partner(&self, me: &str) -> Option<&Person> {
        let is_direct = self.id.starts_with("d:");
        self.members.iter().find(|member| is_direct && member.sub != me)
    }

    /// What it is called by `me`.
    pub(in crate::chat::full) fn title(&self, me: &str) -> String {
        if let Some(name) = &self.name {
            return name.clone();
        }
        let mut others = self.members.iter().filter(|member| member.sub != me);
        let named: Vec<&str> =
            others.by_ref().take(NAMED).map(|member| member.username.as_str()).collect();
        match (named.len(), others.count()) {
            (0, _) => plain(&self.id),
            (_, 0) => named.join(", "),
            (_, more) => format!("{} and {more} more", named.join(", ")),
        }
    }

    /// A member's name, or the id of one who is none any more.
    pub(in crate::chat::full) fn name_of(&self, sub: &str) -> String {
        let member = self.members.iter().find(|member| member.sub == sub);
        member.map_or_else(|| plain(sub), |member| member.username.clone())
    }

    /// When something happened here last, ms since the epoch.
    pub(in crate::chat::full) fn touched(&self) -> u64 {
        let outgoing = self.outgoing.last().map_or(0, |outgoing| outgoing.at);
        self.last.as_ref().map_or(0, |last| last.timestamp).max(outgoing)
    }

    pub(in crate::chat::full) fn set_typing(&mut self, sub: &str, on: bool, now: u64) {
        self.typing.retain(|(other, _)| other != sub);
        if on {
            self.typing.push((sub.to_owned(), now + TYPING_LASTS));
        }
    }

    pub(in crate::chat::full) fn forget_typing(&mut self, now: u64) {
        self.typing.retain(|(_, until)| *until > now);
    }

    pub(in crate::chat::full) fn nobody_types(&mut self) {
        self.typing.clear();
    }

    pub(in crate::chat::full) fn typing(&self) -> impl Iterator<Item = &str> {
        self.typing.iter().map(|(sub, _)| sub.as_str())
    }

    pub(in crate::chat::full) fn typing_ends(&self) -> Option<u64> {
        self.typing.iter().map(|(_, until)| *until).min()
    }

    pub(in crate::chat::full) fn len(&self) -> usize {
        self.messages.len() + self.outgoing.len()
    }

    pub(in crate::chat::full) fn item(&self, at: usize) -> Option<Item<'_>> {
        match self.messages.get(at) {
            Some(message) => Some(Item::Message(message)),
            None => self.outgoing.get(at - self.messages.len()).map(Item::Outgoing),
        }
    }

    pub(in crate::chat::full) fn index_of(&self, key: &Key) -> Option<usize> {
        match key {
            Key::Seq(seq) => self.messages.binary_search_by_key(seq, |one| one.seq).ok(),
            Key::Outgoing(id) => {
                let at = self.outgoing.iter().position(|one| one.client_msg_id == *id);
                at.map(|at| self.messages.len() + at)
            }
        }
    }

    pub(in crate::chat::full) fn message(&self, seq: u64) -> Option<&Message> {
        self.index_of(&Key::Seq(seq)).and_then(|at| self.messages.get(at))
    }
}

impl Item<'_> {
    pub(in crate::chat::full) fn key(&self) -> Key {
        match self {
            Self::Message(message) => Key::Seq(message.seq),
            Self::Outgoing(outgoing) => Key::Outgoing(outgoing.client_msg_id.clone()),
        }
    }

    pub(in crate::chat::full) fn at(&self) -> u64 {
        match self {
            Self::Message(message) => message.timestamp,
            Self::Outgoing(outgoing) => outgoing.at,
        }
    }
}
