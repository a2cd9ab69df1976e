//! Rooms, and whoever is no member: nothing of theirs is on a list. A cursor
//! lies beside the others of its conversation, and what is unread is counted.

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    log::{Cursor, PageSize, Span, Stamp, Summary},
};

use crate::{
    item,
    keys::{self, Key},
    store::Inner,
    table::{Change, Query, Reading, Written},
};

const NEWEST: PageSize = PageSize { entries: 1, bytes: 0 };

impl Inner {
    pub(super) async fn read_room(
        &self,
        room: &ConversationId,
        reader: &UserId,
        seq: Seq,
    ) -> Result<Cursor, PortError> {
        let target = seq.min(self.newest_seq(room, Reading::Strong).await?);
        let change = Change::of(Key::room_cursor(room, reader), "SET r = :r, u = :u")
            .only_if("(attribute_not_exists(r) AND :r > :zero) OR r < :r")
            .value(":r", item::number(target))
            .value(":u", item::text(reader.as_str()))
            .value(":zero", item::number(0));
        match self.table.change(change).await? {
            Written::Done(_) => Ok(Cursor { seq: target, moved: true }),
            Written::Refused(there) => {
                let stands = there.map(|item| item::number_in(&item, "r")).transpose()?;
                Ok(Cursor { seq: stands.flatten().unwrap_or(0), moved: false })
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
        let read = |item: &item::Item| {
            let reader = item::need(item::text_in(item, "u")?, "u")?;
            let reader = UserId::parse(reader).map_err(|_| item::strange("u", "no user"))?;
            Ok((reader, item::need(item::number_in(item, "r")?, "r")?))
        };
        let mut reads = items.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        reads.sort();
        Ok(reads)
    }

    pub(super) async fn room_summary(
        &self,
        room: &ConversationId,
        user: &UserId,
    ) -> Result<Option<Summary>, PortError> {
        let newest = self.page(room, Span::Newest, NEWEST).await?;
        let Some(last) = newest.entries.into_iter().next() else { return Ok(None) };
        let reads = self.room_reads(room).await?;
        let cursor = reads.iter().find(|(reader, _)| reader == user).map_or(0, |(_, seq)| *seq);
        let unread = self.others_between(room, user, cursor, last.seq).await?;
        Ok(Some(Summary {
            conversation: room.clone(),
            last_seq: last.seq,
            unread,
            reads,
            last: Some(last),
            newest: Stamp(0),
            changed: Stamp(0),
        }))
    }
}
