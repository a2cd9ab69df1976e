//! Pages of a log.
//!
//! What must not be missed is read strongly, at twice the price: the newest page
//! and what comes after a place. An older page is read eventually: its entries
//! were there long ago, and one that is not without a gap up to its end is read
//! again. So an older page may be a moment behind the edits, deletions and
//! reactions that its messages just met; whoever has it open is told of them.

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq},
    log::{Entry, Page, PageSize, Span},
};

use super::entry::{entry_in, seq_in};
use crate::{
    keys,
    store::Inner,
    table::{Query, Reading, Sorts},
};

/// Entries asked for at once: more than a page takes are paid for in vain.
const AT_ONCE: usize = 200;
/// Entries asked for at once where those before were not shown, at least.
const AGAIN: usize = 25;

/// Which entries a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kinds {
    All,
    /// Those that are shown.
    Shown,
}

impl Kinds {
    fn has(self, entry: &Entry) -> bool {
        self == Self::All || entry.body.is_shown()
    }
}

impl Inner {
    /// A part of a log.
    pub(crate) async fn page(
        &self,
        conversation: &ConversationId,
        span: Span,
        size: PageSize,
        kinds: Kinds,
    ) -> Result<Page, PortError> {
        match span {
            Span::Newest => {
                let part = Part { kinds, ..Part::before(Seq::MAX, Reading::Strong) };
                // Whether there is any must be told even by a page of none.
                let wanted = PageSize { entries: size.entries.max(1), ..size };
                Ok(backward(self.read_part(conversation, part, wanted).await?.taken, size))
            }
            Span::Before(seq) => self.page_before(conversation, seq, size, kinds).await,
            Span::After(seq) => self.page_after(conversation, seq, size, kinds).await,
        }
    }

    async fn page_before(
        &self,
        conversation: &ConversationId,
        seq: Seq,
        size: PageSize,
        kinds: Kinds,
    ) -> Result<Page, PortError> {
        if seq <= 1 {
            return Ok(Page::default());
        }
        if size.entries == 0 {
            let any = self.newest_seq(conversation, Reading::Strong).await? > 0;
            return Ok(Page { entries: Vec::new(), has_more: any });
        }
        for reading in [Reading::Eventual, Reading::Strong] {
            let part = Part { kinds, ..Part::before(seq - 1, reading) };
            let read = self.read_part(conversation, part, size).await?;
            if reading == Reading::Strong || read.newest == seq - 1 && read.is_dense {
                return Ok(backward(read.taken, size));
            }
        }
        Ok(Page::default())
    }

    async fn page_after(
        &self,
        conversation: &ConversationId,
        seq: Seq,
        size: PageSize,
        kinds: Kinds,
    ) -> Result<Page, PortError> {
        let Some(first) = seq.checked_add(1) else { return Ok(Page::default()) };
        let part = Part { first, last: Seq::MAX, forward: true, reading: Reading::Strong, kinds };
        // One more tells whether there is more.
        let wanted = PageSize { entries: size.entries.saturating_add(1), ..size };
        let mut entries = self.read_part(conversation, part, wanted).await?.taken;
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
    ) -> Result<Read, PortError> {
        let mut read = Read { taken: Vec::new(), newest: 0, is_dense: true };
        let (mut from, mut before) = (None, None);
        let mut least = 1;
        loop {
            let query = Query {
                sorts: Sorts::Between(keys::place(part.first), keys::place(part.last)),
                forward: part.forward,
                limit: Some((size.entries - read.taken.len()).max(least).min(AT_ONCE)),
                reading: part.reading,
                from,
                ..Query::of(keys::log(conversation))
            };
            let found = self.table.query(query).await?;
            let taken = read.taken.len();
            for item in &found.items {
                let seq = seq_in(item)?;
                read.newest = read.newest.max(seq);
                read.is_dense &= before.is_none_or(|before: Seq| before.abs_diff(seq) == 1);
                before = Some(seq);
                let entry = entry_in(conversation, seq, item)?;
                if part.kinds.has(&entry) {
                    read.taken.push(entry);
                }
            }
            self.put_words(conversation, &mut read.taken, taken, part.reading).await?;
            from = found.more;
            least = AGAIN;
            let full =
                read.taken.len() >= size.entries || fitting(&read.taken, size) < read.taken.len();
            if from.is_none() || full {
                return Ok(read);
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
    kinds: Kinds,
}

impl Part {
    /// Those up to a place, the newest first.
    fn before(last: Seq, reading: Reading) -> Self {
        Self { first: 0, last, forward: false, reading, kinds: Kinds::All }
    }
}

/// What was read of a part.
#[derive(Debug)]
struct Read {
    /// Those that were asked for.
    taken: Vec<Entry>,
    /// The newest place of all that was read.
    newest: Seq,
    /// Whether no place was left out.
    is_dense: bool,
}

/// How many of the first entries fit in a page.
fn fitting(entries: &[Entry], size: PageSize) -> usize {
    let mut bytes = 0;
    let fits = entries.iter().take(size.entries).enumerate().take_while(|(at, entry)| {
        bytes += entry.body.text_bytes();
        *at == 0 || bytes <= size.bytes
    });
    fits.count()
}

/// A page of entries that were read backward. Since a log begins at 1, has no
/// hole, and its first entry is shown, the place of the oldest tells whether
/// there are older ones.
fn backward(mut entries: Vec<Entry>, size: PageSize) -> Page {
    let any = !entries.is_empty();
    entries.truncate(fitting(&entries, size));
    entries.reverse();
    let has_more = entries.first().map_or(any, |oldest| oldest.seq > 1);
    Page { entries, has_more }
}
