//! Frames that a level 0 client gets in a shape of its own.

use serde::{Deserialize, Serialize};

use crate::{server::encode, text::Text};

/// A frame from the server to a level 0 client.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "action")]
pub enum LevelZeroFrame<'a> {
    /// Whether the watched partner is online: `"1"` or `"0"`.
    #[serde(rename = "ISONLINE")]
    IsOnline {
        /// Whether.
        #[serde(borrow)]
        value: Text<'a>,
    },
    /// A new message.
    #[serde(rename = "SENDMSG")]
    SendMsg(#[serde(borrow)] SendMsg<'a>),
    /// A direct conversation's history.
    #[serde(rename = "GETMSG")]
    GetMsg {
        /// Oldest first.
        #[serde(borrow)]
        messages: Vec<Message<'a>>,
    },
    /// Something said to everybody.
    #[serde(rename = "GREETING")]
    Greeting {
        /// The text.
        #[serde(borrow)]
        value: Text<'a>,
    },
}

/// See [`LevelZeroFrame::SendMsg`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SendMsg<'a> {
    /// The text.
    #[serde(borrow)]
    pub message: Text<'a>,
    /// Who says it.
    #[serde(borrow)]
    pub from_sub: Text<'a>,
    /// To whom.
    #[serde(borrow)]
    pub to_sub: Text<'a>,
    /// When the server accepted it, ms since the epoch.
    pub timestamp: u64,
}

/// A message in a history.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Message<'a> {
    /// Its name.
    #[serde(borrow)]
    pub message_id: Text<'a>,
    /// The text.
    #[serde(borrow)]
    pub message: Text<'a>,
    /// Who said it.
    #[serde(borrow)]
    pub from_sub: Text<'a>,
    /// To whom.
    #[serde(borrow)]
    pub to_sub: Text<'a>,
    /// When the server accepted it, ms since the epoch.
    pub timestamp: u64,
}

impl LevelZeroFrame<'_> {
    /// The frame as JSON text.
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }
}
