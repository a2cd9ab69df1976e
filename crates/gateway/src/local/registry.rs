//! The connection registry of one process: its hub, and a memory that outlives it.

use aizuchi_core::{
    error::PortError,
    ids::{ConnectionId, UserId},
    registry::{Connection, LastSeen, Presence, Registry},
};

use super::Hub;

/// The lines of a hub as a registry. When people were seen last is noted in `S`.
#[derive(Debug)]
pub struct LocalRegistry<S> {
    hub: Hub,
    seen: S,
}

impl<S> LocalRegistry<S> {
    /// The registry of this hub's lines.
    pub fn new(hub: Hub, seen: S) -> Self {
        Self { hub, seen }
    }

    /// The hub.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }
}

impl<S: LastSeen> Registry for LocalRegistry<S> {
    async fn connect(&self, connection: &Connection) -> Result<bool, PortError> {
        self.hub.connect(connection)
    }

    async fn disconnect(
        &self,
        id: &ConnectionId,
        user: &UserId,
        at: u64,
    ) -> Result<bool, PortError> {
        let last = self.hub.disconnect(id, user);
        if last && let Err(error) = self.seen.set_last_seen(user, at).await {
            // He is gone all the same, and that is told.
            tracing::error!(%error, "cannot note when somebody was seen last");
        }
        Ok(last)
    }

    async fn connections(&self, users: &[&UserId]) -> Result<Vec<Connection>, PortError> {
        Ok(self.hub.connections_of(users))
    }

    async fn level_zero(&self) -> Result<Vec<Connection>, PortError> {
        Ok(self.hub.level_zero())
    }

    async fn watch(
        &self,
        id: &ConnectionId,
        _user: &UserId,
        watched: &[UserId],
    ) -> Result<(), PortError> {
        self.hub.watch(id, watched);
        Ok(())
    }

    async fn watchers(&self, user: &UserId) -> Result<Vec<Connection>, PortError> {
        Ok(self.hub.watchers(user))
    }

    async fn presence(&self, users: &[UserId]) -> Result<Vec<Presence>, PortError> {
        let mut presences = Vec::with_capacity(users.len());
        for user in users {
            let online = self.hub.is_online(user);
            let last_seen = if online { None } else { self.seen.last_seen(user).await? };
            presences.push(Presence { online, last_seen });
        }
        Ok(presences)
    }
}
