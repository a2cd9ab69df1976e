//! Sessions that end, and their connections with them.

use aizuchi_core::{accounts::SessionId, error::PortError, ids::UserId, registry::Connection};

use crate::{
    item,
    keys::Key,
    person::{self, Person},
    store::Store,
    table::{Change, Returns, Written},
};

impl Store {
    /// Ends a session of a user: a connection of it that comes up later is
    /// refused until `until` (ms since the epoch; when its last access token is
    /// no longer good), or some time longer. Answers with those that are up, to
    /// be closed.
    pub async fn end_session(
        &self,
        user: &UserId,
        session: SessionId,
        until: u64,
    ) -> Result<Vec<Connection>, PortError> {
        let change = Change::of(Key::person(user), "SET #z = :z")
            .name("#z", person::ended_name(session))
            .value(":z", item::number(until))
            .returning(Returns::New);
        let person = match self.0.table.change(change).await? {
            Written::Done(person) | Written::Refused(person) => person.unwrap_or_default(),
        };
        let now = self.0.now_ms();
        let connections = Person::read(&person)?.connections.into_iter();
        let of_it = connections.filter(|held| held.session == Some(session) && held.may_live(now));
        Ok(of_it.map(|held| held.connection(user)).collect())
    }
}
