//! Entries of the log: messages, what changes them, and what happens to rooms.

use serde::{Deserialize, Serialize};

use crate::{
    room::{History, Role},
    text::Text,
};

frame! {
    /// A message, with what changed it since folded in; or, in history, a
    /// change of a room.
    Message<'a> {
        /// What it is, where it is no message, and in a `SYNC`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<EntryKind>,
        /// Its name.
        #[serde(borrow)]
        message_id: Text<'a>,
        /// Its place.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        seq: u64,
        /// The text; empty where there is none, or none any more.
        #[serde(borrow)]
        message: Text<'a>,
        /// Who said it.
        #[serde(borrow)]
        from_sub: Text<'a>,
        /// When the server accepted it, ms since the epoch.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        timestamp: u64,
        /// The sending device's clock, ms since the epoch.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        sent_at: Option<i64>,
        /// As the sending device called it.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
        client_msg_id: Option<Text<'a>>,
        /// The seq that it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        reply_to: Option<u64>,
        /// Whom it mentions.
        #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<Text>>"))]
        mentions: Vec<Text<'a>>,
        /// Files that come with it.
        #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<Attachment>>"))]
        attachments: Vec<Attachment<'a>>,
        /// When it was edited last, ms since the epoch.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        edited_at: Option<u64>,
        /// Whether it is deleted.
        #[serde(default, skip_serializing_if = "is_false")]
        #[cfg_attr(feature = "typescript", ts(optional, as = "Option<bool>"))]
        deleted: bool,
        /// By emoji, the one that was used first first.
        #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<Reactions>>"))]
        reactions: Vec<Reactions<'a>>,
        /// The place of the message that it changes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        target: Option<u64>,
        /// With what one reacts.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
        emoji: Option<Text<'a>>,
        /// Whether one reacts so; false takes it back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<bool>,
        /// What happened to a room.
        #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
        change: Option<RoomChange<'a>>,
    }
}

fn is_false(value: &bool) -> bool {
    !value
}

frame! {
    /// A file that comes with a message.
    Attachment<'a> {
        /// Which.
        #[serde(borrow)]
        id: Text<'a>,
        /// Its name.
        #[serde(borrow)]
        name: Text<'a>,
        /// What it is, by its bytes.
        #[serde(borrow)]
        media_type: Text<'a>,
        /// In bytes.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        size: u64,
        /// Of a picture, in pixels.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        width: Option<u32>,
        /// Of a picture, in pixels.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        height: Option<u32>,
        /// Whether there is a small picture of it.
        #[serde(default, skip_serializing_if = "is_false")]
        #[cfg_attr(feature = "typescript", ts(optional, as = "Option<bool>"))]
        has_thumbnail: bool,
    }
}

frame! {
    /// Those who reacted to a message with one emoji.
    Reactions<'a> {
        /// With what.
        #[serde(borrow)]
        emoji: Text<'a>,
        /// How many.
        count: u32,
        /// Who, the caller first; at most 20.
        #[serde(borrow)]
        subs: Vec<Text<'a>>,
    }
}

/// What happened to a room. Who did it is the entry's `fromSub`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum RoomChange<'a> {
    /// He made it, and is its owner.
    Created {
        /// What it is called.
        #[serde(borrow)]
        name: Text<'a>,
        /// How much newcomers see.
        history: History,
        /// Who is in it, himself first.
        members: Vec<Member<'a>>,
    },
    /// He brought others in.
    Invited {
        /// Whom.
        #[serde(borrow)]
        members: Vec<Member<'a>>,
    },
    /// He came by a link.
    Joined {
        /// Himself.
        #[serde(borrow)]
        members: Vec<Member<'a>>,
    },
    /// He went.
    Left,
    /// He put somebody out.
    Removed {
        /// Whom.
        #[serde(borrow)]
        sub: Text<'a>,
    },
    /// He called it otherwise.
    Renamed {
        /// How.
        #[serde(borrow)]
        name: Text<'a>,
    },
    /// He gave somebody a role.
    Role {
        /// To whom.
        #[serde(borrow)]
        sub: Text<'a>,
        /// Which.
        role: Role,
    },
}

/// What kind of entry it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// A message.
    Message,
    /// A message reads otherwise.
    Edit,
    /// A message is gone.
    Deletion,
    /// Somebody reacts to a message, or takes it back.
    Reaction,
    /// A room or who is in it changed.
    Membership,
}

frame! {
    /// An entry of the log.
    Entry<'a> {
        /// Where.
        #[serde(borrow)]
        conversation_id: Text<'a>,
        /// What it says.
        #[serde(borrow, flatten)]
        message: Message<'a>,
    }
}

frame! {
    /// A person in a conversation.
    Member<'a> {
        /// The id.
        #[serde(borrow)] sub: Text<'a>,
        /// The name.
        #[serde(borrow)] username: Text<'a>,
    }
}
