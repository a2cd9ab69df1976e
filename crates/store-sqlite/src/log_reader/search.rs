//! Looking for messages.
//!
//! A search goes through messages from the newest on; a place in it is the row
//! of the entry that it goes on before.

use std::collections::{BTreeSet, HashMap};

use aizuchi_core::{
    ids::{Seq, UserId},
    search::{Asked, Found, Place, STRETCH, Stretch},
};

use super::{LogReader, read_person};
use rusqlite::Connection;

use crate::{
    detail,
    journal::{self, kind},
    rows::{ConversationRow, PersonRow, signed, unsigned},
    words::{self, Reach},
};

/// Messages that the words name and a stretch looks at, at most.
const CANDIDATES: usize = 4_000;
/// Entries that a stretch looks at one by one, at most.
const LOOKED_AT: usize = 20_000;

/// A place that this log did not name.
#[derive(Debug)]
pub(crate) struct NoPlace;

/// The rows of a stretch: from before the first down to the second.
#[derive(Debug, Clone, Copy)]
struct Part {
    before: u64,
    until: u64,
    most: usize,
}

impl Part {
    fn of(asked: &Asked) -> Result<Self, NoPlace> {
        let row = |place: &Option<Place>| match place {
            None => Ok(None),
            Some(place) => place.as_str().parse().map(Some).map_err(|_| NoPlace),
        };
        let (from, until) = (row(&asked.from)?, row(&asked.until)?);
        Ok(Self {
            before: from.unwrap_or(i64::MAX.cast_unsigned()).min(i64::MAX.cast_unsigned()),
            until: until.unwrap_or(0),
            most: if until.is_some() { 2 * STRETCH } else { STRETCH },
        })
    }
}

/// What one sees of conversations.
struct Sight<'a> {
    asked: &'a Asked,
    person: PersonRow,
    /// The conversation that alone is searched.
    only: Option<ConversationRow>,
    /// The place before the first that he sees; `None` where he sees nothing.
    known: HashMap<ConversationRow, Option<Seq>>,
}

/// A row of the log that may be found.
struct Row {
    id: u64,
    conversation: ConversationRow,
    author: PersonRow,
}

impl LogReader {
    /// A stretch of a search.
    pub(crate) fn search(&mut self, asked: &Asked) -> rusqlite::Result<Result<Stretch, NoPlace>> {
        let Ok(part) = Part::of(asked) else { return Ok(Err(NoPlace)) };
        let Some(mut sight) = self.sight(asked)? else { return Ok(Ok(Stretch::default())) };
        let mut taken = Vec::new();
        let end = self.walk(&mut sight, part, &mut taken)?;
        let end = end.or((part.until > 0).then_some(part.until));
        let mut stretch =
            Stretch { found: Vec::new(), next: end.and_then(|row| Place::parse(&row.to_string())) };
        for row in taken {
            let conversation = journal::conversation_name(&self.journal, row.conversation)?;
            let author = read_person(&self.journal, &mut self.people, row.author)?;
            let entry = journal::entry(&self.journal, row.id)?.by(author);
            stretch.found.push(Found { conversation, entry });
        }
        Ok(Ok(stretch))
    }

    /// `None` where there is nothing for him.
    fn sight<'a>(&self, asked: &'a Asked) -> rusqlite::Result<Option<Sight<'a>>> {
        let Some(person) = journal::person(&self.journal, &asked.user)? else { return Ok(None) };
        let mut sight = Sight { asked, person, only: None, known: HashMap::new() };
        if let Some((conversation, after)) = &asked.within {
            let Some(row) = journal::conversation(&self.journal, conversation)? else {
                return Ok(None);
            };
            sight.only = Some(row);
            sight.known.insert(row, Some(*after));
        }
        Ok(Some(sight))
    }

    /// Goes through a part: what the words do not have yet, what they have, what
    /// they do not have since they came later. Answers with the row that it
    /// stopped before, unless it came to the end.
    fn walk(
        &self,
        sight: &mut Sight<'_>,
        part: Part,
        taken: &mut Vec<Row>,
    ) -> rusqlite::Result<Option<u64>> {
        // The words are looked at first, and the journal is never behind them.
        let words = self.words.unchecked_transaction()?;
        let Reach { low, covered } = words::reach(&words)?;
        let down_to = |until: u64| Part { until: until.max(part.until), ..part };
        let mut looked = 0;
        let recent = down_to(covered.saturating_add(1));
        if let Some(stopped) = self.scan(sight, recent, taken, &mut looked)? {
            return Ok(Some(stopped));
        }
        let known = Part { before: part.before.min(covered.saturating_add(1)), ..down_to(low) };
        if known.before > known.until
            && let Some(stopped) = self.look_up(&words, sight, known, covered, taken)?
        {
            return Ok(Some(stopped));
        }
        let old = Part { before: part.before.min(low), ..part };
        self.scan(sight, old, taken, &mut looked)
    }

    /// Looks at what the words name of a part, and at what was edited since.
    fn look_up(
        &self,
        words: &Connection,
        sight: &mut Sight<'_>,
        part: Part,
        covered: u64,
        taken: &mut Vec<Row>,
    ) -> rusqlite::Result<Option<u64>> {
        let mut edited = self.edited_since(covered)?;
        let scopes = match sight.only {
            Some(only) => vec![words::conversation(only)],
            None => {
                let rooms = journal::rooms_of(&self.journal, sight.person)?;
                let here = rooms.iter().filter(|room| room.gone.is_none());
                let rooms = here.map(|room| words::conversation(room.conversation));
                rooms.chain([words::person(sight.person)]).collect()
            }
        };
        let expression = words::expression(&scopes, &sight.asked.query);
        let mut statement = words.prepare_cached(
            "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid < ?2 AND rowid >= ?3
             ORDER BY rowid DESC",
        )?;
        let within = (expression, signed(part.before), signed(part.until));
        let mut rows = statement.query(within)?;
        let mut named = rows.next()?.map(|row| row.get(0).map(unsigned)).transpose()?;
        edited.retain(|id| (part.until..part.before).contains(id));
        let mut looked = 0;
        let mut last = Some(part.before);
        while let Some(id) = named.max(edited.last().copied()) {
            if looked == CANDIDATES || taken.len() == part.most {
                return Ok(last);
            }
            looked += 1;
            last = Some(id);
            if named == Some(id) {
                named = rows.next()?.map(|row| row.get(0).map(unsigned)).transpose()?;
            }
            edited.remove(&id);
            let mut entry = self.journal.prepare_cached(
                "SELECT id, conversation, seq, author, kind, text FROM entry WHERE id = ?1",
            )?;
            let mut entry = entry.query([signed(id)])?;
            if let Some(row) = entry.next()? {
                self.take(sight, row, taken)?;
            }
        }
        Ok(None)
    }

    /// The rows of messages that were edited after a change.
    fn edited_since(&self, covered: u64) -> rusqlite::Result<BTreeSet<u64>> {
        let mut statement =
            self.journal.prepare_cached("SELECT detail FROM entry WHERE id > ?1 AND kind = 1")?;
        let mut rows = statement.query([signed(covered)])?;
        let mut edited = BTreeSet::new();
        while let Some(row) = rows.next()? {
            let detail = row.get_ref(0)?.as_str_or_null()?;
            edited.extend(detail::edited(detail).unwrap_or_default());
        }
        Ok(edited)
    }

    /// Looks at every entry of a part. Answers with the row that it stopped
    /// before, unless it came to the end.
    fn scan(
        &self,
        sight: &mut Sight<'_>,
        part: Part,
        taken: &mut Vec<Row>,
        looked: &mut usize,
    ) -> rusqlite::Result<Option<u64>> {
        if part.before <= part.until {
            return Ok(None);
        }
        let mut statement = self.journal.prepare_cached(
            "SELECT id, conversation, seq, author, kind, text FROM entry
             WHERE id < ?1 AND id >= ?2 ORDER BY id DESC",
        )?;
        let mut rows = statement.query((signed(part.before), signed(part.until)))?;
        let mut last = part.before;
        while let Some(row) = rows.next()? {
            if *looked == LOOKED_AT || taken.len() == part.most {
                return Ok(Some(last));
            }
            *looked += 1;
            last = row.get(0).map(unsigned)?;
            self.take(sight, row, taken)?;
        }
        Ok(None)
    }

    /// Takes an entry, if it is a message that he sees and that matches.
    fn take(
        &self,
        sight: &mut Sight<'_>,
        row: &rusqlite::Row<'_>,
        taken: &mut Vec<Row>,
    ) -> rusqlite::Result<()> {
        let (conversation, seq) = (row.get(1)?, row.get(2).map(unsigned)?);
        if row.get::<_, u8>(4)? == kind::MESSAGE && self.sees(sight, conversation, seq)? {
            let text = row.get_ref(5)?.as_str_or_null()?.unwrap_or_default();
            if sight.asked.query.look(text).is_some() {
                let (id, author) = (row.get(0).map(unsigned)?, row.get(3)?);
                taken.push(Row { id, conversation, author });
            }
        }
        Ok(())
    }

    /// Whether he sees what is at this place of a conversation.
    fn sees(
        &self,
        sight: &mut Sight<'_>,
        conversation: ConversationRow,
        seq: Seq,
    ) -> rusqlite::Result<bool> {
        if sight.only.is_some_and(|only| only != conversation) {
            return Ok(false);
        }
        let after = match sight.known.get(&conversation) {
            Some(known) => *known,
            None => {
                let after = self.sees_after(&sight.asked.user, sight.person, conversation)?;
                sight.known.insert(conversation, after);
                after
            }
        };
        Ok(after.is_some_and(|after| seq > after))
    }

    fn sees_after(
        &self,
        user: &UserId,
        person: PersonRow,
        conversation: ConversationRow,
    ) -> rusqlite::Result<Option<Seq>> {
        if let Some(two) = journal::members(&self.journal, conversation)? {
            return Ok(two.contains(&person).then_some(0));
        }
        let id = journal::conversation_name(&self.journal, conversation)?;
        let room = self.room_in(conversation, &id)?;
        Ok(room.and_then(|room| room.sees_after(user)))
    }
}
