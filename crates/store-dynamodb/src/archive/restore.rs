//! Entries put in the places that they had in another store.
//!
//! A step is one transaction: entries, what their authors' devices call them,
//! and both members' lists. So however an import ends, the log has no hole, the
//! lists are the fold of it, and every resend is known. It costs twice as much
//! as writing each alone; it is paid once.
//!
//! The list keeps the order of the newest messages: the stamp of the newest
//! entry is the time at which that was accepted. That it has come here is a
//! change of now, by which devices are brought it; it is written down as a
//! cursor's last move is.

use std::collections::HashSet;

use aizuchi_core::{
    archive::{self, HOLE},
    error::PortError,
    ids::{ConversationId, UserId},
    log::{Entry, NewEntry, PageSize, Span},
};

use crate::{
    item,
    keys::Key,
    log::{self, Placed},
    pack, stamps,
    store::Inner,
    table::{Change, Reading, Write},
};

/// Entries of a step: with as many claims and two list items, under 100 writes.
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
        let mut stored = 0;
        for _ in 0..TRIES {
            let end = self.newest_seq(conversation, Reading::Strong).await?;
            if first.seq > end + 1 {
                return Err(HOLE);
            }
            let known = usize::try_from((end + 1).min(last.seq + 1) - first.seq).unwrap_or(0);
            self.compare(conversation, &entries[..known]).await?;
            let missing = &entries[known..];
            if missing.is_empty() {
                return Ok(stored);
            }
            if end > 0 {
                // Whoever stored the newest may have died before the lists followed.
                let newest = Placed { seq: end, author: first.author.clone(), duplicate: true };
                self.fold_both(conversation, &[newest], None).await?;
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
        let there = self.page(conversation, Span::After(first.seq - 1), size).await?;
        if there.entries == entries { Ok(()) } else { Err(PortError::Conflict) }
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
            if !self.table.write_all(self.writes(conversation, step)).await? {
                break;
            }
            done += step.len() as u64;
            entries = rest;
        }
        Ok((done, entries.len()))
    }

    fn writes(&self, conversation: &ConversationId, entries: &[Entry]) -> Vec<Write> {
        let mut writes = Vec::with_capacity(2 * entries.len() + 2);
        for entry in entries {
            if let Some(client) = &entry.client_msg_id {
                let claim = Key::claim(conversation, &entry.author, client);
                // One that a device gave up long ago may aim there already.
                let change = Change::of(claim, "SET n = :n")
                    .only_if("attribute_not_exists(n) OR n = :n")
                    .value(":n", item::number(entry.seq));
                writes.push(Write::Change(change));
            }
            let packed = pack::pack(&unplaced(conversation, entry));
            let item = log::entry_item(conversation, entry.seq, packed);
            writes.push(Write::New(Key::entry(conversation, entry.seq), item));
        }
        let members = conversation.direct_members();
        writes.extend(members.iter().flatten().filter_map(|member| {
            let change = self.list_change(conversation, member, entries)?;
            Some(Write::Change(change))
        }));
        writes
    }

    /// A member's list item, moved over these entries.
    fn list_change(
        &self,
        conversation: &ConversationId,
        member: &UserId,
        entries: &[Entry],
    ) -> Option<Change> {
        let (first, last) = (entries.first()?, entries.last()?);
        let own = entries.iter().filter(|entry| entry.author == *member).count() as u64;
        let now = self.now_ms();
        let newest = stamps::of_then(last.timestamp.min(now), conversation);
        let key = Key::listed(member, conversation);
        let change = if first.seq == 1 {
            Change::of(key, "SET n = :n, o = :o, t = :t, m = :m, c = :c")
                .only_if("attribute_not_exists(n)")
                .value(":c", item::text(conversation.as_str()))
        } else {
            Change::of(key, "SET n = :n, o = o + :o, t = :t, m = :m")
                .only_if("n = :from")
                .value(":from", item::number(first.seq - 1))
        };
        let moved = self.stamps.make(now, conversation);
        let change = change
            .value(":n", item::number(last.seq))
            .value(":o", item::number(own))
            .value(":t", item::number(newest.0))
            .value(":m", item::number(moved.0));
        Some(change)
    }
}

/// How many entries the next step takes.
fn step(entries: &[Entry]) -> usize {
    let mut bytes = 0;
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

fn unplaced(conversation: &ConversationId, entry: &Entry) -> NewEntry {
    NewEntry {
        conversation: conversation.clone(),
        author: entry.author.clone(),
        client_msg_id: entry.client_msg_id.clone(),
        message_id: entry.message_id,
        timestamp: entry.timestamp,
        sent_at: entry.sent_at,
        body: entry.body.clone(),
    }
}
