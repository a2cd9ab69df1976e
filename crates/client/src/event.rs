//! What a client tells its application. Owned, and free of the wire's borrowing.

use std::{collections::BTreeMap, time::Duration};

use aizuchi_wire::{
    ErrorCode,
    server::{self, EntryKind},
};

mod change;

pub use self::change::Change;

/// An entry at its place: a message, as it reads by now, or what changes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What it is.
    pub kind: EntryKind,
    /// Where.
    pub conversation_id: String,
    /// Its place, from 1.
    pub seq: u64,
    /// Its name, unique for ever.
    pub message_id: String,
    /// Who said it.
    pub from_sub: String,
    /// What.
    pub text: String,
    /// When the server accepted it, ms since the epoch.
    pub timestamp: u64,
    /// As the sending device called it.
    pub client_msg_id: Option<String>,
    /// The seq that it answers.
    pub reply_to: Option<u64>,
    /// The seq of the message that it changes.
    pub target: Option<u64>,
    /// When it was edited last, ms since the epoch.
    pub edited_at: Option<u64>,
    /// Whether it is deleted.
    pub deleted: bool,
    /// How others took it; with people of each, at most 20.
    pub reactions: Vec<Reaction>,
    /// Of a reaction: with what, and whether it is there.
    pub reacts: Option<(String, bool)>,
}

/// An emoji under a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// Which.
    pub emoji: String,
    /// How often.
    pub count: u64,
    /// By whom, of many only some.
    pub subs: Vec<String>,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The id.
    pub sub: String,
    /// The name.
    pub username: String,
}

/// A conversation as its member sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Which.
    pub id: String,
    /// Who is in it; of a room, some.
    pub members: Vec<Person>,
    /// What it is called, where it is a room.
    pub name: Option<String>,
    /// The newest entry's place.
    pub last_seq: u64,
    /// Other people's messages after one's own read cursor, exact up to 100.
    pub unread: u64,
    /// Read cursors by sub, of those that have moved.
    pub reads: BTreeMap<String, u64>,
    /// The newest message, in the list only.
    pub last: Option<Message>,
}

/// A message that was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Where.
    pub conversation_id: String,
    /// Its place.
    pub seq: u64,
    /// Who said it.
    pub from_sub: String,
    /// When the server accepted it, ms since the epoch.
    pub timestamp: u64,
    /// Its text around the first match, on one line.
    pub excerpt: String,
    /// Where the matches are in the excerpt, half open, in UTF-16 code units.
    pub highlights: Vec<(u32, u32)>,
}

impl From<server::Hit<'_>> for Hit {
    fn from(hit: server::Hit<'_>) -> Self {
        Self {
            conversation_id: hit.conversation_id.to_string(),
            seq: hit.seq,
            from_sub: hit.from_sub.to_string(),
            timestamp: hit.timestamp,
            excerpt: hit.excerpt.to_string(),
            highlights: hit.highlights,
        }
    }
}

/// How the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Being opened, or not caught up yet.
    Connecting,
    /// Up, and nothing is missing.
    Online,
    /// Down; it is tried again after this time.
    Offline {
        /// From now.
        retry_in: Duration,
    },
    /// Down for good.
    Ended(Ended),
}

/// Why a client does not come back by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Signed out, disabled, or the session ran out.
    Session,
    /// The person opened more connections elsewhere than he may have.
    TooManyConnections,
}

/// Something that an application may want to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The connection changed.
    Link(Link),
    /// The next message of a conversation, this person's own included. In each
    /// conversation every entry comes once, in order, without a gap but for a
    /// [`Event::Reset`].
    Message(Message),
    /// Likewise an entry that is no message: it changes one, or a room.
    Change(Message),
    /// A message sent is durable.
    Sent {
        /// As this device called it.
        client_msg_id: String,
        /// Where.
        conversation_id: String,
        /// Its place.
        seq: u64,
    },
    /// A message was refused for good and is not in the log.
    Refused {
        /// As this device called it.
        client_msg_id: String,
        /// Why.
        code: ErrorCode,
        /// A sentence for a person.
        error: String,
    },
    /// A conversation that changed while away, or that is new to this device.
    Conversation(Conversation),
    /// Too much was missed: what came up to `last_seq` must be asked for as history.
    Reset {
        /// Where.
        conversation_id: String,
        /// The messages after this one follow.
        last_seq: u64,
    },
    /// The answer to [`Command::History`].
    Page {
        /// Where.
        conversation_id: String,
        /// Oldest first.
        messages: Vec<Message>,
        /// Whether there is more in the direction asked.
        has_more: bool,
    },
    /// The answer to [`Command::Conversations`].
    Conversations {
        /// Most recent first.
        conversations: Vec<Conversation>,
        /// Where the next page begins.
        cursor: Option<String>,
    },
    /// The answer to [`Command::Search`].
    Found {
        /// The best first.
        hits: Vec<Hit>,
        /// Where the next page begins. A page may be empty and still have one.
        cursor: Option<String>,
    },
    /// A question was refused for good. What is refused for a while only is asked
    /// again.
    Failed {
        /// Why.
        code: ErrorCode,
        /// A sentence for a person.
        error: String,
    },
    /// Somebody's read cursor moved.
    Read {
        /// Where.
        conversation_id: String,
        /// Whose.
        sub: String,
        /// Up to where.
        seq: u64,
    },
    /// Somebody types, or stopped. Forget it after six seconds.
    Typing {
        /// Where.
        conversation_id: String,
        /// Who.
        sub: String,
        /// Whether he types.
        on: bool,
    },
    /// Somebody watched came or went.
    Presence {
        /// Who.
        sub: String,
        /// Whether he is there.
        online: bool,
        /// When he was last, ms since the epoch, where it is known.
        last_seen: Option<u64>,
    },
}

/// To whom, or where, a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// The direct conversation with this person, which begins with its first message.
    Person(String),
    /// A conversation that is there.
    Conversation(String),
}

/// What an application may want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Say something. Kept until the server has it, over any drop of the
    /// connection; the answer is [`Event::Sent`] or [`Event::Refused`].
    Send {
        /// Unique among this person's messages, at most 64 bytes.
        client_msg_id: String,
        /// To whom.
        to: To,
        /// What.
        text: String,
        /// The seq that it answers.
        reply_to: Option<u64>,
        /// This device's clock, ms since the epoch.
        sent_at: Option<i64>,
    },
    /// Change a message or a room. Kept as a message is, with the same answers.
    Change {
        /// Unique among this person's messages, at most 64 bytes.
        client_msg_id: String,
        /// What.
        change: Change,
    },
    /// Ask for the newest messages, or those before a seq.
    History {
        /// Where.
        conversation_id: String,
        /// Exclusive; without it the newest are meant.
        before: Option<u64>,
        /// 1 to 200.
        limit: u32,
    },
    /// Ask for a page of the conversations.
    Conversations {
        /// From the last page.
        cursor: Option<String>,
    },
    /// Look for messages by what they say.
    Search {
        /// The words, at most 256 bytes.
        query: String,
        /// Where; without it, everywhere.
        conversation_id: Option<String>,
        /// From the last page.
        cursor: Option<String>,
    },
    /// Move one's read cursor.
    Read {
        /// Where.
        conversation_id: String,
        /// Up to where.
        seq: u64,
    },
    /// Type, or stop. Lost while there is no connection.
    Typing {
        /// Where.
        conversation_id: String,
        /// Whether one types.
        on: bool,
    },
    /// Watch these people's presence in place of those watched so far.
    Watch {
        /// At most 50.
        subs: Vec<String>,
    },
}

impl Message {
    pub(crate) fn new(conversation_id: &str, message: server::Message<'_>) -> Self {
        Self {
            kind: message.kind.unwrap_or(EntryKind::Message),
            conversation_id: conversation_id.to_owned(),
            seq: message.seq,
            message_id: message.message_id.to_string(),
            from_sub: message.from_sub.to_string(),
            text: message.message.to_string(),
            timestamp: message.timestamp,
            client_msg_id: message.client_msg_id.map(|id| id.to_string()),
            reply_to: message.reply_to,
            target: message.target,
            edited_at: message.edited_at,
            deleted: message.deleted,
            reactions: message.reactions.into_iter().map(Reaction::from).collect(),
            reacts: message.emoji.map(|emoji| (emoji.to_string(), message.on == Some(true))),
        }
    }

    /// What a device is told when this is next in order.
    pub(crate) fn event(self) -> Event {
        if self.kind == EntryKind::Message { Event::Message(self) } else { Event::Change(self) }
    }
}

impl From<server::Reactions<'_>> for Reaction {
    fn from(reaction: server::Reactions<'_>) -> Self {
        Self {
            emoji: reaction.emoji.to_string(),
            count: reaction.count.into(),
            subs: reaction.subs.iter().map(|sub| sub.to_string()).collect(),
        }
    }
}

impl From<server::Conversation<'_>> for Conversation {
    fn from(conversation: server::Conversation<'_>) -> Self {
        let id = conversation.conversation_id.to_string();
        let person = |member: server::Member<'_>| Person {
            sub: member.sub.to_string(),
            username: member.username.to_string(),
        };
        Self {
            members: conversation.members.into_iter().map(person).collect(),
            name: conversation.name.map(|name| name.to_string()),
            last_seq: conversation.last_seq,
            unread: conversation.unread,
            reads: conversation
                .reads
                .into_iter()
                .map(|(sub, seq)| (sub.to_string(), seq))
                .collect(),
            last: conversation.last.map(|message| Message::new(&id, message)),
            id,
        }
    }
}
