//! What is true at a moment: the index, and the tail on top of it.
//!
//! Order makes it so. A view takes the tail's segments first and begins to
//! read the index after that: every change that was published before is in a
//! segment or in that state of the index. A segment that the state's watermark
//! covers is left out, as segments are folded whole. So what remains lies on
//! the index without hole or overlap. Whoever goes on to read the journal
//! begins that after the view's last answer, and finds each entry that the
//! view named: entries are committed before they are published.

use std::collections::HashMap;

use aizuchi_core::ids::Seq;
use rusqlite::{Connection, Transaction};

use crate::{
    index::{self, BLOCK, Head, List, block_of},
    journal::kind,
    rows::{ConversationRow, PersonRow},
    tail::{Changes, Place, Segments, SentKey, Tail},
};

pub(crate) struct View<'a> {
    /// Those that the index does not cover, oldest first.
    segments: Segments,
    index: Transaction<'a>,
}

/// Where a conversation and those who read it stand.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) head: Head,
    pub(crate) cursors: Vec<(PersonRow, Seq)>,
}

impl Standing {
    pub(crate) fn cursor(&self, reader: PersonRow) -> Seq {
        self.cursors.iter().find(|(of, _)| *of == reader).map_or(0, |(_, seq)| *seq)
    }
}

/// A place that a walk came by.
pub(crate) type Step = (Seq, Place);

impl<'a> View<'a> {
    pub(crate) fn open(tail: &Tail, index: &'a Connection) -> rusqlite::Result<Self> {
        Self::over(tail.segments(), index)
    }

    /// Begins to read the index after the segments were taken.
    pub(crate) fn over(mut segments: Segments, index: &'a Connection) -> rusqlite::Result<Self> {
        let index = index.unchecked_transaction()?;
        let covered = index::covered(&index)?;
        segments.retain(|segment| segment.read().end > covered);
        Ok(Self { segments, index })
    }

    /// What the newest segment that knows says.
    fn newest<T>(&self, ask: impl Fn(&Changes) -> Option<T>) -> Option<T> {
        self.segments.iter().rev().find_map(|segment| ask(&segment.read()))
    }

    /// The entry that was appended under this key. `index` looks where the
    /// view's own index is.
    pub(crate) fn sent(
        &self,
        key: &SentKey,
        index: &mut index::Sent<'_>,
    ) -> rusqlite::Result<Option<u64>> {
        match self.newest(|changes| changes.sent.get(key).copied()) {
            Some(entry) => Ok(Some(entry)),
            None => index.find(key),
        }
    }

    /// The newest entry's place; 0 where there is none.
    pub(crate) fn last_seq(&self, conversation: ConversationRow) -> rusqlite::Result<Seq> {
        match self.newest(|changes| changes.conversations.get(&conversation)?.last_seq()) {
            Some(seq) => Ok(seq),
            None => Ok(index::head(&self.index, conversation)?.unwrap_or_default().last_seq),
        }
    }

    pub(crate) fn cursor(
        &self,
        conversation: ConversationRow,
        reader: PersonRow,
    ) -> rusqlite::Result<Seq> {
        match self.newest(|changes| changes.conversations.get(&conversation)?.cursor(reader)) {
            Some(seq) => Ok(seq),
            None => Ok(index::cursor(&self.index, conversation, reader)?.unwrap_or(0)),
        }
    }

    /// `None` where the conversation has no entry.
    pub(crate) fn standing(
        &self,
        conversation: ConversationRow,
    ) -> rusqlite::Result<Option<Standing>> {
        let mut head = index::head(&self.index, conversation)?.unwrap_or_default();
        let mut cursors = index::cursors(&self.index, conversation)?;
        for segment in &self.segments {
            let changes = segment.read();
            let Some(part) = changes.conversations.get(&conversation) else { continue };
            head = Head {
                last_seq: part.last_seq().unwrap_or(head.last_seq),
                newest: part.newest().unwrap_or(head.newest),
                changed: part.changed,
            };
            cursors.retain(|(reader, _)| part.cursor(*reader).is_none());
            cursors.extend_from_slice(&part.cursors);
        }
        Ok((head.last_seq > 0).then_some(Standing { head, cursors }))
    }

    /// The newest places before `before` that `accept` takes, at most `most`,
    /// newest first.
    pub(crate) fn backward(
        &self,
        conversation: ConversationRow,
        before: Seq,
        most: usize,
        accept: impl Fn(&Place) -> bool,
    ) -> rusqlite::Result<Vec<Step>> {
        let accept = self.as_by_now(conversation, accept);
        let mut taken = Vec::new();
        for segment in self.segments.iter().rev() {
            let changes = segment.read();
            let Some(part) = changes.conversations.get(&conversation) else { continue };
            let below = before.saturating_sub(part.first).min(part.places.len() as u64) as usize;
            take(&mut taken, most, numbered(part.first, &part.places[..below]).rev(), &accept);
        }
        let end = index::head(&self.index, conversation)?.unwrap_or_default().last_seq;
        let mut next = end.min(before.saturating_sub(1));
        while next > 0 && taken.len() < most {
            let block = block_of(next);
            let places = index::block(&self.index, conversation, block)?;
            let first = block * BLOCK + 1;
            let below = ((next - first + 1) as usize).min(places.len());
            take(&mut taken, most, numbered(first, &places[..below]).rev(), &accept);
            next = first - 1;
        }
        Ok(taken)
    }

    /// The oldest places after `after` that `accept` takes, at most `most`,
    /// oldest first.
    pub(crate) fn forward(
        &self,
        conversation: ConversationRow,
        after: Seq,
        most: usize,
        accept: impl Fn(&Place) -> bool,
    ) -> rusqlite::Result<Vec<Step>> {
        let accept = self.as_by_now(conversation, accept);
        let mut taken = Vec::new();
        let end = index::head(&self.index, conversation)?.unwrap_or_default().last_seq;
        let first = after.saturating_add(1);
        let mut next = first;
        while next <= end && taken.len() < most {
            let block = block_of(next);
            let places = index::block(&self.index, conversation, block)?;
            let from = ((next - 1) % BLOCK) as usize;
            let places = places.get(from..).unwrap_or_default();
            take(&mut taken, most, numbered(next, places), &accept);
            next = (block + 1) * BLOCK + 1;
        }
        for segment in &self.segments {
            let changes = segment.read();
            let Some(part) = changes.conversations.get(&conversation) else { continue };
            let from = first.saturating_sub(part.first).min(part.places.len() as u64);
            let places = &part.places[from as usize..];
            take(&mut taken, most, numbered(part.first + from, places), &accept);
        }
        Ok(taken)
    }

    /// The entry at a place.
    pub(crate) fn place(
        &self,
        conversation: ConversationRow,
        seq: Seq,
    ) -> rusqlite::Result<Option<Place>> {
        let newest = self.backward(conversation, seq.saturating_add(1), 1, |_| true)?;
        Ok(newest.first().filter(|(at, _)| *at == seq).map(|(_, place)| *place))
    }

    /// The newest entry's stamp; 0 where there is none.
    pub(crate) fn newest_entry(&self, conversation: ConversationRow) -> rusqlite::Result<u64> {
        match self.newest(|changes| changes.conversations.get(&conversation)?.newest()) {
            Some(stamp) => Ok(stamp),
            None => Ok(index::head(&self.index, conversation)?.unwrap_or_default().newest),
        }
    }

    /// `accept` with each place as it is by now: a segment may have deleted
    /// what an older one or the index still has as a message.
    fn as_by_now(
        &self,
        conversation: ConversationRow,
        accept: impl Fn(&Place) -> bool,
    ) -> impl Fn(&Step) -> bool {
        let mut deleted = Vec::new();
        for segment in &self.segments {
            if let Some(part) = segment.read().conversations.get(&conversation) {
                deleted.extend_from_slice(&part.deleted);
            }
        }
        move |(seq, place)| {
            let mut place = *place;
            if place.kind == kind::MESSAGE && deleted.contains(seq) {
                place.kind = kind::DELETED;
            }
            accept(&place)
        }
    }

    /// A page of a person's list, at most `most` long, each with the stamp
    /// that it is listed by.
    pub(crate) fn list(
        &self,
        person: PersonRow,
        list: List,
        most: usize,
    ) -> rusqlite::Result<Vec<(u64, ConversationRow)>> {
        // The tail's changes are newer than all that the index has: they come
        // first or last, and in the index the same conversations are out of date.
        let recent = self.recent(person, list);
        let mut ascending: Vec<_> = recent.iter().map(|(row, stamp)| (*stamp, *row)).collect();
        ascending.sort_unstable();
        let mut page = Vec::new();
        if let List::NewestBefore(stamp) = list {
            page.extend(ascending.iter().rev().filter(|(at, _)| *at < stamp));
        }
        if page.len() < most {
            index::list(&self.index, person, list, |at, conversation| {
                if !recent.contains_key(&conversation) {
                    page.push((at, conversation));
                }
                page.len() < most
            })?;
        }
        if let List::ChangedAfter(stamp) = list {
            page.extend(ascending.iter().filter(|(at, _)| *at > stamp));
        }
        page.truncate(most);
        Ok(page)
    }

    /// A person's conversations in the tail, with the stamp of the list.
    fn recent(&self, person: PersonRow, list: List) -> HashMap<ConversationRow, u64> {
        let mut recent = HashMap::new();
        for segment in &self.segments {
            let changes = segment.read();
            for row in changes.people.get(&person).into_iter().flatten() {
                let Some(part) = changes.conversations.get(row) else { continue };
                let stamp = match list {
                    List::NewestBefore(_) => part.newest(),
                    List::ChangedAfter(_) => Some(part.changed),
                };
                if let Some(stamp) = stamp {
                    recent.insert(*row, stamp);
                }
            }
        }
        recent
    }
}

/// Consecutive places with their numbers.
fn numbered(first: Seq, places: &[Place]) -> impl DoubleEndedIterator<Item = Step> {
    places.iter().enumerate().map(move |(at, place)| (first + at as u64, *place))
}

/// Takes steps up to `most` in all.
fn take(
    taken: &mut Vec<Step>,
    most: usize,
    steps: impl Iterator<Item = Step>,
    accept: impl Fn(&Step) -> bool,
) {
    let room = most - taken.len();
    taken.extend(steps.filter(accept).take(room));
}
