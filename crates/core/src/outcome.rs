//! What a handler decides: events for connections, or a refusal. Plain data,
//! which the gateway encodes and sends.

use std::sync::Arc;

use crate::{
    directory::Profile,
    error::PortError,
    ids::{ClientMsgId, ConnectionId, ConversationId, MessageId, Seq, UserId},
    log::{Entry, ListCursor, Page, Span, Stamp, Summary},
    notices::Unseen,
    registry::{Connection, Level},
    room::Role,
    search::{Excerpt, SearchCursor},
};

/// Something that a connection is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The server is there.
    Pong,
    /// Who somebody is.
    Partner(Profile),
    /// Whether somebody is online.
    Presence {
        /// Who.
        user: UserId,
        /// Whether.
        online: bool,
        /// When his last connection ended, in ms since the epoch, where he is offline and it is known.
        last_seen: Option<u64>,
    },
    /// Nothing is told of whether somebody is online: he looks offline.
    Hidden {
        /// Who.
        user: UserId,
    },
    /// Somebody is blocked, or no more, by whoever is told.
    Blocked {
        /// Who.
        user: UserId,
        /// Whether.
        on: bool,
    },
    /// An entry is durable.
    Ack {
        /// As its device called it.
        client_msg_id: ClientMsgId,
        /// Where.
        conversation: ConversationId,
        /// Its name.
        message_id: MessageId,
        /// Its place.
        seq: Seq,
        /// When the server accepted it, in ms since the epoch.
        timestamp: u64,
    },
    /// A new entry.
    Entry {
        /// Where.
        conversation: ConversationId,
        /// The entry.
        entry: Entry,
        /// The author's partner, in a direct conversation.
        to: Option<UserId>,
    },
    /// A page of a conversation's history.
    History {
        /// Where.
        conversation: ConversationId,
        /// Which part was asked for.
        span: Span,
        /// What is shown of it.
        page: Page,
    },
    /// What changed since a stamp.
    Changes {
        /// Conversations, as their caller sees them.
        conversations: Vec<Seen>,
        /// Entries after the cursors that were named, by conversation.
        entries: Vec<(ConversationId, Vec<Entry>)>,
        /// Whether a further event follows.
        more: bool,
        /// For the next time.
        since: Stamp,
    },
    /// A page of a person's conversations.
    Conversations {
        /// Most recent first.
        conversations: Vec<Seen>,
        /// Where the next page begins.
        next: Option<ListCursor>,
    },
    /// A page of a search.
    Found {
        /// The best first.
        hits: Vec<Hit>,
        /// Where the next page begins.
        next: Option<SearchCursor>,
    },
    /// A read cursor's place.
    Read {
        /// Where.
        conversation: ConversationId,
        /// Whose.
        reader: UserId,
        /// Its place.
        seq: Seq,
    },
    /// Somebody types, or stopped.
    Typing {
        /// Where.
        conversation: ConversationId,
        /// Who.
        user: UserId,
        /// Whether.
        on: bool,
    },
    /// Something said to everybody.
    Greeting {
        /// The text.
        text: Arc<str>,
    },
}

/// A message that was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Where.
    pub conversation: ConversationId,
    /// Its place.
    pub seq: Seq,
    /// Its name.
    pub message_id: MessageId,
    /// Who said it.
    pub author: UserId,
    /// When the server accepted it, in ms since the epoch.
    pub timestamp: u64,
    /// What is shown of it.
    pub excerpt: Excerpt,
}

/// A conversation with its members' names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// As the log has it.
    pub summary: Summary,
    /// Who is in it; of a room, some.
    pub members: Vec<Profile>,
    /// The caller's role, in a room that he is in.
    pub role: Option<Role>,
    /// The caller is too far behind for entries, and takes a new page.
    pub reset: bool,
}

/// A connection to tell something, and in which vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Which.
    pub connection: ConnectionId,
    /// Whose.
    pub user: UserId,
    /// In which vocabulary.
    pub level: Level,
}

impl From<Connection> for Recipient {
    fn from(connection: Connection) -> Self {
        Self { connection: connection.id, user: connection.user, level: connection.level }
    }
}

/// One event for several connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Whom.
    pub to: Vec<Recipient>,
    /// What.
    pub event: Event,
}

/// What a handler decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Outcome {
    /// Answers to the caller, in order.
    pub replies: Vec<Event>,
    /// What others are told.
    pub deliveries: Vec<Delivery>,
    /// A new message, for those who are not there.
    pub unseen: Option<Unseen>,
}

impl Outcome {
    /// One answer, and nothing for others.
    pub fn reply(event: Event) -> Self {
        Self { replies: vec![event], ..Self::default() }
    }

    /// The same with an event for others, unless there are none.
    pub fn and_tell(mut self, to: Vec<Recipient>, event: Event) -> Self {
        if !to.is_empty() {
            self.deliveries.push(Delivery { to, event });
        }
        self
    }
}

/// Why a request was not done. The sentence is for the person; what an
/// operator needs is in the cause.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It can never be right.
    #[error("{0}")]
    Invalid(&'static str),
    /// The caller may not.
    #[error("{0}")]
    Forbidden(&'static str),
    /// There is no such person or thing.
    #[error("{0}")]
    NotFound(&'static str),
    /// Over a limit of size.
    #[error("{0}")]
    TooLarge(&'static str),
    /// It does not fit with what is there by now.
    #[error("{0}")]
    Conflict(&'static str),
    /// Too often.
    #[error("too often; try again in {retry_after_ms} ms")]
    RateLimited {
        /// When it may be tried again.
        retry_after_ms: u64,
    },
    /// A port failed.
    #[error("a port failed")]
    Port(#[source] PortError),
}

impl Refusal {
    /// Whether the same may have been right at another time.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::Forbidden(_) | Self::NotFound(_) | Self::Conflict(_))
    }
}

impl From<PortError> for Refusal {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Refused(rule) => rule.into(),
            other => Self::Port(other),
        }
    }
}
