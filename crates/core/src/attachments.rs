//! Attachments: files and pictures that belong to a conversation.
//!
//! Two ports. [`Attachments`] knows what there is and whose it is; [`Objects`]
//! holds the bytes. An attachment is begun, its bytes come, it is completed
//! (then it is known what it is, whatever its sender said), and it is sent with
//! a message. Laws of [`Attachments`], each a test of the conformance suite:
//!
//! 1. What was begun is given back as it was, until it is removed.
//! 2. It is completed once, and sent only when it is complete, by its owner,
//!    in its conversation, with one message; that any number of times, since a
//!    message may be resent.
//! 3. Of several that are sent together either all are, or none is.
//! 4. An owner has no more bytes, and no more that are unsent, than he is allowed.
//! 5. What is removed gives its bytes back to its owner.

mod name;
mod objects;
mod stored;

use std::{fmt, future::Future, sync::Arc};

use crate::{
    chat::{Chat, Ports},
    error::PortError,
    ids::{ClientMsgId, ConversationId, UserId},
    outcome::Refusal,
};

pub use self::{
    name::clean_name,
    objects::{Append, First, Incoming, Keep, Objects, Part, Served, Whole},
    stored::Stored,
};

/// Longest name of a file, in bytes.
pub const NAME_BYTES: usize = 255;
/// Attachments of one message, at most.
pub const ATTACHMENTS_A_MESSAGE: usize = 10;
/// Attachments that one person may have begun and not sent.
pub const UNSENT: usize = 100;
/// What is not sent for so long, in ms, is removed.
pub const UNSENT_MS: u64 = 24 * 60 * 60 * 1_000;

/// An attachment's name, unique for ever and not to be guessed: 128 random bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttachmentId(u128);

impl AttachmentId {
    /// The length of its text.
    pub const TEXT_LEN: usize = 32;

    /// Of these random bits.
    pub fn new(random: u128) -> Self {
        Self(random)
    }

    /// Takes the text that [`fmt::Display`] writes, 32 digits of lower-case
    /// hex, and no other spelling.
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let fits = text.len() == Self::TEXT_LEN && text.bytes().all(digit);
        fits.then(|| u128::from_str_radix(text, 16).ok().map(Self)).flatten()
    }

    /// From its 16 bytes, as a store keeps it.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    /// Its 16 bytes.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

impl fmt::Display for AttachmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for AttachmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How large a picture is, in pixels, the way up it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dimensions {
    /// Across.
    pub width: u32,
    /// Down.
    pub height: u32,
}

/// An attachment as it lies in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Which.
    pub id: AttachmentId,
    /// Its file's name: one that [`clean_name`] gave.
    pub name: Arc<str>,
    /// What it is, by its bytes and never by its sender's word:
    /// `application/octet-stream` where that is not known.
    pub media_type: Arc<str>,
    /// In bytes, as it is downloaded.
    pub size: u64,
    /// Of a picture that was read to its end, which alone is shown in place;
    /// `None` for every other file.
    pub dimensions: Option<Dimensions>,
    /// Whether there is a small picture of it.
    pub has_thumbnail: bool,
}

/// How far an attachment has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Its bytes come.
    Begun,
    /// It is whole, and waits for its message.
    Complete,
    /// The message that its owner's device calls so has it.
    Sent(ClientMsgId),
}

/// An attachment, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// What it is. Until it is complete: what its sender says of its size.
    pub attachment: Attachment,
    /// Who uploaded it.
    pub owner: UserId,
    /// For which conversation.
    pub conversation: ConversationId,
    /// When it was begun, in ms since the epoch.
    pub created_at: u64,
    /// How far it has come.
    pub state: State,
}

/// What one owner may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Bytes, together.
    pub bytes: u64,
    /// Attachments that are not sent.
    pub unsent: usize,
    /// What was begun before this does not count, in ms since the epoch: it
    /// is kept no longer. A store may count it for a week more.
    pub since: u64,
}

/// What attachments there are, and whose.
pub trait Attachments: Send + Sync + 'static {
    /// Keeps one that begins. False, and nothing is kept, where its owner would
    /// have more than he may. Every one counts by the size it began with.
    fn begin(
        &self,
        upload: &Upload,
        quota: Quota,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Completes one, of which this is known now. False where none of this id
    /// is begun.
    fn complete(
        &self,
        attachment: &Attachment,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// One, however far it has come.
    fn get(
        &self,
        id: AttachmentId,
    ) -> impl Future<Output = Result<Option<Upload>, PortError>> + Send;

    /// Notes that a message of `owner`, which his device calls `message`, has
    /// these, of which there are at most [`ATTACHMENTS_A_MESSAGE`], and gives
    /// them in their order. `None`, and nothing is noted, where one of them is
    /// not complete, not his, not of this conversation or another message's.
    fn send(
        &self,
        owner: &UserId,
        conversation: &ConversationId,
        message: &ClientMsgId,
        ids: &[AttachmentId],
    ) -> impl Future<Output = Result<Option<Vec<Attachment>>, PortError>> + Send;

    /// Those of an owner that were begun before `before` (ms since the epoch)
    /// and are not sent, in any order.
    fn unsent(
        &self,
        owner: &UserId,
        before: u64,
    ) -> impl Future<Output = Result<Vec<AttachmentId>, PortError>> + Send;

    /// Forgets one. False where there is none.
    fn remove(&self, id: AttachmentId) -> impl Future<Output = Result<bool, PortError>> + Send;
}

impl<A: Attachments> Attachments for Arc<A> {
    fn begin(
        &self,
        upload: &Upload,
        quota: Quota,
    ) -> impl Future<Output = Result<bool, PortError>> + Send {
        (**self).begin(upload, quota)
    }

    fn complete(
        &self,
        attachment: &Attachment,
    ) -> impl Future<Output = Result<bool, PortError>> + Send {
        (**self).complete(attachment)
    }

    fn get(
        &self,
        id: AttachmentId,
    ) -> impl Future<Output = Result<Option<Upload>, PortError>> + Send {
        (**self).get(id)
    }

    fn send(
        &self,
        owner: &UserId,
        conversation: &ConversationId,
        message: &ClientMsgId,
        ids: &[AttachmentId],
    ) -> impl Future<Output = Result<Option<Vec<Attachment>>, PortError>> + Send {
        (**self).send(owner, conversation, message, ids)
    }

    fn unsent(
        &self,
        owner: &UserId,
        before: u64,
    ) -> impl Future<Output = Result<Vec<AttachmentId>, PortError>> + Send {
        (**self).unsent(owner, before)
    }

    fn remove(&self, id: AttachmentId) -> impl Future<Output = Result<bool, PortError>> + Send {
        (**self).remove(id)
    }
}

impl Upload {
    /// Whether a message of `owner` in `conversation`, which his device calls
    /// `message`, may have it.
    pub fn may_be_of(
        &self,
        owner: &UserId,
        conversation: &ConversationId,
        message: &ClientMsgId,
    ) -> bool {
        let is_there = match &self.state {
            State::Begun => false,
            State::Complete => true,
            State::Sent(with) => with == message,
        };
        is_there && self.owner == *owner && self.conversation == *conversation
    }
}

impl<P: Ports> Chat<P> {
    /// Refuses who is not in a conversation.
    pub async fn admit_member(
        &self,
        user: &UserId,
        conversation: &ConversationId,
    ) -> Result<(), Refusal> {
        self.members(user, conversation).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id = AttachmentId::new(0xa1);
        let text = id.to_string();
        assert_eq!(text, "000000000000000000000000000000a1");
        assert_eq!(AttachmentId::parse(&text), Some(id));
        assert_eq!(AttachmentId::from_bytes(id.to_bytes()), id);
        let wrong =
            ["", "a1", "000000000000000000000000000000A1", "+00000000000000000000000000000a1"];
        for wrong in wrong
            .into_iter()
            .chain(["../../../../../../etc/passwd.....", "é000000000000000000000000000000"])
        {
            assert_eq!(AttachmentId::parse(wrong), None, "{wrong}");
        }
    }
}
