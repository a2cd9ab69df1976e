//! What the server sends to a level 1 client, and to a level 0 one where
//! [`crate::level_zero`] has nothing else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{code::ErrorCode, room::Role, text::Text};

macro_rules! frame {
    ($(#[$doc:meta])* $name:ident<'a> { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
        #[serde(rename_all = "camelCase")]
        pub struct $name<'a> { $($(#[$field_doc])* pub $field: $type,)* }
    };
}

mod entry;
mod search;

pub use self::{
    entry::{Attachment, Entry, EntryKind, Member, Message, Reactions, RoomChange},
    search::{Hit, Search},
};

/// A frame from the server, by action.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "action")]
pub enum ServerFrame<'a> {
    /// The answer to `PING`.
    #[serde(rename = "PING")]
    Pong(#[serde(borrow)] Pong<'a>),
    /// Who the partner of a `STATUS` is.
    #[serde(rename = "PARTNERINFO")]
    PartnerInfo(#[serde(borrow)] PartnerInfo<'a>),
    /// Whether somebody watched is online.
    #[serde(rename = "ISONLINE")]
    IsOnline(#[serde(borrow)] IsOnline<'a>),
    /// An entry is durable.
    #[serde(rename = "ACK")]
    Ack(#[serde(borrow)] Ack<'a>),
    /// A new message.
    #[serde(rename = "SENDMSG")]
    SendMsg(#[serde(borrow)] SendMsg<'a>),
    /// A page of history, to a level 1 client.
    #[serde(rename = "GETMSG")]
    GetMsg(#[serde(borrow)] GetMsg<'a>),
    /// What changed.
    #[serde(rename = "SYNC")]
    Sync(#[serde(borrow)] Sync<'a>),
    /// A page of the list.
    #[serde(rename = "CONVERSATIONS")]
    Conversations(#[serde(borrow)] Conversations<'a>),
    /// A page of a search.
    #[serde(rename = "SEARCH")]
    Search(#[serde(borrow)] Search<'a>),
    /// A read cursor's place.
    #[serde(rename = "READ")]
    Read(#[serde(borrow)] Read<'a>),
    /// Somebody types, or stopped.
    #[serde(rename = "TYPING")]
    Typing(#[serde(borrow)] Typing<'a>),
    /// Somebody is blocked, on every device of whoever did it.
    #[serde(rename = "BLOCK")]
    Block(#[serde(borrow)] Blocked<'a>),
    /// Somebody is blocked no more, likewise.
    #[serde(rename = "UNBLOCK")]
    Unblock(#[serde(borrow)] Blocked<'a>),
    /// A message reads otherwise.
    #[serde(rename = "EDITMSG")]
    EditMsg(#[serde(borrow)] Entry<'a>),
    /// A message is gone.
    #[serde(rename = "DELMSG")]
    DelMsg(#[serde(borrow)] Entry<'a>),
    /// Somebody reacts to a message, or takes it back.
    #[serde(rename = "REACT")]
    React(#[serde(borrow)] Entry<'a>),
    /// A room and who is in it changed: it was made, people came, went or were
    /// put out, it is called otherwise, somebody has another role.
    #[serde(rename = "MEMBERSHIP")]
    Membership(#[serde(borrow)] Entry<'a>),
    /// A refusal.
    #[serde(rename = "ERROR")]
    Error(#[serde(borrow)] Refused<'a>),
}

frame! {
    /// See [`ServerFrame::Pong`].
    Pong<'a> {
        /// `"PONG"`.
        #[serde(borrow)] value: Text<'a>,
        /// Of the request.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] request_id: Option<Text<'a>>,
    }
}

frame! {
    /// See [`ServerFrame::PartnerInfo`].
    PartnerInfo<'a> {
        /// The username.
        #[serde(borrow)] value: Text<'a>,
        /// The id.
        #[serde(borrow)] sub: Text<'a>,
        /// Of the request.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] request_id: Option<Text<'a>>,
    }
}

frame! {
    /// See [`ServerFrame::IsOnline`].
    IsOnline<'a> {
        /// `"1"` or `"0"`.
        #[serde(borrow)] value: Text<'a>,
        /// Who.
        #[serde(borrow)]
        sub: Text<'a>,
        /// When the last connection ended, ms since the epoch, where he is offline and it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        last_seen: Option<u64>,
        /// Of the request, on a direct answer.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
        request_id: Option<Text<'a>>,
    }
}

frame! {
    /// See [`ServerFrame::Ack`].
    Ack<'a> {
        /// As the device called it.
        #[serde(borrow)] client_msg_id: Text<'a>,
        /// Where.
        #[serde(borrow)] conversation_id: Text<'a>,
        /// The entry's name.
        #[serde(borrow)] message_id: Text<'a>,
        /// The entry's place.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        seq: u64,
        /// When the server accepted it, ms since the epoch.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        timestamp: u64,
        /// Of the request.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] request_id: Option<Text<'a>>,
    }
}

frame! {
    /// See [`ServerFrame::SendMsg`].
    SendMsg<'a> {
        /// Where.
        #[serde(borrow)]
        conversation_id: Text<'a>,
        /// To whom, in a direct conversation.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
        to_sub: Option<Text<'a>>,
        /// The message.
        #[serde(borrow, flatten)]
        message: Message<'a>,
    }
}

frame! {
    /// See [`ServerFrame::GetMsg`].
    GetMsg<'a> {
        /// Where.
        #[serde(borrow)]
        conversation_id: Text<'a>,
        /// Oldest first.
        #[serde(borrow)]
        messages: Vec<Message<'a>>,
        /// Whether there is more in the direction asked.
        has_more: bool,
        /// Of the request.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
        request_id: Option<Text<'a>>,
    }
}

frame! {
    /// A conversation as its caller sees it.
    Conversation<'a> {
        /// Which.
        #[serde(borrow)] conversation_id: Text<'a>,
        /// Who is in it; of a room, at most 8, oneself among them.
        #[serde(borrow)] members: Vec<Member<'a>>,
        /// A room: what it is called.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] name: Option<Text<'a>>,
        /// A room: how many are in it.
        #[serde(default, skip_serializing_if = "Option::is_none")] member_count: Option<u32>,
        /// A room: one's role; absent where one is no member any more.
        #[serde(default, skip_serializing_if = "Option::is_none")] role: Option<Role>,
        /// The newest entry's place.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        last_seq: u64,
        /// Other people's messages after one's own cursor, exact up to 100.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        unread: u64,
        /// Read cursors by user, of those that have moved. Of a room of more
        /// than 50, one's own.
        #[serde(borrow)]
        #[cfg_attr(feature = "typescript", ts(type = "Record<string, number>"))]
        reads: BTreeMap<Text<'a>, u64>,
        /// `SYNC` only: the gap is too wide for entries, take a new page.
        #[serde(default, skip_serializing_if = "Option::is_none")] reset: Option<bool>,
        /// `CONVERSATIONS` only: the newest message.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] last: Option<Message<'a>>,
    }
}

frame! {
    /// See [`ServerFrame::Sync`].
    Sync<'a> {
        /// Those that changed since `since`.
        #[serde(borrow)] conversations: Vec<Conversation<'a>>,
        /// Ascending in each conversation, after the cursors named.
        #[serde(borrow)] entries: Vec<Entry<'a>>,
        /// Whether a further frame follows unasked.
        more: bool,
        /// For the next `SYNC`. Only that of the last frame counts.
        #[serde(borrow)] since: Text<'a>,
        /// Of the request.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] request_id: Option<Text<'a>>,
    }
}

frame! {
    /// See [`ServerFrame::Conversations`].
    Conversations<'a> {
        /// Most recent first.
        #[serde(borrow)] conversations: Vec<Conversation<'a>>,
        /// Where the next page begins; absent at the end.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] cursor: Option<Text<'a>>,
        /// Of the request.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] request_id: Option<Text<'a>>,
    }
}

frame! {
    /// See [`ServerFrame::Read`].
    Read<'a> {
        /// Where.
        #[serde(borrow)] conversation_id: Text<'a>,
        /// Whose cursor.
        #[serde(borrow)] sub: Text<'a>,
        /// Its place.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        seq: u64,
        /// Of the request, on the direct answer.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] request_id: Option<Text<'a>>,
    }
}

frame! {
    /// See [`ServerFrame::Typing`].
    Typing<'a> {
        /// Where.
        #[serde(borrow)] conversation_id: Text<'a>,
        /// Who.
        #[serde(borrow)] sub: Text<'a>,
        /// Whether he types.
        on: bool,
    }
}

frame! {
    /// See [`ServerFrame::Block`] and [`ServerFrame::Unblock`].
    Blocked<'a> {
        /// Whom.
        #[serde(borrow)] sub: Text<'a>,
        /// Of the request, on the direct answer.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] request_id: Option<Text<'a>>,
    }
}

frame! {
    /// See [`ServerFrame::Error`].
    Refused<'a> {
        /// From the closed list.
        code: ErrorCode,
        /// A sentence for a person.
        #[serde(borrow)] error: Text<'a>,
        /// Of the request.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] request_id: Option<Text<'a>>,
        /// Of the request.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] client_msg_id: Option<Text<'a>>,
        /// With `rate_limited`: when it may be tried again, in ms.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        retry_after_ms: Option<u64>,
    }
}

impl ServerFrame<'_> {
    /// The frame as JSON text.
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }
}

pub(crate) fn encode(frame: &impl Serialize) -> Vec<u8> {
    let mut text = Vec::with_capacity(384);
    #[expect(
        clippy::expect_used,
        reason = "texts, numbers and maps with text keys always serialise"
    )]
    serde_json::to_writer(&mut text, frame).expect("a frame is always JSON");
    text
}
