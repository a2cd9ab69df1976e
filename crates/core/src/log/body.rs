//! What an entry says.

use std::sync::Arc;

use crate::{
    attachments::{ATTACHMENTS_A_MESSAGE, Attachment},
    error::PortError,
    ids::{Seq, UserId},
    limits::{EMOJI_BYTES, MENTIONS, MESSAGE_BYTES},
    room::Membership,
};

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Something said.
    Message(Message),
    /// A message reads otherwise from now on.
    ///
    /// Its text is kept in its target alone: an entry that is read has the
    /// target's text of that moment, and none once the target is deleted.
    Edit {
        /// The message's place.
        target: Seq,
        /// How it reads.
        text: Arc<str>,
        /// Whom it mentions.
        mentions: Arc<[UserId]>,
    },
    /// A message is gone, for all.
    Deletion {
        /// The message's place.
        target: Seq,
    },
    /// Somebody reacts to a message, or takes it back.
    Reaction {
        /// The message's place.
        target: Seq,
        /// With what.
        emoji: Emoji,
        /// Whether; false takes it back.
        on: bool,
    },
    /// Somebody changes a room or who is in it.
    Membership(Membership),
}

/// Something said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// At most [`MESSAGE_BYTES`] of text. Empty where it is attachments alone,
    /// or deleted.
    pub text: Arc<str>,
    /// The entry that it answers, in the same conversation.
    pub reply_to: Option<Seq>,
    /// Members whom it mentions; at most [`MENTIONS`].
    pub mentions: Arc<[UserId]>,
    /// Files that come with it; at most [`ATTACHMENTS_A_MESSAGE`].
    pub attachments: Arc<[Attachment]>,
}

impl Message {
    /// A text and nothing else.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Whether nothing is left of it.
    pub fn is_erased(&self) -> bool {
        self.text.is_empty() && self.attachments.is_empty()
    }
}

impl Body {
    /// A message of a text and nothing else.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Message(Message::text(text))
    }

    /// A message of a text that answers another, or none.
    pub fn said(text: impl Into<Arc<str>>, reply_to: Option<Seq>) -> Self {
        Self::Message(Message { reply_to, ..Message::text(text) })
    }

    /// The message that it is, if it is one.
    pub fn message(&self) -> Option<&Message> {
        match self {
            Self::Message(message) => Some(message),
            _ => None,
        }
    }

    /// The message that it changes, if it changes one.
    pub fn target(&self) -> Option<Seq> {
        match self {
            Self::Edit { target, .. }
            | Self::Deletion { target }
            | Self::Reaction { target, .. } => Some(*target),
            Self::Message(_) | Self::Membership(_) => None,
        }
    }

    /// Whether it is part of what people see of a conversation: a message, or
    /// a change of its room. Whatever else there is shows on its target.
    pub fn is_shown(&self) -> bool {
        matches!(self, Self::Message(_) | Self::Membership(_))
    }

    /// How much text it holds, in bytes: what a page's limit counts.
    pub fn text_bytes(&self) -> usize {
        match self {
            Self::Message(message) => message.text.len(),
            Self::Edit { text, .. } => text.len(),
            Self::Deletion { .. } | Self::Reaction { .. } => 0,
            Self::Membership(change) => change.text_bytes(),
        }
    }

    /// Refuses what no store takes of somebody who says it now.
    pub fn check(&self) -> Result<(), PortError> {
        let is_empty = match self {
            Self::Message(message) => message.is_erased(),
            Self::Edit { text, .. } => text.is_empty(),
            _ => false,
        };
        if is_empty {
            return Err(PortError::Rejected("a message without text"));
        }
        self.check_limits()
    }

    /// Refuses what no store takes: what is over a limit. A text that was
    /// erased is as good as any.
    pub fn check_limits(&self) -> Result<(), PortError> {
        let (text, mentions) = match self {
            Self::Message(message) if message.attachments.len() > ATTACHMENTS_A_MESSAGE => {
                return Err(PortError::Rejected("more attachments than a message may have"));
            }
            Self::Message(message) => (&message.text, &message.mentions),
            Self::Edit { text, mentions, .. } => (text, mentions),
            Self::Membership(change) => return change.check_limits(),
            Self::Deletion { .. } | Self::Reaction { .. } => return Ok(()),
        };
        if text.len() > MESSAGE_BYTES {
            return Err(PortError::Rejected("a message over the limit"));
        }
        if mentions.len() > MENTIONS {
            return Err(PortError::Rejected("more mentions than a message may have"));
        }
        Ok(())
    }
}

/// One emoji, as people see it: one grapheme cluster that is an emoji, of at
/// most [`EMOJI_BYTES`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Emoji(Arc<str>);

impl Emoji {
    /// Takes `text` if it is one emoji.
    pub fn parse(text: &str) -> Option<Self> {
        use unicode_properties::UnicodeEmoji;
        use unicode_segmentation::UnicodeSegmentation;

        let is_short = !text.is_empty() && text.len() <= EMOJI_BYTES;
        let is_one = is_short && text.graphemes(true).count() == 1;
        // Digits are emoji too, by themselves and as keycaps; as text they are digits.
        let is_emoji = text.chars().any(|c| c.is_emoji_char() && !c.is_ascii()) || is_keycap(text);
        (is_one && is_emoji).then(|| Self(text.into()))
    }

    /// The emoji as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether this is a key such as 1️⃣: a digit, `#` or `*` in its box.
fn is_keycap(text: &str) -> bool {
    text.ends_with('\u{20e3}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_is_one() {
        for emoji in ["👍", "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇯🇵", "1️⃣", "#️⃣", "❤️", "❤"]
        {
            assert!(Emoji::parse(emoji).is_some(), "{emoji}");
        }
        let long = "👩‍".repeat(100);
        for other in ["", " ", "a", "1", "#", "相", "👍👍", "👍 ", ":+1:", "\0", "<b>", &long]
        {
            assert!(Emoji::parse(other).is_none(), "{other}");
        }
    }
}
