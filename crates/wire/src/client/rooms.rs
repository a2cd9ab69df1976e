//! Rooms.

use serde::{Deserialize, Serialize};

use crate::{
    room::{History, Role},
    text::Text,
};

frame! {
    /// See [`ClientFrame::CreateRoom`].
    CreateRoom<'a> {
        /// What it is called: 1 to 128 bytes.
        #[serde(borrow)] name: Text<'a>,
        /// Who else is in it; at most 50.
        #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<Text>>"))]
        subs: Vec<Text<'a>>,
        /// How much newcomers see; all unless told.
        #[serde(default)]
        #[cfg_attr(feature = "typescript", ts(optional, as = "Option<History>"))]
        history: History,
        /// The device's name for the room, at most 64 bytes: sent again it makes no second one.
        #[serde(borrow, default)] client_msg_id: Text<'a>,
    }
}

frame! {
    /// See [`ClientFrame::Invite`].
    Invite<'a> {
        /// The room.
        #[serde(borrow)] conversation_id: Text<'a>,
        /// Whom; at most 50.
        #[serde(borrow)] subs: Vec<Text<'a>>,
        /// The device's name for it, at most 64 bytes.
        #[serde(borrow, default)] client_msg_id: Text<'a>,
    }
}

frame! {
    /// See [`ClientFrame::Join`].
    Join<'a> {
        /// The link's secret.
        #[serde(borrow)] link: Text<'a>,
        /// The device's name for it, at most 64 bytes.
        #[serde(borrow, default)] client_msg_id: Text<'a>,
    }
}

frame! {
    /// See [`ClientFrame::Leave`].
    Leave<'a> {
        /// The room.
        #[serde(borrow)] conversation_id: Text<'a>,
        /// The device's name for it, at most 64 bytes.
        #[serde(borrow, default)] client_msg_id: Text<'a>,
    }
}

frame! {
    /// See [`ClientFrame::Remove`].
    Remove<'a> {
        /// The room.
        #[serde(borrow)] conversation_id: Text<'a>,
        /// Whom.
        #[serde(borrow)] sub: Text<'a>,
        /// The device's name for it, at most 64 bytes.
        #[serde(borrow, default)] client_msg_id: Text<'a>,
    }
}

frame! {
    /// See [`ClientFrame::Rename`].
    Rename<'a> {
        /// The room.
        #[serde(borrow)] conversation_id: Text<'a>,
        /// How: 1 to 128 bytes.
        #[serde(borrow)] name: Text<'a>,
        /// The device's name for it, at most 64 bytes.
        #[serde(borrow, default)] client_msg_id: Text<'a>,
    }
}

frame! {
    /// See [`ClientFrame::SetRole`].
    SetRole<'a> {
        /// The room.
        #[serde(borrow)] conversation_id: Text<'a>,
        /// Whose.
        #[serde(borrow)] sub: Text<'a>,
        /// Which.
        role: Role,
        /// The device's name for it, at most 64 bytes.
        #[serde(borrow, default)] client_msg_id: Text<'a>,
    }
}
