//! The members' lists follow the log.
//!
//! INVARIANT: a list item is the fold of entries 1 to `n`: how many of them are
//! the member's own (`o`), and the stamp of the newest (`t`). It moves forward
//! only from where it stands, so each entry is counted once, whoever does it. An
//! entry that was answered is in both items; one that was not yet, whose process
//! died, is brought in with the next entry or with its own resend.
//!
//! Rooms are on no list.

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    log::Stamp,
};
use futures_util::future::try_join;
use tokio::time::{Duration, Instant};

use super::{LOG, place};
use crate::{
    item::{self, Item},
    keys::{self, Key},
    pause::Pause,
    store::Inner,
    table::{Change, Query, Reading, Sorts, Written},
};

/// Entries that are read and counted at once.
const STEP: u64 = 500;
/// How long a list item is tried to be moved among others who move it.
const MOVING: Duration = Duration::from_secs(5);

/// An entry in its place, as far as lists care.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) seq: Seq,
    pub(crate) author: UserId,
    /// It was there before.
    pub(crate) duplicate: bool,
}

impl Inner {
    /// Sees to it that both members' items hold these entries. `stamp` is that
    /// of the newest, if it is still good.
    pub(crate) async fn fold_both(
        &self,
        conversation: &ConversationId,
        placed: &[Placed],
        stamp: Option<Stamp>,
    ) -> Result<(), PortError> {
        let Some([a, b]) = conversation.direct_members() else { return Ok(()) };
        let Some(upto) = placed.iter().map(|one| one.seq).max() else { return Ok(()) };
        let fresh: Vec<&Placed> = placed.iter().filter(|one| !one.duplicate).collect();
        let both = try_join(
            self.fold(conversation, &a, &fresh, upto, stamp),
            self.fold(conversation, &b, &fresh, upto, stamp),
        );
        both.await.map(drop)
    }

    async fn fold(
        &self,
        conversation: &ConversationId,
        member: &UserId,
        fresh: &[&Placed],
        upto: Seq,
        stamp: Option<Stamp>,
    ) -> Result<(), PortError> {
        let key = Key::listed(member, conversation);
        let first = match (fresh.first(), fresh.last()) {
            (Some(first), Some(last)) if last.seq == upto => first.seq,
            _ => 0,
        };
        let there = if first > 0 && upto - first + 1 == fresh.len() as u64 {
            // What is new, and without a gap, needs no read.
            let own = fresh.iter().filter(|one| one.author == *member).count() as u64;
            let step = Step { from: first - 1, to: upto, own };
            match self.advance(conversation, &key, step, stamp).await? {
                Written::Done(_) => return Ok(()),
                Written::Refused(there) => there,
            }
        } else {
            self.table.get(&key, Reading::Strong).await?
        };
        self.catch_up(conversation, member, there, upto).await
    }

    /// Moves an item that stands at `there` forward to `upto` or further.
    async fn catch_up(
        &self,
        conversation: &ConversationId,
        member: &UserId,
        mut there: Option<Item>,
        upto: Seq,
    ) -> Result<(), PortError> {
        let key = Key::listed(member, conversation);
        let deadline = Instant::now() + MOVING;
        let mut pause = Pause::default();
        loop {
            let stands = match &there {
                Some(item) => item::number_in(item, "n")?.unwrap_or(0),
                None => 0,
            };
            if stands >= upto {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(PortError::unavailable(LOG, "a list that others keep moving"));
            }
            let to = upto.min(stands + STEP);
            let own = self.count(conversation, stands, to, |author| author == member).await?;
            let step = Step { from: stands, to, own };
            match self.advance(conversation, &key, step, None).await? {
                Written::Done(_) if to == upto => return Ok(()),
                Written::Done(_) => there = self.table.get(&key, Reading::Strong).await?,
                Written::Refused(item) => {
                    there = item;
                    pause.wait().await;
                }
            }
        }
    }

    /// Moves an item from where it is thought to stand.
    async fn advance(
        &self,
        conversation: &ConversationId,
        key: &Key,
        step: Step,
        stamp: Option<Stamp>,
    ) -> Result<Written, PortError> {
        let stamp = stamp.unwrap_or_else(|| self.stamps.make(self.now_ms(), conversation));
        let change = if step.from == 0 {
            Change::of(key.clone(), "SET n = :n, o = :o, t = :t, c = :c")
                .only_if("attribute_not_exists(n)")
                .value(":c", item::text(conversation.as_str()))
        } else {
            Change::of(key.clone(), "SET n = :n, o = o + :o, t = :t")
                .only_if("n = :from")
                .value(":from", item::number(step.from))
        };
        let change = change
            .value(":n", item::number(step.to))
            .value(":o", item::number(step.own))
            .value(":t", item::number(stamp.0));
        self.table.change(change).await
    }

    /// Of the entries after one place up to another, those whose author counts.
    pub(crate) async fn count(
        &self,
        conversation: &ConversationId,
        after: Seq,
        upto: Seq,
        counts: impl Fn(&UserId) -> bool,
    ) -> Result<u64, PortError> {
        if after >= upto {
            return Ok(0);
        }
        let query = Query {
            sorts: Sorts::Between(keys::place(after + 1), keys::place(upto)),
            ..Query::of(keys::log(conversation))
        };
        let mut count = 0;
        for item in self.table.query_all(query).await? {
            let entry = place::entry_in(conversation, place::seq_in(&item)?, &item)?;
            count += u64::from(counts(&entry.author));
        }
        Ok(count)
    }
}

/// A move of a list item: over the entries after `from` up to `to`, of which so
/// many are the member's own.
#[derive(Debug, Clone, Copy)]
struct Step {
    from: Seq,
    to: Seq,
    own: u64,
}
