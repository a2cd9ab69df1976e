//! `SENDMSG`: says something.

use std::{collections::HashSet, sync::Arc};

use super::append::Decided;
use crate::{
    attachments::{ATTACHMENTS_A_MESSAGE, Attachment, AttachmentId, Attachments},
    chat::{Caller, Chat, Members, Ports},
    ids::{ClientMsgId, ConversationId, Seq, UserId},
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
    /// Files of the caller's that come with it.
    pub attachments: Vec<AttachmentId>,
}

const NOT_ATTACHED: Refusal = Refusal::NotFound(
    "One of the files cannot be sent here: it was sent already, or is no longer there. Attach it again.",
);

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
        client_msg_id: Option<&ClientMsgId>,
        draft: Draft,
    ) -> Result<Decided, Refusal> {
        if !draft.text.is_empty() || draft.attachments.is_empty() {
            check_text(&draft.text)?;
        }
        let members = self.members(&caller.user, conversation).await?;
        if let Members::Two { partner } = &members {
            let addressee = self.ports.addressee(partner).await?;
            let (_, standing) =
                addressee.ok_or(Refusal::NotFound("There is nobody with this id."))?;
            self.let_pass(&caller.user, partner, standing).await?;
        }
        let mentions = mentioned(&caller.user, &members, draft.mentions)?;
        let files = draft.attachments;
        // Last, since they are this message's from now on.
        let attachments = self.attached(caller, conversation, client_msg_id, files).await?;
        let Draft { text, reply_to, .. } = draft;
        let body = Body::Message(Message { text, reply_to, mentions, attachments });
        Ok(Decided { body, members })
    }

    /// The files of these ids, each once, which are this message's and no
    /// other's from now on.
    async fn attached(
        &self,
        caller: &Caller,
        conversation: &ConversationId,
        message: Option<&ClientMsgId>,
        mut ids: Vec<AttachmentId>,
    ) -> Result<Arc<[Attachment]>, Refusal> {
        if ids.is_empty() {
            return Ok(Arc::default());
        }
        if ids.len() > ATTACHMENTS_A_MESSAGE {
            return Err(Refusal::Invalid("A message has at most 10 files."));
        }
        let message = message.ok_or(Refusal::Invalid("clientMsgId is missing."))?;
        let mut seen = HashSet::new();
        ids.retain(|id| seen.insert(*id));
        let port = self.ports.attachments();
        let found = port.send(&caller.user, conversation, message, &ids).await?;
        found.map(Into::into).ok_or(NOT_ATTACHED)
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
