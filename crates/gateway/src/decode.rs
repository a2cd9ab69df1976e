//! From frames to requests: wire types become the domain's, or a refusal.

use std::{collections::HashMap, sync::Arc};

use aizuchi_core::{
    chat::Caller,
    handlers::{
        append::{Append, RoomChange},
        search::Asking,
    },
    ids::{ConversationId, InvalidId, Seq, UserId},
    limits::{SYNC_CURSORS, WATCHED},
    log::{ListCursor, Span, Stamp},
    outcome::Refusal,
    registry::Level,
    search::SearchCursor,
};
use aizuchi_wire::{ClientFrame, Envelope, Text, client, limits::INBOUND_BYTES};

mod append;
mod link;

pub use self::link::link_secret;

/// The sentence for what is no frame; level 0 clients know it.
const NO_FRAME: Refusal = Refusal::Invalid("Invalid request");

/// What a frame asks for, with what its answer echoes.
#[derive(Debug)]
pub struct Request {
    pub(crate) echo: Echo,
    pub(crate) action: Result<Action, Refusal>,
}

impl Request {
    /// Whether it puts something into a log: such requests may be in flight
    /// together, and any other waits for those before it.
    pub fn is_append(&self) -> bool {
        matches!(self.action, Ok(Action::Append(_)))
    }
}

/// What an answer echoes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Echo {
    pub(crate) request_id: Option<Box<str>>,
    pub(crate) client_msg_id: Option<Box<str>>,
}

/// A request in the domain's terms.
#[derive(Debug)]
pub(crate) enum Action {
    Ping,
    Status(UserId),
    History { conversation: ConversationId, span: Span, limit: Option<usize> },
    HistoryOfTwo(UserId, UserId),
    Append(Append),
    Greeting(Arc<str>),
    Sync { since: Option<Stamp>, cursors: HashMap<ConversationId, Seq> },
    Conversations { from: Option<ListCursor>, limit: Option<usize> },
    Search(Asking),
    Read { conversation: ConversationId, seq: Seq },
    Typing { conversation: ConversationId, on: bool },
    Watch(Vec<UserId>),
    Block { user: UserId, on: bool },
}

/// Decodes a frame of the caller's.
pub(crate) fn decode(caller: &Caller, text: &str) -> Request {
    if text.len() > INBOUND_BYTES {
        let action = Err(Refusal::TooLarge("A frame is at most 32 KB."));
        return Request { echo: Echo::default(), action };
    }
    let Ok(envelope) = Envelope::read(text) else {
        return Request { echo: Echo::default(), action: Err(NO_FRAME) };
    };
    let echo = Echo {
        request_id: envelope.request_id.as_deref().map(Into::into),
        client_msg_id: envelope.client_msg_id.as_deref().map(Into::into),
    };
    let action = match ClientFrame::decode(text, &envelope) {
        Ok(frame) => action(caller, frame),
        Err(_) => Err(NO_FRAME),
    };
    Request { echo, action }
}

fn action(caller: &Caller, frame: ClientFrame<'_>) -> Result<Action, Refusal> {
    Ok(match frame {
        ClientFrame::Ping(_) => Action::Ping,
        ClientFrame::Status(status) => Action::Status(user(&status.partner_sub)?),
        ClientFrame::GetMsg(asked) => history(caller.level, asked)?,
        ClientFrame::SendMsg(sent) => Action::Append(append::message(caller, sent)?),
        ClientFrame::Greeting(greeting) => Action::Greeting((&*greeting.message).into()),
        // A level 0 client would not understand the answers to what follows.
        _ if caller.level == Level::Zero => return Err(NO_FRAME),
        ClientFrame::Sync(asked) => sync(asked)?,
        ClientFrame::Conversations(asked) => Action::Conversations {
            from: asked.cursor.as_deref().map(cursor).transpose()?,
            limit: asked.limit.map(|limit| limit as usize),
        },
        ClientFrame::Search(asked) => search(asked)?,
        ClientFrame::Read(read) => {
            Action::Read { conversation: conversation(&read.conversation_id)?, seq: read.seq }
        }
        ClientFrame::Typing(typing) => {
            Action::Typing { conversation: conversation(&typing.conversation_id)?, on: typing.on }
        }
        ClientFrame::Block(block) => Action::Block { user: user(&block.sub)?, on: true },
        ClientFrame::Unblock(block) => Action::Block { user: user(&block.sub)?, on: false },
        ClientFrame::Watch(watch) => {
            if watch.subs.len() > WATCHED {
                return Err(Refusal::Invalid("At most 50 people can be watched."));
            }
            Action::Watch(watch.subs.iter().map(user).collect::<Result<_, _>>()?)
        }
        ClientFrame::EditMsg(edit) => append::edit(&edit)?,
        ClientFrame::DelMsg(deletion) => append::deletion(&deletion)?,
        ClientFrame::React(reaction) => append::reaction(&reaction)?,
        ClientFrame::CreateRoom(room) => append::new_room(&room)?,
        ClientFrame::Invite(invite) => {
            let change = RoomChange::Invite(append::people(&invite.subs)?);
            append::room(&invite.client_msg_id, &invite.conversation_id, change)?
        }
        ClientFrame::Join(join) => append::join(&join)?,
        ClientFrame::Leave(leave) => {
            append::room(&leave.client_msg_id, &leave.conversation_id, RoomChange::Leave)?
        }
        ClientFrame::Remove(remove) => {
            let change = RoomChange::Remove(user(&remove.sub)?);
            append::room(&remove.client_msg_id, &remove.conversation_id, change)?
        }
        ClientFrame::Rename(rename) => {
            let change = RoomChange::Rename((&*rename.name).into());
            append::room(&rename.client_msg_id, &rename.conversation_id, change)?
        }
        ClientFrame::SetRole(set) => {
            let change = RoomChange::SetRole(user(&set.sub)?, append::role(set.role));
            append::room(&set.client_msg_id, &set.conversation_id, change)?
        }
    })
}

fn history(level: Level, asked: client::GetMsg<'_>) -> Result<Action, Refusal> {
    let id = match (level, &asked.conversation_id, &asked.from_sub, &asked.to_sub) {
        (Level::One, Some(id), ..) => id,
        (_, _, Some(a), Some(b)) => return Ok(Action::HistoryOfTwo(user(a)?, user(b)?)),
        (Level::One, ..) => return Err(Refusal::Invalid("conversationId is missing.")),
        (Level::Zero, ..) => return Err(NO_FRAME),
    };
    let span = match (asked.before, asked.after) {
        (None, None) => Span::Newest,
        (Some(seq), None) => Span::Before(seq),
        (None, Some(seq)) => Span::After(seq),
        (Some(_), Some(_)) => return Err(Refusal::Invalid("Name before or after, not both.")),
    };
    let limit = asked.limit.map(|limit| limit as usize);
    Ok(Action::History { conversation: conversation(id)?, span, limit })
}

fn search(asked: client::Search<'_>) -> Result<Action, Refusal> {
    let cursor = |text: &str| {
        SearchCursor::parse(text).ok_or(Refusal::Invalid("That is not a cursor of a search."))
    };
    Ok(Action::Search(Asking {
        query: asked.query.to_string(),
        conversation: asked.conversation_id.as_ref().map(conversation).transpose()?,
        from: asked.cursor.as_deref().map(cursor).transpose()?,
        limit: asked.limit.map(|limit| limit as usize),
    }))
}

fn sync(asked: client::Sync<'_>) -> Result<Action, Refusal> {
    let cursors = asked.cursors.unwrap_or_default();
    if cursors.len() > SYNC_CURSORS {
        return Err(Refusal::Invalid("At most 200 cursors can be named."));
    }
    let cursors = cursors
        .iter()
        .map(|(id, seq)| Ok((conversation(id)?, *seq)))
        .collect::<Result<_, Refusal>>()?;
    Ok(Action::Sync { since: since(asked.since.as_deref()), cursors })
}

/// A stamp that this store did not give brings everything, which is right and
/// only slower.
pub(crate) fn since(text: Option<&str>) -> Option<Stamp> {
    text.and_then(|text| text.parse().ok()).map(Stamp)
}

fn user(text: &Text<'_>) -> Result<UserId, Refusal> {
    UserId::parse(text).map_err(|InvalidId(_)| Refusal::Invalid("That is not an id of a person."))
}

fn conversation(text: &Text<'_>) -> Result<ConversationId, Refusal> {
    ConversationId::parse(text)
        .map_err(|InvalidId(_)| Refusal::Invalid("That is not an id of a conversation."))
}

fn cursor(text: &str) -> Result<ListCursor, Refusal> {
    let stamp = text.parse().map_err(|_| Refusal::Invalid("That is not a cursor of this list."))?;
    Ok(ListCursor(Stamp(stamp)))
}
