//! Who is in a room, and how far each has read, a page at a time.

use std::{collections::HashMap, ops::Bound, sync::Arc};

use crate::{
    chat::{Chat, Members, Ports},
    ids::{ConversationId, Seq, UserId},
    limits::MEMBERS_PAGE,
    log::LogStore,
    outcome::Refusal,
    room::Role,
};

/// Somebody in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Who.
    pub user: UserId,
    /// His name when he came.
    pub username: Arc<str>,
    /// What he may do.
    pub role: Role,
    /// How far he has read.
    pub read: Seq,
}

/// A part of a room's members, ascending by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembersPage {
    /// Some of them.
    pub members: Vec<Present>,
    /// Who the next page comes after; `None` at the end.
    pub next: Option<UserId>,
}

impl<P: Ports> Chat<P> {
    /// A page of a room's members: those after one, or the first.
    ///
    /// # Errors
    /// Who is not in the room, a limit out of range, or a port that failed.
    pub async fn room_members(
        &self,
        user: &UserId,
        id: &ConversationId,
        after: Option<&UserId>,
        limit: Option<usize>,
    ) -> Result<MembersPage, Refusal> {
        let limit = MEMBERS_PAGE.of(limit).ok_or(Refusal::Invalid("limit is 1 to 1,000."))?;
        let Members::Room(room) = self.members(user, id).await? else {
            return Err(Refusal::Invalid("That is not an id of a room."));
        };
        let reads: HashMap<UserId, Seq> = self.ports.log().reads(id).await?.into_iter().collect();
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut rest = room.members.range::<UserId, _>((from, Bound::Unbounded));
        let page = rest.by_ref().take(limit).map(|(user, member)| Present {
            user: user.clone(),
            username: Arc::clone(&member.username),
            role: member.role,
            read: reads.get(user).copied().unwrap_or_default(),
        });
        let mut members: Vec<_> = page.collect();
        let others = members.iter().filter(|one| one.read > 0 && one.user != *user);
        let others = others.map(|one| one.user.clone()).collect();
        let apart = self.apart_from(user, others).await?;
        for one in members.iter_mut().filter(|one| apart.contains(&one.user)) {
            one.read = 0;
        }
        let more = rest.next().is_some();
        let next = members.last().filter(|_| more).map(|last| last.user.clone());
        Ok(MembersPage { members, next })
    }
}
