//! What the journal holds and the index does not yet: the newest changes, in memory.
//!
//! Changes are committed to the journal, then published here, then answered.
//! They lie in two segments, as in a log-structured merge tree: the writer
//! fills the *active* one; the indexer *freezes* it, folds it into the index,
//! and lets go of it only when the index has it for good.
//!
//! So at any moment: index, then frozen, then active are all changes that were
//! published, without overlap but for the moment between the index's commit
//! and the release of the frozen segment. A reader takes the segments FIRST
//! and the index's state after, and leaves out the segments that this state's
//! watermark covers: whatever was in neither segment was in the index before
//! he looked there. That is why no read misses an answered change. See
//! [`crate::view`].

use std::{
    collections::HashMap,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
    },
    time::{Duration, Instant},
};

use smallvec::SmallVec;

use aizuchi_core::ids::Seq;

use crate::{
    client_key::ClientKey,
    rows::{ConversationRow, Members, PersonRow},
};

/// A change of a conversation, at its stamp.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) stamp: u64,
    pub(crate) conversation: ConversationRow,
    pub(crate) members: Members,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Entry {
        seq: Seq,
        author: PersonRow,
        kind: u8,
        client_key: Option<ClientKey>,
        /// The place of the message that it deletes.
        deletes: Option<Seq>,
    },
    Move {
        reader: PersonRow,
        seq: Seq,
    },
}

/// Where in the journal an entry is, and what is asked of it most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Its id there, which is its stamp.
    pub(crate) entry: u64,
    pub(crate) author: PersonRow,
    pub(crate) kind: u8,
}

/// What makes an append the same as an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SentKey {
    pub(crate) client: ClientKey,
    pub(crate) author: PersonRow,
    pub(crate) conversation: ConversationRow,
}

/// Consecutive changes, by what they change.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// The newest one's stamp; 0 where there is none.
    pub(crate) end: u64,
    pub(crate) count: usize,
    pub(crate) conversations: HashMap<ConversationRow, Part>,
    /// The ids of entries that a client named.
    pub(crate) sent: HashMap<SentKey, u64>,
    /// Whose conversations changed. No conversation is here twice for one.
    pub(crate) people: HashMap<PersonRow, Vec<ConversationRow>>,
}

/// What changed in one conversation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    pub(crate) members: Members,
    /// The place of the first of `places`.
    pub(crate) first: Seq,
    /// Entries, without a hole.
    pub(crate) places: Vec<Place>,
    pub(crate) cursors: SmallVec<[(PersonRow, Seq); 2]>,
    /// The places of messages that were deleted, in this part and before it.
    pub(crate) deleted: Vec<Seq>,
    /// The newest change's stamp.
    pub(crate) changed: u64,
}

impl Part {
    /// The end of the log, where an entry is in this part.
    pub(crate) fn last_seq(&self) -> Option<Seq> {
        (!self.places.is_empty()).then(|| self.first + self.places.len() as u64 - 1)
    }

    /// The newest entry's stamp.
    pub(crate) fn newest(&self) -> Option<u64> {
        self.places.last().map(|place| place.entry)
    }

    pub(crate) fn cursor(&self, reader: PersonRow) -> Option<Seq> {
        self.cursors.iter().find(|(of, _)| *of == reader).map(|(_, seq)| *seq)
    }
}

impl Changes {
    pub(crate) fn add(&mut self, change: Change) {
        self.end = change.stamp;
        self.count += 1;
        let conversation = change.conversation;
        let part = self.conversations.entry(conversation).or_insert_with(|| {
            for member in change.members.iter().flatten() {
                self.people.entry(*member).or_default().push(conversation);
            }
            Part { members: change.members, ..Part::default() }
        });
        part.changed = change.stamp;
        match change.what {
            What::Entry { seq, author, kind, client_key, deletes } => {
                if part.places.is_empty() {
                    part.first = seq;
                }
                part.places.push(Place { entry: change.stamp, author, kind });
                part.deleted.extend(deletes);
                if let Some(client) = client_key {
                    self.sent.insert(SentKey { client, author, conversation }, change.stamp);
                }
            }
            What::Move { reader, seq } => {
                match part.cursors.iter_mut().find(|(of, _)| *of == reader) {
                    Some(cursor) => cursor.1 = seq,
                    None => part.cursors.push((reader, seq)),
                }
            }
        }
    }
}

/// Changes that readers share. Only the writer adds, and only to the active one.
#[derive(Debug, Default)]
pub(crate) struct Segment(RwLock<Changes>);

impl Segment {
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Changes> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Changes> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The segments at a moment, oldest first.
pub(crate) type Segments = SmallVec<[Arc<Segment>; 2]>;

/// How the tail is folded away.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Changes that are worth folding at once.
    pub(crate) enough: usize,
    /// How long fewer are left to gather more.
    pub(crate) patience: Duration,
    /// Changes of the active segment at which the writer waits for the indexer.
    pub(crate) most: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self { enough: 16_384, patience: Duration::from_millis(200), most: 65_536 }
    }
}

/// The index does not keep up: it cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the index cannot be written, and too much waits for it")]
pub(crate) struct Stuck;

/// Lock order: the state, then a segment.
#[derive(Debug)]
pub(crate) struct Tail {
    state: Mutex<State>,
    /// Something to fold, or the end.
    work: Condvar,
    /// Something was folded, or cannot be.
    room: Condvar,
    pace: Pace,
}

#[derive(Debug, Default)]
struct State {
    frozen: Option<Arc<Segment>>,
    active: Arc<Segment>,
    /// The newest change that was ever published.
    end: u64,
    /// Of the active segment, without its lock.
    count: usize,
    indexer: Indexer,
    stuck: bool,
    closed: bool,
}

/// What the indexer waits for: waking it is a system call.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Indexer {
    #[default]
    Busy,
    WaitsForAny,
    WaitsForEnough,
}

impl Tail {
    /// An empty tail after the change with stamp `end`.
    pub(crate) fn new(end: u64, pace: Pace) -> Self {
        let state = State { end, ..State::default() };
        Self { state: Mutex::new(state), work: Condvar::new(), room: Condvar::new(), pace }
    }

    /// Makes committed changes visible to every read that begins from now on.
    pub(crate) fn publish(&self, changes: impl IntoIterator<Item = Change>) {
        let mut state = self.lock();
        let mut active = state.active.write();
        changes.into_iter().for_each(|change| active.add(change));
        let (end, count) = (active.end, active.count);
        drop(active);
        if count == 0 {
            return;
        }
        state.end = end;
        state.count = count;
        let wake = match state.indexer {
            Indexer::Busy => false,
            Indexer::WaitsForAny => true,
            Indexer::WaitsForEnough => count >= self.pace.enough,
        };
        drop(state);
        if wake {
            self.work.notify_one();
        }
    }

    /// The newest change that every read sees by now.
    pub(crate) fn end(&self) -> u64 {
        self.lock().end
    }

    pub(crate) fn segments(&self) -> Segments {
        let state = self.lock();
        state.frozen.iter().chain([&state.active]).map(Arc::clone).collect()
    }

    /// Waits until the active segment is below its limit, so that memory has one too.
    pub(crate) fn wait_for_room(&self) -> Result<(), Stuck> {
        let mut state = self.lock();
        while state.count >= self.pace.most {
            if state.stuck {
                return Err(Stuck);
            }
            state = self.room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(())
    }

    /// For the indexer: the next segment to fold, waiting for it; `None` once
    /// the tail is closed and empty.
    pub(crate) fn next(&self) -> Option<Arc<Segment>> {
        let mut state = self.lock();
        while state.count == 0 && state.frozen.is_none() {
            if state.closed {
                return None;
            }
            state.indexer = Indexer::WaitsForAny;
            state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let until = Instant::now() + self.pace.patience;
        while state.count < self.pace.enough && !state.closed {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state.indexer = Indexer::WaitsForEnough;
            (state, _) =
                self.work.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
        }
        state.indexer = Indexer::Busy;
        drop(state);
        Some(self.freeze())
    }

    /// Sets the active segment aside to be folded, unless another one still is.
    pub(crate) fn freeze(&self) -> Arc<Segment> {
        let mut state = self.lock();
        if let Some(frozen) = &state.frozen {
            return Arc::clone(frozen);
        }
        let active = std::mem::take(&mut state.active);
        state.frozen = Some(Arc::clone(&active));
        state.count = 0;
        drop(state);
        self.room.notify_all();
        active
    }

    /// Lets go of the frozen segment: the index has it.
    pub(crate) fn release(&self) {
        let mut state = self.lock();
        state.stuck = false;
        let folded = state.frozen.take();
        drop(state);
        // Freeing so much is not for others to wait for.
        drop(folded);
    }

    /// Says that the frozen segment cannot be folded for now, and waits to try
    /// again; false where the tail is closed.
    pub(crate) fn stuck(&self, pause: Duration) -> bool {
        let mut state = self.lock();
        state.stuck = true;
        self.room.notify_all();
        let until = Instant::now() + pause;
        while !state.closed {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            (state, _) =
                self.work.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
        }
        false
    }

    /// Nothing more will be published.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.work.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
