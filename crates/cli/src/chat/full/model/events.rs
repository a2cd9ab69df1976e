//! What the client tells.

use aizuchi_client::{
    Event,
    event::{Command, Ended, Link, Message, Person},
    ids::direct_conversation,
};

use super::{Bar, Conversation, Effect, Focus, Line, Loaded, Model, Place, Presence, Progress};
use crate::chat::plain::plain;

/// Messages of a page.
pub(super) const PAGE: u32 = 50;
/// Rows above the line before the first unread message.
const ABOVE_NEW: usize = 2;

impl Model {
    /// Something happened on the connection.
    pub(in crate::chat::full) fn happened(&mut self, now: u64, event: Event) {
        self.now = now;
        match event {
            Event::Link(link) => self.linked(link),
            Event::Message(message) => self.message(message),
            Event::Change(change) => {
                if let Some(conversation) = self.conversations.get_mut(&change.conversation_id) {
                    conversation.change(&change);
                }
            }
            Event::Sent { client_msg_id, .. } => {
                self.progress(&client_msg_id, Progress::Sent);
                if self.is_leaving && self.unsent() == 0 && !self.has_drafts() {
                    self.effects.push(Effect::Leave);
                }
            }
            Event::Refused { client_msg_id, error, .. } => {
                self.progress(&client_msg_id, Progress::Refused(plain(&error)));
                // One should know before one leaves.
                if std::mem::take(&mut self.is_leaving) {
                    self.notice = Some(format!("Not sent: {}", plain(&error)));
                }
            }
            Event::Conversation(told) => {
                let me = self.me.sub.clone();
                self.conversation(&told.id).take(&me, told);
            }
            Event::Conversations { conversations, cursor } => {
                let me = self.me.sub.clone();
                for told in conversations {
                    self.conversation(&told.id).take(&me, told);
                }
                self.duties.is_list_asked = false;
                if cursor.is_some() {
                    self.duties.is_list_asked = true;
                    self.command(Command::Conversations { cursor });
                }
            }
            // Nothing here asks for it.
            Event::Found { .. } => {}
            Event::Page { conversation_id, messages, has_more } => {
                self.page(&conversation_id, messages, has_more);
            }
            Event::Reset { conversation_id, .. } => {
                if let Some(conversation) = self.conversations.get_mut(&conversation_id) {
                    conversation.forget();
                }
                self.load();
                self.ask_for_list();
            }
            Event::Failed { error, .. } => self.failed(&error),
            Event::Read { conversation_id, sub, seq } => self.read(&conversation_id, &sub, seq),
            Event::Typing { conversation_id, sub, on } => {
                if sub != self.me.sub
                    && let Some(conversation) = self.conversations.get_mut(&conversation_id)
                {
                    conversation.set_typing(&sub, on, now);
                }
            }
            Event::Presence { sub, online, last_seen } => {
                self.presence.insert(sub, Presence { online, last_seen });
            }
        }
        self.attend(now);
    }

    /// Who has the name or the id that was asked for, or why that is not known.
    pub(in crate::chat::full) fn found(&mut self, now: u64, found: Result<Person, String>) {
        let found = match found {
            Ok(person) if person.sub == self.me.sub => Err("That is you.".to_owned()),
            found => found,
        };
        match found {
            Ok(person) => {
                let id = direct_conversation(&self.me.sub, &person.sub);
                if !self.conversations.contains_key(&id) {
                    let members = [self.me.clone(), person];
                    let conversation = Conversation::direct(id.clone(), members);
                    self.conversations.insert(id.clone(), conversation);
                }
                self.bar = Bar::None;
                self.open_conversation(&id);
            }
            Err(why) => match &mut self.bar {
                Bar::Whom { is_asked, error, .. } => {
                    (*is_asked, *error) = (false, Some(plain(&why)));
                }
                _ => self.notice = Some(plain(&why)),
            },
        }
        self.attend(now);
    }

    fn conversation(&mut self, id: &str) -> &mut Conversation {
        let new = || Conversation::new(id.to_owned());
        self.conversations.entry(id.to_owned()).or_insert_with(new)
    }

    fn linked(&mut self, link: Link) {
        self.line = match link {
            Link::Connecting => Line::Connecting,
            Link::Online => Line::Online,
            Link::Offline { retry_in } => {
                // Nobody can tell now.
                self.presence.clear();
                self.conversations.values_mut().for_each(Conversation::nobody_types);
                let retry_in = u64::try_from(retry_in.as_millis()).unwrap_or(u64::MAX);
                Line::Offline { until: self.now.saturating_add(retry_in) }
            }
            Link::Ended(Ended::Session) => Line::Ended("signed out, here or elsewhere"),
            Link::Ended(Ended::TooManyConnections) => Line::Ended("too many connections elsewhere"),
        };
    }

    fn message(&mut self, message: Message) {
        let is_known = self.conversations.contains_key(&message.conversation_id);
        let me = self.me.sub.clone();
        if !self.is_looked_at && message.from_sub != me && !self.effects.contains(&Effect::Ring) {
            self.effects.push(Effect::Ring);
        }
        let is_unseen = !self.is_at_end_of(&message.conversation_id) && message.from_sub != me;
        let (id, seq) = (message.conversation_id.clone(), message.seq);
        let conversation = self.conversation(&id);
        conversation.receive(&me, message);
        if is_unseen && conversation.new_from.is_none() {
            conversation.new_from = Some(seq);
        }
        if !is_known {
            // Its members are in the list.
            self.ask_for_list();
        }
    }

    /// Whether what comes next in this conversation is seen at once.
    fn is_at_end_of(&self, id: &str) -> bool {
        let is_open = self.open.as_deref() == Some(id);
        // What is not open gets its line when it is opened.
        !is_open
            || self.is_looked_at
                && self.areas().talk.is_some()
                && self.open().is_some_and(|open| open.place == Place::End)
    }

    fn progress(&mut self, client_msg_id: &str, progress: Progress) {
        let mut outgoing = self.conversations.values_mut().flat_map(|one| &mut one.outgoing);
        if let Some(outgoing) = outgoing.find(|one| one.client_msg_id == client_msg_id) {
            outgoing.progress = progress;
        }
    }

    fn page(&mut self, id: &str, messages: Vec<Message>, has_more: bool) {
        let me = self.me.sub.clone();
        let Some(conversation) = self.conversations.get_mut(id) else { return };
        let is_first = conversation.loaded == Loaded::Asked;
        conversation.page(&me, messages, has_more);
        if is_first && self.open.as_deref() == Some(id) {
            self.begin_at_new();
        }
    }

    /// A question was refused. Whatever was asked for may be asked for again.
    fn failed(&mut self, error: &str) {
        self.notice = Some(plain(error));
        self.duties.is_list_asked = false;
        for conversation in self.conversations.values_mut() {
            conversation.loaded = match conversation.loaded {
                Loaded::Earlier => Loaded::Yes { has_earlier: true },
                Loaded::Asked => Loaded::No,
                other => other,
            };
        }
    }

    fn read(&mut self, id: &str, sub: &str, seq: u64) {
        let me = &self.me.sub;
        let Some(conversation) = self.conversations.get_mut(id) else { return };
        if sub == me {
            conversation.read_by_me(me, seq);
        } else {
            conversation.read_by(sub, seq);
        }
    }

    pub(super) fn open_conversation(&mut self, id: &str) {
        self.focus = Focus::Talk;
        if self.open.as_deref() != Some(id) {
            self.stop_typing();
            if let Some(left) = self.open_mut() {
                left.leave();
            }
            self.open = Some(id.to_owned());
            self.bar = Bar::None;
            if matches!(self.open().map(|open| open.loaded), Some(Loaded::Yes { .. })) {
                self.begin_at_new();
            }
        }
        self.selected = Some(id.to_owned());
        self.load();
    }

    /// Asks for the open conversation's newest messages, unless they are here.
    fn load(&mut self) {
        let Some(open) = self.open_mut().filter(|open| open.loaded == Loaded::No) else { return };
        open.loaded = Loaded::Asked;
        let conversation_id = open.id.clone();
        self.command(Command::History { conversation_id, before: None, limit: PAGE });
    }

    pub(super) fn ask_for_list(&mut self) {
        if !std::mem::replace(&mut self.duties.is_list_asked, true) {
            self.command(Command::Conversations { cursor: None });
        }
    }

    /// Shows the first unread message of the open conversation, with a line before it.
    fn begin_at_new(&mut self) {
        let me = self.me.sub.clone();
        let Some(open) = self.open_mut() else { return };
        let read = open.read_up_to(&me);
        let is_new = |message: &&Message| message.seq > read && message.from_sub != me;
        open.new_from = match open.unread {
            0 => None,
            _ => open.messages.iter().find(is_new).map(|message| message.seq),
        };
        let Some(seq) = open.new_from else { return };
        let place =
            self.rows().map(|(rows, height)| rows.around(super::Key::Seq(seq), ABOVE_NEW, height));
        if let Some((open, place)) = self.open_mut().zip(place) {
            open.place = place;
        }
    }
}
