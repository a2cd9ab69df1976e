//! An entry as it lies in its item, packed, since every byte is paid for again
//! with each read.
//!
//! What never changes is one attribute:
//!
//! | part | bytes |
//! | --- | --- |
//! | kind | 1 |
//! | flags: which of the following there are, and how | 1 |
//! | message id | 16 |
//! | timestamp, where it is not the id's: the difference | varint |
//! | author, where he is not a member of a direct conversation: length and id | |
//! | clientMsgId: a UUIDv7 as difference of its time and the rest, another UUID, or length and text | |
//! | sentAt, as difference to the timestamp | varint |
//! | replyTo | varint |
//! | what its kind has, see [`body`] | the rest |
//!
//! | kind | what | the rest |
//! | --- | --- | --- |
//! | 1 | a message as they were first written | text, compressed where that is shorter |
//! | 2 | a message | nothing: see [`words`] |
//! | 3 | an edit | target; its text is the target's |
//! | 4 | a deletion | target |
//! | 5 | a reaction | on or off, target, emoji |
//! | 6 | a change of a room | which, and what it has |
//!
//! Times are close to each other, so differences are short. What is written
//! stays readable: a new shape is a new kind.

mod body;
mod numbers;
mod people;
mod room;
mod text;
mod words;

use aizuchi_core::{
    error::PortError,
    ids::{ClientMsgId, ConversationId, MessageId, Seq, UserId},
    log::{Entry, NewEntry, State},
};

use self::numbers::{Reader, put_difference, put_varint};
pub(crate) use self::{
    room::{pack_room, unpack_room},
    words::{pack_files, pack_given, pack_words, unpack_files, unpack_given, unpack_words},
};

/// What an operator is told where an item holds something else.
const LOG: &str = "the log";

/// A message with its text, as they were first written.
pub(crate) const OLD_MESSAGE: u8 = 1;
/// A message; what may change of it lies beside it.
pub(crate) const MESSAGE: u8 = 2;

/// The author is written as text.
const AUTHOR_TEXT: u8 = 1;
/// The author is the larger member, else the smaller.
const AUTHOR_LARGER: u8 = 1 << 1;
/// How the clientMsgId is written, if at all: two bits.
const CLIENT: u8 = 0b11 << 2;
const CLIENT_UUID7: u8 = 0b01 << 2;
const CLIENT_UUID: u8 = 0b10 << 2;
const CLIENT_TEXT: u8 = 0b11 << 2;
/// The timestamp is not that of the message id.
const TIMESTAMP: u8 = 1 << 4;
/// There is a sentAt.
const SENT_AT: u8 = 1 << 5;
/// There is a replyTo.
const REPLY_TO: u8 = 1 << 6;
/// The text is compressed.
const COMPRESSED: u8 = 1 << 7;

/// The milliseconds in a UUIDv7.
fn milliseconds(uuid: u128) -> u64 {
    (uuid >> 80) as u64
}

/// Packs what never changes of an entry. Its place is in the key, its
/// conversation too.
pub(crate) fn pack(entry: &NewEntry) -> Vec<u8> {
    let mut flags = 0;
    let mut out = vec![body::kind(&entry.body), 0];
    let id = entry.message_id.to_bytes();
    let base = milliseconds(u128::from_be_bytes(id));
    out.extend(id);
    if entry.timestamp != base {
        flags |= TIMESTAMP;
        put_difference(&mut out, base, entry.timestamp);
    }
    flags |= put_author(&mut out, entry);
    if let Some(client_msg_id) = &entry.client_msg_id {
        flags |= put_client(&mut out, base, client_msg_id.as_str());
    }
    if let Some(sent_at) = entry.sent_at {
        flags |= SENT_AT;
        put_difference(&mut out, entry.timestamp, sent_at as u64);
    }
    if let Some(reply_to) = entry.body.message().and_then(|message| message.reply_to) {
        flags |= REPLY_TO;
        put_varint(&mut out, reply_to);
    }
    body::put(&mut out, &entry.body);
    out[1] = flags;
    out
}

fn put_author(out: &mut Vec<u8>, entry: &NewEntry) -> u8 {
    match entry.conversation.direct_members() {
        Some([smaller, _]) if smaller == entry.author => 0,
        Some([_, larger]) if larger == entry.author => AUTHOR_LARGER,
        _ => {
            // At most 128 bytes.
            out.push(entry.author.as_str().len() as u8);
            out.extend(entry.author.as_str().as_bytes());
            AUTHOR_TEXT
        }
    }
}

fn put_client(out: &mut Vec<u8>, base: u64, text: &str) -> u8 {
    match uuid(text) {
        Some(uuid) => match MessageId::new(milliseconds(uuid), uuid).to_bytes() {
            // A version 7 is what its milliseconds and its random bits make.
            made if u128::from_be_bytes(made) == uuid => {
                put_difference(out, base, milliseconds(uuid));
                let random = ((uuid >> 64 & 0xfff) << 62) | (uuid & ((1 << 62) - 1));
                out.extend(&random.to_be_bytes()[6..]);
                CLIENT_UUID7
            }
            _ => {
                out.extend(uuid.to_be_bytes());
                CLIENT_UUID
            }
        },
        None => {
            // At most 64 bytes.
            out.push(text.len() as u8);
            out.extend(text.as_bytes());
            CLIENT_TEXT
        }
    }
}

/// The number that a UUID is, if this is one as UUIDs are written.
fn uuid(text: &str) -> Option<u128> {
    if text.len() != MessageId::TEXT_LEN {
        return None;
    }
    let digits = text.bytes().filter(|byte| *byte != b'-');
    let uuid = digits.take(32).try_fold(0_u128, |all, digit| {
        Some(all << 4 | u128::from(char::from(digit).to_digit(16)?))
    })?;
    // It must come back as it was.
    let written = MessageId::from_bytes(uuid.to_be_bytes());
    (written.write(&mut [0; MessageId::TEXT_LEN]) == text).then_some(uuid)
}

/// The entry at this place of a conversation, from what never changes of it.
pub(crate) fn unpack(
    conversation: &ConversationId,
    seq: Seq,
    packed: &[u8],
) -> Result<Entry, PortError> {
    read(conversation, seq, packed).map_err(|what| strange(conversation, seq, what))
}

/// What an operator is told of an entry that cannot be read.
pub(crate) fn strange(conversation: &ConversationId, seq: Seq, what: &str) -> PortError {
    PortError::unavailable(LOG, format!("{conversation}, entry {seq}: {what}"))
}

fn read(conversation: &ConversationId, seq: Seq, packed: &[u8]) -> Result<Entry, &'static str> {
    let mut from = Reader(packed);
    let kind = from.byte()?;
    let flags = from.byte()?;
    let id = from.take::<16>()?;
    let base = milliseconds(u128::from_be_bytes(id));
    let timestamp = if flags & TIMESTAMP != 0 { from.difference(base)? } else { base };
    let author = read_author(&mut from, conversation, flags)?;
    let client_msg_id = match flags & CLIENT {
        CLIENT_UUID7 => {
            let ms = from.difference(base)?;
            let rest = from.take::<10>()?;
            let random = rest.iter().fold(0_u128, |all, byte| all << 8 | u128::from(*byte));
            let bits = (random >> 62 << 64) | (random & ((1 << 62) - 1));
            Some(client_id(&MessageId::new(ms, bits).to_string())?)
        }
        CLIENT_UUID => Some(client_id(&MessageId::from_bytes(from.take::<16>()?).to_string())?),
        CLIENT_TEXT => Some(client_id(from.text()?)?),
        _ => None,
    };
    let sent_at = match flags & SENT_AT {
        0 => None,
        _ => Some(from.difference(timestamp)? as i64),
    };
    let reply_to = if flags & REPLY_TO == 0 { None } else { Some(from.varint()?) };
    Ok(Entry {
        seq,
        message_id: MessageId::from_bytes(id),
        author,
        client_msg_id,
        timestamp,
        sent_at,
        body: body::read(&mut from, kind, flags & COMPRESSED != 0, reply_to)?,
        state: State::default(),
    })
}

fn read_author(
    from: &mut Reader<'_>,
    conversation: &ConversationId,
    flags: u8,
) -> Result<UserId, &'static str> {
    const NOBODY: &str = "by nobody";
    match flags & (AUTHOR_TEXT | AUTHOR_LARGER) {
        AUTHOR_TEXT => UserId::parse(from.text()?).map_err(|_| NOBODY),
        by @ (0 | AUTHOR_LARGER) => {
            let [smaller, larger] = conversation.direct_members().ok_or(NOBODY)?;
            Ok(if by == 0 { smaller } else { larger })
        }
        _ => Err("with flags that this version does not know"),
    }
}

fn client_id(text: &str) -> Result<ClientMsgId, &'static str> {
    ClientMsgId::parse(text).map_err(|_| "with no clientMsgId where one is")
}

#[cfg(test)]
mod tests;
