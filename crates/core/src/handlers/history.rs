//! `GETMSG`: a part of a conversation's history.

use crate::{
    chat::{Caller, Chat, Ports},
    ids::{ConversationId, UserId},
    limits::{LEVEL_ZERO_MESSAGES, PAGE, PAGE_BYTES},
    log::{LogStore, PageSize, Span},
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
        self.members(&caller.user, &conversation)?;
        let size = PageSize { entries, bytes: PAGE_BYTES };
        let page = self.ports.log().messages(&conversation, span, size).await?;
        Ok(Outcome::reply(Event::History { conversation, span, page }))
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
