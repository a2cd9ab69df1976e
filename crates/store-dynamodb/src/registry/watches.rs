//! Who watches whom: an item in the partition of the watched for each
//! connection, and a list in the connection's own attribute.
//!
//! The items are written before the list, and deleted after it, so that whoever
//! is in the list has an item. A deletion names the change that brought the
//! item (see [`crate::person::watched`]), so that a late one does not undo a
//! later change. What a process that dies leaves behind goes with its time.

use aizuchi_core::{
    error::PortError,
    ids::{ConnectionId, UserId},
    registry::{Connection, Level},
    relations::{Audience, Standing},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{AT_ONCE, expires, is_kept, log};
use crate::{
    item::{self, Item},
    keys::{self, EXPIRES, Key, PERSON, SORT, WATCHER},
    person::{
        self, Person,
        connection::{Held, WATCHED},
        watched::Watched,
    },
    store::Inner,
    table::{Change, Query, Reading, Sorts, Written},
};

/// Whose connection it is.
const USER: &str = "u";
/// What it speaks, and whether a level 0 one has this person open.
const KIND: &str = "k";
/// The change that brought it.
const CHANGE: &str = "g";

const ZERO_WITH_PARTNER: u64 = 0;
const ONE: u64 = 1;
const ZERO: u64 = 2;
/// Of one who hides from everybody, and so is told of nobody.
const HIDDEN: u64 = 3;

/// Changes of one connection that meet, at most, before one gives up.
const TRIES: usize = 16;

/// A list that was to take the place of another, and who is not in it any more.
struct Swap {
    next: Watched,
    gone: Vec<(UserId, u64)>,
}

impl Inner {
    /// The connections that watch this user.
    pub(super) async fn watchers(&self, user: &UserId) -> Result<Vec<Connection>, PortError> {
        let query = Query {
            sorts: Sorts::Prefix(vec![WATCHER]),
            reading: Reading::Eventual,
            ..Query::of(keys::user(user))
        };
        let found = self.table.query_all(query).await?;
        read_connections(&found, 1, Some(user), self.now_ms())
    }

    /// How a user stands, and the connections that watch him and are told of him.
    /// The person lies before his watchers in one partition, and is read with them.
    pub(crate) async fn watchers_of(
        &self,
        user: &UserId,
    ) -> Result<(Standing, Vec<Connection>), PortError> {
        let query = Query {
            sorts: Sorts::Between(PERSON.to_vec(), vec![WATCHER + 1]),
            reading: Reading::Eventual,
            ..Query::of(keys::user(user))
        };
        let (mut standing, mut watchers) = (Standing::default(), Vec::new());
        for item in self.table.query_all(query).await? {
            match item::need(item::bytes_in(&item, SORT)?, SORT)? {
                PERSON => standing = self.met(user, &item)?.standing,
                [WATCHER, ..] => watchers.push(item),
                _ => {}
            }
        }
        Ok((standing, read_connections(&watchers, 1, Some(user), self.now_ms())?))
    }

    /// Replaces whom a connection watches, and answers with how its user stands.
    /// One that is gone watches nobody.
    pub(crate) async fn replace_watched(
        &self,
        id: &ConnectionId,
        user: &UserId,
        wanted: &[UserId],
    ) -> Result<Standing, PortError> {
        // Strongly: a change that was answered must not be taken for the state
        // before it, or going back to that would be lost.
        let mut person = self.person(user, Reading::Strong).await?;
        let mut tried: Option<Swap> = None;
        for _ in 0..TRIES {
            let Some(held) = person.connection(id) else {
                // What was written for it in vain goes again.
                let next = tried.map(|swap| swap.next).unwrap_or_default();
                self.stop_watching(id, next.numbered(), false).await;
                return Ok(person.standing);
            };
            let now = &held.watched;
            if let Some(swap) = tried.filter(|swap| swap.next == *now) {
                // Its first try was done, and the answer lost.
                self.stop_watching(id, &swap.gone, true).await;
                return Ok(person.standing);
            }
            let next = now.replaced(wanted);
            if same(held.level, now, &next) {
                return Ok(person.standing);
            }
            let new: Vec<_> = next.without(now).cloned().collect();
            let hides = person.standing.audience == Audience::Nobody;
            self.begin_watching((user, hides), id, held.level, &new).await?;
            let gone: Vec<_> = now.without(&next).cloned().collect();
            match self.table.change(swap(id, user, now, &next)).await? {
                Written::Done(_) => {
                    self.stop_watching(id, &gone, true).await;
                    return Ok(person.standing);
                }
                Written::Refused(there) => {
                    person = Person::read(&there.unwrap_or_default())?;
                    tried = Some(Swap { next, gone });
                }
            }
        }
        Err(PortError::Conflict)
    }

    /// Writes down that a connection watches these people, each with the change
    /// that brought him. It is told of none of them where its user hides.
    pub(crate) async fn begin_watching(
        &self,
        (user, hides): (&UserId, bool),
        id: &ConnectionId,
        level: Level,
        people: &[(UserId, u64)],
    ) -> Result<(), PortError> {
        let now = self.now_ms();
        let put = |(number, (watched, change)): (usize, &(UserId, u64))| {
            let kind = match level {
                _ if hides => HIDDEN,
                Level::One => ONE,
                Level::Zero if number == 0 => ZERO_WITH_PARTNER,
                Level::Zero => ZERO,
            };
            let item = connection_item(user, kind, *change, now);
            let key = Key::watcher(watched, id);
            async move { self.table.put(&key, item).await }
        };
        let puts = people.iter().enumerate().map(put);
        stream::iter(puts).buffer_unordered(AT_ONCE).try_collect().await
    }

    /// Takes away what says that a connection watches these people. Only what
    /// these changes brought, unless it is gone and watches nobody any more.
    pub(crate) async fn stop_watching(
        &self,
        id: &ConnectionId,
        people: &[(UserId, u64)],
        still_there: bool,
    ) {
        let deletions = people.iter().cloned().map(|(watched, change)| async move {
            let key = Key::watcher(&watched, id);
            let deleted = if still_there {
                self.table.delete_where(&key, (CHANGE, item::number(change))).await
            } else {
                self.table.delete(&key).await
            };
            deleted.unwrap_or_else(log);
        });
        stream::iter(deletions).buffer_unordered(AT_ONCE).collect().await
    }

    /// Takes away all that is about a connection outside of its person's item.
    pub(super) async fn forget(&self, held: &Held) {
        self.stop_watching(&held.id, held.watched.numbered(), false).await;
        if self.settings.broadcasts && held.level == Level::Zero {
            self.table.delete(&Key::level_zero(&held.id)).await.unwrap_or_else(log);
        }
    }

    /// Writes down a level 0 connection where broadcasts find it.
    pub(super) async fn list_for_broadcasts(
        &self,
        connection: &Connection,
        now: u64,
    ) -> Result<(), PortError> {
        if !self.settings.broadcasts || connection.level != Level::Zero {
            return Ok(());
        }
        let item = connection_item(&connection.user, ZERO, 0, now);
        self.table.put(&Key::level_zero(&connection.id), item).await
    }
}

/// Whether nothing is to be written: the same people, and for level 0 the same
/// partner.
fn same(level: Level, now: &Watched, next: &Watched) -> bool {
    let partner = level == Level::One || now.people().next() == next.people().next();
    partner && now.without(next).next().is_none() && next.without(now).next().is_none()
}

/// Puts one list in the place of another.
fn swap(id: &ConnectionId, user: &UserId, now: &Watched, next: &Watched) -> Change {
    let change = Change::of(Key::person(user), format!("SET #c.{WATCHED} = :n"))
        .name("#c", person::connection_name(id))
        .value(":n", next.to_attribute());
    if *now == Watched::default() {
        change.only_if(format!("attribute_exists(#c) AND attribute_not_exists(#c.{WATCHED})"))
    } else {
        change.only_if(format!("#c.{WATCHED} = :o")).value(":o", now.to_attribute())
    }
}

fn connection_item(user: &UserId, kind: u64, change: u64, now: u64) -> Item {
    Item::from([
        (USER.to_owned(), item::text(user.as_str())),
        (KIND.to_owned(), item::number(kind)),
        (CHANGE.to_owned(), item::number(change)),
        (EXPIRES.to_owned(), item::number(expires(now))),
    ])
}

/// The connections that items are of, whose sort keys begin with so many bytes
/// before the connection's id. Level 0's partner is the one who is watched.
pub(super) fn read_connections(
    items: &[Item],
    before_id: usize,
    watched: Option<&UserId>,
    now: u64,
) -> Result<Vec<Connection>, PortError> {
    let mut connections = Vec::with_capacity(items.len());
    for item in items {
        if !is_kept(item, now)? {
            continue;
        }
        let sort = item::need(item::bytes_in(item, SORT)?, SORT)?.get(before_id..);
        let id = sort.and_then(|id| std::str::from_utf8(id).ok());
        let id = id.and_then(|id| ConnectionId::parse(id).ok());
        let user = item::need(item::text_in(item, USER)?, USER)?;
        let kind = item::need(item::number_in(item, KIND)?, KIND)?;
        if kind == HIDDEN {
            continue;
        }
        connections.push(Connection {
            id: id.ok_or_else(|| item::strange(SORT, "no id of a connection"))?,
            user: UserId::parse(user).map_err(|_| item::strange(USER, "no id of a person"))?,
            level: if kind == ONE { Level::One } else { Level::Zero },
            session: None,
            partner: watched.filter(|_| kind == ZERO_WITH_PARTNER).cloned(),
        });
    }
    Ok(connections)
}
