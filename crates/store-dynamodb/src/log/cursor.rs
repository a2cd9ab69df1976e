//! Read cursors of direct conversations.
//!
//! A cursor lies in its reader's own list item, with the number of others'
//! messages up to it that are not deleted (`b`), so that what is unread is a
//! difference. To read up to
//! the end, which is nearly always what one does, is one write and no read.

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    limits::UNREAD,
    log::Cursor,
};
use tokio::time::{Duration, Instant};

use super::{
    LOG,
    entry::{DELETED, entry_in, seq_in},
    list::Item as ListItem,
};
use crate::{
    item,
    keys::Key,
    pause::Pause,
    store::Inner,
    table::{Change, Written},
};

/// How long a cursor is tried to be moved among others who move it.
const MOVING: Duration = Duration::from_secs(5);

impl Inner {
    /// Moves a member's cursor.
    pub(super) async fn read(
        &self,
        conversation: &ConversationId,
        reader: &UserId,
        seq: Seq,
    ) -> Result<Cursor, PortError> {
        if seq == 0 {
            // It asks where the cursor stands.
            let there = self.listed(conversation, reader).await?;
            let seq = there.map_or(0, |there| there.read);
            return Ok(Cursor { seq, moved: false });
        }
        let key = Key::listed(reader, conversation);
        let deadline = Instant::now() + MOVING;
        let mut pause = Pause::default();
        let mut target = seq;
        // As if it were the end: what is refused tells where the end is.
        let mut others_up_to_it = None;
        loop {
            // Anew each time: it must not be older than the overlap allows.
            let stamp = self.stamps.make(self.now_ms(), conversation);
            let further = "(attribute_not_exists(r) OR r < :r)";
            let change = match others_up_to_it {
                None => Change::of(key.clone(), "SET r = :r, b = n - o, m = :m")
                    .only_if(format!("n = :r AND {further}")),
                // Those up to a place are the same however the log goes on, but
                // for deletions.
                Some((others, 0)) => Change::of(key.clone(), "SET r = :r, b = :b, m = :m")
                    .only_if(format!(
                        "attribute_exists(n) AND attribute_not_exists(g) AND {further}"
                    ))
                    .value(":b", item::number(others)),
                Some((others, erased)) => Change::of(key.clone(), "SET r = :r, b = :b, m = :m")
                    .only_if(format!("g = :g AND {further}"))
                    .value(":g", item::number(erased))
                    .value(":b", item::number(others)),
            };
            let change =
                change.value(":r", item::number(target)).value(":m", item::number(stamp.0));
            let there = match self.table.change(change).await? {
                Written::Done(_) => return Ok(Cursor { seq: target, moved: true }),
                Written::Refused(None) => return Ok(Cursor { seq: 0, moved: false }),
                Written::Refused(Some(there)) => ListItem::parse(&there)?,
            };
            if there.moved == stamp {
                // A write that was tried again met itself.
                return Ok(Cursor { seq: target, moved: true });
            }
            if Instant::now() >= deadline {
                return Err(PortError::unavailable(LOG, "a cursor that others keep moving"));
            }
            target = seq.min(there.last);
            if there.read >= target {
                return Ok(Cursor { seq: there.read, moved: false });
            }
            others_up_to_it = None;
            if target < there.last {
                let after = self.others_between(conversation, reader, target, there.last).await?;
                let others = (there.last - there.own).saturating_sub(after);
                others_up_to_it = Some((others, there.erased));
            }
            pause.wait().await;
        }
    }

    /// How many others' messages after one place up to another there are that
    /// no entry up to that deleted: exact up to twice what is shown, so that it
    /// is what is shown after deletions too, and that at most.
    pub(super) async fn others_between(
        &self,
        conversation: &ConversationId,
        reader: &UserId,
        after: Seq,
        upto: Seq,
    ) -> Result<u64, PortError> {
        /// Entries looked at in one go: a few of one's own may lie between.
        const STEP: u64 = UNREAD + UNREAD / 2;
        const ENOUGH: u64 = 2 * UNREAD;
        let (mut others, mut from) = (0, after);
        while from < upto && others < ENOUGH {
            let to = upto.min(from.saturating_add(STEP));
            for item in self.between(conversation, from, to).await? {
                let entry = entry_in(conversation, seq_in(&item)?, &item)?;
                let deleted = item::number_in(&item, DELETED)?;
                let is_there = deleted.is_none_or(|deletion| deletion > upto);
                let counts = entry.body.message().is_some() && entry.author != *reader;
                others += u64::from(counts && is_there);
            }
            from = to;
        }
        Ok(others.min(ENOUGH))
    }
}
