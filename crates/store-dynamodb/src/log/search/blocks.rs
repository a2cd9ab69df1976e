//! A log in blocks of places, and which of them are read.
//!
//! Once a block is full it only changes by edits and deletions. The first search
//! that meets a full block reads it and writes its filter down; later ones read
//! the filters, a query for many of them, and only the blocks that may match.
//!
//! | item | attributes |
//! | --- | --- |
//! | a filter | `f` its bits; `g` the place of the entry that it was last taken away by |
//!
//! A filter never says less than its block has, and outlives no text: an edit
//! or a deletion in a later block takes it away after it changed its message and
//! before it is answered. Who makes a filter notes `g` before he reads the block,
//! strongly, and writes only while it is still the same and all changes in the
//! block itself have been made: so what he has read cannot have changed since.

use std::collections::HashMap;

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq},
    log::{Body, Entry},
    search::{self, Found},
};
use tokio::time::{Duration, Instant};

use super::{
    super::entry::{DELETED, EDITED, entry_in, seq_in},
    filter,
};
use crate::{
    item::{self, Item},
    keys::{self, Key},
    store::Inner,
    table::{Change, Query, Reading, Sorts},
};

/// Places of a block.
const BLOCK: Seq = 256;
/// Filters that are read at once.
const FILTERS: Seq = 64;
/// What a stretch may spend: see the costs.
const BUDGET: u32 = 32;
/// Of so many filters.
const FILTERS_COST: u32 = 4;
/// Of a block that is read.
const BLOCK_COST: u32 = 1;
/// Of a block that is read strongly, and a filter that is made.
const MAKING_COST: u32 = 3;
/// How long a stretch goes on to further blocks.
const PATIENCE: Duration = Duration::from_secs(3);

/// A stretch on its way.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    query: &'a search::Query,
    most: usize,
    spent: u32,
    deadline: Instant,
    pub(super) found: Vec<Found>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(query: &'a search::Query, most: usize) -> Self {
        let deadline = Instant::now() + PATIENCE;
        Self { query, most, spent: 0, deadline, found: Vec::new() }
    }

    fn is_over(&self) -> bool {
        self.found.len() >= self.most || self.spent >= BUDGET || Instant::now() >= self.deadline
    }

    /// Takes what matches of a part that was read backward. Answers with the
    /// place of the last that was taken, if there was no room for all.
    fn take(&mut self, conversation: &ConversationId, entries: Vec<Entry>) -> Option<Seq> {
        let mut last = None;
        for entry in entries {
            let text = entry.body.message().map_or("", |message| &message.text);
            if self.query.look(text).is_none() {
                continue;
            }
            if self.found.len() == self.most {
                return last;
            }
            last = Some(entry.seq);
            self.found.push(Found { conversation: conversation.clone(), entry });
        }
        None
    }
}

/// What is known of a block.
#[derive(Debug, Clone, Default)]
struct Known {
    filter: Option<Vec<u8>>,
    gone: Option<u64>,
}

/// The number of the block that a place is in.
fn block_of(seq: Seq) -> u64 {
    seq.saturating_sub(1) / BLOCK
}

/// Whether the changes in a block of messages in it have all been made. Those
/// that come in later blocks take its filter away.
fn is_settled(entries: &[Entry], items: &[Item]) -> Result<bool, PortError> {
    for entry in entries {
        let least = match entry.body {
            Body::Edit { .. } => entry.seq,
            Body::Deletion { .. } => Seq::MAX,
            _ => continue,
        };
        let target = entries.iter().position(|one| Some(one.seq) == entry.body.target());
        let Some(item) = target.and_then(|at| items.get(at)) else { continue };
        let edited = item::number_in(item, EDITED)?.unwrap_or(0);
        if !item.contains_key(DELETED) && edited < least {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Inner {
    /// Goes through a log from before a place, or its end, down to after `end`.
    /// Answers with the place that it stopped before, unless it is done.
    pub(super) async fn walk(
        &self,
        walk: &mut Walk<'_>,
        conversation: &ConversationId,
        last: Seq,
        end: Seq,
        before: Option<Seq>,
    ) -> Result<Option<Seq>, PortError> {
        let asked = filter::asked(conversation, walk.query);
        // What came in since the end was looked up is read with the last block.
        let full = last / BLOCK;
        let mut before = before.unwrap_or(Seq::MAX);
        let mut known = HashMap::new();
        let mut from = full;
        while before > end.saturating_add(1) {
            if walk.is_over() {
                return Ok(Some(before));
            }
            let block = block_of(before - 1).min(full);
            let first = (block * BLOCK + 1).max(end + 1);
            if block == full {
                walk.spent += BLOCK_COST;
                let reading = Reading::Strong;
                let entries = self.messages(conversation, first, before - 1, reading).await?;
                before = walk.take(conversation, entries).unwrap_or(first);
                continue;
            }
            if block < from {
                walk.spent += FILTERS_COST;
                from = block.saturating_sub(FILTERS - 1).max(block_of(end + 1));
                known = self.filters(conversation, from, block).await?;
            }
            let there: Known = known.remove(&block).unwrap_or_default();
            let entries = match &there.filter {
                Some(filter) if !filter::may_have(filter, &asked) => Vec::new(),
                Some(_) => {
                    walk.spent += BLOCK_COST;
                    let reading = Reading::Eventual;
                    self.messages(conversation, first, before - 1, reading).await?
                }
                None => {
                    walk.spent += MAKING_COST;
                    let mut entries = self.make_filter(conversation, block, there.gone).await?;
                    entries.retain(|entry| (first..before).contains(&entry.seq));
                    entries
                }
            };
            before = walk.take(conversation, entries).unwrap_or(first);
        }
        Ok(None)
    }

    /// The messages between two places, backward.
    async fn messages(
        &self,
        conversation: &ConversationId,
        first: Seq,
        last: Seq,
        reading: Reading,
    ) -> Result<Vec<Entry>, PortError> {
        let items = self.items(conversation, first, last, reading).await?;
        let entries = items.iter().map(|item| entry_in(conversation, seq_in(item)?, item));
        let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
        entries.retain(|entry| entry.body.message().is_some());
        Ok(entries)
    }

    async fn items(
        &self,
        conversation: &ConversationId,
        first: Seq,
        last: Seq,
        reading: Reading,
    ) -> Result<Vec<Item>, PortError> {
        let sorts = Sorts::Between(keys::place(first), keys::place(last));
        let log = Query::of(keys::log(conversation));
        self.table.query_all(Query { sorts, forward: false, reading, ..log }).await
    }

    /// Reads a full block, and writes its filter down unless somebody changes
    /// something meanwhile.
    async fn make_filter(
        &self,
        conversation: &ConversationId,
        block: u64,
        gone: Option<u64>,
    ) -> Result<Vec<Entry>, PortError> {
        let (first, last) = (block * BLOCK + 1, (block + 1) * BLOCK);
        let items = self.items(conversation, first, last, Reading::Strong).await?;
        let entries = items.iter().map(|item| entry_in(conversation, seq_in(item)?, item));
        let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
        let is_settled = is_settled(&entries, &items)?;
        entries.retain(|entry| entry.body.message().is_some());
        if is_settled && items.len() as u64 == BLOCK {
            let texts = entries.iter().filter_map(|entry| entry.body.message());
            let bits = filter::make(conversation, texts.map(|message| &*message.text));
            let change = Change::of(Key::filter(conversation, block), "SET f = :f")
                .value(":f", item::bytes(bits));
            let change = match gone {
                Some(gone) => change.only_if("g = :g").value(":g", item::number(gone)),
                None => change.only_if("attribute_not_exists(g)"),
            };
            self.table.change(change).await?;
        }
        Ok(entries)
    }

    /// The filters of these blocks that are there.
    async fn filters(
        &self,
        conversation: &ConversationId,
        first: u64,
        last: u64,
    ) -> Result<HashMap<u64, Known>, PortError> {
        let query = Query {
            sorts: Sorts::Between(keys::place(first), keys::place(last)),
            reading: Reading::Eventual,
            ..Query::of(keys::filters(conversation))
        };
        let mut known = HashMap::new();
        for item in self.table.query_all(query).await? {
            let filter = item::bytes_in(&item, "f")?.map(<[u8]>::to_vec);
            known.insert(seq_in(&item)?, Known { filter, gone: item::number_in(&item, "g")? });
        }
        Ok(known)
    }

    /// A message was changed by the entry at `seq`: its block's filter goes,
    /// where there may be one.
    pub(crate) async fn drop_filter(
        &self,
        conversation: &ConversationId,
        target: Seq,
        seq: Seq,
    ) -> Result<(), PortError> {
        let block = block_of(target);
        if block >= seq / BLOCK {
            return Ok(());
        }
        let change = Change::of(Key::filter(conversation, block), "SET g = :g REMOVE f")
            .value(":g", item::number(seq));
        self.table.change(change).await.map(drop)
    }
}
