//! `GETMSG`: a part of a conversation's history.

use crate::{
    chat::{Caller, Chat, Ports},
    ids::{ConversationId, Seq, UserId},
    limits::{LEVEL_ZERO_MESSAGES, PAGE, PAGE_BYTES},
    log::{LogStore, Page, PageSize, Span},
    outcome::{Event, Outcome, Refusal},
};

impl<P: Ports> Chat<P> {
    /// A page of the messages of a conversation that the caller is in.
    pub async fn history(
        &self,
        caller: &Caller,
        conversation: ConversationId,
        span: Span,
        limit: Option<usize>,
    ) -> Result<Outcome, Refusal> {
        let entries = PAGE.of(limit).ok_or(Refusal::Invalid("limit is 1 to 200."))?;
        let members = self.members(&caller.user, &conversation).await?;
        let first = members.sees_after(&caller.user) + 1;
        let size = PageSize { entries, bytes: PAGE_BYTES };
        let mut page = self.page_from(first, &conversation, span, size).await?;
        page.entries.iter_mut().for_each(|entry| entry.state.put_first(&caller.user));
        Ok(Outcome::reply(Event::History { conversation, span, page }))
    }

    /// A page of what is shown from a place on: nothing before it is there.
    async fn page_from(
        &self,
        first: Seq,
        conversation: &ConversationId,
        span: Span,
        size: PageSize,
    ) -> Result<Page, Refusal> {
        let span = match span {
            Span::After(seq) => Span::After(seq.max(first - 1)),
            span => span,
        };
        let mut page = self.ports.log().messages(conversation, span, size).await?;
        if page.entries.first().is_some_and(|oldest| oldest.seq <= first) {
            page.entries.retain(|entry| entry.seq >= first);
            page.has_more &= matches!(span, Span::After(_));
        }
        Ok(page)
    }

    /// Level 0: the direct conversation of two people, of whom the caller is
    /// one; its newest part where it is long.
    pub async fn history_of_two(
        &self,
        caller: &Caller,
        a: &UserId,
        b: &UserId,
    ) -> Result<Outcome, Refusal> {
        if caller.user != *a && caller.user != *b {
            return Err(Refusal::Forbidden("You are not in this conversation."));
        }
        let conversation = ConversationId::direct(a, b)
            .map_err(|_| Refusal::Invalid("A conversation has two people."))?;
        let span = Span::Newest;
        let size = PageSize { entries: LEVEL_ZERO_MESSAGES, bytes: PAGE_BYTES };
        let page = self.ports.log().messages(&conversation, span, size).await?;
        Ok(Outcome::reply(Event::History { conversation, span, page }))
    }
}
