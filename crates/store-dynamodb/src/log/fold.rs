//! The members' lists, and a room's head, follow the log.
//!
//! INVARIANT: a list item is the fold of entries 1 to `n`: how many of them are
//! not another's message that counts (`o`), the newest that is shown (`l`), and
//! the stamp of the newest (`t`). It moves forward only from where it stands, so
//! each entry is counted once, whoever does it, and only after what the entry
//! changes has changed. An entry that was answered is in both items; one that
//! was not yet, whose process died, is brought in with the next entry or with
//! its own resend.
//!
//! A deletion that counts moves its message from those that count to those that
//! do not, and out of those up to the cursor (`b`) if it was there: it moves the
//! item only where the cursor still stands as it was read. `g` is the place of
//! the newest such deletion.
//!
//! A room has one item that follows, its head, whatever its members are: it
//! counts nothing.

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    log::{Body, NewEntry, Stamp},
};
use futures_util::future::try_join;
use tokio::time::{Duration, Instant};

use super::{
    LOG,
    change::Erased,
    entry::{entry_in, seq_in, unplaced},
};
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
    /// It is a message.
    is_message: bool,
    /// It is part of what people see.
    is_shown: bool,
    /// What it deleted.
    pub(crate) erased: Option<Erased>,
    /// It was there before.
    duplicate: bool,
}

impl Placed {
    pub(crate) fn of(seq: Seq, entry: &NewEntry, erased: Option<Erased>) -> Self {
        Self {
            seq,
            author: entry.author.clone(),
            is_message: matches!(entry.body, Body::Message(_)),
            is_shown: entry.body.is_shown(),
            erased,
            duplicate: false,
        }
    }

    /// Whether it was there before.
    pub(crate) fn again(self, duplicate: bool) -> Self {
        Self { duplicate, ..self }
    }
}

/// The stamps of a move over entries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct When {
    /// Of the newest entry.
    pub(crate) newest: Stamp,
    /// Of a change that came otherwise, if it did.
    pub(crate) moved: Option<Stamp>,
}

/// What follows a log: a member's list item, or a room's head.
#[derive(Debug, Clone, Copy)]
struct Follower<'a> {
    conversation: &'a ConversationId,
    member: Option<&'a UserId>,
}

impl Follower<'_> {
    fn key(&self) -> Key {
        match self.member {
            Some(member) => Key::listed(member, self.conversation),
            None => Key::head(self.conversation),
        }
    }

    /// A move over these entries, which begin after `from`.
    fn step(&self, from: Seq, passed: &[&Placed]) -> Step {
        let is_anothers = |author: &UserId| self.member.is_some_and(|member| author != member);
        let counts = |one: &&&Placed| one.is_message && is_anothers(&one.author);
        let erased = |one: &Placed| {
            let erased = one.erased.as_ref().filter(|erased| is_anothers(&erased.author))?;
            Some((one.seq, erased.target))
        };
        let erased: Vec<_> = passed.iter().filter_map(|one| erased(one)).collect();
        let counted = passed.iter().filter(counts).count();
        Step {
            from,
            to: from + passed.len() as u64,
            own: (passed.len() - counted + erased.len()) as u64,
            shown: passed.iter().rev().find(|one| one.is_shown).map(|one| one.seq),
            erased,
        }
    }
}

/// A move of a list item: over the entries after `from` up to `to`, of which so
/// many do not count, or do not any more.
#[derive(Debug, Clone)]
struct Step {
    from: Seq,
    to: Seq,
    own: u64,
    /// The newest that is shown, if one is.
    shown: Option<Seq>,
    /// Deletions of others' messages, with what they deleted.
    erased: Vec<(Seq, Seq)>,
}

impl Inner {
    /// Sees to it that all that follows the log holds these entries. `when` is
    /// of the newest, if it is still good.
    pub(crate) async fn follow(
        &self,
        conversation: &ConversationId,
        placed: &[Placed],
        when: Option<When>,
    ) -> Result<(), PortError> {
        let Some(upto) = placed.iter().map(|one| one.seq).max() else { return Ok(()) };
        let fresh: Vec<&Placed> = placed.iter().filter(|one| !one.duplicate).collect();
        let fold = |member| self.fold(Follower { conversation, member }, &fresh, upto, when);
        match &conversation.direct_members() {
            Some([a, b]) => try_join(fold(Some(a)), fold(Some(b))).await.map(drop),
            None => fold(None).await,
        }
    }

    /// How far all has come that follows a log.
    pub(crate) async fn followed(&self, conversation: &ConversationId) -> Result<Seq, PortError> {
        let stands = async |member| {
            let key = Follower { conversation, member }.key();
            stands(self.table.get(&key, Reading::Strong).await?.as_ref())
        };
        match &conversation.direct_members() {
            Some([a, b]) => {
                let (of_a, of_b) = try_join(stands(Some(a)), stands(Some(b))).await?;
                Ok(of_a.min(of_b))
            }
            None => stands(None).await,
        }
    }

    async fn fold(
        &self,
        follower: Follower<'_>,
        fresh: &[&Placed],
        upto: Seq,
        when: Option<When>,
    ) -> Result<(), PortError> {
        let key = follower.key();
        // What is restored keeps its time; any other stamp must not be older
        // than the overlap allows.
        let late = when.filter(|when| when.moved.is_some());
        // Boxed, as it is large and seldom.
        let caught_up = |there| Box::pin(self.catch_up(follower, there, upto, late));
        let first = match (fresh.first(), fresh.last()) {
            (Some(first), Some(last)) if last.seq == upto => first.seq,
            _ => 0,
        };
        if first == 0 || upto - first + 1 != fresh.len() as u64 {
            let there = self.table.get(&key, Reading::Strong).await?;
            return caught_up(there).await;
        }
        let step = follower.step(first - 1, fresh);
        let mut there = None;
        if !step.erased.is_empty() {
            // Where the cursor stands decides.
            there = self.table.get(&key, Reading::Strong).await?;
            if stands(there.as_ref())? != step.from {
                return caught_up(there).await;
            }
        }
        // What is new, and without a gap, needs no other read.
        match self.advance(follower, &step, there.as_ref(), when).await? {
            Written::Done(_) => Ok(()),
            Written::Refused(there) => caught_up(there).await,
        }
    }

    /// Moves an item that stands at `there` forward to `upto` or further.
    async fn catch_up(
        &self,
        follower: Follower<'_>,
        mut there: Option<Item>,
        upto: Seq,
        when: Option<When>,
    ) -> Result<(), PortError> {
        let deadline = Instant::now() + MOVING;
        let mut pause = Pause::default();
        loop {
            let from = stands(there.as_ref())?;
            if from >= upto {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(PortError::unavailable(LOG, "a list that others keep moving"));
            }
            let to = upto.min(from + STEP);
            let passed = self.passed(follower.conversation, from, to).await?;
            let step = follower.step(from, &passed.iter().collect::<Vec<_>>());
            match self.advance(follower, &step, there.as_ref(), when).await? {
                Written::Done(_) if to == upto => return Ok(()),
                Written::Done(_) => {
                    there = self.table.get(&follower.key(), Reading::Strong).await?;
                }
                Written::Refused(item) => {
                    there = item;
                    pause.wait().await;
                }
            }
        }
    }

    /// The entries after a place up to another, after what they change has
    /// changed.
    async fn passed(
        &self,
        conversation: &ConversationId,
        after: Seq,
        upto: Seq,
    ) -> Result<Vec<Placed>, PortError> {
        let mut passed = Vec::new();
        for item in self.between(conversation, after, upto).await? {
            let entry = entry_in(conversation, seq_in(&item)?, &item)?;
            let (seq, new) = (entry.seq, unplaced(conversation, &entry));
            let erased = self.change_target(conversation, seq, &new, false).await?;
            passed.push(Placed::of(seq, &new, erased));
        }
        if passed.len() as u64 != upto - after {
            return Err(PortError::unavailable(LOG, "a log with a hole"));
        }
        Ok(passed)
    }

    /// The items of the entries after a place up to another.
    pub(crate) async fn between(
        &self,
        conversation: &ConversationId,
        after: Seq,
        upto: Seq,
    ) -> Result<Vec<Item>, PortError> {
        if after >= upto {
            return Ok(Vec::new());
        }
        let sorts = Sorts::Between(keys::place(after + 1), keys::place(upto));
        self.table.query_all(Query { sorts, ..Query::of(keys::log(conversation)) }).await
    }

    /// Moves an item from where it is thought to stand. `there` is how it was
    /// read, which must be known where others' messages were deleted.
    async fn advance(
        &self,
        follower: Follower<'_>,
        step: &Step,
        there: Option<&Item>,
        when: Option<When>,
    ) -> Result<Written, PortError> {
        let conversation = follower.conversation;
        let newest = || self.stamps.make(self.now_ms(), conversation);
        let when = when.unwrap_or_else(|| When { newest: newest(), moved: None });
        let mut sets = vec!["n = :n", "t = :t"];
        let mut values = vec![(":n", item::number(step.to)), (":t", item::number(when.newest.0))];
        let mut condition = "attribute_not_exists(n)".to_owned();
        if step.from > 0 {
            condition = "n = :from".to_owned();
            values.push((":from", item::number(step.from)));
        }
        if follower.member.is_some() {
            values.push((":o", item::number(step.own)));
            sets.push(if step.from > 0 { "o = o + :o" } else { "o = :o" });
            if step.from == 0 {
                sets.push("c = :c");
                values.push((":c", item::text(conversation.as_str())));
            }
        }
        if let Some(shown) = step.shown {
            sets.push("l = :l");
            values.push((":l", item::number(shown)));
        } else if step.from > 0 {
            // Before there was `l` all were shown.
            sets.push("l = if_not_exists(l, :from)");
        }
        if let Some(moved) = when.moved {
            sets.push("m = :m");
            values.push((":m", item::number(moved.0)));
        }
        if let Some((newest, _)) = step.erased.last() {
            sets.push("g = :g");
            values.push((":g", item::number(*newest)));
            let read = there.map(|there| item::number_in(there, "r")).transpose()?.flatten();
            if let Some(read) = read {
                let of_read = step.erased.iter().filter(|(_, target)| *target <= read).count();
                sets.push("b = b - :d");
                values.push((":d", item::number(of_read as u64)));
                condition.push_str(" AND r = :r");
                values.push((":r", item::number(read)));
            } else {
                condition.push_str(" AND attribute_not_exists(r)");
            }
        }
        let change = Change::of(follower.key(), format!("SET {}", sets.join(", ")));
        let change = values
            .into_iter()
            .fold(change.only_if(condition), |change, (name, value)| change.value(name, value));
        self.table.change(change).await
    }
}

/// How far an item has come.
fn stands(item: Option<&Item>) -> Result<Seq, PortError> {
    Ok(item.map(|item| item::number_in(item, "n")).transpose()?.flatten().unwrap_or(0))
}
