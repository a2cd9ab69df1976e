//! An entry's item.
//!
//! | attribute | holds |
//! | --- | --- |
//! | `e` | what never changes, packed |
//! | `b` | a message's words: its text, whom it mentions |
//! | `a` | its files |
//! | `v` | the place of the edit that its words are from |
//! | `d` | the place of the deletion that erased it |
//! | `m` | the newest reaction to it, given or taken back, that is folded |
//! | `+` user and emoji | a reaction that is given |
//! | `c` | the room's name, in its first entry |
//!
//! An edit has no words of its own: they are its target's.

use std::collections::{HashMap, HashSet};

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    log::{Body, Edited, Emoji, Entry, Message, NewEntry, State},
};

use crate::{
    item::{self, Item},
    keys::{self, Key},
    pack,
    store::Inner,
    table::Reading,
};

pub(super) const PACKED: &str = "e";
pub(super) const WORDS: &str = "b";
pub(super) const FILES: &str = "a";
pub(super) const EDITED: &str = "v";
pub(super) const DELETED: &str = "d";
pub(super) const REACTED: &str = "m";
/// How names of reactions begin.
const GIVEN: char = '+';

/// The attribute of a reaction.
pub(super) fn given(user: &UserId, emoji: &Emoji) -> String {
    use std::fmt::Write as _;
    let digest = keys::digest(&[user.as_str(), emoji.as_str()]);
    let mut name = String::from(GIVEN);
    for byte in &digest[..8] {
        // Writing into a string does not fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

/// The attributes of an entry's item, but for what its place adds.
pub(crate) fn entry_item(entry: &NewEntry) -> Item {
    let mut item = Item::from([(PACKED.to_owned(), item::bytes(pack::pack(entry)))]);
    if let Body::Message(message) = &entry.body {
        if !message.text.is_empty() || !message.mentions.is_empty() {
            let words = pack::pack_words(&message.text, &message.mentions, None);
            item.insert(WORDS.to_owned(), item::bytes(words));
        }
        if !message.attachments.is_empty() {
            let files = pack::pack_files(&message.attachments);
            item.insert(FILES.to_owned(), item::bytes(files));
        }
    }
    item
}

/// The same in its place: a room's first entry tells the room's name, so that
/// whoever reads the whole table finds it.
pub(crate) fn item_at(mut item: Item, conversation: &ConversationId, seq: Seq) -> Item {
    if seq == 1 && conversation.direct_members().is_none() {
        item.insert("c".to_owned(), item::text(conversation.as_str()));
    }
    item
}

/// The entry of an item. An edit comes without the words that are its target's.
pub(crate) fn entry_in(
    conversation: &ConversationId,
    seq: Seq,
    item: &Item,
) -> Result<Entry, PortError> {
    let strange = |what| pack::strange(conversation, seq, what);
    let packed = item::need(item::bytes_in(item, PACKED)?, PACKED)?;
    let mut entry = pack::unpack(conversation, seq, packed)?;
    let words = item::bytes_in(item, WORDS)?.map(pack::unpack_words).transpose();
    let words = words.map_err(strange)?;
    match &mut entry.body {
        Body::Message(message) if item.contains_key(DELETED) => {
            *message = Message::default();
            entry.state = State { deleted: true, ..State::default() };
        }
        Body::Message(message) => {
            if let Some(words) = words {
                let edit = item::number_in(item, EDITED)?;
                entry.state.edited =
                    edit.map(|seq| Edited { seq, at: words.edited_at.unwrap_or_default() });
                (message.text, message.mentions) = (words.text, words.mentions);
            }
            if let Some(files) = item::bytes_in(item, FILES)? {
                message.attachments = pack::unpack_files(files).map_err(strange)?;
            }
            for name in item.keys().filter(|name| name.starts_with(GIVEN)) {
                let packed = item::need(item::bytes_in(item, name)?, name)?;
                entry.state.reactions.push(pack::unpack_given(packed).map_err(strange)?);
            }
            entry.state.reactions.sort_by_key(|one| one.seq);
        }
        _ => {}
    }
    Ok(entry)
}

/// Whether more is left of a message that was deleted than there should be.
pub(super) fn has_remains(item: &Item) -> Result<bool, PortError> {
    let packed = item::bytes_in(item, PACKED)?;
    let is_old = packed.is_some_and(|packed| packed.first() == Some(&pack::OLD_MESSAGE));
    Ok(is_old || item.keys().any(|name| name.starts_with(GIVEN)))
}

/// An entry as if it had no place yet.
pub(crate) fn unplaced(conversation: &ConversationId, entry: &Entry) -> NewEntry {
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

/// The place of an entry's item.
pub(crate) fn seq_in(item: &Item) -> Result<Seq, PortError> {
    let sort = item::need(item::bytes_in(item, keys::SORT)?, keys::SORT)?;
    keys::place_of(sort).ok_or_else(|| item::strange(keys::SORT, "no place"))
}

impl Inner {
    /// The entry at a place. One that is there is read eventually: it may be a
    /// moment behind what changed it.
    pub(super) async fn entry(
        &self,
        conversation: &ConversationId,
        seq: Seq,
    ) -> Result<Option<Entry>, PortError> {
        let key = Key::entry(conversation, seq);
        let mut item = self.table.get(&key, Reading::Eventual).await?;
        if item.is_none() {
            item = self.table.get(&key, Reading::Strong).await?;
        }
        let Some(item) = item else { return Ok(None) };
        let mut entries = [entry_in(conversation, seq, &item)?];
        self.put_words(conversation, &mut entries, 0, Reading::Strong).await?;
        let [entry] = entries;
        Ok(Some(entry))
    }

    /// Gives the edits among entries, from one on, the words of their targets.
    pub(super) async fn put_words(
        &self,
        conversation: &ConversationId,
        entries: &mut [Entry],
        first: usize,
        reading: Reading,
    ) -> Result<(), PortError> {
        let edits =
            entries.iter().skip(first).filter(|entry| matches!(entry.body, Body::Edit { .. }));
        let targets: HashSet<Seq> = edits.filter_map(|edit| edit.body.target()).collect();
        if targets.is_empty() {
            return Ok(());
        }
        let mut messages: HashMap<Seq, Message> = HashMap::with_capacity(targets.len());
        let mut note = |entry: &Entry| {
            if let Body::Message(message) = &entry.body {
                messages.insert(entry.seq, message.clone());
            }
        };
        entries.iter().filter(|entry| targets.contains(&entry.seq)).for_each(&mut note);
        let here: HashSet<Seq> = entries.iter().map(|entry| entry.seq).collect();
        let missing = targets.difference(&here).map(|seq| Key::entry(conversation, *seq));
        for item in self.table.get_many(missing.collect(), reading).await? {
            note(&entry_in(conversation, seq_in(&item)?, &item)?);
        }
        for entry in entries.iter_mut().skip(first) {
            if let Body::Edit { target, text, mentions } = &mut entry.body
                && let Some(message) = messages.get(target)
            {
                (*text, *mentions) = (message.text.clone(), message.mentions.clone());
            }
        }
        Ok(())
    }
}
