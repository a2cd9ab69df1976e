//! How an entry gets its place.
//!
//! 1. The place aimed at is that after the newest that is known.
//! 2. Where the entry has a client's name for it, a claim is put under that
//!    name, with the place aimed at, unless there is one.
//! 3. The entry is put at its place if that is free. If it is taken by the entry
//!    itself, somebody was there before. If by another, the claim moves on to the
//!    place after the newest, if nobody moved it meanwhile, and so on from 3.
//!
//! Whoever finds a claim goes on from 3 with its place: the entry is there, or
//! the place is another's, or free, and then the first try ended too early and
//! this one finishes it.
//!
//! Why an entry is stored once: a place that was taken stays taken, and a claim
//! leaves its place only after that was seen taken by another entry. So whoever
//! comes late with an old place finds it taken. Why there is no hole: a place
//! aimed at follows one that was seen taken.

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq},
    log::{Appended, Entry, NewEntry},
};
use tokio::time::{Duration, Instant};

use super::LOG;
use crate::{
    item::{self, Item},
    keys::{self, Key},
    pack,
    pause::Pause,
    store::Inner,
    table::{Change, Query, Reading, Written},
};

/// The attribute of an entry.
pub(super) const PACKED: &str = "e";
/// The attribute of a claim.
const AIMED_AT: &str = "n";

/// How long one entry looks for a place among others that want the same.
const LOOKING: Duration = Duration::from_secs(5);

impl Inner {
    /// Stores an entry in its place, or finds it there. `newest` is the newest
    /// place that is known to be taken, if any is, and is kept up to date.
    pub(super) async fn place(
        &self,
        entry: &NewEntry,
        newest: &mut Option<Seq>,
    ) -> Result<Appended, PortError> {
        let conversation = &entry.conversation;
        let packed = pack::pack(entry);
        let known = match *newest {
            Some(known) => known,
            None => self.newest_seq(conversation, Reading::Eventual).await?,
        };
        let mut target = known + 1;
        let mut found = false;
        let claim = entry
            .client_msg_id
            .as_ref()
            .map(|client| Key::claim(conversation, &entry.author, client));
        if let Some(claim) = &claim {
            let aim = Item::from([(AIMED_AT.to_owned(), item::number(target))]);
            if let Written::Refused(there) = self.table.put_new(claim, aim).await? {
                target = aimed_at(there)?;
                found = true;
            }
        }
        let deadline = Instant::now() + LOOKING;
        let mut pause = Pause::default();
        loop {
            let taken = self.take_place(entry, target, &packed, found).await?;
            *newest = Some(known.max(target));
            match taken {
                None => return Ok(stored(entry, target)),
                Some(there) if is_same(entry, &there) => {
                    return Ok(Appended {
                        seq: target,
                        message_id: there.message_id,
                        timestamp: there.timestamp,
                        // A write that was tried again may meet itself.
                        duplicate: there.message_id != entry.message_id,
                    });
                }
                Some(_) if Instant::now() >= deadline => {
                    return Err(PortError::unavailable(LOG, "every place was taken by others"));
                }
                Some(_) => {}
            }
            let next = self.newest_seq(conversation, Reading::Strong).await? + 1;
            (target, found) = match &claim {
                Some(claim) => self.move_claim(claim, target, next).await?,
                None => (next, false),
            };
            pause.wait().await;
        }
    }

    /// Puts the entry at this place: `None` if it was free, else what is there.
    /// Where a claim was `found`, the entry is likely there, and a read is
    /// cheaper than a write that is refused.
    async fn take_place(
        &self,
        entry: &NewEntry,
        target: Seq,
        packed: &[u8],
        found: bool,
    ) -> Result<Option<Entry>, PortError> {
        let key = Key::entry(&entry.conversation, target);
        let mut there = None;
        if found {
            there = self.table.get(&key, Reading::Strong).await?;
        }
        if there.is_none() {
            let item = entry_item(&entry.conversation, target, packed.to_vec());
            match self.table.put_new(&key, item).await? {
                Written::Done(_) => return Ok(None),
                Written::Refused(taken) => there = taken,
            }
        }
        let there = item::need(there, PACKED)?;
        entry_in(&entry.conversation, target, &there).map(Some)
    }

    /// Moves a claim from a place that another entry took; to where it is now,
    /// if somebody else moved it, and whether that is so.
    async fn move_claim(&self, claim: &Key, from: Seq, to: Seq) -> Result<(Seq, bool), PortError> {
        let change = Change::of(claim.clone(), "SET n = :to")
            .only_if("n = :from")
            .value(":from", item::number(from))
            .value(":to", item::number(to));
        match self.table.change(change).await? {
            Written::Done(_) => Ok((to, false)),
            Written::Refused(there) => Ok((aimed_at(there)?, true)),
        }
    }

    /// The newest place of a log; 0 where it is empty.
    pub(crate) async fn newest_seq(
        &self,
        conversation: &ConversationId,
        reading: Reading,
    ) -> Result<Seq, PortError> {
        let query =
            Query { forward: false, limit: Some(1), reading, ..Query::of(keys::log(conversation)) };
        match self.table.query(query).await?.items.first() {
            Some(newest) => seq_in(newest),
            None => Ok(0),
        }
    }
}

fn stored(entry: &NewEntry, seq: Seq) -> Appended {
    Appended { seq, message_id: entry.message_id, timestamp: entry.timestamp, duplicate: false }
}

/// Whether this is what was to be stored: by its own name, or by what its
/// author's device calls it.
fn is_same(entry: &NewEntry, there: &Entry) -> bool {
    let named = entry.client_msg_id.is_some()
        && entry.client_msg_id == there.client_msg_id
        && entry.author == there.author;
    named || entry.message_id == there.message_id
}

fn aimed_at(claim: Option<Item>) -> Result<Seq, PortError> {
    let claim = item::need(claim, AIMED_AT)?;
    item::need(item::number_in(&claim, AIMED_AT)?, AIMED_AT)
}

/// The place of an entry's item.
pub(super) fn seq_in(item: &Item) -> Result<Seq, PortError> {
    let sort = item::need(item::bytes_in(item, keys::SORT)?, keys::SORT)?;
    keys::place_of(sort).ok_or_else(|| item::strange(keys::SORT, "no place"))
}

/// The attributes of an entry's item. A room's first tells its name, since
/// rooms are on no list.
pub(crate) fn entry_item(conversation: &ConversationId, seq: Seq, packed: Vec<u8>) -> Item {
    let mut item = Item::from([(PACKED.to_owned(), item::bytes(packed))]);
    if seq == 1 && conversation.direct_members().is_none() {
        item.insert("c".to_owned(), item::text(conversation.as_str()));
    }
    item
}

/// The entry of an item.
pub(crate) fn entry_in(
    conversation: &ConversationId,
    seq: Seq,
    item: &Item,
) -> Result<Entry, PortError> {
    pack::unpack(conversation, seq, item::need(item::bytes_in(item, PACKED)?, PACKED)?)
}
