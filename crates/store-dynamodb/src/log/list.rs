//! One's conversations.
//!
//! All of a user's list items lie together, and are read as a whole. A partner's
//! cursor lies in the partner's own item, so that moving it is one write; it is
//! read from there.

use std::collections::HashMap;

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    limits::UNREAD,
    log::{Entry, ListCursor, Listed, Stamp, Summary},
};
use futures_util::future::try_join;

use super::place;
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
    /// How many of the entries are the member's own.
    pub(crate) own: u64,
    /// The newest entry's stamp.
    pub(super) newest: Stamp,
    /// The member's cursor; 0 where it never moved.
    pub(crate) read: Seq,
    /// Entries of others up to the cursor.
    pub(super) others_read: u64,
    /// The stamp of the cursor's last move.
    pub(super) moved: Stamp,
}

impl Item {
    pub(super) fn parse(item: &item::Item) -> Result<Self, PortError> {
        let need = |name: &'static str| item::need(item::number_in(item, name)?, name);
        let or_zero = |name: &'static str| Ok(item::number_in(item, name)?.unwrap_or(0));
        let conversation = item::need(item::text_in(item, "c")?, "c")?;
        Ok(Self {
            conversation: ConversationId::parse(conversation)
                .map_err(|_| item::strange("c", "no conversation"))?,
            last: need("n")?,
            own: need("o")?,
            newest: Stamp(need("t")?),
            read: or_zero("r")?,
            others_read: or_zero("b")?,
            moved: Stamp(or_zero("m")?),
        })
    }

    fn unread(&self) -> u64 {
        (self.last - self.own).saturating_sub(self.others_read).min(UNREAD)
    }
}

/// A member's own item with the partner's.
struct Both {
    partner: UserId,
    own: Item,
    partners: Option<Item>,
}

impl Both {
    fn changed(&self) -> Stamp {
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
        }
    }
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
        partner: &UserId,
    ) -> Result<Option<Summary>, PortError> {
        let (own, partners) =
            try_join(self.listed(conversation, user), self.listed(conversation, partner)).await?;
        let Some(own) = own else { return Ok(None) };
        let both = Both { partner: partner.clone(), own, partners };
        let mut summaries = self.with_last(user, vec![both]).await?;
        Ok(summaries.pop())
    }

    pub(super) async fn conversations(
        &self,
        user: &UserId,
        from: Option<ListCursor>,
        limit: usize,
    ) -> Result<Listed, PortError> {
        let mut items = self.list(user).await?;
        items.retain(|item| from.is_none_or(|ListCursor(from)| item.newest < from));
        items.sort_by_key(|item| std::cmp::Reverse(item.newest));
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().map(|last| ListCursor(last.newest)).filter(|_| more);
        let both = self.with_partners(user, items).await?;
        Ok(Listed { summaries: self.with_last(user, both).await?, next })
    }

    pub(super) async fn changed(
        &self,
        user: &UserId,
        since: Stamp,
        limit: usize,
    ) -> Result<Listed, PortError> {
        let since = self.reached(since);
        let items = self.list(user).await?;
        let mut both = self.with_partners(user, items).await?;
        both.retain(|both| both.changed() > since);
        both.sort_by_key(Both::changed);
        let more = both.len() > limit;
        both.truncate(limit);
        let next = both.last().map(|last| ListCursor(last.changed())).filter(|_| more);
        let summaries = both.into_iter().map(|both| both.summary(user, None)).collect();
        Ok(Listed { summaries, next })
    }

    pub(super) async fn behind(
        &self,
        user: &UserId,
        places: &HashMap<ConversationId, Seq>,
    ) -> Result<Vec<Summary>, PortError> {
        let mut items = self.list(user).await?;
        items.retain(|item| places.get(&item.conversation).is_some_and(|seq| item.last > *seq));
        let both = self.with_partners(user, items).await?;
        Ok(both.into_iter().map(|both| both.summary(user, None)).collect())
    }

    /// A stamp that a client brings; 0 where it is of a time to come, since then
    /// it is not this table's.
    fn reached(&self, since: Stamp) -> Stamp {
        let overlap = u64::try_from(self.settings.overlap.as_millis()).unwrap_or(u64::MAX);
        let known = stamps::ms_of(since) <= self.now_ms().saturating_add(overlap);
        if known { since } else { Stamp(0) }
    }

    /// All of a user's list items.
    async fn list(&self, user: &UserId) -> Result<Vec<Item>, PortError> {
        let sorts = Sorts::Prefix(vec![keys::LISTED]);
        let query = Query { sorts, ..Query::of(keys::user(user)) };
        self.table.query_all(query).await?.iter().map(Item::parse).collect()
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

    /// Summaries with their newest messages.
    async fn with_last(&self, user: &UserId, all: Vec<Both>) -> Result<Vec<Summary>, PortError> {
        let key = |both: &Both| Key::entry(&both.own.conversation, both.own.last);
        let mut items = HashMap::with_capacity(all.len());
        // An entry never changes, so one that is seen may have been read eventually.
        for reading in [Reading::Eventual, Reading::Strong] {
            let missing: Vec<_> =
                all.iter().map(key).filter(|key| !items.contains_key(&key.partition)).collect();
            for item in self.table.get_many(missing, reading).await? {
                let partition = item::bytes_in(&item, keys::PARTITION)?;
                let partition = item::need(partition, keys::PARTITION)?.to_vec();
                items.insert(partition, item);
            }
        }
        let summary = |both: Both| {
            let item = items.get(&key(&both).partition);
            let item = item::need(item, place::PACKED)?;
            let last = place::entry_in(&both.own.conversation, both.own.last, item)?;
            Ok(both.summary(user, Some(last)))
        };
        all.into_iter().map(summary).collect()
    }
}
