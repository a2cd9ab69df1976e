//! The names of things. Each is a newtype with a fallible parse, cheap to
//! clone, and valid for as long as it exists.

use std::{
    fmt::{self, Write as _},
    sync::Arc,
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use crate::limits::{CLIENT_MSG_ID_BYTES, CONVERSATION_ID_BYTES, USER_ID_BYTES};

/// An id that cannot be one: empty, too long, or with a control character in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0}")]
pub struct InvalidId(pub &'static str);

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes `text` if it is 1 to the limit's bytes long and holds no
            /// control character.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let fits = !text.is_empty() && text.len() <= $max;
                if fits && !text.chars().any(char::is_control) {
                    Ok(Self(text.into()))
                } else {
                    Err(InvalidId($what))
                }
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

text_id!(
    /// A person: the token's `sub`, or its claim `aizuchi_id`.
    UserId,
    "user id",
    USER_ID_BYTES
);
text_id!(
    /// One socket of one person, named by the front that holds it.
    ConnectionId,
    "connection id",
    128
);
text_id!(
    /// Chosen by the sending device; makes a send idempotent.
    ClientMsgId,
    "clientMsgId",
    CLIENT_MSG_ID_BYTES
);

/// The characters that `encodeURIComponent` leaves as they are.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// A conversation: `d:a:b` for two people, `r:id` for a room.
///
/// Invariant: a direct id is canonical (two different members, the smaller
/// first by bytes, each encoded as `encodeURIComponent` does), so equal members
/// always mean equal ids and membership of a direct conversation needs no read.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConversationId(Arc<str>);

impl ConversationId {
    /// The conversation of two people, or `InvalidId` where they are one.
    pub fn direct(a: &UserId, b: &UserId) -> Result<Self, InvalidId> {
        let (smaller, larger) = match a.cmp(b) {
            std::cmp::Ordering::Less => (a, b),
            std::cmp::Ordering::Greater => (b, a),
            std::cmp::Ordering::Equal => return Err(InvalidId("conversation of two people")),
        };
        let mut name = String::with_capacity(4 + a.as_str().len() + b.as_str().len());
        name.push_str("d:");
        name.extend(utf8_percent_encode(smaller.as_str(), COMPONENT));
        name.push(':');
        name.extend(utf8_percent_encode(larger.as_str(), COMPONENT));
        Ok(Self(name.into()))
    }

    /// The room that a person's device calls so: the same for the same names,
    /// and nobody can make another's.
    pub fn room(creator: &UserId, client_msg_id: &ClientMsgId) -> Self {
        let mut hash = Sha256::new();
        for name in [creator.as_str(), client_msg_id.as_str()] {
            hash.update((name.len() as u64).to_be_bytes());
            hash.update(name.as_bytes());
        }
        let mut text = String::from("r:");
        for byte in &hash.finalize()[..16] {
            // Writing into a string does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text.into())
    }

    /// Takes an id in its canonical form only.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        const INVALID: InvalidId = InvalidId("conversationId");
        if text.len() > CONVERSATION_ID_BYTES {
            return Err(INVALID);
        }
        let id = Self(text.into());
        if let Some(room) = text.strip_prefix("r:") {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            return if !room.is_empty() && room.bytes().all(plain) { Ok(id) } else { Err(INVALID) };
        }
        let [a, b] = id.direct_members().ok_or(INVALID)?;
        if Self::direct(&a, &b)? == id { Ok(id) } else { Err(INVALID) }
    }

    /// The two members of a direct conversation, smaller first; `None` for a room.
    pub fn direct_members(&self) -> Option<[UserId; 2]> {
        let (a, b) = self.0.strip_prefix("d:")?.split_once(':')?;
        let decode = |part| {
            let raw = percent_decode_str(part).decode_utf8().ok()?;
            UserId::parse(&raw).ok()
        };
        Some([decode(a)?, decode(b)?])
    }

    /// The other member of a direct conversation of `user`; `None` where
    /// `user` is no member or the conversation is a room.
    pub fn partner_of(&self, user: &UserId) -> Option<UserId> {
        match self.direct_members()? {
            [a, b] if a == *user => Some(b),
            [a, b] if b == *user => Some(a),
            _ => None,
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Place in a conversation's log: 1, 2, 3, … without a hole. 0 is before the first.
pub type Seq = u64;

/// A message's name, unique for ever: a UUIDv7.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(u128);

impl MessageId {
    /// A UUIDv7 of this millisecond and these 74 random bits (the rest is ignored).
    pub fn new(now_ms: u64, random: u128) -> Self {
        const VERSION: u128 = 0x7 << 76;
        const VARIANT: u128 = 0b10 << 62;
        const RANDOM: u128 = (0xfff << 64) | ((1 << 62) - 1);
        Self((u128::from(now_ms & 0xffff_ffff_ffff) << 80) | VERSION | VARIANT | (random & RANDOM))
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

impl MessageId {
    /// The length of its text.
    pub const TEXT_LEN: usize = 36;

    /// Takes the text that [`fmt::Display`] writes, and no other spelling.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| *c != '-').collect();
        let id = u128::from_str_radix(&digits, 16).ok().map(Self)?;
        (id.write(&mut [0; Self::TEXT_LEN]) == text).then_some(id)
    }

    /// Its text, as UUIDs are written, in a buffer of the caller's: every
    /// message's name is written twice.
    pub fn write(self, text: &mut [u8; Self::TEXT_LEN]) -> &str {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut at = 0;
        for (index, byte) in self.to_bytes().into_iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                text[at] = b'-';
                at += 1;
            }
            text[at] = HEX[usize::from(byte >> 4)];
            text[at + 1] = HEX[usize::from(byte & 0xf)];
            at += 2;
        }
        std::str::from_utf8(text).unwrap_or_default()
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.write(&mut [0; Self::TEXT_LEN]))
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A source of ids that nobody can guess, as a port: a simulation seeds it.
pub trait Ids: Send + Sync + 'static {
    /// 128 random bits.
    fn random(&self) -> u128;
}

/// The operating system's randomness, drawn a block at a time.
#[derive(Debug, Default)]
pub struct SystemIds(std::sync::Mutex<Block>);

#[derive(Debug)]
struct Block {
    bytes: [u8; Self::LEN],
    used: usize,
}

impl Block {
    /// One system call an id would be dearer than the id.
    const LEN: usize = 1024;
}

impl Default for Block {
    fn default() -> Self {
        Self { bytes: [0; Self::LEN], used: Self::LEN }
    }
}

impl Ids for SystemIds {
    fn random(&self) -> u128 {
        let mut block = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if block.used == Block::LEN {
            // Without randomness every secret of this process would be guessable: better none.
            #[expect(clippy::expect_used, reason = "no id may be made without randomness")]
            getrandom::fill(&mut block.bytes).expect("the operating system gives no randomness");
            block.used = 0;
        }
        let mut bytes = [0; 16];
        let from = block.used;
        bytes.copy_from_slice(&block.bytes[from..from + 16]);
        block.bytes[from..from + 16].fill(0);
        block.used += 16;
        u128::from_ne_bytes(bytes)
    }
}
