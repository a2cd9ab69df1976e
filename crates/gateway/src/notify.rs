//! How people hear of a message whom no connection shows it, as a port.

use std::{collections::HashSet, pin::Pin};

use aizuchi_core::{ids::UserId, notices::Unseen, outcome::Recipient};

/// Until those who are away were told, or will be.
pub type Notified<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Tells people who are away.
pub trait Notify: Send + Sync + 'static {
    /// A message is durable and was delivered, and somebody is away. It is
    /// waited for: where a process is frozen between two calls, nothing runs
    /// afterwards. So it has a limit of its own, and its failures are its own
    /// to count: the message stands.
    fn notify(&self, unseen: Unseen) -> Notified<'_>;
}

/// The users whose every connection was found gone.
pub(crate) fn lost(told: &[Recipient], gone: &[Recipient]) -> Vec<UserId> {
    let dead: HashSet<_> = gone.iter().map(|one| &one.connection).collect();
    let there: HashSet<_> =
        told.iter().filter(|one| !dead.contains(&one.connection)).map(|one| &one.user).collect();
    let mut lost: Vec<_> =
        gone.iter().map(|one| &one.user).filter(|user| !there.contains(user)).cloned().collect();
    lost.sort();
    lost.dedup();
    lost
}
