//! Looking through the memory's log, message by message.

use std::cmp::Reverse;

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, UserId},
    search::{Asked, Found, Place, STRETCH, Search, Stretch},
};

use super::{Conversation, MemoryLog};

/// Messages that are looked at in one stretch.
const LOOKED_AT: usize = 1_000;

impl Conversation {
    /// The place before the first entry that somebody sees; `None` of one that he is not in.
    fn sees_after(&self, id: &ConversationId, user: &UserId) -> Option<u64> {
        match &self.room {
            Some(room) => room.sees_after(user),
            None => id.partner_of(user).map(|_| 0),
        }
    }
}

impl Search for MemoryLog {
    async fn search(&self, asked: Asked) -> Result<Stretch, PortError> {
        let name = |place: Option<Place>| match place {
            None => Ok(None),
            Some(place) => match u128::from_str_radix(place.as_str(), 16) {
                Ok(name) => Ok(Some(name)),
                Err(_) => Err(PortError::Rejected("no place of this log")),
            },
        };
        let (from, until) = (name(asked.from)?, name(asked.until)?);
        let state = self.state();
        let mut seen = Vec::new();
        for (id, log) in &state.conversations {
            let sees_after = match &asked.within {
                Some((within, sees_after)) => (within == id).then_some(*sees_after),
                None => log.sees_after(id, &asked.user),
            };
            let Some(sees_after) = sees_after else { continue };
            for entry in log.entries.iter().filter(|entry| entry.seq > sees_after) {
                let name = u128::from_be_bytes(entry.message_id.to_bytes());
                let is_within =
                    from.is_none_or(|from| name < from) && until.is_none_or(|until| name >= until);
                if entry.body.message().is_some() && is_within {
                    seen.push((Reverse(name), id, entry));
                }
            }
        }
        seen.sort_by_key(|(name, ..)| *name);
        let most = if until.is_some() { 2 * STRETCH } else { STRETCH };
        let mut stretch = Stretch::default();
        for (at, (Reverse(name), id, entry)) in seen.iter().enumerate() {
            let text = entry.body.message().map_or("", |message| &message.text);
            if asked.query.look(text).is_some() {
                let found = Found { conversation: (*id).clone(), entry: (*entry).clone() };
                stretch.found.push(found);
            }
            let is_full = stretch.found.len() == most || at + 1 == LOOKED_AT;
            if is_full && at + 1 < seen.len() {
                stretch.next = Place::parse(&format!("{name:x}"));
                break;
            }
        }
        if stretch.next.is_none() {
            stretch.next = until.and_then(|until| Place::parse(&format!("{until:x}")));
        }
        Ok(stretch)
    }
}
