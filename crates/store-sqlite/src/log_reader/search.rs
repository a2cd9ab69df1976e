//! Looking for messages.
//!
//! A search goes through messages from the newest on; a place in it is the row
//! of the entry that it goes on before.

use std::collections::HashMap;

use aizuchi_core::{
    ids::{Seq, UserId},
    search::{Asked, Found, Place, STRETCH, Stretch},
};

use super::{LogReader, read_person};
use crate::{
    journal::{self, kind},
    rows::{ConversationRow, PersonRow, signed, unsigned},
};

/// Entries that a stretch looks at, at most.
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
        let end = self.scan(&mut sight, part, &mut taken)?;
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

    /// Looks at every entry of a part. Answers with the row that it stopped
    /// before, unless it came to the end.
    fn scan(
        &self,
        sight: &mut Sight<'_>,
        part: Part,
        taken: &mut Vec<Row>,
    ) -> rusqlite::Result<Option<u64>> {
        let mut statement = self.journal.prepare_cached(
            "SELECT id, conversation, seq, author, kind, text FROM entry
             WHERE id < ?1 AND id >= ?2 ORDER BY id DESC",
        )?;
        let mut rows = statement.query((signed(part.before), signed(part.until)))?;
        let mut looked = 0;
        let mut last = None;
        while let Some(row) = rows.next()? {
            if looked == LOOKED_AT || taken.len() == part.most {
                return Ok(last);
            }
            looked += 1;
            let id = row.get(0).map(unsigned)?;
            last = Some(id);
            let (conversation, seq) = (row.get(1)?, row.get(2).map(unsigned)?);
            if row.get::<_, u8>(4)? == kind::MESSAGE && self.sees(sight, conversation, seq)? {
                let text = row.get_ref(5)?.as_str_or_null()?.unwrap_or_default();
                if sight.asked.query.look(text).is_some() {
                    taken.push(Row { id, conversation, author: row.get(3)? });
                }
            }
        }
        Ok(None)
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
