//! Links in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};

use aizuchi_core::{
    error::PortError,
    ids::ConversationId,
    links::{LINKS, Link, LinkDigest, LinkId, Links},
};

/// Links that are forgotten with the process.
#[derive(Debug, Default)]
pub struct MemoryLinks(Mutex<Vec<(LinkDigest, Link)>>);

impl MemoryLinks {
    fn all(&self) -> MutexGuard<'_, Vec<(LinkDigest, Link)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Links for MemoryLinks {
    async fn make(&self, link: &Link, digest: LinkDigest) -> Result<bool, PortError> {
        let mut all = self.all();
        let lives = |one: &Link| one.room == link.room && one.is_live(link.created_at);
        if all.iter().filter(|(_, one)| lives(one)).count() >= LINKS {
            return Ok(false);
        }
        all.push((digest, link.clone()));
        Ok(true)
    }

    async fn find(&self, digest: LinkDigest) -> Result<Option<Link>, PortError> {
        let all = self.all();
        Ok(all.iter().find(|(one, _)| *one == digest).map(|(_, link)| link.clone()))
    }

    async fn of_room(&self, room: &ConversationId, now: u64) -> Result<Vec<Link>, PortError> {
        let all = self.all();
        let of_room = all.iter().map(|(_, link)| link);
        let mut found: Vec<_> =
            of_room.filter(|link| link.room == *room && link.is_live(now)).cloned().collect();
        found.sort_by_key(|link| (link.created_at, link.id));
        Ok(found)
    }

    async fn revoke(&self, room: &ConversationId, id: LinkId, now: u64) -> Result<bool, PortError> {
        let mut all = self.all();
        let is_it = |link: &Link| link.id == id && link.room == *room && link.is_live(now);
        let Some((_, link)) = all.iter_mut().find(|(_, link)| is_it(link)) else {
            return Ok(false);
        };
        link.revoked = true;
        Ok(true)
    }
}
