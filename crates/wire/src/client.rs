//! What a client sends.
//!
//! Decoding takes two passes over a short text: the [`Envelope`] finds the
//! action (and what an `ERROR` echoes, so that it can be echoed even where the
//! rest is wrong), then the action's own struct takes its fields. Fields that
//! an action does not know are ignored, whatever their type.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{limits::REQUEST_ID_BYTES, text::Text};

/// What every frame may carry.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope<'a> {
    /// The route.
    #[serde(borrow, default)]
    action: Option<Text<'a>>,
    /// Echoed on the direct answer and on an `ERROR`.
    #[serde(borrow, default)]
    pub request_id: Option<Text<'a>>,
    /// Echoed on an `ERROR`.
    #[serde(borrow, default)]
    pub client_msg_id: Option<Text<'a>>,
}

/// Why a text is no frame. A client is told no more than that.
#[derive(Debug)]
pub enum DecodeError {
    /// Not one JSON object with an `action`.
    NotAFrame,
    /// An action that is not in the list.
    UnknownAction,
    /// A field is missing or of the wrong type.
    Fields(serde_json::Error),
}

macro_rules! client_frames {
    ($($(#[$doc:meta])* $variant:ident($($frame:tt)+) = $action:literal,)+) => {
        /// A frame from a client, by action.
        #[derive(Debug, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
        #[serde(tag = "action")]
        pub enum ClientFrame<'a> {
            $($(#[$doc])* #[serde(rename = $action)] $variant($($frame)+),)+
        }

        impl<'a> ClientFrame<'a> {
            /// Every action, as in the route.
            pub const ACTIONS: &'static [&'static str] = &[$($action),+];

            /// Decodes the frame that `envelope` was read from.
            pub fn decode(text: &'a str, envelope: &Envelope<'_>) -> Result<Self, DecodeError> {
                let action = envelope.action.as_deref().ok_or(DecodeError::NotAFrame)?;
                match action {
                    $($action => serde_json::from_str(text).map(Self::$variant).map_err(DecodeError::Fields),)+
                    _ => Err(DecodeError::UnknownAction),
                }
            }
        }
    };
}

impl<'a> Envelope<'a> {
    /// Finds what every frame may carry. Anything but a JSON object, or an
    /// object where one of these is no short text, is no frame.
    pub fn read(text: &'a str) -> Result<Self, DecodeError> {
        if !text.trim_start().starts_with('{') {
            return Err(DecodeError::NotAFrame);
        }
        let envelope: Self = serde_json::from_str(text).map_err(|_| DecodeError::NotAFrame)?;
        match &envelope.request_id {
            Some(id) if id.len() > REQUEST_ID_BYTES => Err(DecodeError::NotAFrame),
            _ => Ok(envelope),
        }
    }
}

client_frames! {
    /// Is the server there?
    Ping(Empty) = "PING",
    /// Who is this person, and is he online? Watches him from now on.
    Status(Status<'a>) = "STATUS",
    /// A part of a conversation's history.
    GetMsg(GetMsg<'a>) = "GETMSG",
    /// Says something.
    SendMsg(SendMsg<'a>) = "SENDMSG",
    /// Says something to everybody, where the operator allows it.
    Greeting(Greeting<'a>) = "GREETING",
    /// What changed since the last time?
    Sync(Sync<'a>) = "SYNC",
    /// The list of one's conversations.
    Conversations(Conversations<'a>) = "CONVERSATIONS",
    /// Moves one's read cursor.
    Read(Read<'a>) = "READ",
    /// Is typing, or stopped.
    Typing(Typing<'a>) = "TYPING",
    /// Replaces whom this connection watches.
    Watch(Watch<'a>) = "WATCH",
    /// Looks for messages by what they say.
    Search(Search<'a>) = "SEARCH",
    /// Blocks somebody: nothing passes between the two any more.
    Block(Block<'a>) = "BLOCK",
    /// Blocks somebody no more.
    Unblock(Block<'a>) = "UNBLOCK",
    /// Lets a message of one's own read otherwise.
    EditMsg(EditMsg<'a>) = "EDITMSG",
    /// Deletes a message, for all.
    DelMsg(DelMsg<'a>) = "DELMSG",
    /// Reacts to a message, or takes it back.
    React(React<'a>) = "REACT",
    /// Makes a room.
    CreateRoom(CreateRoom<'a>) = "CREATEROOM",
    /// Brings people into a room.
    Invite(Invite<'a>) = "INVITE",
    /// Comes into the room that a link leads to.
    Join(Join<'a>) = "JOIN",
    /// Leaves a room.
    Leave(Leave<'a>) = "LEAVE",
    /// Puts somebody out of a room.
    Remove(Remove<'a>) = "REMOVE",
    /// Calls a room otherwise.
    Rename(Rename<'a>) = "RENAME",
    /// Gives somebody a role in a room.
    SetRole(SetRole<'a>) = "SETROLE",
}

macro_rules! frame {
    ($(#[$doc:meta])* $name:ident $(<$life:lifetime>)? { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Default, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields, rename = concat!("Client", stringify!($name))))]
        #[serde(rename_all = "camelCase")]
        pub struct $name $(<$life>)? { $($(#[$field_doc])* pub $field: $type,)* }
    };
}

mod rooms;

pub use self::rooms::{CreateRoom, Invite, Join, Leave, Remove, Rename, SetRole};

frame! {
    /// A frame whose action says it all.
    Empty {}
}

frame! {
    /// See [`ClientFrame::Status`].
    Status<'a> {
        /// The one asked about; level 0 clients watch him from now on.
        #[serde(borrow)] partner_sub: Text<'a>,
    }
}

frame! {
    /// See [`ClientFrame::GetMsg`]. Level 0 names two people, level 1 a conversation.
    GetMsg<'a> {
        /// Level 0: one of the two.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] from_sub: Option<Text<'a>>,
        /// Level 0: the other.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] to_sub: Option<Text<'a>>,
        /// Level 1: the conversation.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] conversation_id: Option<Text<'a>>,
        /// Messages before this seq.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        before: Option<u64>,
        /// Messages after this seq; 0 is the beginning.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        after: Option<u64>,
        /// At most so many messages: 1 to 200, 50 unless told.
        #[serde(default, skip_serializing_if = "Option::is_none")] limit: Option<u32>,
    }
}

frame! {
    /// See [`ClientFrame::SendMsg`].
    SendMsg<'a> {
        /// The text.
        #[serde(borrow)] message: Text<'a>,
        /// To whom, in place of `conversationId`.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] to_sub: Option<Text<'a>>,
        /// Where, in place of `toSub`.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] conversation_id: Option<Text<'a>>,
        /// Level 0: who the frame says its sender is. Checked, never believed.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] from_sub: Option<Text<'a>>,
        /// Level 1: the sending device's name for it, at most 64 bytes.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] client_msg_id: Option<Text<'a>>,
        /// The seq that it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        reply_to: Option<u64>,
        /// Whom it mentions; at most 50, and those who are no members are left out.
        #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<Text>>"))]
        mentions: Vec<Text<'a>>,
        /// Level 1: the ids of files that were uploaded for this conversation, at most 10.
        /// With them the text may be empty.
        #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<Text>>"))]
        attachments: Vec<Text<'a>>,
        /// Level 1: the device's clock, ms since the epoch.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        sent_at: Option<i64>,
        /// Level 0: the device's clock; kept where it is a number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        timestamp: Option<Lenient>,
    }
}

frame! {
    /// See [`ClientFrame::Greeting`].
    Greeting<'a> {
        /// The text.
        #[serde(borrow)] message: Text<'a>,
    }
}

frame! {
    /// See [`ClientFrame::Sync`].
    Sync<'a> {
        /// From the last `SYNC`; without it all conversations are meant.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] since: Option<Text<'a>>,
        /// How far this device has come, by conversation; at most 200.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(type = "Record<string, number>"))]
        cursors: Option<HashMap<Text<'a>, u64>>,
    }
}

frame! {
    /// See [`ClientFrame::Conversations`].
    Conversations<'a> {
        /// From the last page.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] cursor: Option<Text<'a>>,
        /// At most so many: 1 to 100, 50 unless told.
        #[serde(default, skip_serializing_if = "Option::is_none")] limit: Option<u32>,
    }
}

frame! {
    /// See [`ClientFrame::Read`].
    Read<'a> {
        /// Where.
        #[serde(borrow)] conversation_id: Text<'a>,
        /// Up to where.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        seq: u64,
    }
}

frame! {
    /// See [`ClientFrame::Typing`].
    Typing<'a> {
        /// Where.
        #[serde(borrow)] conversation_id: Text<'a>,
        /// Whether he types.
        on: bool,
    }
}

frame! {
    /// See [`ClientFrame::Watch`].
    Watch<'a> {
        /// The people to watch; at most 50.
        #[serde(borrow)] subs: Vec<Text<'a>>,
    }
}

frame! {
    /// See [`ClientFrame::Search`].
    Search<'a> {
        /// The words: all of them must be in a message. At most 256 bytes.
        #[serde(borrow)] query: Text<'a>,
        /// The conversation that is searched; without it, all.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] conversation_id: Option<Text<'a>>,
        /// From the last page.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")] cursor: Option<Text<'a>>,
        /// At most so many: 1 to 50, 20 unless told.
        #[serde(default, skip_serializing_if = "Option::is_none")] limit: Option<u32>,
    }
}

frame! {
    /// See [`ClientFrame::Block`] and [`ClientFrame::Unblock`].
    Block<'a> {
        /// Whom.
        #[serde(borrow)] sub: Text<'a>,
    }
}

frame! {
    /// See [`ClientFrame::EditMsg`].
    EditMsg<'a> {
        /// Where.
        #[serde(borrow)] conversation_id: Text<'a>,
        /// The message's place.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        seq: u64,
        /// The text by now.
        #[serde(borrow)] message: Text<'a>,
        /// Whom it mentions by now.
        #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<Text>>"))]
        mentions: Vec<Text<'a>>,
        /// The device's name for the edit, at most 64 bytes.
        #[serde(borrow, default)] client_msg_id: Text<'a>,
    }
}

frame! {
    /// See [`ClientFrame::DelMsg`].
    DelMsg<'a> {
        /// Where.
        #[serde(borrow)] conversation_id: Text<'a>,
        /// The message's place.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        seq: u64,
        /// The device's name for the deletion, at most 64 bytes.
        #[serde(borrow, default)] client_msg_id: Text<'a>,
    }
}

frame! {
    /// See [`ClientFrame::React`].
    React<'a> {
        /// Where.
        #[serde(borrow)] conversation_id: Text<'a>,
        /// The message's place.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        seq: u64,
        /// One emoji.
        #[serde(borrow)] emoji: Text<'a>,
        /// Whether; false takes it back.
        on: bool,
        /// The device's name for the reaction, at most 64 bytes.
        #[serde(borrow, default)] client_msg_id: Text<'a>,
    }
}

/// A clock reading of a level 0 page: a number, or whatever the page takes for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(transparent)]
pub struct Lenient(pub Option<i64>);

impl<'de> Deserialize<'de> for Lenient {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(from)?;
        // A float beyond the range saturates, which is as good a reading as it was.
        Ok(Self(value.as_i64().or_else(|| value.as_f64().map(|float| float as i64))))
    }
}
