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
    ids::{ClientMsgId, ConversationId, Seq, UserId},
    log::{Appended, Body, Entry, NewEntry},
};
use tokio::time::{Duration, Instant};

use super::{
    LOG,
    entry::{entry_in, entry_item, item_at, seq_in},
};
use crate::{
    item::{self, Item},
    keys::{self, Key},
    pause::Pause,
    store::Inner,
    table::{Change, Query, Reading, Written},
};

/// The attribute of a claim.
const AIMED_AT: &str = "n";

/// How long one entry looks for a place among others that want the same.
const LOOKING: Duration = Duration::from_secs(5);

impl Inner {
    /// Stores an entry in its place, or finds it there, and then with what is
    /// there. `newest` is the newest
    /// place that is known to be taken, if any is, and is kept up to date.
    pub(super) async fn place(
        &self,
        entry: &NewEntry,
        newest: &mut Option<Seq>,
    ) -> Result<(Appended, Option<Entry>), PortError> {
        let conversation = &entry.conversation;
        let item = entry_item(entry);
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
            let taken = self.take_place(entry, target, &item, found).await?;
            *newest = Some(known.max(target));
            match taken {
                None => return Ok((stored(entry, target), None)),
                Some((there, is_before)) if is_same(entry, &there) => {
                    let Entry { message_id, timestamp, .. } = there;
                    // A write that was tried again may meet itself.
                    let duplicate = is_before || message_id != entry.message_id;
                    let appended = Appended { seq: target, message_id, timestamp, duplicate };
                    return Ok((appended, Some(there)));
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

    /// Puts the entry at this place: `None` if it was free, else what is there,
    /// and whether it was before this wrote anything.
    /// Where a claim was `found`, the entry is likely there, and a read is
    /// cheaper than a write that is refused.
    async fn take_place(
        &self,
        entry: &NewEntry,
        target: Seq,
        item: &Item,
        found: bool,
    ) -> Result<Option<(Entry, bool)>, PortError> {
        let conversation = &entry.conversation;
        if found && let Some(there) = self.there(conversation, target).await? {
            return Ok(Some((there, true)));
        }
        let item = item_at(item.clone(), conversation, target);
        if let Body::Membership(change) = &entry.body {
            let there = self.change_room(entry, change, target, item).await?;
            return Ok(there.map(|there| (there, false)));
        }
        match self.table.put_new(&Key::entry(conversation, target), item).await? {
            Written::Done(_) => Ok(None),
            Written::Refused(there) => {
                let there = item::need(there, keys::SORT)?;
                Ok(Some((entry_in(conversation, target, &there)?, false)))
            }
        }
    }

    /// The entry at a place, as it lies there.
    pub(crate) async fn there(
        &self,
        conversation: &ConversationId,
        seq: Seq,
    ) -> Result<Option<Entry>, PortError> {
        let there = self.table.get(&Key::entry(conversation, seq), Reading::Strong).await?;
        there.map(|there| entry_in(conversation, seq, &there)).transpose()
    }

    /// What the first append of this name was answered with, if there was one.
    pub(super) async fn sent(
        &self,
        conversation: &ConversationId,
        author: &UserId,
        client_msg_id: &ClientMsgId,
    ) -> Result<Option<Appended>, PortError> {
        let claim = Key::claim(conversation, author, client_msg_id);
        let Some(claim) = self.table.get(&claim, Reading::Strong).await? else { return Ok(None) };
        let seq = aimed_at(Some(claim))?;
        let there = self.there(conversation, seq).await?;
        let same = there.filter(|there| {
            there.author == *author && there.client_msg_id.as_ref() == Some(client_msg_id)
        });
        Ok(same.map(|Entry { message_id, timestamp, .. }| Appended {
            seq,
            message_id,
            timestamp,
            duplicate: true,
        }))
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
