//! What people have decided about others, as a port: whom they block, who may
//! see whether they are there, and what they reported.

use std::{collections::HashSet, future::Future, sync::Arc};

use crate::{
    error::PortError,
    ids::{ConversationId, Seq, UserId},
};

/// People that one person may block.
pub const BLOCKED: usize = 1_000;
/// Longest reason of a report, in characters.
pub const REASON_CHARS: usize = 500;
/// Reports that are kept at least; older ones may go.
pub const REPORTS: usize = 10_000;

/// Who may see whether somebody is there. It holds both ways: who hides from
/// everybody sees nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Audience {
    /// Whoever looks.
    #[default]
    Everybody,
    /// Those whom he has a conversation with.
    Contacts,
    /// Nobody.
    Nobody,
}

/// How somebody stands to all others: what is read of him wherever another
/// reaches for him.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Who may see whether he is there.
    pub audience: Audience,
    /// Whether he may block somebody, or somebody him. Where it is false,
    /// [`Relations::are_apart`] is false of him and anybody.
    pub apart: bool,
}

/// A report of one person about another, for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// When it was made, in ms since the epoch.
    pub at: u64,
    /// Who made it.
    pub by: UserId,
    /// About whom.
    pub about: UserId,
    /// The conversation that it is about, if it is about one.
    pub conversation: Option<ConversationId>,
    /// The place in it.
    pub seq: Option<Seq>,
    /// Why, in his words: 1 to [`REASON_CHARS`] characters.
    pub reason: Arc<str>,
}

/// What people have decided about others.
///
/// Laws: a block stands apart both sides, whoever made it, until he who made it
/// takes it back; of two who block each other both must. What is answered as
/// done is seen by every later call, but where [`Relations::standing`] says so.
pub trait Relations: Send + Sync + 'static {
    /// `user` blocks another. To do it again changes nothing. `Rejected` where
    /// he blocks [`BLOCKED`] others.
    fn block(
        &self,
        user: &UserId,
        other: &UserId,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// `user` blocks another no more. Whom he does not block, he may unblock.
    fn unblock(
        &self,
        user: &UserId,
        other: &UserId,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Whom `user` blocks, by their ids.
    fn blocked(&self, user: &UserId)
    -> impl Future<Output = Result<Vec<UserId>, PortError>> + Send;

    /// Whether either of the two blocks the other.
    fn are_apart(
        &self,
        a: &UserId,
        b: &UserId,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Those of these people who are apart from `user`.
    fn apart_from(
        &self,
        user: &UserId,
        others: &[UserId],
    ) -> impl Future<Output = Result<HashSet<UserId>, PortError>> + Send {
        async move {
            let mut apart = HashSet::new();
            for other in others {
                if self.are_apart(user, other).await? {
                    apart.insert(other.clone());
                }
            }
            Ok(apart)
        }
    }

    /// How these people stand, in their order. It may be a moment old where
    /// people are kept in several places.
    fn standing(
        &self,
        users: &[UserId],
    ) -> impl Future<Output = Result<Vec<Standing>, PortError>> + Send;

    /// Decides who may see whether `user` is there.
    fn set_audience(
        &self,
        user: &UserId,
        audience: Audience,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Keeps a report.
    fn report(&self, report: &Report) -> impl Future<Output = Result<(), PortError>> + Send;

    /// The newest reports, the newest first, at most so many.
    fn reports(&self, limit: usize) -> impl Future<Output = Result<Vec<Report>, PortError>> + Send;
}
