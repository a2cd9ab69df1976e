//! Frames that make an entry.

use aizuchi_core::{
    attachments::{ATTACHMENTS_A_MESSAGE, AttachmentId},
    chat::Caller,
    handlers::{
        append::{Append, RoomChange, What},
        send::{Draft, Target},
    },
    ids::{ClientMsgId, UserId},
    limits::{INVITED_AT_ONCE, MENTIONS},
    log::Emoji,
    outcome::Refusal,
    registry::Level,
    room::{self, Role},
};
use aizuchi_wire::{self as wire, Text, client};

use super::{Action, NO_FRAME, conversation, link_secret, user};

pub(super) fn message(caller: &Caller, sent: client::SendMsg<'_>) -> Result<Append, Refusal> {
    if sent.from_sub.as_deref().is_some_and(|claimed| claimed != caller.user.as_str()) {
        return Err(Refusal::Forbidden("You cannot write in another person's name."));
    }
    let client_msg_id = match (caller.level, &sent.client_msg_id) {
        (Level::Zero, _) => None,
        (Level::One, id) => Some(client_id(id.as_deref().unwrap_or_default())?),
    };
    let to = match (caller.level, &sent.to_sub, &sent.conversation_id) {
        (Level::Zero, Some(person), _) | (Level::One, Some(person), None) => {
            Target::Person(user(person)?)
        }
        (Level::One, None, Some(id)) => Target::Conversation(conversation(id)?),
        (Level::One, ..) => return Err(Refusal::Invalid("Name either toSub or conversationId.")),
        (Level::Zero, ..) => return Err(NO_FRAME),
    };
    let draft = Draft {
        to,
        text: (&*sent.message).into(),
        reply_to: sent.reply_to,
        mentions: mentions(&sent.mentions)?,
        attachments: match caller.level {
            Level::Zero => Vec::new(),
            Level::One => attachments(&sent.attachments)?,
        },
    };
    let sent_at = sent.sent_at.or(sent.timestamp.and_then(|lenient| lenient.0));
    Ok(Append { client_msg_id, sent_at, what: What::Message(draft) })
}

pub(super) fn edit(edit: &client::EditMsg<'_>) -> Result<Action, Refusal> {
    let what = What::Edit {
        conversation: conversation(&edit.conversation_id)?,
        target: edit.seq,
        text: (&*edit.message).into(),
        mentions: mentions(&edit.mentions)?,
    };
    append(&edit.client_msg_id, what)
}

pub(super) fn deletion(deletion: &client::DelMsg<'_>) -> Result<Action, Refusal> {
    let conversation = conversation(&deletion.conversation_id)?;
    append(&deletion.client_msg_id, What::Deletion { conversation, target: deletion.seq })
}

pub(super) fn reaction(reaction: &client::React<'_>) -> Result<Action, Refusal> {
    let what = What::Reaction {
        conversation: conversation(&reaction.conversation_id)?,
        target: reaction.seq,
        emoji: Emoji::parse(&reaction.emoji).ok_or(Refusal::Invalid("React with one emoji."))?,
        on: reaction.on,
    };
    append(&reaction.client_msg_id, what)
}

pub(super) fn new_room(room: &client::CreateRoom<'_>) -> Result<Action, Refusal> {
    let what = What::NewRoom {
        name: (&*room.name).into(),
        history: match room.history {
            wire::History::All => room::History::All,
            wire::History::Joined => room::History::SinceJoined,
        },
        members: people(&room.subs)?,
    };
    append(&room.client_msg_id, what)
}

pub(super) fn join(join: &client::Join<'_>) -> Result<Action, Refusal> {
    append(&join.client_msg_id, What::Join(link_secret(&join.link)?))
}

pub(super) fn room(id: &Text<'_>, room: &Text<'_>, change: RoomChange) -> Result<Action, Refusal> {
    append(id, What::Room { room: conversation(room)?, change })
}

pub(super) fn role(role: wire::Role) -> Role {
    match role {
        wire::Role::Member => Role::Member,
        wire::Role::Admin => Role::Admin,
        wire::Role::Owner => Role::Owner,
    }
}

pub(super) fn people(subs: &[Text<'_>]) -> Result<Vec<UserId>, Refusal> {
    if subs.len() > INVITED_AT_ONCE {
        return Err(Refusal::Invalid("At most 50 people can be invited at once."));
    }
    subs.iter().map(user).collect()
}

fn append(id: &Text<'_>, what: What) -> Result<Action, Refusal> {
    Ok(Action::Append(Append { client_msg_id: Some(client_id(id)?), sent_at: None, what }))
}

fn mentions(subs: &[Text<'_>]) -> Result<Vec<UserId>, Refusal> {
    if subs.len() > MENTIONS {
        return Err(Refusal::Invalid("A message mentions at most 50 people."));
    }
    subs.iter().map(user).collect()
}

fn attachments(ids: &[Text<'_>]) -> Result<Vec<AttachmentId>, Refusal> {
    if ids.len() > ATTACHMENTS_A_MESSAGE {
        return Err(Refusal::Invalid("A message has at most 10 files."));
    }
    let id = |id: &Text<'_>| AttachmentId::parse(id);
    let ids: Option<Vec<_>> = ids.iter().map(id).collect();
    ids.ok_or(Refusal::Invalid("That is not an id of a file."))
}

fn client_id(id: &str) -> Result<ClientMsgId, Refusal> {
    match id {
        "" => Err(Refusal::Invalid("clientMsgId is missing.")),
        id => ClientMsgId::parse(id)
            .map_err(|_| Refusal::Invalid("clientMsgId is 1 to 64 bytes of text.")),
    }
}
