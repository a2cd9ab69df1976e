//! One's conversations.
//!
//! All of a user's list items lie together, and are read as a whole. A partner's
//! cursor lies in the partner's own item, so that moving it is one write; it is
//! read from there. Of a room only that one is in it lies there; what it is by
//! now is read from its head, see [`super::room`].

use std::collections::HashMap;

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    limits::UNREAD,
    log::{Entry, ListCursor, Listed, Stamp, Summary},
};
use futures_util::future::try_join;

use super::{
    entry::{entry_in, seq_in},
    room::{Joined, Membership},
};
use crate::{
    item,
    keys::{self, Key},
    stamps,
    store::Inner,
    table::{Query, Reading, Sorts},
};

/// A conversation in the list of one of its members.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(super) conversation: ConversationId,
    /// The newest entry's place.
    pub(crate) last: Seq,
    /// How many of the entries are not another's message that counts.
    pub(crate) own: u64,
    /// The newest entry that is shown; 0 where none is.
    shown: Seq,
    /// The newest entry's stamp.
    pub(super) newest: Stamp,
    /// The member's cursor; 0 where it never moved.
    pub(crate) read: Seq,
    /// Those of the others up to the cursor.
    pub(super) others_read: u64,
    /// The stamp of the cursor's last move.
    pub(super) moved: Stamp,
    /// The newest deletion of another's message; 0 where there is none.
    pub(super) erased: Seq,
}

impl Item {
    pub(super) fn parse(item: &item::Item) -> Result<Self, PortError> {
        let need = |name: &'static str| item::need(item::number_in(item, name)?, name);
        let or_zero = |name| item::number_in(item, name).map(Option::unwrap_or_default);
        let conversation = item::need(item::text_in(item, "c")?, "c")?;
        Ok(Self {
            conversation: ConversationId::parse(conversation)
                .map_err(|_| item::strange("c", "no conversation"))?,
            last: need("n")?,
            // Before there was `l` all were shown.
            shown: item::number_in(item, "l")?.map_or_else(|| need("n"), Ok)?,
            own: need("o")?,
            newest: Stamp(need("t")?),
            read: or_zero("r")?,
            others_read: or_zero("b")?,
            moved: Stamp(or_zero("m")?),
            erased: or_zero("g")?,
        })
    }

    fn unread(&self) -> u64 {
        (self.last - self.own).saturating_sub(self.others_read).min(UNREAD)
    }
}

/// A member's own item with the partner's.
pub(super) struct Both {
    partner: UserId,
    own: Item,
    partners: Option<Item>,
}

impl Both {
    pub(super) fn changed(&self) -> Stamp {
        let partners = self.partners.as_ref().map_or(Stamp(0), |item| item.moved);
        self.own.newest.max(self.own.moved).max(partners)
    }

    fn summary(self, user: &UserId, last: Option<Entry>) -> Summary {
        let changed = self.changed();
        let unread = self.own.unread();
        let partners = self.partners.map_or(0, |item| item.read);
        let mut reads = vec![(user.clone(), self.own.read), (self.partner, partners)];
        reads.retain(|(_, seq)| *seq > 0);
        reads.sort();
        Summary {
            conversation: self.own.conversation,
            last_seq: self.own.last,
            unread,
            reads,
            last,
            newest: self.own.newest,
            changed,
            room: None,
        }
    }
}

/// A conversation of a user's.
enum Row {
    Direct(Both),
    Room(Joined),
}

impl Row {
    fn changed(&self) -> Stamp {
        match self {
            Self::Direct(both) => both.changed(),
            Self::Room(joined) => joined.changed(),
        }
    }

    fn newest(&self) -> Stamp {
        match self {
            Self::Direct(both) => both.own.newest,
            Self::Room(joined) => joined.newest(),
        }
    }

    fn last(&self) -> Seq {
        match self {
            Self::Direct(both) => both.own.last,
            Self::Room(joined) => joined.last(),
        }
    }

    fn conversation(&self) -> &ConversationId {
        match self {
            Self::Direct(both) => &both.own.conversation,
            Self::Room(joined) => joined.room(),
        }
    }

    /// The newest entry that is shown.
    fn shown(&self) -> Option<Key> {
        let seq = match self {
            Self::Direct(both) => both.own.shown,
            Self::Room(joined) => joined.shown(),
        };
        (seq > 0).then(|| Key::entry(self.conversation(), seq))
    }
}

/// What lies in a user's list.
pub(super) struct List {
    pub(super) direct: Vec<Item>,
    pub(super) rooms: Vec<Membership>,
}

impl Inner {
    /// A member's item of a conversation.
    pub(crate) async fn listed(
        &self,
        conversation: &ConversationId,
        member: &UserId,
    ) -> Result<Option<Item>, PortError> {
        let item = self.table.get(&Key::listed(member, conversation), Reading::Strong).await?;
        item.as_ref().map(Item::parse).transpose()
    }

    pub(super) async fn summary(
        &self,
        conversation: &ConversationId,
        user: &UserId,
    ) -> Result<Option<Summary>, PortError> {
        let row = match conversation.partner_of(user) {
            Some(partner) => {
                let own = self.listed(conversation, user);
                let (own, partners) = try_join(own, self.listed(conversation, &partner)).await?;
                own.map(|own| Row::Direct(Both { partner, own, partners }))
            }
            None => self.joined_one(conversation, user).await?.map(Row::Room),
        };
        let mut summaries = self.summaries(user, row.into_iter().collect(), true).await?;
        Ok(summaries.pop())
    }

    pub(super) async fn conversations(
        &self,
        user: &UserId,
        from: Option<ListCursor>,
        limit: usize,
    ) -> Result<Listed, PortError> {
        let before = |stamp: Stamp| from.is_none_or(|ListCursor(from)| stamp < from);
        let List { mut direct, mut rooms } = self.list(user).await?;
        rooms.retain(|room| !room.is_gone);
        let mut joined = self.joined(user, rooms).await?;
        joined.retain(|room| before(room.newest()));
        joined.sort_by_key(|room| std::cmp::Reverse(room.newest()));
        joined.truncate(limit + 1);
        direct.retain(|item| before(item.newest));
        direct.sort_by_key(|item| std::cmp::Reverse(item.newest));
        // Only for those of the page partners are read.
        let older = |stamp| joined.iter().filter(|room| room.newest() > stamp).count();
        let mut at = 0;
        direct.retain(|item| {
            at += 1;
            at - 1 + older(item.newest) <= limit
        });
        let both = self.with_partners(user, direct).await?;
        let mut rows: Vec<Row> = both.into_iter().map(Row::Direct).collect();
        rows.extend(joined.into_iter().map(Row::Room));
        rows.sort_by_key(|row| std::cmp::Reverse(row.newest()));
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().map(|last| ListCursor(last.newest())).filter(|_| more);
        Ok(Listed { summaries: self.summaries(user, rows, true).await?, next })
    }

    pub(super) async fn changed(
        &self,
        user: &UserId,
        since: Stamp,
        limit: usize,
    ) -> Result<Listed, PortError> {
        let since = self.reached(since);
        let mut rows = self.rows(user, self.list(user).await?).await?;
        rows.retain(|row| row.changed() > since);
        rows.sort_by_key(Row::changed);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().map(|last| ListCursor(last.changed())).filter(|_| more);
        Ok(Listed { summaries: self.summaries(user, rows, false).await?, next })
    }

    pub(super) async fn behind(
        &self,
        user: &UserId,
        places: &HashMap<ConversationId, Seq>,
    ) -> Result<Vec<Summary>, PortError> {
        let List { mut direct, mut rooms } = self.list(user).await?;
        direct.retain(|item| places.get(&item.conversation).is_some_and(|seq| item.last > *seq));
        rooms.retain(|room| !room.is_gone && places.contains_key(&room.room));
        let mut rows = self.rows(user, List { direct, rooms }).await?;
        rows.retain(|row| places.get(row.conversation()).is_some_and(|seq| row.last() > *seq));
        self.summaries(user, rows, false).await
    }

    /// A stamp that a client brings; 0 where it is of a time to come, since then
    /// it is not this table's.
    fn reached(&self, since: Stamp) -> Stamp {
        let overlap = u64::try_from(self.settings.overlap.as_millis()).unwrap_or(u64::MAX);
        let known = stamps::ms_of(since) <= self.now_ms().saturating_add(overlap);
        if known { since } else { Stamp(0) }
    }

    /// All of a user's list items.
    pub(super) async fn list(&self, user: &UserId) -> Result<List, PortError> {
        let sorts = Sorts::Between(vec![keys::LISTED], vec![keys::LISTED_ROOM + 1]);
        let mut list = List { direct: Vec::new(), rooms: Vec::new() };
        for item in self.table.query_all(Query { sorts, ..Query::of(keys::user(user)) }).await? {
            match Membership::parse(&item)? {
                Some(room) => list.rooms.push(room),
                None => list.direct.push(Item::parse(&item)?),
            }
        }
        Ok(list)
    }

    /// What a user's list holds, with what lies elsewhere.
    async fn rows(&self, user: &UserId, list: List) -> Result<Vec<Row>, PortError> {
        let List { direct, rooms } = list;
        let both = self.with_partners(user, direct);
        let (both, joined) = try_join(both, self.joined(user, rooms)).await?;
        let joined = joined.into_iter().map(Row::Room);
        Ok(both.into_iter().map(Row::Direct).chain(joined).collect())
    }

    async fn with_partners(&self, user: &UserId, items: Vec<Item>) -> Result<Vec<Both>, PortError> {
        let mut all = Vec::with_capacity(items.len());
        let mut wanted = Vec::with_capacity(items.len());
        for own in items {
            let partner = own.conversation.partner_of(user);
            let partner = item::need(partner, "c")?;
            wanted.push(Key::listed(&partner, &own.conversation));
            all.push(Both { partner, own, partners: None });
        }
        let mut found = HashMap::new();
        for item in self.table.get_many(wanted, Reading::Strong).await? {
            let item = Item::parse(&item)?;
            found.insert(item.conversation.clone(), item);
        }
        for both in &mut all {
            both.partners = found.remove(&both.own.conversation);
        }
        Ok(all)
    }

    /// What a user sees of these conversations; `with_last` with their newest
    /// entries, read strongly, since they may just have been changed.
    async fn summaries(
        &self,
        user: &UserId,
        rows: Vec<Row>,
        with_last: bool,
    ) -> Result<Vec<Summary>, PortError> {
        let wanted = rows.iter().filter(|_| with_last).filter_map(Row::shown);
        let mut newest = HashMap::with_capacity(rows.len());
        for item in self.table.get_many(wanted.collect(), Reading::Strong).await? {
            let partition = item::bytes_in(&item, keys::PARTITION)?.map(<[u8]>::to_vec);
            newest.insert(item::need(partition, keys::PARTITION)?, item);
        }
        let rooms = rows.iter().filter_map(|row| match row {
            Row::Room(joined) => Some(joined),
            Row::Direct(_) => None,
        });
        let mut rooms = self.rooms_seen(user, rooms.collect()).await?.into_iter();
        let mut summaries = Vec::with_capacity(rows.len());
        for row in rows {
            let mut last = None;
            if let Some(item) = newest.get(&keys::log(row.conversation())) {
                last = Some(entry_in(row.conversation(), seq_in(item)?, item)?);
            }
            summaries.extend(match row {
                Row::Direct(both) => Some(both.summary(user, last)),
                Row::Room(_) => rooms.next().map(|seen: Summary| {
                    let last = last.filter(|_| {
                        seen.room.as_ref().is_none_or(|room| room.role(user).is_some())
                    });
                    Summary { last, ..seen }
                }),
            });
        }
        Ok(summaries)
    }
}
