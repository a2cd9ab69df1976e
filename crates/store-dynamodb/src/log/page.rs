//! Pages of a log.
//!
//! What must not be missed is read strongly, at twice the price. An older page
//! is read eventually: its entries were there long ago, and one that is not
//! without a gap up to its end is read again. So is most of the newest page: one
//! strong read of the newest entry alone tells what it must reach.

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq},
    log::{Body, Entry, Page, PageSize, Span},
};
use futures_util::future::try_join;

use super::place;
use crate::{
    item::Item,
    keys,
    store::Inner,
    table::{Query, Reading, Sorts},
};

/// Entries asked for at once: more than a page takes are paid for in vain.
const AT_ONCE: usize = 200;
/// A newest page of so many entries is small enough to be read strongly as a whole.
const SMALL: usize = 12;

impl Inner {
    /// A part of a log. All entries are messages yet.
    pub(crate) async fn page(
        &self,
        conversation: &ConversationId,
        span: Span,
        size: PageSize,
    ) -> Result<Page, PortError> {
        match span {
            Span::Newest => self.newest_page(conversation, size).await,
            Span::Before(seq) => self.page_before(conversation, seq, size).await,
            Span::After(seq) => self.page_after(conversation, seq, size).await,
        }
    }

    async fn newest_page(
        &self,
        conversation: &ConversationId,
        size: PageSize,
    ) -> Result<Page, PortError> {
        if size.entries <= SMALL {
            let part = Part { last: Seq::MAX, forward: false, ..Part::all(Reading::Strong) };
            // Whether there is any must be told even by a page of none.
            let wanted = PageSize { entries: size.entries.max(1), ..size };
            let taken = self.read_part(conversation, part, wanted).await?;
            return Ok(backward(taken, size));
        }
        let part = Part { forward: false, ..Part::all(Reading::Eventual) };
        let (newest, taken) = try_join(
            self.newest_seq(conversation, Reading::Strong),
            self.read_part(conversation, part, size),
        )
        .await?;
        let reached = taken.first().map_or(0, |entry| entry.seq);
        if reached == newest && is_dense(&taken) {
            return Ok(backward(taken, size));
        }
        let part = Part { last: newest, forward: false, ..Part::all(Reading::Strong) };
        Ok(backward(self.read_part(conversation, part, size).await?, size))
    }

    async fn page_before(
        &self,
        conversation: &ConversationId,
        seq: Seq,
        size: PageSize,
    ) -> Result<Page, PortError> {
        if seq <= 1 {
            return Ok(Page::default());
        }
        if size.entries == 0 {
            let any = self.newest_seq(conversation, Reading::Strong).await? > 0;
            return Ok(Page { entries: Vec::new(), has_more: any });
        }
        let mut part = Part { last: seq - 1, forward: false, ..Part::all(Reading::Eventual) };
        let mut taken = self.read_part(conversation, part, size).await?;
        let complete = taken.first().is_some_and(|entry| entry.seq == seq - 1) && is_dense(&taken);
        if !complete {
            part.reading = Reading::Strong;
            taken = self.read_part(conversation, part, size).await?;
        }
        Ok(backward(taken, size))
    }

    async fn page_after(
        &self,
        conversation: &ConversationId,
        seq: Seq,
        size: PageSize,
    ) -> Result<Page, PortError> {
        let Some(first) = seq.checked_add(1) else { return Ok(Page::default()) };
        let part = Part { first, ..Part::all(Reading::Strong) };
        // One more tells whether there is more.
        let wanted = PageSize { entries: size.entries.saturating_add(1), ..size };
        let mut entries = self.read_part(conversation, part, wanted).await?;
        let fit = fitting(&entries, size);
        let has_more = fit < entries.len();
        entries.truncate(fit);
        Ok(Page { entries, has_more })
    }

    /// As many of the entries of a part as `size` asks for, in the direction
    /// asked, and where they are more than fit, at least one that does not.
    async fn read_part(
        &self,
        conversation: &ConversationId,
        part: Part,
        size: PageSize,
    ) -> Result<Vec<Entry>, PortError> {
        let mut taken: Vec<Entry> = Vec::new();
        let mut from = None;
        loop {
            let query = Query {
                sorts: Sorts::Between(keys::place(part.first), keys::place(part.last)),
                forward: part.forward,
                limit: Some((size.entries - taken.len()).min(AT_ONCE)),
                reading: part.reading,
                from,
                ..Query::of(keys::log(conversation))
            };
            let found = self.table.query(query).await?;
            let read = |item: &Item| place::entry_in(conversation, place::seq_in(item)?, item);
            for item in &found.items {
                taken.push(read(item)?);
            }
            from = found.more;
            let full = taken.len() >= size.entries || fitting(&taken, size) < taken.len();
            if from.is_none() || full {
                return Ok(taken);
            }
        }
    }
}

/// Which entries, and how they are read.
#[derive(Debug, Clone, Copy)]
struct Part {
    first: Seq,
    last: Seq,
    forward: bool,
    reading: Reading,
}

impl Part {
    fn all(reading: Reading) -> Self {
        Self { first: 0, last: Seq::MAX, forward: true, reading }
    }
}

/// How many of the first entries fit in a page.
fn fitting(entries: &[Entry], size: PageSize) -> usize {
    let mut bytes = 0;
    let fits = entries.iter().take(size.entries).enumerate().take_while(|(at, entry)| {
        let Body::Message { text, .. } = &entry.body;
        bytes += text.len();
        *at == 0 || bytes <= size.bytes
    });
    fits.count()
}

/// A page of entries that were read backward. Since a log begins at 1 and has no
/// hole, the place of its oldest entry tells whether there are older ones.
fn backward(mut entries: Vec<Entry>, size: PageSize) -> Page {
    let any = !entries.is_empty();
    entries.truncate(fitting(&entries, size));
    entries.reverse();
    let has_more = entries.first().map_or(any, |oldest| oldest.seq > 1);
    Page { entries, has_more }
}

/// Whether no place is left out between the first and the last, read backward.
fn is_dense(entries: &[Entry]) -> bool {
    entries.is_sorted_by(|newer, older| older.seq + 1 == newer.seq)
}
