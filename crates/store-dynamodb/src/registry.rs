//! The connection registry.
//!
//! Whoever comes or goes changes his person's item, and the answer to that one
//! write says whether he was the first or the last: DynamoDB does the writes of
//! one item one after another. Whoever watches somebody is an item in the
//! other's partition; see [`watches`].
//!
//! A request may be done and its answer lost, and then it is tried again. So a
//! connection that finds itself there already is its own earlier try, and one
//! that leaves signs the item ([`SIGNATURE`]), to know that it has left. In
//! doubt somebody is told twice that he was first or last, and never not at all.

mod sessions;
mod watches;

use aizuchi_core::{
    error::PortError,
    ids::{ConnectionId, UserId},
    registry::{Connection, Presence, Registry},
    relations::{Audience, Standing},
};
use futures_util::{StreamExt as _, TryStreamExt as _, join, stream};

use crate::{
    item::{self, Item},
    keys::{self, EXPIRES, Key},
    lease,
    person::{self, Person, connection::Held},
    store::{Inner, Store},
    table::{Change, Query, Reading, Returns, Written},
};

/// Who of a person's connections left last: random bytes of that request.
const SIGNATURE: &str = "y";
/// Connections of one person. One more takes the place of the one that was
/// silent longest, or else of the oldest.
const CONNECTIONS: usize = 32;
/// Attributes that are removed at once.
const PRUNED: usize = 64;
/// Requests under way at once for one call.
const AT_ONCE: usize = 16;

impl Registry for Store {
    /// `Rejected` where the connection's session has ended, or its person is gone.
    async fn connect(&self, connection: &Connection) -> Result<bool, PortError> {
        let now = self.0.now_ms();
        let held = Held::new(connection, now);
        let Connection { id, user, level, .. } = connection;
        let (arrived, watching, listed) = join!(
            self.0.arrive(connection, &held, now),
            self.0.begin_watching((user, false), id, *level, held.watched.numbered()),
            self.0.list_for_broadcasts(connection, now),
        );
        let outcome = match watching.and(listed).and(arrived) {
            Ok((first, standing)) if standing.audience == Audience::Nobody => {
                let watched = held.watched.numbered();
                self.0.begin_watching((user, true), id, *level, watched).await.map(|()| first)
            }
            outcome => outcome.map(|(first, _)| first),
        };
        if let Err(error) = &outcome {
            // Its front refuses the connection, so nothing of it may stay.
            if !matches!(error, PortError::Rejected(_)) {
                self.0.leave(id, user, None).await.map(drop).unwrap_or_else(log);
            }
            self.0.forget(&held).await;
        }
        outcome
    }

    async fn disconnect(
        &self,
        id: &ConnectionId,
        user: &UserId,
        at: u64,
    ) -> Result<bool, PortError> {
        match self.0.leave(id, user, Some(at)).await? {
            Left::Now(before) => {
                let Some(held) = before.connection(id) else { return Ok(false) };
                self.0.forget(held).await;
                Ok(is_last(&before, held, self.0.now_ms()))
            }
            Left::Before(now) => Ok(!now.has_another(id, self.0.now_ms())),
            Left::NotThere => Ok(false),
        }
    }

    /// Strongly: who is missed here learns of a message by his next `SYNC` only.
    async fn connections(&self, users: &[&UserId]) -> Result<Vec<Connection>, PortError> {
        let users: Vec<UserId> = users.iter().map(|user| (*user).clone()).collect();
        let people = users.into_iter().map(|user| async move {
            Ok::<_, PortError>(self.0.living(self.0.person(&user, Reading::Strong).await?, &user))
        });
        let people: Vec<_> = stream::iter(people).buffered(AT_ONCE).try_collect().await?;
        Ok(people.into_iter().flatten().collect())
    }

    /// Nobody, where broadcasts are off.
    async fn level_zero(&self) -> Result<Vec<Connection>, PortError> {
        if !self.0.settings.broadcasts {
            return Ok(Vec::new());
        }
        let query = Query { reading: Reading::Eventual, ..Query::of(keys::level_zero()) };
        let found = self.0.table.query_all(query).await?;
        watches::read_connections(&found, 0, None, self.0.now_ms())
    }

    async fn watch(
        &self,
        id: &ConnectionId,
        user: &UserId,
        watched: &[UserId],
    ) -> Result<(), PortError> {
        self.0.replace_watched(id, user, watched).await.map(drop)
    }

    async fn watchers(&self, user: &UserId) -> Result<Vec<Connection>, PortError> {
        self.0.watchers(user).await
    }

    async fn presence(&self, users: &[UserId]) -> Result<Vec<Presence>, PortError> {
        let all = self.presences(users).await?;
        Ok(all.into_iter().map(|(presence, _)| presence).collect())
    }
}

/// What became of a connection that was to leave.
enum Left {
    /// It left; so the person was before.
    Now(Person),
    /// It left by an earlier try of the same request; so the person is.
    Before(Person),
    /// It was not there.
    NotThere,
}

/// Whether a connection that left was the last. One whose lease was over before
/// another was the last has been missed by nobody since.
fn is_last(before: &Person, held: &Held, now: u64) -> bool {
    let was_told = !held.is_fresh(now) && before.last_seen.is_some_and(|seen| seen >= held.lease);
    !was_told && !before.has_another(&held.id, now)
}

impl Inner {
    /// Those of a person's connections that may be there.
    pub(crate) fn living(&self, person: Person, user: &UserId) -> Vec<Connection> {
        let now = self.now_ms();
        let living = person.connections.into_iter().filter(|held| held.may_live(now));
        living.map(|held| held.connection(user)).collect()
    }

    /// Writes a connection into its person's item. True where it is the first.
    async fn arrive(
        &self,
        connection: &Connection,
        held: &Held,
        now: u64,
    ) -> Result<(bool, Standing), PortError> {
        let Connection { id, user, session, .. } = connection;
        let mut change = Change::of(Key::person(user), "SET #c = :c")
            .only_if("attribute_not_exists(g)")
            .name("#c", person::connection_name(id))
            .value(":c", held.to_attribute())
            .returning(Returns::Old);
        if let Some(session) = session {
            change = change
                .only_if("attribute_not_exists(g) AND attribute_not_exists(#z)")
                .name("#z", person::ended_name(*session));
        }
        let Written::Done(before) = self.table.change(change).await? else {
            return Err(PortError::Rejected(
                "a connection whose session has ended, or its person is gone",
            ));
        };
        let before = self.met(user, &before.unwrap_or_default())?;
        self.prune(user, id, &before, now).await;
        let again = before.connection(id).is_some();
        let first = !before.connections.iter().any(|other| {
            other.id != *id
                && other.is_fresh(now)
                && (!again || other.connected_at < held.connected_at)
        });
        Ok((first, before.standing))
    }

    /// Takes a connection out of its person's item. With `at` (ms since the
    /// epoch) its person was seen then.
    async fn leave(
        &self,
        id: &ConnectionId,
        user: &UserId,
        at: Option<u64>,
    ) -> Result<Left, PortError> {
        let mut signature = [0; 8];
        getrandom::fill(&mut signature).map_err(|error| PortError::unavailable("chance", error))?;
        let seen = if at.is_some() { ", l = :l" } else { "" };
        let mut change = Change::of(Key::person(user), format!("SET y = :y{seen} REMOVE #c"))
            .only_if("attribute_exists(#c)")
            .name("#c", person::connection_name(id))
            .value(":y", item::bytes(signature))
            .returning(Returns::Old);
        if let Some(at) = at {
            change = change.value(":l", item::number(at));
        }
        Ok(match self.table.change(change).await? {
            Written::Done(before) => Left::Now(Person::read(&before.unwrap_or_default())?),
            Written::Refused(Some(now)) if item::bytes_in(&now, SIGNATURE)? == Some(&signature) => {
                Left::Before(Person::read(&now)?)
            }
            Written::Refused(_) => Left::NotThere,
        })
    }

    /// Removes what is in a person's item and of no use any more. What fails is
    /// done with the next connection.
    async fn prune(&self, user: &UserId, arrived: &ConnectionId, person: &Person, now: u64) {
        let mut others: Vec<_> =
            person.connections.iter().filter(|held| held.id != *arrived).collect();
        // Those that stay longest first.
        others.sort_by_key(|held| {
            let silent = if held.is_fresh(now) { 0 } else { held.lease };
            std::cmp::Reverse((held.may_live(now), held.is_fresh(now), silent, held.connected_at))
        });
        let living = others.iter().filter(|held| held.may_live(now)).count();
        let dead = others.split_off(living.min(CONNECTIONS - 1));
        let ended = person.ended.iter().filter(|(_, until)| *until <= now);
        let names = dead.iter().map(|held| person::connection_name(&held.id));
        let names = names.chain(ended.map(|(name, _)| name.clone())).take(PRUNED);

        let mut update = String::new();
        let mut placeholders = Vec::new();
        for (number, name) in names.enumerate() {
            let placeholder = format!("#{number}");
            update.push_str(if number == 0 { "REMOVE " } else { ", " });
            update.push_str(&placeholder);
            placeholders.push((placeholder, name));
        }
        if placeholders.is_empty() {
            return;
        }
        let mut change = Change::of(Key::person(user), update);
        for (placeholder, name) in placeholders {
            change = change.name(&placeholder, name);
        }
        self.table.change(change).await.map(drop).unwrap_or_else(log);
    }
}

/// What follows from something that is done: it is told to the operator, and
/// changes nothing about that.
fn log(error: PortError) {
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    tracing::warn!(%error, cause, "something of a connection stays behind for a while");
}

/// When an item of a connection may go, in seconds since the epoch.
fn expires(now: u64) -> u64 {
    (now + lease::KEPT_MS).div_ceil(1_000)
}

/// Whether an item may still be of use: DynamoDB deletes late.
fn is_kept(item: &Item, now: u64) -> Result<bool, PortError> {
    let until = item::need(item::number_in(item, EXPIRES)?, EXPIRES)?;
    Ok(until.saturating_mul(1_000) > now)
}
