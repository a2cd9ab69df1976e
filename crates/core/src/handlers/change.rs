//! `EDITMSG`, `DELMSG` and `REACT`: change a message that was said.

use std::sync::Arc;

use super::{
    append::Decided,
    send::{check_text, mentioned},
};
use crate::{
    attachments::Attachments,
    chat::{Caller, Chat, Members, Ports},
    ids::{ConversationId, Seq, UserId},
    limits::{EMOJIS, REACTIONS},
    log::{Body, Emoji, Entry, LogStore},
    outcome::Refusal,
    room::Role,
};

const NO_MESSAGE: Refusal = Refusal::NotFound("There is no such message.");
const DELETED: Refusal = Refusal::Conflict("That message was deleted.");

impl<P: Ports> Chat<P> {
    /// Only its author edits a message.
    pub(super) async fn edit(
        &self,
        caller: &Caller,
        conversation: &ConversationId,
        target: Seq,
        text: Arc<str>,
        mentions: Vec<UserId>,
    ) -> Result<Decided, Refusal> {
        check_text(&text)?;
        let (members, message) = self.target(caller, conversation, target).await?;
        if message.author != caller.user {
            return Err(Refusal::Forbidden("You can only edit what you wrote."));
        }
        self.may_pass(caller, &members).await?;
        if message.state.deleted {
            return Err(DELETED);
        }
        let mentions = mentioned(&caller.user, &members, mentions)?;
        Ok(Decided { body: Body::Edit { target, text, mentions }, members })
    }

    /// Its author deletes a message, and so does an admin of its room. To
    /// delete it again changes nothing. No block keeps somebody from taking back
    /// what he said. Its files go first: should it stop between the two, the
    /// message still names them, and the next try takes up what is left.
    pub(super) async fn delete(
        &self,
        caller: &Caller,
        conversation: &ConversationId,
        target: Seq,
    ) -> Result<Decided, Refusal> {
        let (members, message) = self.target(caller, conversation, target).await?;
        if message.author != caller.user && members.role(&caller.user) < Role::Admin {
            return Err(Refusal::Forbidden("You can only delete what you wrote."));
        }
        for file in message.body.message().iter().flat_map(|message| message.attachments.iter()) {
            self.ports.attachments().remove(file.id).await?;
        }
        Ok(Decided { body: Body::Deletion { target }, members })
    }

    /// Every member reacts.
    pub(super) async fn react(
        &self,
        caller: &Caller,
        conversation: &ConversationId,
        target: Seq,
        emoji: Emoji,
        on: bool,
    ) -> Result<Decided, Refusal> {
        let (members, message) = self.target(caller, conversation, target).await?;
        self.may_pass(caller, &members).await?;
        if message.state.deleted {
            return Err(DELETED);
        }
        if on && !has_room_for(&message, &emoji) {
            return Err(Refusal::Conflict("There are as many reactions as a message can have."));
        }
        Ok(Decided { body: Body::Reaction { target, emoji, on }, members })
    }

    /// Refuses what is new to a partner who is apart from the caller.
    async fn may_pass(&self, caller: &Caller, members: &Members) -> Result<(), Refusal> {
        let Some(partner) = members.partner() else { return Ok(()) };
        // Of somebody who is nobody any more nothing is known, and nothing stands between.
        match self.ports.addressee(partner).await? {
            Some((_, standing)) => self.let_pass(&caller.user, partner, standing).await,
            None => Ok(()),
        }
    }

    /// A message that the caller sees.
    async fn target(
        &self,
        caller: &Caller,
        conversation: &ConversationId,
        seq: Seq,
    ) -> Result<(Members, Entry), Refusal> {
        let members = self.members(&caller.user, conversation).await?;
        if seq <= members.sees_after(&caller.user) {
            return Err(NO_MESSAGE);
        }
        let entry = self.ports.log().entry(conversation, seq).await?;
        let message = entry.filter(|entry| entry.body.message().is_some());
        Ok((members, message.ok_or(NO_MESSAGE)?))
    }
}

fn has_room_for(message: &Entry, emoji: &Emoji) -> bool {
    let used = message.state.by_emoji();
    let is_new = !used.iter().any(|(one, _)| *one == emoji);
    message.state.reactions.len() < REACTIONS && !(is_new && used.len() >= EMOJIS)
}
