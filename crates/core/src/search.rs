//! Search: what a text says to whoever looks for something, and the port.
//!
//! What is found is decided here and not by an index: a [`Query`] looks at a
//! message's text and says whether, where and how well it matches. An index only
//! spares a store the texts that cannot match; see [`Query::needs`] and
//! [`tokens`]. So every store finds the same.

mod cursor;
mod excerpt;
mod fold;
mod query;
mod tokens;

use std::{future::Future, sync::Arc};

pub use self::{
    cursor::{Rank, SearchCursor},
    excerpt::Excerpt,
    query::{Match, Query},
    tokens::{Need, Token, tokens},
};
use crate::{
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    log::Entry,
};

/// Longest query, in bytes.
pub const QUERY_BYTES: usize = 256;
/// Messages of one stretch, at most; of one that is asked for again, twice as
/// many, since more may have come in.
pub const STRETCH: usize = 200;

/// A place between two messages of those that a search goes through, as its
/// store names it: letters, digits, `-`, `.` and `_`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(Arc<str>);

impl Place {
    /// Takes `text` if it could be a place: 1 to 128 letters, digits, `-`, `.` and `_`.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        let fits = (1..=128).contains(&text.len()) && text.bytes().all(plain);
        fits.then(|| Self(text.into()))
    }

    /// The place as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is looked for, by whom, and where.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Who looks.
    pub user: UserId,
    /// What for.
    pub query: Query,
    /// The conversation that is searched and the place before the first entry
    /// that he sees of it; without it, all that he is in.
    pub within: Option<(ConversationId, Seq)>,
    /// Where the stretch begins; without it, with the newest.
    pub from: Option<Place>,
    /// Where it ends at the latest.
    pub until: Option<Place>,
}

/// A message that matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where.
    pub conversation: ConversationId,
    /// The message.
    pub entry: Entry,
}

/// A part of what a search goes through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stretch {
    /// The messages in it that match, in any order.
    pub found: Vec<Found>,
    /// Where it ended: where it was to end at the latest, or before; `None`
    /// where there is nothing after it.
    pub next: Option<Place>,
}

/// Where messages are looked for.
///
/// Laws, each a test of the conformance suite: every message that a user sees
/// is in one of the stretches that follow each other, and in no two; a stretch
/// from and until the same places brings the same, but for what changed
/// meanwhile; what was acknowledged before the call is found by how it reads by
/// then, and what is deleted by nothing. Newer messages of a conversation come
/// in earlier stretches.
pub trait Search: Send + Sync + 'static {
    /// A stretch of a search. Its work is bounded, so it may find few or none
    /// and still not be the last. `Rejected` where a place is none of this store's.
    fn search(&self, asked: Asked) -> impl Future<Output = Result<Stretch, PortError>> + Send;
}
