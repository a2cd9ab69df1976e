//! Reads of the log: first what and where, by the view; then, from the
//! journal, what was said and by whom.

mod archive;

use std::{num::NonZeroUsize, sync::Arc};

use aizuchi_core::{
    ids::{ConversationId, Seq, UserId},
    limits::UNREAD,
    log::{Body, Entry, ListCursor, Listed, Page, PageSize, Span, Stamp, Summary},
};
use lru::LruCache;
use rusqlite::Connection;

use crate::{
    connect::{self, PageCache},
    data_dir::DataDir,
    error::OpenError,
    index::List,
    journal::{self, kind},
    rows::{ConversationRow, PersonRow},
    tail::{Place, Tail},
    view::{Standing, Step, View},
};

/// Pages that a reader keeps in memory of each file, in KiB.
const CACHE: PageCache = PageCache(1_024);
/// People whose ids a reader remembers.
const PEOPLE: NonZeroUsize = NonZeroUsize::new(1_024).unwrap();

/// A reader's connections, and what never changes of what it has read.
#[derive(Debug)]
pub(crate) struct LogReader {
    journal: Connection,
    index: Connection,
    tail: Arc<Tail>,
    people: LruCache<PersonRow, UserId>,
}

/// Which entries a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    /// Messages, as they read now.
    Messages,
    /// Every entry, as it was appended.
    Entries,
}

impl Show {
    fn accepts(self, place: &Place) -> bool {
        self == Self::Entries || place.kind == kind::MESSAGE
    }
}

/// What a summary is made of, before the journal is read.
#[derive(Debug)]
struct Outline {
    conversation: ConversationRow,
    standing: Standing,
    unread: u64,
    last: Option<Step>,
}

impl LogReader {
    pub(crate) fn open(dir: &DataDir, tail: Arc<Tail>) -> Result<Self, OpenError> {
        let open = |path| connect::reader(path, CACHE).map_err(OpenError::database(path));
        Ok(Self {
            journal: open(&dir.journal())?,
            index: open(&dir.index())?,
            tail,
            people: LruCache::new(PEOPLE),
        })
    }

    pub(crate) fn page(
        &mut self,
        conversation: &ConversationId,
        span: Span,
        size: PageSize,
        show: Show,
    ) -> rusqlite::Result<Page> {
        let Some(row) = journal::conversation(&self.journal, conversation)? else {
            return Ok(Page::default());
        };
        let accept = |place: &Place| show.accepts(place);
        // One more than asked tells whether there is more.
        let most = size.entries.saturating_add(1);
        let steps = {
            let view = View::open(&self.tail, &self.index)?;
            match span {
                Span::Newest => view.backward(row, Seq::MAX, most, accept)?,
                Span::Before(seq) => view.backward(row, seq, most, accept)?,
                Span::After(seq) => view.forward(row, seq, most, accept)?,
            }
        };

        let journal = self.journal.unchecked_transaction()?;
        let mut page = Page::default();
        let mut bytes = 0_usize;
        for step in &steps {
            if page.entries.len() == size.entries {
                page.has_more = true;
                break;
            }
            let entry = read_entry(&journal, &mut self.people, *step)?;
            let Body::Message { text, .. } = &entry.body;
            bytes = bytes.saturating_add(text.len());
            if bytes > size.bytes && !page.entries.is_empty() {
                page.has_more = true;
                break;
            }
            page.entries.push(entry);
        }
        if !matches!(span, Span::After(_)) {
            page.entries.reverse();
        }
        Ok(page)
    }

    pub(crate) fn summary(
        &mut self,
        conversation: &ConversationId,
        user: &UserId,
    ) -> rusqlite::Result<Option<Summary>> {
        let Some(row) = journal::conversation(&self.journal, conversation)? else {
            return Ok(None);
        };
        let person = journal::person(&self.journal, user)?;
        let outline = outline(&View::open(&self.tail, &self.index)?, row, person)?;
        outline.map(|outline| summary(&self.journal, &mut self.people, outline)).transpose()
    }

    pub(crate) fn list(
        &mut self,
        user: &UserId,
        list: List,
        limit: usize,
    ) -> rusqlite::Result<Listed> {
        let Some(person) = journal::person(&self.journal, user)? else {
            return Ok(Listed::default());
        };
        let mut next = None;
        let mut outlines = Vec::new();
        {
            let view = View::open(&self.tail, &self.index)?;
            let mut rows = view.list(person, list, limit.saturating_add(1))?;
            if rows.len() > limit {
                rows.truncate(limit);
                next = rows.last().map(|(stamp, _)| ListCursor(Stamp(*stamp)));
            }
            for (_, row) in rows {
                let mut outline = outline(&view, row, Some(person))?;
                if let (List::ChangedAfter(_), Some(outline)) = (list, &mut outline) {
                    outline.last = None;
                }
                outlines.extend(outline);
            }
        }
        let journal = self.journal.unchecked_transaction()?;
        let summaries = outlines
            .into_iter()
            .map(|outline| summary(&journal, &mut self.people, outline))
            .collect::<rusqlite::Result<_>>()?;
        Ok(Listed { summaries, next })
    }
}

/// A conversation as `person` sees it; `None` where it has no entry.
fn outline(
    view: &View<'_>,
    conversation: ConversationRow,
    person: Option<PersonRow>,
) -> rusqlite::Result<Option<Outline>> {
    let Some(standing) = view.standing(conversation)? else { return Ok(None) };
    let is_message = |place: &Place| place.kind == kind::MESSAGE;
    // What comes in meanwhile is not counted: it is after what is shown as the end.
    let within = |place: &Place| place.entry <= standing.head.newest && is_message(place);
    let by_another = |place: &Place| within(place) && Some(place.author) != person;
    let cursor = person.map_or(0, |person| standing.cursor(person));
    let unread = view.forward(conversation, cursor, UNREAD as usize, by_another)?.len() as u64;
    let after_end = standing.head.last_seq + 1;
    let last = view.backward(conversation, after_end, 1, is_message)?.pop();
    Ok(Some(Outline { conversation, standing, unread, last }))
}

fn summary(
    journal: &Connection,
    people: &mut LruCache<PersonRow, UserId>,
    outline: Outline,
) -> rusqlite::Result<Summary> {
    let Outline { conversation, standing, unread, last } = outline;
    let mut reads = Vec::with_capacity(standing.cursors.len());
    for (reader, seq) in standing.cursors {
        reads.push((read_person(journal, people, reader)?, seq));
    }
    reads.sort_unstable();
    Ok(Summary {
        conversation: journal::conversation_name(journal, conversation)?,
        last_seq: standing.head.last_seq,
        unread,
        reads,
        last: last.map(|step| read_entry(journal, people, step)).transpose()?,
        newest: Stamp(standing.head.newest),
        changed: Stamp(standing.head.changed),
    })
}

fn read_entry(
    journal: &Connection,
    people: &mut LruCache<PersonRow, UserId>,
    (seq, place): Step,
) -> rusqlite::Result<Entry> {
    let stored = journal::entry(journal, place.entry)?;
    Ok(Entry {
        seq,
        message_id: stored.appended.message_id,
        author: read_person(journal, people, place.author)?,
        client_msg_id: stored.client_msg_id,
        timestamp: stored.appended.timestamp,
        sent_at: stored.sent_at,
        body: stored.body,
    })
}

fn read_person(
    journal: &Connection,
    people: &mut LruCache<PersonRow, UserId>,
    row: PersonRow,
) -> rusqlite::Result<UserId> {
    if let Some(user) = people.get(&row) {
        return Ok(user.clone());
    }
    let user = journal::person_id(journal, row)?;
    people.put(row, user.clone());
    Ok(user)
}
