//! Everything, out of the memory and into it.

use std::collections::HashSet;

use aizuchi_core::{
    accounts::fold,
    archive::{self, Archive, Found, HOLE, Part, Person, Position},
    clock::{Clock as _, SystemClock},
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    log::{self, Entry},
};

use super::{MemoryLog, State};

/// Items of a part: few, so that tests go through several.
const PART: usize = 2;

impl State {
    fn restore(
        &mut self,
        conversation: &ConversationId,
        entries: Vec<Entry>,
    ) -> Result<u64, PortError> {
        archive::check(&entries)?;
        let there = self.conversations.get(conversation);
        let end = there.map_or(0, |log| log.entries.len() as Seq);
        if entries.first().is_some_and(|first| first.seq > end + 1) {
            return Err(HOLE);
        }
        let known = |entry: &Entry| {
            let at = usize::try_from(entry.seq - 1).unwrap_or(usize::MAX);
            there.and_then(|log| log.entries.get(at))
        };
        if entries.iter().any(|entry| known(entry).is_some_and(|there| !there.is_same(entry))) {
            return Err(PortError::Conflict);
        }
        let mut named: HashSet<_> = there.iter().flat_map(|log| log.sent.keys()).cloned().collect();
        let mut name = |entry: &Entry| {
            let id = entry.client_msg_id.clone();
            id.is_none_or(|id| named.insert((entry.author.clone(), id)))
        };
        if !entries.iter().filter(|entry| entry.seq > end).all(&mut name) {
            return Err(PortError::Conflict);
        }
        let new: Vec<_> = entries.into_iter().filter(|entry| entry.seq > end).collect();
        let count = new.len() as u64;
        for entry in new {
            self.changes = self.changes.max(archive::first_stamp(SystemClock.now_ms()));
            self.put(conversation, Entry { state: log::State::default(), ..entry })?;
        }
        Ok(count)
    }

    fn restore_person(&mut self, new: &Person) -> Result<bool, PortError> {
        let folded = |person: &Person| person.username.as_deref().map(fold);
        let same_name = |other: &&Person| {
            other.user != new.user && other.is_found && folded(other) == folded(new)
        };
        if new.is_found && self.people.values().find(same_name).is_some() {
            return Err(PortError::Conflict);
        }
        let before = self.people.get(&new.user).cloned();
        let mut person = before.clone().unwrap_or_else(|| Person {
            username: None,
            is_found: false,
            last_seen: None,
            user: new.user.clone(),
        });
        if let Some(name) = &new.username {
            if person.username.as_ref().is_some_and(|other| fold(other) != fold(name)) {
                return Err(PortError::Conflict);
            }
            person.username.get_or_insert_with(|| name.clone());
            person.is_found |= new.is_found;
        }
        person.last_seen = person.last_seen.max(new.last_seen);
        let matters = person.username.is_some() || person.last_seen.is_some();
        let changes = matters && before.as_ref() != Some(&person);
        if changes {
            self.people.insert(person.user.clone(), person);
        }
        Ok(changes)
    }
}

/// The part that begins at a position, which is how many came before it.
fn part<T>(all: impl Iterator<Item = T>, from: Option<Position>) -> Part<T> {
    let from =
        from.and_then(|Position(bytes)| bytes.try_into().ok()).map_or(0, usize::from_be_bytes);
    let mut items: Vec<T> = all.skip(from).take(PART + 1).collect();
    let more = items.len() > PART;
    items.truncate(PART);
    let next = more.then(|| Position((from + PART).to_be_bytes().into()));
    Part { items, next }
}

impl Archive for MemoryLog {
    async fn found(&self, from: Option<Position>) -> Result<Part<Found>, PortError> {
        let state = self.state();
        let found = state.conversations.iter().filter_map(|(id, log)| {
            let newest = log.entries.last()?;
            let (last_seq, newest_at) = (newest.seq, newest.timestamp);
            Some(Found { conversation: id.clone(), last_seq, newest_at })
        });
        Ok(part(found, from))
    }

    async fn cursors(
        &self,
        conversation: &ConversationId,
    ) -> Result<Vec<(UserId, Seq)>, PortError> {
        let state = self.state();
        let log = state.conversations.get(conversation);
        let reads = log.into_iter().flat_map(|log| &log.reads);
        Ok(reads.map(|(reader, seq)| (reader.clone(), *seq)).collect())
    }

    async fn people(&self, from: Option<Position>) -> Result<Part<Person>, PortError> {
        Ok(part(self.state().people.values().cloned(), from))
    }

    async fn restore(
        &self,
        conversation: &ConversationId,
        entries: Vec<Entry>,
    ) -> Result<u64, PortError> {
        self.state().restore(conversation, entries)
    }

    async fn restore_person(&self, person: &Person) -> Result<bool, PortError> {
        self.state().restore_person(person)
    }
}
