//! Looking for messages.
//!
//! A person's conversations are gone through one after another, the one that
//! was written in last first, and each from its end on, in blocks of places. What
//! a stretch may cost is bounded; the next one goes on. Blocks that cannot have
//! what is looked for are left out, see [`blocks`]. Nothing of this costs a
//! message anything: filters are made by the first search that comes by.
//!
//! A place is a conversation's stamp in the list, its digest, and the place in
//! its log that the search goes on before. A conversation that is written in
//! while somebody goes through the others moves to the front of the list, and is
//! left out where he has not come to it yet.

mod blocks;
mod filter;

use std::cmp::Reverse;

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    log::Stamp,
    search::{Asked, Place, STRETCH, Search, Stretch},
};

use self::blocks::Walk;
use super::members::room_in;
use crate::{
    keys::{self, Key},
    store::{Inner, Store},
    table::Reading,
};

/// Where a search goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct At {
    /// The conversation's stamp when it was come to.
    stamp: Stamp,
    /// Which, by its digest.
    digest: u128,
    /// Before which place of its log.
    before: Seq,
}

impl At {
    fn parse(place: &Place) -> Result<Self, PortError> {
        let parse = || {
            let (stamp, rest) = place.as_str().split_once('.')?;
            let (digest, before) = rest.split_once('.')?;
            let digest = u128::from_str_radix(digest, 16).ok()?;
            Some(Self { stamp: Stamp(stamp.parse().ok()?), digest, before: before.parse().ok()? })
        };
        parse().ok_or(PortError::Rejected("no place of this log"))
    }

    fn place(self) -> Option<Place> {
        let Self { stamp, digest, before } = self;
        Place::parse(&format!("{}.{digest:x}.{before}", stamp.0))
    }
}

/// A conversation to be searched.
#[derive(Debug)]
struct Searched {
    conversation: ConversationId,
    stamp: Stamp,
    digest: u128,
    /// The end of its log, as far as it is known.
    last: Seq,
    /// The place before the first that is seen, where that is known.
    after: Option<Seq>,
}

impl Searched {
    fn new(conversation: ConversationId, stamp: Stamp, last: Seq, after: Option<Seq>) -> Self {
        let digest = u128::from_be_bytes(keys::digest(&[conversation.as_str()]));
        Self { conversation, stamp, digest, last, after }
    }
}

impl Search for Store {
    async fn search(&self, asked: Asked) -> Result<Stretch, PortError> {
        self.0.search(asked).await
    }
}

impl Inner {
    async fn search(&self, asked: Asked) -> Result<Stretch, PortError> {
        let from = asked.from.as_ref().map(At::parse).transpose()?;
        let until = asked.until.as_ref().map(At::parse).transpose()?;
        let most = if until.is_some() { 2 * STRETCH } else { STRETCH };
        let mut walk = Walk::new(&asked.query, most);
        for one in self.searched(&asked, from).await? {
            let ends_here = until.filter(|until| until.digest == one.digest);
            if ends_here.is_none() && until.is_some_and(|until| one.stamp < until.stamp) {
                break;
            }
            let after = match one.after {
                Some(after) => Some(after),
                None => self.seen_after(&one.conversation, &asked.user).await?,
            };
            let Some(after) = after else { continue };
            let end = ends_here.map_or(after, |until| after.max(until.before.saturating_sub(1)));
            let before = from.filter(|from| from.digest == one.digest).map(|from| from.before);
            let stopped = self.walk(&mut walk, &one.conversation, one.last, end, before).await?;
            if let Some(before) = stopped {
                let at = At { stamp: one.stamp, digest: one.digest, before };
                return Ok(Stretch { found: walk.found, next: at.place() });
            }
            if ends_here.is_some() {
                break;
            }
        }
        Ok(Stretch { found: walk.found, next: asked.until })
    }

    /// What is to be searched from a place on, in its order.
    async fn searched(&self, asked: &Asked, from: Option<At>) -> Result<Vec<Searched>, PortError> {
        if let Some((conversation, after)) = &asked.within {
            let last = self.newest_seq(conversation, Reading::Eventual).await?;
            let one = Searched::new(conversation.clone(), Stamp(0), last, Some(*after));
            return Ok(vec![one]);
        }
        let mut list = self.list(&asked.user).await?;
        list.rooms.retain(|room| !room.is_gone);
        let mut all: Vec<_> = list
            .direct
            .into_iter()
            .map(|item| Searched::new(item.conversation, item.newest, item.last, Some(0)))
            .collect();
        let rooms = self.joined(&asked.user, list.rooms).await?;
        all.extend(
            rooms
                .iter()
                .map(|room| Searched::new(room.room().clone(), room.newest(), room.last(), None)),
        );
        // The one that it goes on in comes first, wherever it stands by now.
        if let Some(from) = from {
            all.retain(|one| one.digest == from.digest || one.stamp < from.stamp);
            for one in all.iter_mut().filter(|one| one.digest == from.digest) {
                one.stamp = from.stamp;
            }
        }
        all.sort_by_key(|one| Reverse((one.stamp, one.digest)));
        Ok(all)
    }

    /// The place before the first that a member sees of a room. A room that may
    /// be a moment old will do: who is gone from it is not asked about.
    async fn seen_after(
        &self,
        room: &ConversationId,
        user: &UserId,
    ) -> Result<Option<Seq>, PortError> {
        for reading in [Reading::Eventual, Reading::Strong] {
            let item = self.table.get(&Key::room(room), reading).await?;
            let room = item.as_ref().map(room_in).transpose()?;
            if let Some(after) = room.and_then(|room| room.sees_after(user)) {
                return Ok(Some(after));
            }
        }
        Ok(None)
    }
}
