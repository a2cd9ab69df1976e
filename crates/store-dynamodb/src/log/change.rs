//! What an entry makes of its target.
//!
//! The entry is placed first and its target changed second, each by one write,
//! and both before the answer. A process that dies between leaves a deletion or
//! a reaction that whoever moves a list over it finishes, and an edit whose
//! words are nowhere, which changes nothing until its resend brings them.
//!
//! Changes may meet their target in any order. The edit with the highest place
//! stands; the first deletion that comes is the one that counts, and nothing
//! changes what is deleted. For reactions see [`super::reaction`].

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    log::{Body, Message, NewEntry},
};

use super::{
    entry::{DELETED, EDITED, PACKED, entry_in, entry_item, has_remains, item_at, unplaced},
    reaction::React,
};
use crate::{
    item::{self, Item},
    keys::Key,
    pack,
    store::Inner,
    table::{Change, Reading, Returns, Written},
};

/// A message of somebody's that an entry deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Erased {
    pub(crate) target: Seq,
    pub(crate) author: UserId,
}

/// A change of a message, only if a message is there that is not deleted.
pub(super) fn change_of(
    conversation: &ConversationId,
    target: Seq,
    update: &str,
    condition: &str,
) -> Change {
    const MESSAGE: &str =
        "(begins_with(e, :new) OR begins_with(e, :old)) AND attribute_not_exists(d)";
    Change::of(Key::entry(conversation, target), update)
        .only_if(format!("{MESSAGE}{condition}"))
        .value(":new", item::bytes([pack::MESSAGE]))
        .value(":old", item::bytes([pack::OLD_MESSAGE]))
}

impl Inner {
    /// Changes the target of an entry that is in its place. Doing it again
    /// changes nothing. With the message that it deleted, if it did. An edit is
    /// left out where its words are not `known`.
    pub(crate) async fn change_target(
        &self,
        conversation: &ConversationId,
        seq: Seq,
        entry: &NewEntry,
        known: bool,
    ) -> Result<Option<Erased>, PortError> {
        // What comes later is nobody's target.
        let Some(target) = entry.body.target().filter(|target| *target < seq) else {
            return Ok(None);
        };
        match &entry.body {
            Body::Edit { text, mentions, .. } if known => {
                let words = pack::pack_words(text, mentions, Some(entry.timestamp));
                self.edit(conversation, seq, target, words).await?;
                self.drop_filter(conversation, target, seq).await?;
                Ok(None)
            }
            Body::Deletion { .. } => {
                let erased = self.erase(conversation, seq, target).await?;
                self.drop_filter(conversation, target, seq).await?;
                Ok(erased)
            }
            Body::Reaction { emoji, on, .. } => {
                let change = React { seq, target, user: &entry.author, emoji };
                self.react(conversation, change, *on).await?;
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    async fn edit(
        &self,
        conversation: &ConversationId,
        seq: Seq,
        target: Seq,
        words: Vec<u8>,
    ) -> Result<(), PortError> {
        let newer = " AND (attribute_not_exists(v) OR v < :s)";
        let change = change_of(conversation, target, "SET b = :b, v = :s", newer)
            .value(":b", item::bytes(words))
            .value(":s", item::number(seq));
        // Refused where it is deleted, edited since, or no message.
        self.table.change(change).await.map(drop)
    }

    /// Whether an edit that is in its place has changed its target, or never will.
    pub(super) async fn is_edited(
        &self,
        conversation: &ConversationId,
        seq: Seq,
        target: Seq,
    ) -> Result<bool, PortError> {
        let key = Key::entry(conversation, target);
        let Some(there) = self.table.get(&key, Reading::Strong).await? else {
            return Ok(false);
        };
        let edited = item::number_in(&there, EDITED)?;
        Ok(there.contains_key(DELETED) || edited.is_some_and(|edit| edit >= seq))
    }

    async fn erase(
        &self,
        conversation: &ConversationId,
        seq: Seq,
        target: Seq,
    ) -> Result<Option<Erased>, PortError> {
        let change = change_of(conversation, target, "SET d = :s REMOVE b, a, v, m", "")
            .value(":s", item::number(seq))
            .returning(Returns::Old);
        let there = match self.table.change(change).await? {
            Written::Done(old) => old,
            Written::Refused(there) => {
                let by = there.as_ref().map(|item| item::number_in(item, DELETED)).transpose()?;
                if by.flatten() != Some(seq) {
                    return Ok(None);
                }
                there
            }
        };
        let there = item::need(there, DELETED)?;
        let erased = entry_in(conversation, target, &there)?;
        if has_remains(&there)? {
            let mut left = unplaced(conversation, &erased);
            left.body = Body::Message(Message::default());
            let mut left = item_at(entry_item(&left), conversation, target);
            left.insert(DELETED.to_owned(), item::number(seq));
            self.table.put(&Key::entry(conversation, target), left).await?;
        }
        Ok(Some(Erased { target, author: erased.author }))
    }
}

/// Whether a message is there, deleted or not.
pub(super) fn is_message(there: Option<&Item>) -> Result<bool, PortError> {
    let Some(there) = there else { return Ok(false) };
    let kind = item::bytes_in(there, PACKED)?.and_then(|packed| packed.first());
    Ok(kind.is_some_and(|kind| [pack::MESSAGE, pack::OLD_MESSAGE].contains(kind)))
}
