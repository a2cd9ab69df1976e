//! What the client shows, as a state without I/O.
//!
//! [`Model::happened`] and its siblings change it, [`Model::effects`] says what
//! is to be done, and the view draws it. Time is what the driver says.

mod conversation;
mod duties;
mod events;
mod find;
mod keys;
mod talk;

#[cfg(test)]
pub(super) mod tests;

use std::collections::HashMap;

use aizuchi_client::event::{Command, Person};
use jiff::tz::TimeZone;

pub(super) use self::{
    conversation::{Conversation, Item, Key, Loaded, Place, Progress},
    find::Find,
};
use super::{
    areas::{self, Areas},
    editor::Editor,
    rows::Rows,
};

/// What the driver shall do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Effect {
    /// Give this to the client.
    Command(Command),
    /// Find the person with this name or id, and call [`Model::found`].
    Find(String),
    /// Make the terminal call for attention.
    Ring,
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back for a while.
    Suspend,
    /// End.
    Leave,
}

/// How the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// Being opened, or not caught up yet.
    Connecting,
    Online,
    /// Down until this time, ms since the epoch.
    Offline {
        until: u64,
    },
    /// Down for good.
    Ended(&'static str),
}

/// Whether somebody is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Presence {
    pub(super) online: bool,
    /// ms since the epoch.
    pub(super) last_seen: Option<u64>,
}

/// Where keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Focus {
    List,
    Talk,
}

/// The field at the bottom, where there is one.
#[derive(Debug)]
pub(super) enum Bar {
    None,
    /// The list shows those whose name holds this.
    Filter(Editor),
    /// A place in the open conversation is looked for.
    Find(Find),
    /// Whom to talk to.
    Whom {
        name: Editor,
        is_asked: bool,
        error: Option<String>,
    },
}

/// Makes names for messages; `None` where there is no randomness.
pub(super) type Ids = Box<dyn FnMut() -> Option<String> + Send>;

pub(super) struct Model {
    pub(super) me: Person,
    /// The link by which others begin a conversation.
    pub(super) invite: String,
    pub(super) zone: TimeZone,
    /// Columns and rows.
    pub(super) size: (u16, u16),
    /// ms since the epoch.
    pub(super) now: u64,
    pub(super) line: Line,
    pub(super) focus: Focus,
    pub(super) bar: Bar,
    pub(super) shows_help: bool,
    /// A sentence that is shown until the next key.
    pub(super) notice: Option<String>,
    /// Whether one wants to leave, but not everything is sent.
    pub(super) is_leaving: bool,
    conversations: HashMap<String, Conversation>,
    open: Option<String>,
    selected: Option<String>,
    presence: HashMap<String, Presence>,
    /// Whether the terminal is in front.
    is_looked_at: bool,
    duties: duties::Duties,
    effects: Vec<Effect>,
    ids: Ids,
}

impl Model {
    pub(super) fn new(me: Person, zone: TimeZone, size: (u16, u16), now: u64, ids: Ids) -> Self {
        let me = Person { username: crate::chat::plain::plain(&me.username), sub: me.sub };
        let mut model = Self {
            me,
            invite: String::new(),
            zone,
            size,
            now,
            line: Line::Connecting,
            focus: Focus::List,
            bar: Bar::None,
            shows_help: false,
            notice: None,
            is_leaving: false,
            conversations: HashMap::new(),
            open: None,
            selected: None,
            presence: HashMap::new(),
            is_looked_at: true,
            duties: duties::Duties::default(),
            effects: Vec::new(),
            ids,
        };
        model.ask_for_list();
        model
    }

    /// What to do, in order.
    pub(super) fn effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    fn command(&mut self, command: Command) {
        self.effects.push(Effect::Command(command));
    }

    /// The terminal has another size.
    pub(super) fn resized(&mut self, now: u64, size: (u16, u16)) {
        self.size = size;
        self.attend(now);
    }

    /// The terminal came to the front, or went.
    pub(super) fn looked_at(&mut self, now: u64, is: bool) {
        self.is_looked_at = is;
        self.attend(now);
    }

    /// Time has passed.
    pub(super) fn tick(&mut self, now: u64) {
        self.attend(now);
    }

    pub(super) fn open(&self) -> Option<&Conversation> {
        self.conversations.get(self.open.as_ref()?)
    }

    fn open_mut(&mut self) -> Option<&mut Conversation> {
        self.conversations.get_mut(self.open.as_ref()?)
    }

    pub(super) fn presence(&self, sub: &str) -> Option<Presence> {
        self.presence.get(sub).copied()
    }

    /// The conversations in the list, the latest first.
    pub(super) fn listed(&self) -> Vec<&Conversation> {
        let sought = match &self.bar {
            Bar::Filter(filter) => filter.text().to_lowercase(),
            _ => String::new(),
        };
        let is_sought = |one: &&Conversation| {
            sought.is_empty() || one.title(&self.me.sub).to_lowercase().contains(&sought)
        };
        let mut listed: Vec<&Conversation> =
            self.conversations.values().filter(is_sought).collect();
        listed.sort_unstable_by(|a, b| b.touched().cmp(&a.touched()).then_with(|| a.id.cmp(&b.id)));
        listed
    }

    /// The one marked in the list.
    pub(super) fn selected(&self) -> Option<&str> {
        self.selected.as_deref().or(self.open.as_deref())
    }

    /// Messages of one's own that have not reached the server.
    pub(super) fn unsent(&self) -> usize {
        let outgoing = self.conversations.values().flat_map(|one| &one.outgoing);
        outgoing.filter(|one| one.progress == Progress::Waiting).count()
    }

    /// Unread messages of conversations that are not open.
    pub(super) fn unread_elsewhere(&self) -> u64 {
        let open = self.open.as_deref();
        let others = self.conversations.values().filter(|one| Some(one.id.as_str()) != open);
        others.map(|one| one.unread).sum()
    }

    fn has_drafts(&self) -> bool {
        self.conversations.values().any(|one| !one.draft.text().trim().is_empty())
    }

    pub(super) fn areas(&self) -> Areas {
        areas::areas(self)
    }

    /// The rows of the open conversation, and how many of them are in sight.
    pub(super) fn rows(&self) -> Option<(Rows<'_>, usize)> {
        let log = self.areas().talk?.log;
        let rows = Rows {
            conversation: self.open()?,
            me: &self.me.sub,
            zone: &self.zone,
            width: log.width.into(),
        };
        Some((rows, log.height.into()))
    }
}
