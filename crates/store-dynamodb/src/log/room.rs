//! Rooms as their members see them.
//!
//! A member's list item says only since when he is in a room, or that he went.
//! How far the room's log goes is in its head, which follows the log as a list
//! does, and is one write of a message, whatever the room's size. Cursors lie
//! beside each other. What is unread is counted, where the head says that there
//! is something.

use std::{collections::HashMap, sync::Arc};

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    limits::{TOLD, UNREAD},
    log::{Cursor, Stamp, Summary},
    room::Room,
};
use futures_util::future::{try_join, try_join_all};

use super::members::room_in;
use crate::{
    item::{self, Item},
    keys::{self, Key},
    store::Inner,
    table::{Change, Query, Reading, Written},
};

/// A room in the list of somebody who is in it, or was.
#[derive(Debug, Clone)]
pub(super) struct Membership {
    pub(super) room: ConversationId,
    /// When he came or went.
    since: Stamp,
    pub(super) is_gone: bool,
}

impl Membership {
    /// `None` where this is a direct conversation.
    pub(super) fn parse(item: &Item) -> Result<Option<Self>, PortError> {
        let Some(room) = item::text_in(item, "i")? else { return Ok(None) };
        let room = ConversationId::parse(room).map_err(|_| item::strange("i", "no room"))?;
        let since = Stamp(item::need(item::number_in(item, "t")?, "t")?);
        Ok(Some(Self { room, since, is_gone: item.contains_key("g") }))
    }
}

/// How far a room's log goes.
#[derive(Debug, Clone, Copy)]
struct Head {
    last: Seq,
    shown: Seq,
    newest: Stamp,
    /// The stamp of what came otherwise.
    moved: Stamp,
}

impl Head {
    fn parse(item: &Item) -> Result<Self, PortError> {
        let need = |name: &'static str| item::need(item::number_in(item, name)?, name);
        let or_zero = |name| item::number_in(item, name).map(Option::unwrap_or_default);
        Ok(Self {
            last: need("n")?,
            shown: or_zero("l")?,
            newest: Stamp(need("t")?),
            moved: Stamp(or_zero("m")?),
        })
    }
}

/// A room with what is its reader's.
#[derive(Debug)]
pub(super) struct Joined {
    room: ConversationId,
    head: Head,
    read: Seq,
    moved: Stamp,
    /// When he went, if he did.
    gone: Option<Stamp>,
}

impl Joined {
    pub(super) fn room(&self) -> &ConversationId {
        &self.room
    }

    pub(super) fn last(&self) -> Seq {
        self.head.last
    }

    pub(super) fn shown(&self) -> Seq {
        if self.is_gone() { 0 } else { self.head.shown }
    }

    pub(super) fn newest(&self) -> Stamp {
        self.head.newest
    }

    pub(super) fn is_gone(&self) -> bool {
        self.gone.is_some()
    }

    pub(super) fn changed(&self) -> Stamp {
        self.gone.unwrap_or(self.head.newest.max(self.head.moved).max(self.moved))
    }
}

impl Inner {
    pub(super) async fn read_room(
        &self,
        room: &ConversationId,
        reader: &UserId,
        seq: Seq,
    ) -> Result<Cursor, PortError> {
        let head = self.table.get(&Key::head(room), Reading::Strong).await?;
        let end = head.as_ref().map(Head::parse).transpose()?.map_or(0, |head| head.last);
        let target = seq.min(end);
        let stamp = self.stamps.make(self.now_ms(), room);
        let change = Change::of(Key::room_cursor(room, reader), "SET r = :r, u = :u, m = :m")
            .only_if("(attribute_not_exists(r) AND :r > :zero) OR r < :r")
            .value(":r", item::number(target))
            .value(":u", item::text(reader.as_str()))
            .value(":m", item::number(stamp.0))
            .value(":zero", item::number(0));
        match self.table.change(change).await? {
            Written::Done(_) => Ok(Cursor { seq: target, moved: true }),
            Written::Refused(there) => {
                let Some(there) = there else { return Ok(Cursor { seq: 0, moved: false }) };
                let seq = item::number_in(&there, "r")?.unwrap_or(0);
                // A write that was tried again may meet itself.
                let moved = item::number_in(&there, "m")? == Some(stamp.0);
                Ok(Cursor { seq, moved })
            }
        }
    }

    /// The cursors that lie beside a conversation, of a room's members and of
    /// whoever is no member, ascending by reader.
    pub(crate) async fn room_reads(
        &self,
        room: &ConversationId,
    ) -> Result<Vec<(UserId, Seq)>, PortError> {
        let items = self.table.query_all(Query::of(keys::room_cursors(room))).await?;
        let read = |item: &Item| {
            let reader = item::need(item::text_in(item, "u")?, "u")?;
            let reader = UserId::parse(reader).map_err(|_| item::strange("u", "no user"))?;
            Ok::<_, PortError>((reader, item::need(item::number_in(item, "r")?, "r")?))
        };
        let mut reads = items.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        reads.sort();
        Ok(reads)
    }

    /// Every read cursor of a conversation, ascending by reader.
    pub(crate) async fn reads(
        &self,
        conversation: &ConversationId,
    ) -> Result<Vec<(UserId, Seq)>, PortError> {
        let mut reads = self.room_reads(conversation).await?;
        if let Some([a, b]) = conversation.direct_members() {
            let (of_a, of_b) =
                try_join(self.listed(conversation, &a), self.listed(conversation, &b)).await?;
            let read = |reader, item: Option<super::ListItem>| {
                item.filter(|item| item.read > 0).map(|item| (reader, item.read))
            };
            reads.extend([read(a, of_a), read(b, of_b)].into_iter().flatten());
            reads.sort();
        }
        Ok(reads)
    }

    /// Rooms of somebody's list with how far they go by now.
    pub(super) async fn joined(
        &self,
        user: &UserId,
        rooms: Vec<Membership>,
    ) -> Result<Vec<Joined>, PortError> {
        let mut wanted: Vec<_> = rooms.iter().map(|one| Key::head(&one.room)).collect();
        let here = rooms.iter().filter(|one| !one.is_gone);
        wanted.extend(here.map(|one| Key::room_cursor(&one.room, user)));
        let found = self.by_key(wanted).await?;
        let mut joined = Vec::with_capacity(rooms.len());
        for Membership { room, since, is_gone } in rooms {
            let Some(head) = found.get(&Key::head(&room)) else { continue };
            let head = Head::parse(head)?;
            let cursor = found.get(&Key::room_cursor(&room, user));
            let (read, moved) = cursor_in(cursor)?;
            joined.push(Joined { room, head, read, moved, gone: is_gone.then_some(since) });
        }
        Ok(joined)
    }

    /// A room as somebody sees it who may be no member.
    pub(super) async fn joined_one(
        &self,
        room: &ConversationId,
        user: &UserId,
    ) -> Result<Option<Joined>, PortError> {
        let (head, cursor) = (Key::head(room), Key::room_cursor(room, user));
        let found = self.by_key(vec![head.clone(), cursor.clone()]).await?;
        let Some(head) = found.get(&head) else { return Ok(None) };
        let (read, moved) = cursor_in(found.get(&cursor))?;
        let head = Head::parse(head)?;
        Ok(Some(Joined { room: room.clone(), head, read, moved, gone: None }))
    }

    /// What a user sees of these rooms, but for their newest entries.
    pub(super) async fn rooms_seen(
        &self,
        user: &UserId,
        joined: Vec<&Joined>,
    ) -> Result<Vec<Summary>, PortError> {
        let found = self.by_key(joined.iter().map(|one| Key::room(&one.room)).collect()).await?;
        let seen = joined.into_iter().map(async |one| {
            let room = found.get(&Key::room(&one.room)).map(room_in).transpose()?;
            self.room_seen(user, one, room).await
        });
        try_join_all(seen).await
    }

    async fn room_seen(
        &self,
        user: &UserId,
        joined: &Joined,
        room: Option<Arc<Room>>,
    ) -> Result<Summary, PortError> {
        let Joined { room: id, head, read, .. } = joined;
        let mut summary = Summary {
            conversation: id.clone(),
            last_seq: head.last,
            unread: 0,
            reads: Vec::new(),
            last: None,
            newest: head.newest,
            changed: joined.changed(),
            room: room.clone(),
        };
        let since = match &room {
            Some(room) => match room.members.get(user) {
                Some(member) => member.since,
                None => return Ok(summary),
            },
            None => 0,
        };
        let from = (*read).max(since);
        let unread = async {
            if from >= head.shown {
                return Ok(0);
            }
            self.others_between(id, user, from, head.last).await
        };
        let is_large = room.is_some_and(|room| room.members.len() > TOLD);
        let reads = async {
            if is_large {
                let own = (user.clone(), *read);
                return Ok(if *read > 0 { vec![own] } else { Vec::new() });
            }
            self.room_reads(id).await
        };
        let (unread, reads) = try_join(unread, reads).await?;
        (summary.unread, summary.reads) = (unread.min(UNREAD), reads);
        Ok(summary)
    }

    /// Those of these items that are there.
    async fn by_key(&self, wanted: Vec<Key>) -> Result<HashMap<Key, Item>, PortError> {
        let mut found = HashMap::with_capacity(wanted.len());
        for item in self.table.get_many(wanted, Reading::Strong).await? {
            let part =
                |name| Ok::<_, PortError>(item::need(item::bytes_in(&item, name)?, name)?.to_vec());
            let key = Key { partition: part(keys::PARTITION)?, sort: part(keys::SORT)? };
            found.insert(key, item);
        }
        Ok(found)
    }
}

/// Where a cursor stands, and the stamp of its last move.
fn cursor_in(item: Option<&Item>) -> Result<(Seq, Stamp), PortError> {
    let Some(item) = item else { return Ok((0, Stamp(0))) };
    let moved = item::number_in(item, "m")?.unwrap_or(0);
    Ok((item::need(item::number_in(item, "r")?, "r")?, Stamp(moved)))
}
