//! Entries put in the places that they had in another store.

use aizuchi_core::{
    ids::Seq,
    log::{Entry, NewEntry},
};

use super::LogGroup;
use crate::{
    client_key::ClientKey,
    journal,
    rows::{ConversationRow, PersonRow},
    tail::{SentKey, What},
    writer::NewPart,
};

/// Why entries were not put where they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// They do not follow what is there.
    Hole,
    /// Something else is there, or a device gave its name for one to another.
    Differs,
    /// A change of a room that its rules do not allow.
    AgainstTheRules,
}

impl LogGroup<'_> {
    /// Puts entries in their places; answers with how many were not there.
    /// Where they do not fit, those before stay, which is no harm.
    pub(crate) fn restore(&mut self, new: &NewPart) -> rusqlite::Result<Result<u64, Unfit>> {
        let Some(first) = new.entries.first() else { return Ok(Ok(0)) };
        let known = journal::conversation(self.journal, &new.conversation)?;
        let end = known.map_or(Ok(0), |row| self.last_seq(row))?;
        if first.seq > end + 1 {
            return Ok(Err(Unfit::Hole));
        }
        let known = known.map(|row| self.entries_after(row, first.seq - 1, new.entries.len()));
        let known = known.transpose()?.unwrap_or_default();
        for (entry, id) in new.entries.iter().zip(&known) {
            if !self.is_there(entry, *id)? {
                return Ok(Err(Unfit::Differs));
            }
        }
        let missing = &new.entries[known.len()..];
        if missing.is_empty() {
            return Ok(Ok(0));
        }
        self.next = self.next.max(new.stamp);
        let (conversation, members) = self.conversation(&new.conversation)?;
        for entry in missing {
            let author = self.person(&entry.author)?;
            let client = entry.client_msg_id.as_ref().map(ClientKey::of);
            let key = client.map(|client| SentKey { client, author, conversation });
            if let Some(key) = &key
                && self.sent(key)?.is_some()
            {
                return Ok(Err(Unfit::Differs));
            }
            let appended = NewEntry {
                conversation: new.conversation.clone(),
                author: entry.author.clone(),
                client_msg_id: entry.client_msg_id.clone(),
                message_id: entry.message_id,
                timestamp: entry.timestamp,
                sent_at: entry.sent_at,
                body: entry.body.clone(),
            };
            let put = self.put(&appended, (conversation, members), author, key, entry.seq)?;
            if put.is_err() {
                return Ok(Err(Unfit::AgainstTheRules));
            }
        }
        Ok(Ok(missing.len() as u64))
    }

    /// The ids and authors of the entries after a place, at most so many.
    fn entries_after(
        &self,
        conversation: ConversationRow,
        after: Seq,
        most: usize,
    ) -> rusqlite::Result<Vec<(u64, PersonRow)>> {
        let steps = self.view.forward(conversation, after, most, |_| true)?;
        let mut found: Vec<_> =
            steps.into_iter().map(|(_, place)| (place.entry, place.author)).collect();
        // What the group itself has put is in no view yet, and follows it.
        for change in &self.pending.changes {
            if let What::Entry { seq, author, .. } = change.what
                && change.conversation == conversation
                && seq > after
                && found.len() < most
            {
                found.push((change.stamp, author));
            }
        }
        Ok(found)
    }

    fn is_there(&self, entry: &Entry, (id, author): (u64, PersonRow)) -> rusqlite::Result<bool> {
        let author = journal::person_id(self.journal, author)?;
        Ok(journal::entry(self.journal, id)?.by(author).is_same(entry))
    }
}
