//! One's own data, a part at a time: every conversation that one is in, and all
//! its entries as they are in the log.

use super::sync::hide;
use crate::{
    chat::{Chat, Ports},
    ids::{ConversationId, Seq, UserId},
    limiter::Allowance,
    limits::{EXPORT_BYTES, EXPORT_CONVERSATIONS, EXPORT_ENTRIES, EXPORT_LATE},
    log::{Entry, LogStore, PageSize, Span, Stamp},
    outcome::{Refusal, Seen},
};

/// Where an export goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportPlace {
    /// When it began.
    pub began: Stamp,
    /// Conversations that changed since it began, and came (again) therefore.
    pub late: u32,
    /// The conversations up to this change have come.
    pub since: Stamp,
    /// The conversation that has come to this place, if it is not at its end.
    pub open: Option<(ConversationId, Seq)>,
}

/// Something of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exported {
    /// A conversation; its entries follow.
    Conversation(Seen),
    /// An entry of the conversation.
    Entry(ConversationId, Entry),
}

/// A part of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportPart {
    /// In order.
    pub items: Vec<Exported>,
    /// Where the next part begins; `None` at the end.
    pub next: Option<ExportPlace>,
}

impl<P: Ports> Chat<P> {
    /// A part of what a person is in, from the beginning or from a place. A
    /// beginning has an allowance of its own, once an hour.
    ///
    /// A conversation that changes meanwhile comes again as a whole, so that
    /// none is missed.
    ///
    /// # Errors
    /// Too often, a place in a conversation that the person is not in, or a port
    /// that failed.
    pub async fn export(
        &self,
        user: &UserId,
        from: Option<ExportPlace>,
    ) -> Result<ExportPart, Refusal> {
        let log = self.ports.log();
        let mut place = match from {
            Some(place) => {
                self.admit(user).await?;
                place
            }
            None => {
                self.allow(user, Allowance::Export).await?;
                let began = log.now().await?;
                ExportPlace { began, late: 0, since: Stamp::default(), open: None }
            }
        };
        let (mut items, mut left, mut conversations) = (Vec::new(), EXPORT_BYTES, 0);
        loop {
            if let Some((conversation, after)) = place.open.take() {
                let sees_after = self.members(user, &conversation).await?.sees_after(user);
                let after = after.max(sees_after);
                let size = PageSize { entries: EXPORT_ENTRIES, bytes: left };
                let mut page = log.entries(&conversation, Span::After(after), size).await?;
                page.entries.iter_mut().for_each(|entry| hide(entry, sees_after));
                let reached = page.entries.last().map_or(after, |entry| entry.seq);
                let weight: usize = page.entries.iter().map(Entry::weight).sum();
                left = left.saturating_sub(weight);
                let entries = page.entries.into_iter();
                items.extend(entries.map(|entry| Exported::Entry(conversation.clone(), entry)));
                if page.has_more {
                    place.open = Some((conversation, reached));
                }
            } else {
                let listed = log.changed(user, place.since, 1).await?;
                let Some(mut summary) = listed.summaries.into_iter().next() else {
                    return Ok(ExportPart { items, next: None });
                };
                place.since = summary.changed;
                if summary.changed > place.began {
                    place.late += 1;
                    // Of somebody who is written to faster than he can be read out.
                    if place.late > EXPORT_LATE {
                        return Ok(ExportPart { items, next: None });
                    }
                }
                left = left.saturating_sub(summary.weight());
                conversations += 1;
                self.veil(user, std::slice::from_mut(&mut summary)).await?;
                let seen = self.seen(user, summary).await?;
                // Of a room that he is no member of any more nothing is his to read.
                if seen.summary.room.is_none() || seen.role.is_some() {
                    place.open = Some((seen.summary.conversation.clone(), 0));
                }
                items.push(Exported::Conversation(seen));
            }
            if left == 0 || conversations >= EXPORT_CONVERSATIONS {
                return Ok(ExportPart { items, next: Some(place) });
            }
        }
    }
}
