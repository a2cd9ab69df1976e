//! The rooms that were used lately, in memory: every message of a room asks
//! who is in it.
//!
//! INVARIANT: a room here is the newest that is committed. The writer puts what
//! it has committed; a reader offers what it read only if nothing was put since
//! it began, for it may be older.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aizuchi_core::{ids::ConversationId, room::Room};
use lru::LruCache;

/// Rooms that are remembered.
const ROOMS: NonZeroUsize = NonZeroUsize::new(1_024).unwrap();

#[derive(Debug)]
pub(crate) struct Rooms(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Counts what was put.
    changes: u64,
    rooms: LruCache<ConversationId, Arc<Room>>,
}

/// A moment before a reader looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment(u64);

impl Default for Rooms {
    fn default() -> Self {
        Self(Mutex::new(State { changes: 0, rooms: LruCache::new(ROOMS) }))
    }
}

impl Rooms {
    pub(crate) fn get(&self, id: &ConversationId) -> Option<Arc<Room>> {
        self.lock().rooms.get(id).map(Arc::clone)
    }

    pub(crate) fn now(&self) -> Moment {
        Moment(self.lock().changes)
    }

    /// What a reader read that began at this moment.
    pub(crate) fn offer(&self, since: Moment, id: &ConversationId, room: &Arc<Room>) {
        let mut state = self.lock();
        if state.changes == since.0 {
            state.rooms.put(id.clone(), Arc::clone(room));
        }
    }

    /// What the writer has committed.
    pub(crate) fn put(&self, rooms: impl Iterator<Item = (ConversationId, Arc<Room>)>) {
        let mut state = self.lock();
        for (id, room) in rooms {
            state.changes += 1;
            state.rooms.put(id, room);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
