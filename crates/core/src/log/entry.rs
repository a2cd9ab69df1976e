//! An entry, and how later ones change it.

use std::sync::Arc;

use super::body::{Body, Emoji};
use crate::{
    error::PortError,
    ids::{ClientMsgId, ConversationId, MessageId, Seq, UserId},
};

/// An entry that has no place yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// Whose log.
    pub conversation: ConversationId,
    /// Who says it: always the connection's identity, never a frame's word.
    pub author: UserId,
    /// Makes the append idempotent; level 0 clients have none.
    pub client_msg_id: Option<ClientMsgId>,
    /// Its name, should it be the first of its `client_msg_id`.
    pub message_id: MessageId,
    /// When the server accepted it, in ms since the epoch.
    pub timestamp: u64,
    /// The sending device's clock, in ms since the epoch; orders nothing.
    pub sent_at: Option<i64>,
    /// What it says.
    pub body: Body,
}

impl NewEntry {
    /// Refuses what no store takes.
    pub fn check(&self) -> Result<(), PortError> {
        let is_room = self.conversation.direct_members().is_none();
        if matches!(self.body, Body::Membership(_)) && !is_room {
            return Err(PortError::Rejected("a change of the members of a direct conversation"));
        }
        self.body.check()
    }
}

/// The answer to an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The entry's place.
    pub seq: Seq,
    /// The entry's name.
    pub message_id: MessageId,
    /// When the server accepted it, in ms since the epoch.
    pub timestamp: u64,
    /// Whether it was there before: then nothing was stored.
    pub duplicate: bool,
}

/// An entry in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub seq: Seq,
    /// Its name.
    pub message_id: MessageId,
    /// Who said it.
    pub author: UserId,
    /// What its author's device called it.
    pub client_msg_id: Option<ClientMsgId>,
    /// When the server accepted it, in ms since the epoch.
    pub timestamp: u64,
    /// The sending device's clock, in ms since the epoch.
    pub sent_at: Option<i64>,
    /// What it says; a message as it reads by now.
    pub body: Body,
    /// What later entries made of it, where it is a message.
    pub state: State,
}

/// What later entries made of a message, beside its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// The edit that its text is from.
    pub edited: Option<Edited>,
    /// Whether it is deleted: then nothing is left of it but its place, its
    /// author and its times.
    pub deleted: bool,
    /// In the order in which they were given.
    pub reactions: Vec<Reaction>,
}

/// An edit that a message's text is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edited {
    /// The edit's place.
    pub seq: Seq,
    /// When the server accepted it, in ms since the epoch.
    pub at: u64,
}

/// What somebody thinks of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// The reaction's place.
    pub seq: Seq,
    /// Who.
    pub user: UserId,
    /// With what.
    pub emoji: Emoji,
}

impl Entry {
    /// An entry that was appended, before anything changed it.
    pub fn new(entry: NewEntry, appended: &Appended) -> Self {
        Self {
            seq: appended.seq,
            message_id: appended.message_id,
            author: entry.author,
            client_msg_id: entry.client_msg_id,
            timestamp: appended.timestamp,
            sent_at: entry.sent_at,
            body: entry.body,
            state: State::default(),
        }
    }

    /// Changes this message by a later entry whose target it is. Entries must
    /// come in the order of their places. What was deleted stays so.
    pub fn fold(&mut self, change: &Entry) {
        let Body::Message(message) = &mut self.body else { return };
        if self.state.deleted {
            return;
        }
        match &change.body {
            Body::Edit { text, mentions, .. } => {
                message.text = Arc::clone(text);
                message.mentions = Arc::clone(mentions);
                self.state.edited = Some(Edited { seq: change.seq, at: change.timestamp });
            }
            Body::Deletion { .. } => {
                *message = super::Message::default();
                self.state = State { deleted: true, ..State::default() };
            }
            Body::Reaction { emoji, on, .. } => self.state.react(change, emoji, *on),
            Body::Message(_) | Body::Membership(_) => {}
        }
    }

    /// Whether both were appended as the same, whatever changed them since.
    pub fn is_same(&self, other: &Self) -> bool {
        let body = match (&self.body, &other.body) {
            (Body::Message(one), Body::Message(two)) => {
                one.is_erased() || two.is_erased() || one.reply_to == two.reply_to
            }
            (Body::Edit { target: one, .. }, Body::Edit { target: two, .. }) => one == two,
            (one, two) => one == two,
        };
        let around = |entry: &Self| (entry.seq, entry.message_id, entry.timestamp, entry.sent_at);
        body && around(self) == around(other)
            && self.author == other.author
            && self.client_msg_id == other.client_msg_id
    }

    /// About what it adds to a frame, in bytes, but for its conversation's id.
    pub fn weight(&self) -> usize {
        /// Keys, ids of fixed length, numbers, and the device's name for it.
        const AROUND: usize = 300;
        /// Keys and numbers of an attachment.
        const ATTACHMENT: usize = 160;
        let mut weight = AROUND + written(self.author.as_str());
        match &self.body {
            Body::Message(message) => {
                weight += written(&message.text) + users(&message.mentions);
                for attachment in message.attachments.iter() {
                    weight += ATTACHMENT + written(&attachment.name);
                }
            }
            Body::Edit { text, mentions, .. } => weight += written(text) + users(mentions),
            Body::Membership(change) => weight += change.weight(),
            Body::Deletion { .. } | Body::Reaction { .. } => {}
        }
        weight + self.state.weight()
    }
}

impl State {
    fn react(&mut self, change: &Entry, emoji: &Emoji, on: bool) {
        let is_it = |one: &Reaction| one.user == change.author && one.emoji == *emoji;
        if !on {
            self.reactions.retain(|one| !is_it(one));
        } else if !self.reactions.iter().any(is_it) {
            let (seq, user) = (change.seq, change.author.clone());
            self.reactions.push(Reaction { seq, user, emoji: emoji.clone() });
        }
    }

    /// Puts a person's reactions before those of others with the same emoji: a
    /// frame names the first few alone, and its reader looks for his own.
    pub fn put_first(&mut self, user: &UserId) {
        for at in 0..self.reactions.len() {
            if self.reactions[at].user == *user {
                let emoji = self.reactions[at].emoji.clone();
                let first = self.reactions.iter().position(|one| one.emoji == emoji);
                self.reactions.swap(first.unwrap_or(at), at);
            }
        }
    }

    /// The reactions by emoji, the emoji that was used first first.
    pub fn by_emoji(&self) -> Vec<(&Emoji, Vec<&UserId>)> {
        let mut all: Vec<(&Emoji, Vec<&UserId>)> = Vec::new();
        for Reaction { emoji, user, .. } in &self.reactions {
            match all.iter_mut().find(|(one, _)| *one == emoji) {
                Some((_, users)) => users.push(user),
                None => all.push((emoji, vec![user])),
            }
        }
        all
    }

    fn weight(&self) -> usize {
        /// Keys and the emoji itself, once an emoji.
        const EMOJI: usize = 100;
        let shown = |users: &[&UserId]| -> usize {
            users.iter().take(crate::limits::REACTORS_SHOWN).map(|user| user_weight(user)).sum()
        };
        self.by_emoji().iter().map(|(_, users)| EMOJI + shown(users)).sum::<usize>()
    }
}

fn users(users: &[UserId]) -> usize {
    users.iter().map(user_weight).sum()
}

/// About what a person's id takes in a frame, in bytes.
fn user_weight(user: &UserId) -> usize {
    written(user.as_str()) + 3
}

/// What a text takes in a frame, in bytes: what JSON escapes takes more room
/// there than in the log, up to six times.
pub(crate) fn written(text: &str) -> usize {
    let byte = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 2,
        0..0x20 => 6,
        _ => 1,
    };
    text.bytes().map(byte).sum()
}
