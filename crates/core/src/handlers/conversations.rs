//! `CONVERSATIONS`: the list of one's conversations, most recent first.

use std::{cmp::Reverse, sync::Arc};

use crate::{
    chat::{Caller, Chat, Ports},
    directory::Profile,
    error::PortError,
    ids::UserId,
    limits::{LIST_BYTES, LIST_PAGE, MEMBERS_SHOWN},
    log::{ListCursor, LogStore, Summary},
    outcome::{Event, Outcome, Refusal, Seen},
    room::{Member, Room},
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
        let mut listed = self.ports.log().conversations(&caller.user, from, limit).await?;
        self.veil(&caller.user, &mut listed.summaries).await?;
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
            conversations.push(self.seen(&caller.user, summary).await?);
        }
        Ok(Outcome::reply(Event::Conversations { conversations, next }))
    }

    /// A conversation with its members' names.
    pub(crate) async fn seen(&self, caller: &UserId, summary: Summary) -> Result<Seen, PortError> {
        let Some(room) = &summary.room else {
            let mut members = Vec::with_capacity(2);
            for user in summary.conversation.direct_members().into_iter().flatten() {
                members.push(self.profile(&user).await?);
            }
            return Ok(Seen { summary, members, role: None, reset: false });
        };
        let role = room.role(caller);
        let members = if role.is_some() { faces(room, caller, &summary) } else { Vec::new() };
        Ok(Seen { summary, members, role, reset: false })
    }
}

/// Some of a room's members: the caller, who spoke last, those who lead it.
fn faces(room: &Room, caller: &UserId, summary: &Summary) -> Vec<Profile> {
    let spoke = summary.last.as_ref().map(|last| &last.author);
    let mut members: Vec<_> = room.members.iter().collect();
    members.sort_by_key(|(user, member)| {
        (*user != caller, Some(*user) != spoke, Reverse(member.role), member.since)
    });
    let profile = |(user, member): (&UserId, &Member)| Profile {
        user: user.clone(),
        username: Arc::clone(&member.username),
    };
    members.into_iter().take(MEMBERS_SHOWN).map(profile).collect()
}
