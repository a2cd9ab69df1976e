//! Who is in a room.
//!
//! A change of a room is one transaction: the entry, if its place is free; the
//! room, if it is still the one that the rules were asked about; and the lists
//! of those who come and go. So of two changes that rule each other out only one
//! is stored, and a room is in its members' lists whatever ends when. It costs
//! twice as much as single writes, which is what a change of a room may cost and
//! a message may not.
//!
//! | item | attributes |
//! | --- | --- |
//! | the room | `e` the room, packed; `v` the place of its newest change |
//! | in a list | `i` the room's name; `t` the stamp of coming or going; `g` once gone |

use std::sync::Arc;

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    limits::ROOMS,
    log::{Entry, NewEntry},
    room::{Membership, Room, Rule},
};
use futures_util::future::try_join_all;
use tokio::time::{Duration, Instant};

use super::LOG;
use crate::{
    item::{self, Item},
    keys::{self, Key},
    pack,
    pause::Pause,
    store::Inner,
    table::{Change, Query, Reading, Sorts, Write},
};

/// How long a room is tried to be changed among others who change it.
const CHANGING: Duration = Duration::from_secs(5);

impl Inner {
    /// A room.
    pub(crate) async fn room(&self, id: &ConversationId) -> Result<Option<Arc<Room>>, PortError> {
        let item = self.table.get(&Key::room(id), Reading::Strong).await?;
        item.as_ref().map(room_in).transpose()
    }

    /// Puts a change of a room in its place: `None` if that was free, else what
    /// is there. Refused by the rules.
    pub(super) async fn change_room(
        &self,
        entry: &NewEntry,
        change: &Membership,
        seq: Seq,
        item: Item,
    ) -> Result<Option<Entry>, PortError> {
        let id = &entry.conversation;
        let deadline = Instant::now() + CHANGING;
        let mut pause = Pause::default();
        loop {
            let mut writes = self.room_writes(id, &entry.author, change, seq).await?;
            writes.push(Write::New(Key::entry(id, seq), item.clone()));
            if self.table.write_all(writes).await? {
                return Ok(None);
            }
            if let Some(there) = self.there(id, seq).await? {
                return Ok(Some(there));
            }
            if Instant::now() >= deadline {
                return Err(PortError::unavailable(LOG, "a room that others keep changing"));
            }
            pause.wait().await;
        }
    }

    /// What a change of a room makes of it and of lists, at most 52 writes.
    pub(crate) async fn room_writes(
        &self,
        id: &ConversationId,
        author: &UserId,
        change: &Membership,
        seq: Seq,
    ) -> Result<Vec<Write>, PortError> {
        let before = self.room(id).await?;
        let before = before.as_deref();
        let after = Room::after(before, author, seq, change)?;
        let was = |user: &UserId| before.is_some_and(|room| room.members.contains_key(user));
        let come: Vec<_> = after.members.keys().filter(|user| !was(user)).collect();
        let rooms = try_join_all(come.iter().map(|user| self.rooms(user))).await?;
        if rooms.into_iter().any(|rooms| rooms >= ROOMS) {
            return Err(Rule::TooManyRooms.into());
        }
        let update = Change::of(Key::room(id), "SET e = :e, v = :v")
            .value(":e", item::bytes(pack::pack_room(&after)))
            .value(":v", item::number(seq));
        let mut writes = vec![Write::Change(match before {
            Some(before) => {
                update.only_if("v = :before").value(":before", item::number(before.changed))
            }
            None => update.only_if("attribute_not_exists(v)"),
        })];
        let stamp = self.stamps.make(self.now_ms(), id);
        let listed = |user: &UserId, update: &str| {
            Change::of(Key::listed(user, id), update)
                .value(":i", item::text(id.as_str()))
                .value(":t", item::number(stamp.0))
        };
        writes.extend(
            come.iter().map(|user| Write::Change(listed(user, "SET i = :i, t = :t REMOVE g"))),
        );
        let gone = before.into_iter().flat_map(|room| room.members.keys());
        let gone = gone.filter(|user| !after.members.contains_key(*user));
        writes.extend(gone.map(|user| {
            let change = listed(user, "SET i = :i, t = :t, g = :g");
            Write::Change(change.value(":g", item::number(1)))
        }));
        Ok(writes)
    }

    /// In how many rooms somebody is.
    async fn rooms(&self, user: &UserId) -> Result<usize, PortError> {
        let sorts = Sorts::Prefix(vec![keys::LISTED_ROOM]);
        let query = Query { sorts, reading: Reading::Eventual, ..Query::of(keys::user(user)) };
        let items = self.table.query_all(query).await?;
        Ok(items.iter().filter(|item| !item.contains_key("g")).count())
    }
}

/// The room of an item.
pub(super) fn room_in(item: &Item) -> Result<Arc<Room>, PortError> {
    let packed = item::need(item::bytes_in(item, "e")?, "e")?;
    let room = pack::unpack_room(packed).map_err(|what| item::strange("e", what))?;
    Ok(Arc::new(room))
}
