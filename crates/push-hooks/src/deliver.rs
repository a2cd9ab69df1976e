//! What one webhook has not heard yet.

use aizuchi_core::{
    error::PortError,
    hooks::{Hooks, Webhook},
    ids::{ConversationId, Seq},
    log::{LogStore, PageSize, Span, Stamp, Summary},
};
use aizuchi_outbound::Outbound;
use futures_util::{FutureExt as _, StreamExt as _, stream};

use crate::{
    request::{NotTaken, request, taken},
    worker::Shared,
};

/// Conversations that are looked at together.
const PAGE: usize = 100;
/// Conversations of one webhook whose entries are posted at once.
const AT_ONCE: usize = 8;
/// Entries that are read at once.
const ENTRIES: PageSize = PageSize { entries: 50, bytes: 256 * 1024 };

/// Why not all was delivered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    /// The back end did not take an entry.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
    /// The store failed, which says nothing of the back end.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// What a look found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Looked {
    /// Whether anything was posted.
    pub(crate) posted: bool,
    /// Whether there is more.
    pub(crate) more: bool,
}

impl<L: LogStore, H: Hooks> Shared<L, H> {
    /// Up to where a webhook has heard all. A new one hears what comes from now on.
    pub(crate) async fn heard(&self, hook: &Webhook) -> Result<Stamp, PortError> {
        if let Some(stamp) = self.hooks.heard(&hook.user).await? {
            return Ok(stamp);
        }
        let stamp = self.log.now().await?;
        let mut from = None;
        loop {
            let listed = self.log.conversations(&hook.user, from, PAGE).await?;
            for Summary { conversation, last_seq, .. } in &listed.summaries {
                self.hooks.hear_of(&hook.user, conversation, *last_seq).await?;
            }
            from = listed.next;
            if from.is_none() {
                break;
            }
        }
        self.hooks.hear(&hook.user, stamp).await?;
        Ok(stamp)
    }

    /// Posts what changed since, and notes how far that was.
    pub(crate) async fn look(&self, hook: &Webhook, since: &mut Stamp) -> Result<Looked, Stopped> {
        let listed = self.log.changed(&hook.user, *since, PAGE).await?;
        let Some(last) = listed.summaries.last() else {
            return Ok(Looked { posted: false, more: false });
        };
        let until = last.changed;
        let mut telling = Vec::with_capacity(listed.summaries.len());
        for one in &listed.summaries {
            telling.push(self.tell(hook, one).boxed());
        }
        // All of them, so that one conversation's entry does not hold up others.
        let told: Vec<_> = stream::iter(telling).buffer_unordered(AT_ONCE).collect().await;
        let mut posted = false;
        for one in told {
            posted |= one?;
        }
        self.hooks.hear(&hook.user, until).await?;
        *since = until;
        Ok(Looked { posted, more: listed.next.is_some() })
    }

    /// Posts what is new in a conversation. True where anything was.
    async fn tell(&self, hook: &Webhook, one: &Summary) -> Result<bool, Stopped> {
        let Some(from) = first(hook, one) else { return Ok(false) };
        let mut place = from.max(self.hooks.heard_of(&hook.user, &one.conversation).await?);
        let mut posted = false;
        loop {
            let span = Span::After(place);
            let page = self.log.entries(&one.conversation, span, ENTRIES).await?;
            for entry in &page.entries {
                // What a bot says itself, it knows.
                if entry.author != hook.user {
                    self.post(hook, &one.conversation, entry).await?;
                    posted = true;
                }
                place = entry.seq;
                self.hooks.hear_of(&hook.user, &one.conversation, place).await?;
            }
            if !page.has_more {
                return Ok(posted);
            }
        }
    }

    async fn post(
        &self,
        hook: &Webhook,
        conversation: &ConversationId,
        entry: &aizuchi_core::log::Entry,
    ) -> Result<(), NotTaken> {
        let now = self.clock.now_ms();
        let request = request(hook, conversation, entry, now)
            .ok_or(aizuchi_outbound::OutboundError::Invalid)?;
        let answer = {
            // It is never closed.
            let _permit = self.in_flight.acquire().await;
            self.outbound.send(request).await
        };
        taken(answer)?;
        self.metrics.delivered.add(1);
        Ok(())
    }
}

/// The place after which a bot sees entries; `None` where it is not in there.
fn first(hook: &Webhook, one: &Summary) -> Option<Seq> {
    match &one.room {
        None => Some(0),
        Some(room) => room.sees_after(&hook.user),
    }
}

/// What is read of an answer's body, in bytes: nothing of it is asked.
const ANSWER_BYTES: usize = 1024;

/// As webhooks are posted to.
pub(crate) fn outbound(outbound: Outbound) -> Outbound {
    outbound.reading(ANSWER_BYTES)
}
