//! Reactions to a message.
//!
//! Whoever reacts with what is an attribute while the reaction is given, with
//! the place that gave it. `m` is the newest place of them all that is folded,
//! so that one that comes in order is one write and no read. One that comes late
//! finds a newer place in `m`. All entries up to that lie in the log, and with
//! those of the same person and emoji among them it makes what it would have
//! made in time.

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    log::{Body, Emoji, Reaction},
};
use tokio::time::{Duration, Instant};

use super::{
    LOG,
    change::{change_of, is_message},
    entry::{DELETED, REACTED, entry_in, given, seq_in},
};
use crate::{
    item::{self, Item},
    keys, pack,
    pause::Pause,
    store::Inner,
    table::{Query, Sorts, Written},
};

/// How long a reaction is tried to be brought in among others.
const BRINGING: Duration = Duration::from_secs(5);

/// A reaction, given or taken back.
#[derive(Debug, Clone, Copy)]
pub(super) struct React<'a> {
    pub(super) seq: Seq,
    pub(super) target: Seq,
    pub(super) user: &'a UserId,
    pub(super) emoji: &'a Emoji,
}

impl React<'_> {
    fn packed(&self, seq: Seq) -> Vec<u8> {
        let (user, emoji) = (self.user.clone(), self.emoji.clone());
        pack::pack_given(&Reaction { seq, user, emoji })
    }
}

impl Inner {
    pub(super) async fn react(
        &self,
        conversation: &ConversationId,
        this: React<'_>,
        on: bool,
    ) -> Result<(), PortError> {
        let name = given(this.user, this.emoji);
        let update =
            if on { "SET #k = if_not_exists(#k, :v), m = :s" } else { "SET m = :s REMOVE #k" };
        let in_order = " AND (attribute_not_exists(m) OR m < :s)";
        let mut change = change_of(conversation, this.target, update, in_order)
            .name("#k", &name)
            .value(":s", item::number(this.seq));
        if on {
            change = change.value(":v", item::bytes(this.packed(this.seq)));
        }
        match self.table.change(change).await? {
            Written::Done(_) => Ok(()),
            Written::Refused(there) => self.react_late(conversation, this, on, &name, there).await,
        }
    }

    async fn react_late(
        &self,
        conversation: &ConversationId,
        this: React<'_>,
        on: bool,
        name: &str,
        mut there: Option<Item>,
    ) -> Result<(), PortError> {
        let deadline = Instant::now() + BRINGING;
        let mut pause = Pause::default();
        loop {
            if !is_message(there.as_ref())? {
                return Ok(());
            }
            let item = item::need(there, REACTED)?;
            let Some(newest) = item::number_in(&item, REACTED)? else { return Ok(()) };
            if item.contains_key(DELETED) || newest <= this.seq {
                // The newest that is folded is this one.
                return Ok(());
            }
            let old = item::bytes_in(&item, name)?;
            let stands = old.map(pack::unpack_given).transpose();
            let stands = stands.map_err(|what| item::strange(name, what))?.map(|one| one.seq);
            let given = on.then(|| stands.map_or(this.seq, |stands| stands.min(this.seq)));
            let given = self.given_after(conversation, this, given, newest).await?;
            if given == stands {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(PortError::unavailable(LOG, "a message that others keep reacting to"));
            }
            let same = match old {
                Some(_) => " AND m = :m AND #k = :old",
                None => " AND m = :m AND attribute_not_exists(#k)",
            };
            let update = if given.is_some() { "SET #k = :v" } else { "REMOVE #k" };
            let mut change = change_of(conversation, this.target, update, same)
                .name("#k", name)
                .value(":m", item::number(newest));
            if let Some(old) = old {
                change = change.value(":old", item::bytes(old));
            }
            if let Some(seq) = given {
                change = change.value(":v", item::bytes(this.packed(seq)));
            }
            match self.table.change(change).await? {
                Written::Done(_) => return Ok(()),
                Written::Refused(now) => there = now,
            }
            pause.wait().await;
        }
    }

    /// What the entries after this one up to another make of the reaction.
    async fn given_after(
        &self,
        conversation: &ConversationId,
        this: React<'_>,
        mut given: Option<Seq>,
        upto: Seq,
    ) -> Result<Option<Seq>, PortError> {
        let sorts = Sorts::Between(keys::place(this.seq + 1), keys::place(upto));
        let query = Query { sorts, ..Query::of(keys::log(conversation)) };
        for item in self.table.query_all(query).await? {
            let entry = entry_in(conversation, seq_in(&item)?, &item)?;
            match &entry.body {
                Body::Reaction { target, emoji, on }
                    if *target == this.target
                        && emoji == this.emoji
                        && entry.author == *this.user =>
                {
                    given = if *on { given.or(Some(entry.seq)) } else { None };
                }
                _ => {}
            }
        }
        Ok(given)
    }
}
