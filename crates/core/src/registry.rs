//! Who is connected and who watches whom, as a port.

use std::future::Future;

use crate::{
    accounts::SessionId,
    error::PortError,
    ids::{ConnectionId, UserId},
};

/// Which vocabulary a connection speaks; see the protocol's two levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// What existing clients speak.
    Zero,
    /// The log, acknowledged.
    One,
}

/// A connection as others need to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Its name.
    pub id: ConnectionId,
    /// Whose it is.
    pub user: UserId,
    /// What it speaks.
    pub level: Level,
    /// The session whose end ends it, where it is known.
    pub session: Option<SessionId>,
    /// The one whom a level 0 connection has open. A level 1 connection's
    /// watched people are many, and nobody who delivers needs them.
    pub partner: Option<UserId>,
}

/// Whether somebody is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Presence {
    /// Whether he has a connection.
    pub online: bool,
    /// When his last connection ended, in ms since the epoch. Means something
    /// only of who is not online.
    pub last_seen: Option<u64>,
}

/// The connection registry.
///
/// Laws: a user is online while he has a connection; of any number that arrive
/// or leave at once exactly one is told that it was the first or the last.
pub trait Registry: Send + Sync + 'static {
    /// Adds a connection, watching its `partner` if it has one. True where it
    /// is its user's first.
    fn connect(
        &self,
        connection: &Connection,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Removes a connection, which ended `at` (ms since the epoch), and its
    /// watches. True where it was there and was its user's last.
    fn disconnect(
        &self,
        id: &ConnectionId,
        user: &UserId,
        at: u64,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Every connection of these users.
    fn connections(
        &self,
        users: &[&UserId],
    ) -> impl Future<Output = Result<Vec<Connection>, PortError>> + Send;

    /// Every level 0 connection, for broadcasts.
    fn level_zero(&self) -> impl Future<Output = Result<Vec<Connection>, PortError>> + Send;

    /// Replaces whom a connection of `user`'s watches. For a level 0 connection
    /// the first of them is its partner.
    fn watch(
        &self,
        id: &ConnectionId,
        user: &UserId,
        watched: &[UserId],
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// The connections that watch this user.
    fn watchers(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Vec<Connection>, PortError>> + Send;

    /// Whether these users are there, in their order.
    ///
    /// It may be a moment old where connections are kept in several places: who
    /// tells somebody's presence looks again afterwards.
    fn presence(
        &self,
        users: &[UserId],
    ) -> impl Future<Output = Result<Vec<Presence>, PortError>> + Send;
}

/// Where a registry that lives in memory notes when people were seen last.
pub trait LastSeen: Send + Sync + 'static {
    /// Notes when a person's last connection ended, in ms since the epoch.
    fn set_last_seen(
        &self,
        user: &UserId,
        at: u64,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// When a person's last connection ended; `None` where none has yet.
    fn last_seen(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<u64>, PortError>> + Send;
}
