//! Links into a room: who makes them, where they lead, and `JOIN`.
//!
//! A link is its room's and not its maker's: it stays good when he loses his role
//! or goes, until an owner or an admin takes it back. Nobody comes by it who was
//! put out, or who is apart from whoever made it.

use std::{sync::Arc, time::Duration};

use super::{append::Decided, rooms::changed};
use crate::{
    chat::{Caller, Chat, Members, Ports},
    clock::Clock,
    ids::{ConversationId, Ids, UserId},
    limiter::Allowance,
    links::{LINK_MOST_MS, LINK_MS, Link, LinkId, LinkSecret, Links},
    log::{Appended, LogStore},
    outcome::Refusal,
    relations::Relations,
    room::{Membership, Role, Room, Rule},
};

const NOWHERE: Refusal = Refusal::NotFound("This link leads nowhere. Ask for a new one.");
const REVOKED: Refusal = Refusal::NotFound("This link was taken back. Ask for a new one.");
const EXPIRED: Refusal = Refusal::NotFound("This link has expired. Ask for a new one.");

/// Where a link leads, for whoever holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The room.
    pub room: ConversationId,
    /// What it is called.
    pub name: Arc<str>,
    /// How many are in it.
    pub members: usize,
}

impl<P: Ports> Chat<P> {
    /// Makes a link into a room, good for so long: 7 days unless told, at most 90.
    ///
    /// # Errors
    /// Who is no owner or admin of the room, a time out of range, 20 links that
    /// are live, too often, or a port that failed.
    pub async fn make_link(
        &self,
        user: &UserId,
        room: &ConversationId,
        good_for: Option<Duration>,
    ) -> Result<(Link, LinkSecret), Refusal> {
        let good_for = good_for.map_or(Some(LINK_MS), |time| u64::try_from(time.as_millis()).ok());
        let good_for = good_for.filter(|time| (1..=LINK_MOST_MS).contains(time));
        let good_for =
            good_for.ok_or(Refusal::Invalid("A link is good for 1 second to 90 days."))?;
        self.allow(user, Allowance::Link).await?;
        self.leads(user, room).await?;
        let now = self.ports.clock().now_ms();
        let ids = self.ports.ids();
        let secret = LinkSecret(ids.random());
        let link = Link {
            id: LinkId(ids.random()),
            room: room.clone(),
            created_by: user.clone(),
            created_at: now,
            expires_at: now.saturating_add(good_for),
            revoked: false,
        };
        if !self.ports.links().make(&link, secret.digest()).await? {
            return Err(Refusal::Conflict("A room has at most 20 links. Take one back first."));
        }
        Ok((link, secret))
    }

    /// The links of a room that lead somewhere, the oldest first.
    ///
    /// # Errors
    /// Who is no owner or admin of the room, or a port that failed.
    pub async fn links(&self, user: &UserId, room: &ConversationId) -> Result<Vec<Link>, Refusal> {
        self.leads(user, room).await?;
        Ok(self.ports.links().of_room(room, self.ports.clock().now_ms()).await?)
    }

    /// Takes a link back.
    ///
    /// # Errors
    /// Who is no owner or admin of the room, no such link, or a port that failed.
    pub async fn revoke_link(
        &self,
        user: &UserId,
        room: &ConversationId,
        id: LinkId,
    ) -> Result<(), Refusal> {
        self.leads(user, room).await?;
        if self.ports.links().revoke(room, id, self.ports.clock().now_ms()).await? {
            Ok(())
        } else {
            Err(Refusal::NotFound("This room has no such link."))
        }
    }

    /// Where a link leads.
    ///
    /// # Errors
    /// A link that leads nowhere, to a room of nobody or to somebody blocked, too
    /// often, or a port that failed.
    pub async fn preview(&self, user: &UserId, secret: LinkSecret) -> Result<Preview, Refusal> {
        self.allow(user, Allowance::Link).await?;
        let (room, known) = self.follow(user, secret).await?;
        Ok(Preview { room, name: Arc::clone(&known.name), members: known.members.len() })
    }

    /// Brings the caller into the room that a link leads to.
    pub(super) async fn join(
        &self,
        caller: &Caller,
        secret: LinkSecret,
    ) -> Result<Decided, Refusal> {
        let (_, room) = self.follow(&caller.user, secret).await?;
        let username = self.profile(&caller.user).await?.username;
        changed(caller, Some(room), Membership::Joined { username })
    }

    /// The entry that brought somebody in who is in a room: what he is answered
    /// who joins again.
    pub(super) async fn came(
        &self,
        user: &UserId,
        room: &ConversationId,
    ) -> Result<Option<Appended>, Refusal> {
        let log = self.ports.log();
        let known = log.room(room).await?;
        let Some(member) = known.as_ref().and_then(|room| room.members.get(user)) else {
            return Ok(None);
        };
        let entry = log.entry(room, member.since).await?;
        Ok(entry.map(|entry| Appended {
            seq: entry.seq,
            message_id: entry.message_id,
            timestamp: entry.timestamp,
            duplicate: true,
        }))
    }

    /// The link of a secret, live or not.
    pub(super) async fn link(&self, secret: LinkSecret) -> Result<Link, Refusal> {
        self.ports.links().find(secret.digest()).await?.ok_or(NOWHERE)
    }

    /// The room that a live link leads to, if it leads this person there.
    async fn follow(
        &self,
        user: &UserId,
        secret: LinkSecret,
    ) -> Result<(ConversationId, Arc<Room>), Refusal> {
        let link = self.link(secret).await?;
        if link.revoked {
            return Err(REVOKED);
        }
        if !link.is_live(self.ports.clock().now_ms()) {
            return Err(EXPIRED);
        }
        let room = self.ports.log().room(&link.room).await?.ok_or(NOWHERE)?;
        if room.members.is_empty() {
            return Err(NOWHERE);
        }
        if self.ports.directory().are_apart(user, &link.created_by).await? {
            return Err(Refusal::Forbidden(
                "You cannot come by this link. Ask somebody else of the room.",
            ));
        }
        Ok((link.room, room))
    }

    /// Refuses who does not lead a room.
    async fn leads(&self, user: &UserId, room: &ConversationId) -> Result<(), Refusal> {
        match self.members(user, room).await? {
            Members::Room(room) if room.role(user) >= Some(Role::Admin) => Ok(()),
            Members::Room(_) => Err(Rule::NotAllowed.into()),
            Members::Two { .. } => Err(Refusal::Invalid("That is not an id of a room.")),
        }
    }
}
