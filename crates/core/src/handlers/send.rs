//! `SENDMSG`: says something.

use std::{collections::HashSet, sync::Arc};

use super::append::Decided;
use crate::{
    chat::{Caller, Chat, Members, Ports},
    ids::{ConversationId, Seq, UserId},
    limits::{MENTIONS, MESSAGE_BYTES},
    log::{Body, Message},
    outcome::Refusal,
};

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To a person.
    Person(UserId),
    /// To a conversation.
    Conversation(ConversationId),
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Where it goes.
    pub to: Target,
    /// The text.
    pub text: Arc<str>,
    /// The seq that it answers.
    pub reply_to: Option<Seq>,
    /// Whom it mentions.
    pub mentions: Vec<UserId>,
}

impl Draft {
    pub(super) fn conversation(&self, caller: &Caller) -> Result<ConversationId, Refusal> {
        match &self.to {
            Target::Conversation(conversation) => Ok(conversation.clone()),
            Target::Person(partner) => ConversationId::direct(&caller.user, partner)
                .map_err(|_| Refusal::Invalid("You cannot write to yourself.")),
        }
    }
}

impl<P: Ports> Chat<P> {
    pub(super) async fn say(
        &self,
        caller: &Caller,
        conversation: &ConversationId,
        draft: Draft,
    ) -> Result<Decided, Refusal> {
        check_text(&draft.text)?;
        let members = self.members(&caller.user, conversation).await?;
        if let Members::Two { partner } = &members {
            let addressee = self.ports.addressee(partner).await?;
            let (_, standing) =
                addressee.ok_or(Refusal::NotFound("There is nobody with this id."))?;
            self.let_pass(&caller.user, partner, standing).await?;
        }
        let mentions = mentioned(&caller.user, &members, draft.mentions)?;
        let body = Body::Message(Message {
            text: draft.text,
            reply_to: draft.reply_to,
            mentions,
            ..Message::default()
        });
        Ok(Decided { body, members })
    }
}

/// Those of the people named who are in the conversation, each once. Strangers
/// and the author himself are left out: a name in a text is no harm.
pub(super) fn mentioned(
    author: &UserId,
    members: &Members,
    mentions: Vec<UserId>,
) -> Result<Arc<[UserId]>, Refusal> {
    if mentions.len() > MENTIONS {
        return Err(Refusal::Invalid("A message mentions at most 50 people."));
    }
    if mentions.is_empty() {
        return Ok(Arc::default());
    }
    let mut seen = HashSet::new();
    let others = mentions.into_iter().filter(|user| user != author && members.has(user));
    Ok(others.filter(|user| seen.insert(user.clone())).collect())
}

/// A text that every store keeps as it is.
pub(super) fn check_text(text: &str) -> Result<(), Refusal> {
    if text.is_empty() {
        return Err(Refusal::Invalid("A message needs a text."));
    }
    if text.len() > MESSAGE_BYTES {
        return Err(Refusal::TooLarge("The message is too long."));
    }
    if text.contains('\0') {
        return Err(Refusal::Invalid("A message cannot contain the character NUL."));
    }
    Ok(())
}
