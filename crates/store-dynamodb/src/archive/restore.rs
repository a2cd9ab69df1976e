//! Entries put in the places that they had in another store.
//!
//! A step is one transaction: entries, and what their authors' devices call
//! them. So however an import ends, the log has no hole, and every resend is
//! known. It costs twice as much as writing each alone; it is paid once. What
//! the entries change and the lists follow each step, as they follow what is
//! said; an import that is done again begins with what an earlier one left. A
//! change of a room is a step of its own.
//!
//! The list keeps the order of the newest messages: the stamp of the newest
//! entry is the time at which that was accepted. That it has come here is a
//! change of now, by which devices are brought it; it is written down as a
//! cursor's last move is.

use std::collections::HashSet;

use aizuchi_core::{
    archive::{self, HOLE},
    error::PortError,
    ids::{ConversationId, Seq},
    log::{Body, Entry, PageSize, Span},
};

use crate::{
    item,
    keys::Key,
    log::{self, Kinds, Placed, When},
    stamps,
    store::Inner,
    table::{Change, Reading, Write},
};

/// Entries of a step: with as many claims, under 100 writes.
const STEP: usize = 48;
/// Text of a step, in bytes, so that it is sent in time.
const STEP_BYTES: usize = 256 << 10;
/// How often it is looked again where somebody else wrote meanwhile.
const TRIES: usize = 5;

impl Inner {
    pub(super) async fn restore(
        &self,
        conversation: &ConversationId,
        entries: &[Entry],
    ) -> Result<u64, PortError> {
        archive::check(entries)?;
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(0) };
        if !is_named_once(entries) {
            return Err(PortError::Conflict);
        }
        let is_two = conversation.direct_members().is_some();
        if is_two && entries.iter().any(|entry| matches!(entry.body, Body::Membership(_))) {
            return Err(PortError::Rejected("a change of the members of a direct conversation"));
        }
        let mut stored = 0;
        for _ in 0..TRIES {
            let end = self.newest_seq(conversation, Reading::Strong).await?;
            if first.seq > end + 1 {
                return Err(HOLE);
            }
            let known = usize::try_from((end + 1).min(last.seq + 1) - first.seq).unwrap_or(0);
            let (known, missing) = entries.split_at(known);
            self.compare(conversation, known).await?;
            if end > 0 {
                self.finish(conversation, known, end).await?;
            }
            let (done, left) = self.put_steps(conversation, missing).await?;
            stored += done;
            if left == 0 {
                return Ok(stored);
            }
        }
        Err(PortError::Conflict)
    }

    /// Whether what is there is what is to be restored.
    async fn compare(
        &self,
        conversation: &ConversationId,
        entries: &[Entry],
    ) -> Result<(), PortError> {
        let Some(first) = entries.first() else { return Ok(()) };
        let size = PageSize { entries: entries.len(), bytes: usize::MAX };
        let span = Span::After(first.seq - 1);
        let there = self.page(conversation, span, size, Kinds::All).await?.entries;
        let same = there.len() == entries.len();
        if same && there.iter().zip(entries).all(|(there, entry)| there.is_same(entry)) {
            Ok(())
        } else {
            Err(PortError::Conflict)
        }
    }

    /// Does what whoever stored entries up to `end` may have died before:
    /// changes what they change, and moves the lists.
    async fn finish(
        &self,
        conversation: &ConversationId,
        known: &[Entry],
        end: Seq,
    ) -> Result<(), PortError> {
        let followed = self.followed(conversation).await?;
        if followed >= end {
            return Ok(());
        }
        for entry in known.iter().filter(|entry| entry.seq > followed) {
            let new = log::unplaced(conversation, entry);
            self.change_target(conversation, entry.seq, &new, true).await?;
        }
        let newest = self.there(conversation, end).await?;
        let newest = item::need(newest, "e")?;
        let placed = Placed::of(end, &log::unplaced(conversation, &newest), None);
        let when = self.restored_at(conversation, &newest);
        self.follow(conversation, &[placed.again(true)], Some(when)).await
    }

    fn restored_at(&self, conversation: &ConversationId, newest: &Entry) -> When {
        let now = self.now_ms();
        When {
            newest: stamps::of_then(newest.timestamp.min(now), conversation),
            moved: Some(self.stamps.make(now, conversation)),
        }
    }

    /// Puts entries, step after step, until a step meets something else. With
    /// how many were put, and how many were not.
    async fn put_steps(
        &self,
        conversation: &ConversationId,
        mut entries: &[Entry],
    ) -> Result<(u64, usize), PortError> {
        let mut done = 0;
        while !entries.is_empty() {
            let (step, rest) = entries.split_at(step(entries));
            let Some(newest) = step.last() else { break };
            let writes = self.writes(conversation, step).await?;
            if !self.table.write_all(writes).await? {
                break;
            }
            let mut placed = Vec::with_capacity(step.len());
            for entry in step {
                let new = log::unplaced(conversation, entry);
                let erased = self.change_target(conversation, entry.seq, &new, true).await?;
                placed.push(Placed::of(entry.seq, &new, erased));
            }
            let when = self.restored_at(conversation, newest);
            self.follow(conversation, &placed, Some(when)).await?;
            done += step.len() as u64;
            entries = rest;
        }
        Ok((done, entries.len()))
    }

    async fn writes(
        &self,
        conversation: &ConversationId,
        entries: &[Entry],
    ) -> Result<Vec<Write>, PortError> {
        let mut writes = Vec::with_capacity(2 * entries.len());
        for entry in entries {
            if let Some(client) = &entry.client_msg_id {
                let claim = Key::claim(conversation, &entry.author, client);
                // One that a device gave up long ago may aim there already.
                let change = Change::of(claim, "SET n = :n")
                    .only_if("attribute_not_exists(n) OR n = :n")
                    .value(":n", item::number(entry.seq));
                writes.push(Write::Change(change));
            }
            if let Body::Membership(change) = &entry.body {
                let room = self.room_writes(conversation, &entry.author, change, entry.seq);
                writes.extend(room.await?);
            }
            let item = log::entry_item(&log::unplaced(conversation, entry));
            let item = log::item_at(item, conversation, entry.seq);
            writes.push(Write::New(Key::entry(conversation, entry.seq), item));
        }
        Ok(writes)
    }
}

/// How many entries the next step takes.
fn step(entries: &[Entry]) -> usize {
    let is_of_room = |entry: &Entry| matches!(entry.body, Body::Membership(_));
    let alone = entries.iter().position(is_of_room).unwrap_or(entries.len());
    let mut bytes = 0;
    let entries = &entries[..alone.max(1)];
    let fits = entries.iter().take(STEP).take_while(|entry| {
        bytes += entry.weight();
        bytes <= STEP_BYTES
    });
    fits.count().max(1)
}

/// Whether no device gave one name to two.
fn is_named_once(entries: &[Entry]) -> bool {
    let mut names = HashSet::new();
    let named = |entry: &Entry| entry.client_msg_id.clone().map(|id| (entry.author.clone(), id));
    entries.iter().filter_map(named).all(|name| names.insert(name))
}
