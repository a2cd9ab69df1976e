//! How a person is told of messages while he is away, as a port: the browsers
//! that he subscribed to Web Push, and what he wants of each conversation.
//!
//! Laws, each a test of the conformance suite:
//!
//! 1. A subscription is known by its endpoint, and a session has one: a newer
//!    one takes its place. Of more than [`SUBSCRIPTIONS`] the oldest goes.
//! 2. A session's end is its subscription's end; other people's stay.
//! 3. A conversation nobody decided on is [`Wanted::All`].
//! 4. There is one push key for ever: of any number that are offered at once
//!    one is kept, and everybody is given that one.

use std::{collections::HashSet, fmt, future::Future, sync::Arc};

use crate::{
    accounts::SessionId,
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    registry::Connection,
};

/// Subscriptions of one person, at most.
pub const SUBSCRIPTIONS: usize = 20;
/// Longest endpoint, in bytes.
pub const ENDPOINT_BYTES: usize = 2 * 1024;
/// Conversations of which one person may want something else than all.
pub const DECISIONS: usize = 400;

/// A browser that takes Web Push (RFC 8030, RFC 8291).
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Where its push service is: a URL, and a secret, since whoever knows it may push.
    pub endpoint: Arc<str>,
    /// Its public key: a point of P-256, not compressed.
    pub p256dh: [u8; 65],
    /// What it shares with whoever pushes.
    pub auth: [u8; 16],
    /// Whether the text of messages is shown.
    pub preview: bool,
    /// The session whose end ends it, where it is known.
    pub session: Option<SessionId>,
    /// In ms since the epoch.
    pub created_at: u64,
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("preview", &self.preview)
            .field("session", &self.session)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

/// Of which messages of a conversation a person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Wanted {
    /// Of each.
    #[default]
    All,
    /// Of those that name him.
    Mentions,
    /// Of none.
    Nothing,
}

impl Wanted {
    /// Whether he is told of a message that names him, or does not.
    pub fn tells(self, named: bool) -> bool {
        match self {
            Self::All => true,
            Self::Mentions => named,
            Self::Nothing => false,
        }
    }
}

/// Somebody who can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// Who.
    pub user: UserId,
    /// What he wants of the conversation.
    pub wanted: Wanted,
    /// His browsers, the oldest first; at least one.
    pub subscriptions: Vec<Subscription>,
}

/// A new message, for those who have no connection that would show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    /// Where.
    pub conversation: ConversationId,
    /// Its place.
    pub seq: Seq,
    /// Who said it.
    pub author: UserId,
    /// What he said; empty where it is no text.
    pub text: Arc<str>,
    /// Who is named in it.
    pub mentioned: Arc<[UserId]>,
    /// The members without a connection, its author apart.
    pub away: Vec<UserId>,
}

impl Unseen {
    /// This message with those of the `others`, the members beside its author,
    /// who are away: who have none of these connections.
    pub fn away_of<'a>(
        mut self,
        others: impl IntoIterator<Item = &'a UserId>,
        connections: &[Connection],
    ) -> Self {
        let there: HashSet<&UserId> = connections.iter().map(|one| &one.user).collect();
        let away = others.into_iter().filter(|user| !there.contains(user));
        self.away = away.filter(|user| **user != self.author).cloned().collect();
        self
    }
}

/// Pushes to browsers, as far as those who subscribe need to know it.
pub trait Pusher: Send + Sync + 'static {
    /// The public half of the push key: base64url of a point of P-256.
    fn public_key(&self) -> impl Future<Output = Result<Arc<str>, PortError>> + Send;

    /// Whether a push to this endpoint would ever be sent.
    fn sends_to(&self, endpoint: &str) -> bool;
}

impl<W: Pusher> Pusher for Arc<W> {
    fn public_key(&self) -> impl Future<Output = Result<Arc<str>, PortError>> + Send {
        (**self).public_key()
    }

    fn sends_to(&self, endpoint: &str) -> bool {
        (**self).sends_to(endpoint)
    }
}

/// How people are told while they are away.
pub trait Notices: Send + Sync + 'static {
    /// Keeps a subscription of a person's.
    fn subscribe(
        &self,
        user: &UserId,
        subscription: &Subscription,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Takes away the subscription with this endpoint. False where there is none.
    fn unsubscribe(
        &self,
        user: &UserId,
        endpoint: &str,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Takes away what belongs to a session; all of the person's where
    /// `session` is `None`.
    fn end_subscriptions(
        &self,
        user: &UserId,
        session: Option<SessionId>,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Those of these people who have subscriptions, with what they want of a
    /// conversation; in any order.
    fn subscribers(
        &self,
        users: &[UserId],
        conversation: &ConversationId,
    ) -> impl Future<Output = Result<Vec<Subscriber>, PortError>> + Send;

    /// What a person wants of a conversation.
    fn wanted(
        &self,
        user: &UserId,
        conversation: &ConversationId,
    ) -> impl Future<Output = Result<Wanted, PortError>> + Send;

    /// Decides what a person wants of a conversation. `Rejected` where he
    /// decided on [`DECISIONS`] others.
    fn want(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        wanted: Wanted,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// The key that pushes are signed with, as a PEM: the one that is kept, or
    /// `offered`, which is kept then.
    fn push_key(&self, offered: &str) -> impl Future<Output = Result<Arc<str>, PortError>> + Send;
}

impl<N: Notices> Notices for Arc<N> {
    fn subscribe(
        &self,
        user: &UserId,
        subscription: &Subscription,
    ) -> impl Future<Output = Result<(), PortError>> + Send {
        (**self).subscribe(user, subscription)
    }

    fn unsubscribe(
        &self,
        user: &UserId,
        endpoint: &str,
    ) -> impl Future<Output = Result<bool, PortError>> + Send {
        (**self).unsubscribe(user, endpoint)
    }

    fn end_subscriptions(
        &self,
        user: &UserId,
        session: Option<SessionId>,
    ) -> impl Future<Output = Result<(), PortError>> + Send {
        (**self).end_subscriptions(user, session)
    }

    fn subscribers(
        &self,
        users: &[UserId],
        conversation: &ConversationId,
    ) -> impl Future<Output = Result<Vec<Subscriber>, PortError>> + Send {
        (**self).subscribers(users, conversation)
    }

    fn wanted(
        &self,
        user: &UserId,
        conversation: &ConversationId,
    ) -> impl Future<Output = Result<Wanted, PortError>> + Send {
        (**self).wanted(user, conversation)
    }

    fn want(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        wanted: Wanted,
    ) -> impl Future<Output = Result<(), PortError>> + Send {
        (**self).want(user, conversation, wanted)
    }

    fn push_key(&self, offered: &str) -> impl Future<Output = Result<Arc<str>, PortError>> + Send {
        (**self).push_key(offered)
    }
}
