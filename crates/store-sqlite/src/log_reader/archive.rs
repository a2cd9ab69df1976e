//! What an export reads beside the entries.

use aizuchi_core::{
    archive::Found,
    ids::{ConversationId, Seq, UserId},
};

use super::{LogReader, read_person};
use crate::{journal, rows::ConversationRow, view::View};

impl LogReader {
    /// The conversations that have an entry, of so many rows after a row, and
    /// the last of these rows where there may be more.
    pub(crate) fn found(
        &mut self,
        after: u32,
        most: u32,
    ) -> rusqlite::Result<(Vec<Found>, Option<u32>)> {
        let mut statement = self
            .journal
            .prepare_cached("SELECT id FROM conversation WHERE id > ?1 ORDER BY id LIMIT ?2")?;
        let rows = statement.query_map((after, most), |row| row.get(0))?;
        let rows: Vec<u32> = rows.collect::<rusqlite::Result<_>>()?;
        drop(statement);
        let mut found = Vec::with_capacity(rows.len());
        let view = View::open(&self.tail, &self.index)?;
        for row in &rows {
            let row = ConversationRow(*row);
            // One that was begun a moment ago may not be in the view yet.
            let Some(standing) = view.standing(row)? else { continue };
            let newest = journal::answer(&self.journal, standing.head.newest)?;
            let conversation = journal::conversation_name(&self.journal, row)?;
            let (last_seq, newest_at) = (newest.seq, newest.timestamp);
            found.push(Found { conversation, last_seq, newest_at });
        }
        let more = rows.len() == most as usize;
        Ok((found, rows.last().copied().filter(|_| more)))
    }

    /// Every read cursor of a conversation, ascending by reader.
    pub(crate) fn cursors(
        &mut self,
        conversation: &ConversationId,
    ) -> rusqlite::Result<Vec<(UserId, Seq)>> {
        let Some(row) = journal::conversation(&self.journal, conversation)? else {
            return Ok(Vec::new());
        };
        let standing = View::open(&self.tail, &self.index)?.standing(row)?;
        let mut cursors = Vec::new();
        for (reader, seq) in standing.into_iter().flat_map(|standing| standing.cursors) {
            cursors.push((read_person(&self.journal, &mut self.people, reader)?, seq));
        }
        cursors.sort_unstable();
        Ok(cursors)
    }
}
