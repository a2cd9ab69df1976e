//! What events and keys do to the state.

use aizuchi_client::{
    Event,
    event::{self, Command, Link, Message, Person, To},
    ids::direct_conversation,
};
use aizuchi_wire::{ErrorCode, server::EntryKind};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::tz::TimeZone;

use super::*;
use crate::chat::full::rows::{Row, Tick};

mod list;
mod reading;
mod writing;

/// 2027-01-15 08:00 UTC.
pub(in crate::chat::full) const NOW: u64 = 1_800_000_000_000;

/// A state, and what is done to it.
pub(in crate::chat::full) struct Stage {
    pub(in crate::chat::full) model: Model,
    pub(in crate::chat::full) now: u64,
}

pub(in crate::chat::full) fn person(name: &str) -> Person {
    Person { sub: format!("id-{name}"), username: name.to_owned() }
}

pub(in crate::chat::full) fn with(name: &str) -> String {
    direct_conversation("id-me", &format!("id-{name}"))
}

/// The message at this place of the conversation with `name`.
pub(in crate::chat::full) fn message(name: &str, from: &str, seq: u64, text: &str) -> Message {
    Message {
        conversation_id: with(name),
        seq,
        message_id: format!("m-{name}-{seq}"),
        from_sub: format!("id-{from}"),
        text: text.to_owned(),
        timestamp: NOW - 3_600_000 + seq * 1_000,
        client_msg_id: None,
        reply_to: None,
        kind: EntryKind::Message,
        target: None,
        edited_at: None,
        deleted: false,
        reactions: Vec::new(),
        reacts: None,
    }
}

pub(in crate::chat::full) fn conversation(
    name: &str,
    last: Option<Message>,
    unread: u64,
) -> event::Conversation {
    let last_seq = last.as_ref().map_or(0, |last| last.seq);
    event::Conversation {
        name: None,
        id: with(name),
        members: vec![person("me"), person(name)],
        last_seq,
        unread,
        reads: [("id-me".to_owned(), last_seq - unread)].into(),
        last,
    }
}

impl Stage {
    pub(in crate::chat::full) fn new(columns: u16, rows: u16) -> Self {
        let mut made = 0;
        let ids = Box::new(move || {
            made += 1;
            Some(format!("c{made}"))
        });
        let size = (columns, rows);
        let mut model = Model::new(person("me"), TimeZone::UTC, size, NOW, ids);
        assert_eq!(model.effects(), [Effect::Command(Command::Conversations { cursor: None })]);
        let mut stage = Self { model, now: NOW };
        stage.tell(Event::Link(Link::Online));
        stage
    }

    pub(in crate::chat::full) fn tell(&mut self, event: Event) {
        self.model.happened(self.now, event);
    }

    pub(in crate::chat::full) fn list(&mut self, conversations: Vec<event::Conversation>) {
        self.tell(Event::Conversations { conversations, cursor: None });
    }

    pub(in crate::chat::full) fn page(&mut self, name: &str, messages: Vec<Message>, more: bool) {
        self.tell(Event::Page { conversation_id: with(name), messages, has_more: more });
    }

    pub(in crate::chat::full) fn press(&mut self, code: KeyCode) {
        self.press_with(code, KeyModifiers::NONE);
    }

    pub(in crate::chat::full) fn press_with(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        self.model.key(self.now, KeyEvent::new(code, modifiers));
    }

    pub(in crate::chat::full) fn control(&mut self, key: char) {
        self.press_with(KeyCode::Char(key), KeyModifiers::CONTROL);
    }

    pub(in crate::chat::full) fn write(&mut self, text: &str) {
        text.chars().for_each(|c| self.press(KeyCode::Char(c)));
    }

    fn pass(&mut self, ms: u64) {
        self.now += ms;
        self.model.tick(self.now);
    }

    fn commands(&mut self) -> Vec<Command> {
        let command = |effect| match effect {
            Effect::Command(command) => Some(command),
            _ => None,
        };
        self.model.effects().into_iter().filter_map(command).collect()
    }

    /// The texts in sight, with the tick after each that has one.
    fn seen(&self) -> Vec<(String, Option<Tick>)> {
        let (rows, height) = self.model.rows().expect("an open conversation");
        let text = |row| match row {
            Row::Text { text, tick } => Some((text, tick)),
            _ => None,
        };
        rows.seen(height).into_iter().filter_map(|seen| text(seen.content)).collect()
    }

    fn texts(&self) -> Vec<String> {
        self.seen().into_iter().map(|(text, _)| text).collect()
    }
}

/// `me` in front of the conversation with `ann`, which has these messages of hers.
pub(in crate::chat::full) fn talking(columns: u16, rows: u16, texts: &[&str]) -> Stage {
    let mut stage = Stage::new(columns, rows);
    let messages: Vec<Message> =
        (1..).zip(texts).map(|(seq, text)| message("ann", "ann", seq, text)).collect();
    stage.list(vec![conversation("ann", messages.last().cloned(), 0)]);
    stage.press(KeyCode::Enter);
    stage.page("ann", messages, false);
    stage.model.effects();
    stage
}

fn numbered(range: std::ops::RangeInclusive<u64>) -> Vec<Message> {
    range.map(|seq| message("ann", "ann", seq, &format!("number {seq}"))).collect()
}

fn sent(commands: Vec<Command>) -> Vec<(String, To, String)> {
    let send = |command| match command {
        Command::Send { client_msg_id, to, text, .. } => Some((client_msg_id, to, text)),
        _ => None,
    };
    commands.into_iter().filter_map(send).collect()
}
