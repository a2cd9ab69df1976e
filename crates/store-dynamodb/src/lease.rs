//! Leases: whoever was not heard of for a while is not there, whatever became
//! of the notice that he left.
//!
//! API Gateway tells the end of a connection mostly, and not always. So a
//! connection counts as there for [`LEASE_MS`] at a time. It is still delivered
//! to when that is over, since it may merely be quiet, and a push finds out;
//! after [`KEPT_MS`] it cannot live any more, and is forgotten.

use std::{
    num::NonZeroUsize,
    sync::{Mutex, PoisonError},
};

use aizuchi_core::{
    error::PortError,
    ids::{ConnectionId, UserId},
};
use lru::LruCache;

use crate::{
    item,
    keys::Key,
    person::{self, Person},
    store::Store,
    table::{Change, Returns, Written},
};

/// For how long a connection counts as there without a word, in ms.
pub const LEASE_MS: u64 = 10 * 60 * 1_000;
/// How old a connection may be and still live, in ms: the two hours that API
/// Gateway gives it, and some minutes.
pub const KEPT_MS: u64 = 130 * 60 * 1_000;

/// A lease is renewed when no more than this is left of it.
const HALF_MS: u64 = LEASE_MS / 2;
/// Leases that a process remembers.
const KNOWN: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// What became of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Renewed {
    /// It holds.
    Held,
    /// It holds again. It was over, and with it its user's being there: those
    /// who watch him may be told that he is back.
    Back,
    /// The connection is not registered, so that nothing is delivered to it:
    /// close it, and its client connects anew.
    Gone,
}

/// Until when leases hold, as far as this process has renewed them.
#[derive(Debug)]
pub(crate) struct Leases(Mutex<LruCache<ConnectionId, u64>>);

impl Default for Leases {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(KNOWN)))
    }
}

impl Leases {
    fn get(&self, id: &ConnectionId) -> Option<u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).copied()
    }

    fn put(&self, id: &ConnectionId, until: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(id.clone(), until);
    }
}

impl Store {
    /// Renews a connection's lease; to be called with every frame that it
    /// sends. `connected_at` is when it came up, in ms since the epoch.
    ///
    /// It costs nothing while more than half of the lease is left as far as
    /// this process knows, and a write (of the person's item) otherwise.
    pub async fn renew(
        &self,
        id: &ConnectionId,
        user: &UserId,
        connected_at: u64,
    ) -> Result<Renewed, PortError> {
        let now = self.0.now_ms();
        let known = self.0.leases.get(id).unwrap_or_default().max(connected_at + LEASE_MS);
        if known > now + HALF_MS {
            return Ok(Renewed::Held);
        }
        let until = now + LEASE_MS;
        let change = Change::of(Key::person(user), "SET #c.t = :t")
            .only_if("attribute_exists(#c)")
            .name("#c", person::connection_name(id))
            .value(":t", item::number(until))
            .returning(Returns::Old);
        let Written::Done(before) = self.0.table.change(change).await? else {
            return Ok(Renewed::Gone);
        };
        self.0.leases.put(id, until);
        let before = Person::read(&before.unwrap_or_default())?;
        let was_there = before.presence(now).online;
        Ok(if was_there { Renewed::Held } else { Renewed::Back })
    }
}
