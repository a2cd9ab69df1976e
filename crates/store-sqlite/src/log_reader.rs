//! Reads of the log: first what and where, by the view; then, from the
//! journal, what was said and by whom.

mod archive;
mod rooms;
mod search;

use std::{cmp::Reverse, num::NonZeroUsize, sync::Arc};

use aizuchi_core::{
    ids::{ConversationId, Seq, UserId},
    limits::UNREAD,
    log::{Appended, Entry, ListCursor, Listed, Page, PageSize, Span, Stamp, Summary},
};
use lru::LruCache;
use rusqlite::Connection;

use self::rooms::Own;
use crate::{
    client_key::ClientKey,
    connect::{self, PageCache},
    data_dir::DataDir,
    error::OpenError,
    index::{self, List},
    journal::{self, kind},
    rooms::Rooms,
    rows::{ConversationRow, PersonRow},
    tail::{Place, SentKey, Tail},
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
    words: Connection,
    tail: Arc<Tail>,
    rooms: Arc<Rooms>,
    people: LruCache<PersonRow, UserId>,
}

/// Which entries a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    /// What people see.
    Messages,
    /// Every entry.
    Entries,
}

impl Show {
    fn accepts(self, place: &Place) -> bool {
        self == Self::Entries || kind::is_shown(place.kind)
    }
}

/// What a summary is made of, before the journal is read.
#[derive(Debug)]
struct Outline {
    conversation: ConversationRow,
    standing: Standing,
    unread: u64,
    last: Option<Step>,
    /// What it is to him, where it is a room.
    own: Option<Own>,
    reader: Option<PersonRow>,
}

impl LogReader {
    pub(crate) fn open(
        dir: &DataDir,
        tail: Arc<Tail>,
        rooms: Arc<Rooms>,
    ) -> Result<Self, OpenError> {
        let open = |path| connect::reader(path, CACHE).map_err(OpenError::database(path));
        Ok(Self {
            journal: open(&dir.journal())?,
            index: open(&dir.index())?,
            words: open(&dir.words())?,
            tail,
            rooms,
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
            bytes = bytes.saturating_add(entry.body.text_bytes());
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

    pub(crate) fn entry(
        &mut self,
        conversation: &ConversationId,
        seq: Seq,
    ) -> rusqlite::Result<Option<Entry>> {
        let Some(row) = journal::conversation(&self.journal, conversation)? else {
            return Ok(None);
        };
        let place = View::open(&self.tail, &self.index)?.place(row, seq)?;
        place.map(|place| read_entry(&self.journal, &mut self.people, (seq, place))).transpose()
    }

    /// What the first append under this name was answered with.
    pub(crate) fn sent(
        &mut self,
        conversation: &ConversationId,
        author: &UserId,
        client: ClientKey,
    ) -> rusqlite::Result<Option<Appended>> {
        let row = journal::conversation(&self.journal, conversation)?;
        let author = journal::person(&self.journal, author)?;
        let Some((conversation, author)) = row.zip(author) else { return Ok(None) };
        let key = SentKey { client, author, conversation };
        let view = View::open(&self.tail, &self.index)?;
        let entry = view.sent(&key, &mut index::Sent::prepare(&self.index)?)?;
        let first = entry.map(|entry| journal::answer(&self.journal, entry)).transpose()?;
        Ok(first.map(|first| Appended { duplicate: true, ..first }))
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
        let own = self.own(row, conversation, person)?;
        let reader = Reader { user, person };
        let outline = outline(&View::open(&self.tail, &self.index)?, row, reader, own)?;
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
        let reader = Reader { user, person: Some(person) };
        let mut next = None;
        let mut outlines = Vec::new();
        {
            let view = View::open(&self.tail, &self.index)?;
            let mut rows = view.list(person, list, limit.saturating_add(1))?;
            rows.extend(rooms::listed(&view, journal::rooms_of(&self.journal, person)?, list)?);
            match list {
                List::NewestBefore(_) => rows.sort_unstable_by_key(|(at, _)| Reverse(*at)),
                List::ChangedAfter(_) => rows.sort_unstable_by_key(|(at, _)| *at),
            }
            if rows.len() > limit {
                rows.truncate(limit);
                next = rows.last().map(|(stamp, _)| ListCursor(Stamp(*stamp)));
            }
            for (_, row) in rows {
                let id = journal::conversation_name(&self.journal, row)?;
                let own = self.own(row, &id, Some(person))?;
                let mut outline = outline(&view, row, reader, own)?;
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

/// Who looks at a conversation.
#[derive(Debug, Clone, Copy)]
struct Reader<'a> {
    user: &'a UserId,
    /// `None` where the database has not heard of him.
    person: Option<PersonRow>,
}

/// A conversation as somebody sees it; `None` where it has no entry.
fn outline(
    view: &View<'_>,
    conversation: ConversationRow,
    Reader { user, person }: Reader<'_>,
    own: Option<Own>,
) -> rusqlite::Result<Option<Outline>> {
    let Some(mut standing) = view.standing(conversation)? else { return Ok(None) };
    if let Some(own) = &own {
        standing.head.changed = own.changed(standing.head.newest);
        if own.gone.is_some() {
            standing.cursors.clear();
            let (own, reader) = (Some(own.clone()), person);
            let (unread, last) = (0, None);
            return Ok(Some(Outline { conversation, standing, unread, last, own, reader }));
        }
    }
    // What comes in meanwhile is not counted: it is after what is shown as the end.
    let within = |place: &Place| place.entry <= standing.head.newest;
    let by_another = |place: &Place| {
        within(place) && place.kind == kind::MESSAGE && Some(place.author) != person
    };
    let cursor = person.map_or(0, |person| standing.cursor(person));
    let cursor = cursor.max(own.as_ref().map_or(0, |own| own.since(user)));
    let unread = view.forward(conversation, cursor, UNREAD as usize, by_another)?.len() as u64;
    let after_end = standing.head.last_seq + 1;
    let is_shown = |place: &Place| within(place) && kind::is_shown(place.kind);
    let last = view.backward(conversation, after_end, 1, is_shown)?.pop();
    Ok(Some(Outline { conversation, standing, unread, last, own, reader: person }))
}

fn summary(
    journal: &Connection,
    people: &mut LruCache<PersonRow, UserId>,
    outline: Outline,
) -> rusqlite::Result<Summary> {
    let Outline { conversation, standing, unread, last, own, reader } = outline;
    let tells_all = own.as_ref().is_none_or(Own::tells_all);
    let mut reads = Vec::new();
    for (of, seq) in standing.cursors {
        if tells_all || Some(of) == reader {
            reads.push((read_person(journal, people, of)?, seq));
        }
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
        room: own.map(|own| own.room),
    })
}

fn read_entry(
    journal: &Connection,
    people: &mut LruCache<PersonRow, UserId>,
    (seq, place): Step,
) -> rusqlite::Result<Entry> {
    let author = read_person(journal, people, place.author)?;
    let entry = journal::entry(journal, place.entry)?.by(author);
    debug_assert_eq!(entry.seq, seq);
    Ok(entry)
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
