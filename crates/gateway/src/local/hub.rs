//! The connections of one process, and their push.

use std::{
    collections::HashMap,
    future::poll_fn,
    hash::{BuildHasher, Hash, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use aizuchi_core::{
    accounts::SessionId,
    chat::Caller,
    error::PortError,
    ids::{ConnectionId, UserId},
    outcome::Recipient,
    registry::{Connection, Level},
};
use aizuchi_wire::CloseCode;
use bytes::Bytes;
use smallvec::SmallVec;

use super::outbox::{Outbox, Pushed};
use crate::Push;

/// A connection that this process holds.
#[derive(Debug)]
pub struct Line {
    /// Who speaks over it.
    pub caller: Caller,
    /// When it came up, in ms since the epoch.
    pub opened_at: u64,
    /// What waits to be written to it.
    pub outbox: Outbox,
    heard_at: AtomicU64,
    watched: Mutex<SmallVec<[UserId; 1]>>,
}

impl Line {
    /// Notes that its client was heard, at this ms since the epoch.
    pub fn heard(&self, now: u64) {
        self.heard_at.store(now, Ordering::Relaxed);
    }

    /// When its client was last heard, in ms since the epoch.
    pub fn heard_at(&self) -> u64 {
        self.heard_at.load(Ordering::Relaxed)
    }

    fn watched(&self) -> MutexGuard<'_, SmallVec<[UserId; 1]>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connection(&self) -> Connection {
        let level = self.caller.level;
        let partner = match level {
            Level::Zero => self.watched().first().cloned(),
            Level::One => None,
        };
        Connection {
            id: self.caller.connection.clone(),
            user: self.caller.user.clone(),
            level,
            session: self.caller.session,
            partner,
        }
    }
}

type Lines = SmallVec<[Arc<Line>; 2]>;

/// A person who is connected, or watched.
///
/// Invariant: a person with neither lines nor watchers has no entry.
#[derive(Debug, Default)]
struct Person {
    lines: Lines,
    watchers: Lines,
}

/// A map in several parts, so that connections do not wait for one another.
#[derive(Debug)]
struct Sharded<K, V> {
    shards: Box<[Mutex<HashMap<K, V>>]>,
    hasher: RandomState,
}

impl<K: Hash + Eq, V> Sharded<K, V> {
    const SHARDS: usize = 64;

    fn new() -> Self {
        let shards = (0..Self::SHARDS).map(|_| Mutex::default()).collect();
        Self { shards, hasher: RandomState::new() }
    }

    fn of(&self, key: &K) -> MutexGuard<'_, HashMap<K, V>> {
        let hash = self.hasher.hash_one(key) as usize;
        self.shards[hash % Self::SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn each(&self, mut with: impl FnMut(&V)) {
        for shard in &self.shards {
            shard.lock().unwrap_or_else(PoisonError::into_inner).values().for_each(&mut with);
        }
    }
}

/// The connections of this process. Cheap to clone; all clones are one hub.
///
/// Lock order: a line's watched people, then one person's shard; never the
/// other way round, and no two shards at once.
#[derive(Debug, Clone)]
pub struct Hub(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    lines: Sharded<ConnectionId, Arc<Line>>,
    people: Sharded<UserId, Person>,
    next: AtomicU64,
    open: AtomicU64,
}

impl Default for Hub {
    fn default() -> Self {
        Self::new()
    }
}

impl Hub {
    /// A hub without connections.
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            lines: Sharded::new(),
            people: Sharded::new(),
            next: AtomicU64::new(1),
            open: AtomicU64::new(0),
        }))
    }

    /// Opens a line, so that pushes to it are kept from now on. It counts as
    /// connected when the registry's `connect` says so.
    ///
    /// # Errors
    /// None; a connection id is never given twice by one hub.
    pub fn open(
        &self,
        user: UserId,
        level: Level,
        session: Option<SessionId>,
        now: u64,
    ) -> Arc<Line> {
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        #[expect(clippy::expect_used, reason = "digits are a valid id")]
        let connection = ConnectionId::parse(&number.to_string()).expect("digits");
        let line = Arc::new(Line {
            caller: Caller { connection, user, level, session },
            opened_at: now,
            outbox: Outbox::default(),
            heard_at: AtomicU64::new(now),
            watched: Mutex::default(),
        });
        let id = line.caller.connection.clone();
        self.0.lines.of(&id).insert(id.clone(), Arc::clone(&line));
        self.0.open.fetch_add(1, Ordering::Relaxed);
        line
    }

    /// How many lines are open.
    pub fn open_lines(&self) -> u64 {
        self.0.open.load(Ordering::Relaxed)
    }

    /// The lines of a user, oldest first.
    pub fn lines_of(&self, user: &UserId) -> Vec<Arc<Line>> {
        let people = self.0.people.of(user);
        people.get(user).map_or_else(Vec::new, |person| person.lines.to_vec())
    }

    /// Looks at every open line.
    pub fn each_line(&self, mut with: impl FnMut(&Line)) {
        self.0.lines.each(|line| with(line));
    }

    /// Closes the lines of a user, or only those of one session of his.
    pub fn close_sessions(&self, user: &UserId, session: Option<SessionId>) {
        for line in self.lines_of(user) {
            if session.is_none() || session == line.caller.session {
                line.outbox.close(CloseCode::SessionEnded);
            }
        }
    }

    /// Closes every line.
    pub fn close_all(&self, code: CloseCode) {
        self.each_line(|line| line.outbox.close(code));
    }

    fn line(&self, id: &ConnectionId) -> Option<Arc<Line>> {
        self.0.lines.of(id).get(id).cloned()
    }

    fn with_person<T>(&self, user: &UserId, change: impl FnOnce(&mut Person) -> T) -> T {
        let mut people = self.0.people.of(user);
        let person = people.entry(user.clone()).or_default();
        let result = change(person);
        if person.lines.is_empty() && person.watchers.is_empty() {
            people.remove(user);
        }
        result
    }

    fn replace_watched(&self, line: &Arc<Line>, users: &[UserId]) {
        let mut watched = line.watched();
        for user in watched.iter().filter(|user| !users.contains(user)) {
            self.with_person(user, |person| remove(&mut person.watchers, line));
        }
        let mut now = SmallVec::new();
        for user in users {
            if now.contains(user) {
                continue;
            }
            if !watched.contains(user) {
                self.with_person(user, |person| person.watchers.push(Arc::clone(line)));
            }
            now.push(user.clone());
        }
        *watched = now;
    }
}

/// Removes a line from some, keeping their order. True where it was there.
fn remove(lines: &mut Lines, line: &Arc<Line>) -> bool {
    let before = lines.len();
    lines.retain(|other| !Arc::ptr_eq(other, line));
    lines.shrink_to_fit();
    lines.len() < before
}

impl Hub {
    /// Counts a line of this hub as connected, watching its partner if it has
    /// one. True where it is its user's first.
    pub(super) fn connect(&self, connection: &Connection) -> Result<bool, PortError> {
        let Some(line) = self.line(&connection.id) else {
            return Err(PortError::Rejected("a connection of another process"));
        };
        if let Some(partner) = &connection.partner {
            self.replace_watched(&line, std::slice::from_ref(partner));
        }
        Ok(self.with_person(&connection.user, |person| {
            person.lines.push(line);
            person.lines.len() == 1
        }))
    }

    /// Forgets a line and its watches. True where it was connected, and its
    /// user's last.
    pub(super) fn disconnect(&self, id: &ConnectionId, user: &UserId) -> bool {
        let Some(line) = self.0.lines.of(id).remove(id) else { return false };
        self.0.open.fetch_sub(1, Ordering::Relaxed);
        self.replace_watched(&line, &[]);
        self.with_person(user, |person| remove(&mut person.lines, &line) && person.lines.is_empty())
    }

    /// Every connection of these users.
    pub(super) fn connections_of(&self, users: &[&UserId]) -> Vec<Connection> {
        let mut found = Vec::with_capacity(users.len());
        for user in users {
            let lines = self.0.people.of(user).get(*user).map(|person| person.lines.clone());
            found.extend(lines.iter().flatten().map(|line| line.connection()));
        }
        found
    }

    /// Every level 0 connection.
    pub(super) fn level_zero(&self) -> Vec<Connection> {
        let mut found = Vec::new();
        self.each_line(|line| {
            if line.caller.level == Level::Zero {
                found.push(line.connection());
            }
        });
        found
    }

    /// Replaces whom a line watches.
    pub(super) fn watch(&self, id: &ConnectionId, watched: &[UserId]) {
        if let Some(line) = self.line(id) {
            self.replace_watched(&line, watched);
        }
    }

    /// The lines that watch this user.
    pub(super) fn watchers(&self, user: &UserId) -> Vec<Connection> {
        let lines = {
            let people = self.0.people.of(user);
            people.get(user).map(|person| person.watchers.clone()).unwrap_or_default()
        };
        lines.iter().map(|line| line.connection()).collect()
    }

    /// Whether a user has a line that is connected.
    pub(super) fn is_online(&self, user: &UserId) -> bool {
        self.0.people.of(user).get(user).is_some_and(|person| !person.lines.is_empty())
    }
}

impl Push for Hub {
    async fn push(&self, frame: Bytes, to: Vec<Recipient>) -> Vec<Recipient> {
        // A line whose outbox is closed is about to be unregistered by its own
        // front, which then tells its watchers: nothing is left to do here.
        for recipient in to {
            if let Some(line) = self.line(&recipient.connection)
                && line.outbox.push(frame.clone()) == Pushed::Gone
            {
                tracing::debug!(connection = %recipient.connection, "pushed to a closing connection");
            }
        }
        Vec::new()
    }
    async fn room(&self, connection: &ConnectionId) {
        if let Some(line) = self.line(connection) {
            poll_fn(|cx| line.outbox.poll_room(cx)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_kept_of_those_who_left() {
        let hub = Hub::new();
        let person = |n: usize| UserId::parse(&format!("user {}", n % 7)).unwrap();
        let lines: Vec<_> = (0..50)
            .map(|n| {
                let level = if n % 2 == 0 { Level::Zero } else { Level::One };
                let line = hub.open(person(n), level, None, 0);
                let connection = Connection { partner: Some(person(n + 1)), ..line.connection() };
                hub.connect(&connection).unwrap();
                line
            })
            .collect();
        for (n, line) in lines.iter().enumerate() {
            let watched = [person(n + 2), person(n + 3), UserId::parse("nobody").unwrap()];
            hub.watch(&line.caller.connection, &watched);
        }
        // One that never connected goes like the others.
        let lines = lines.into_iter().chain([hub.open(person(0), Level::One, None, 0)]);
        for line in lines {
            hub.disconnect(&line.caller.connection, &line.caller.user);
            assert_eq!(Arc::strong_count(&line), 1, "nobody else holds a line that is gone");
        }
        hub.0.people.each(|person| panic!("left behind: {person:?}"));
        hub.0.lines.each(|line| panic!("left behind: {line:?}"));
        assert_eq!(hub.open_lines(), 0);
    }
}
