//! `CONVERSATIONS`: the list of one's conversations, most recent first.

use crate::{
    chat::{Caller, Chat, Ports},
    error::PortError,
    limits::{LIST_BYTES, LIST_PAGE},
    log::{ListCursor, LogStore, Summary},
    outcome::{Event, Outcome, Refusal, Seen},
};

impl<P: Ports> Chat<P> {
    /// A page of the caller's conversations.
    pub async fn conversations(
        &self,
        caller: &Caller,
        from: Option<ListCursor>,
        limit: Option<usize>,
    ) -> Result<Outcome, Refusal> {
        let limit = LIST_PAGE.of(limit).ok_or(Refusal::Invalid("limit is 1 to 100."))?;
        let listed = self.ports.log().conversations(&caller.user, from, limit).await?;
        let mut next = listed.next;
        let mut left = LIST_BYTES;
        let mut conversations: Vec<Seen> = Vec::with_capacity(listed.summaries.len());
        for summary in listed.summaries {
            let weight = summary.weight();
            if let (true, Some(last)) = (weight > left, conversations.last()) {
                next = Some(ListCursor(last.summary.newest));
                break;
            }
            left = left.saturating_sub(weight);
            conversations.push(self.seen(summary).await?);
        }
        Ok(Outcome::reply(Event::Conversations { conversations, next }))
    }

    /// A conversation with its members' names.
    pub(crate) async fn seen(&self, summary: Summary) -> Result<Seen, PortError> {
        let mut members = Vec::with_capacity(2);
        for user in summary.conversation.direct_members().into_iter().flatten() {
            members.push(self.profile(&user).await?);
        }
        Ok(Seen { summary, members, reset: false })
    }
}
