//! What lies where. The first byte of a partition key is its kind; the rest is
//! a digest, so that a key is short whatever the ids are. Where a name must be
//! known again, it is an attribute.
//!
//! | partition | sort | holds |
//! | --- | --- | --- |
//! | `E` conversation | place | an entry |
//! | `K` conversation, author, clientMsgId | one byte | a claim: the place aimed at |
//! | `H` room | `N` | a room's head: how far its log goes |
//! | `H` room | `R` | the room: its name, who is in it |
//! | `H` room | `L` | the links into it that are live |
//! | `L` digest | one byte | a link into a room |
//! | `R` room | reader | a room's read cursor |
//! | `U` user | `P` | the person, his connections, his ended sessions |
//! | `U` user | `C` conversation | the direct conversation in his list |
//! | `U` user | `D` room | that he is in the room, or went |
//! | `U` user | `W` connection | a connection that watches him |
//! | `U` user | `B` another | that he blocks him |
//! | `U` user | `Q` | how he is told while he is away |
//! | `U` user | `F` | what attachments he has, in numbers |
//! | `F` attachment | one byte | an attachment |
//! | `U` user | `G` name | which key of this bot's has the name |
//! | `U` user | `S` session | a session of his, or that it was ended |
//! | `G` hash | one byte | a key of a bot's |
//! | `N` folded name | one byte | who has the name, or that nobody gets it any more |
//! | `Z` | connection | level 0 connections, for broadcasts |
//! | `A` | time | a report, for the operator |
//! | `S` conversation | block | which words a block of it may have |
//! | `V` | one byte | the key that pushes are signed with |

use aizuchi_core::{
    accounts::{SessionId, TokenHash},
    attachments::AttachmentId,
    ids::{ClientMsgId, ConnectionId, ConversationId, Seq, UserId},
    links::LinkDigest,
};
use aws_sdk_dynamodb::types::AttributeValue;
use sha2::{Digest as _, Sha256};

use crate::item::{self, Item};

/// The partition key's name.
pub(crate) const PARTITION: &str = "p";
/// The sort key's name.
pub(crate) const SORT: &str = "s";
/// Seconds since the epoch after which an item may go, where it may.
pub(crate) const EXPIRES: &str = "x";

/// Where an item is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) partition: Vec<u8>,
    pub(crate) sort: Vec<u8>,
}

/// The sort key of an item that is alone in its partition.
const ALONE: &[u8] = &[0];
/// Bytes of a digest: enough that no two names of a table ever meet.
const DIGEST: usize = 16;

impl Key {
    fn alone(partition: Vec<u8>) -> Self {
        Self { partition, sort: ALONE.to_vec() }
    }

    /// An entry.
    pub(crate) fn entry(conversation: &ConversationId, seq: Seq) -> Self {
        Self { partition: log(conversation), sort: place(seq) }
    }

    /// The claim of an entry that its author's device has named.
    pub(crate) fn claim(
        conversation: &ConversationId,
        author: &UserId,
        client_msg_id: &ClientMsgId,
    ) -> Self {
        let names = [conversation.as_str(), author.as_str(), client_msg_id.as_str()];
        Self::alone(partition(b'K', &names))
    }

    /// A person.
    pub(crate) fn person(user: &UserId) -> Self {
        Self { partition: self::user(user), sort: PERSON.to_vec() }
    }

    /// A conversation in somebody's list.
    pub(crate) fn listed(user: &UserId, conversation: &ConversationId) -> Self {
        let is_room = conversation.direct_members().is_none();
        let kind = if is_room { LISTED_ROOM } else { LISTED };
        let sort = prefixed(kind, &digest(&[conversation.as_str()]));
        Self { partition: self::user(user), sort }
    }

    /// A room's head.
    pub(crate) fn head(room: &ConversationId) -> Self {
        Self { partition: partition(b'H', &[room.as_str()]), sort: HEAD.to_vec() }
    }

    /// A room.
    pub(crate) fn room(room: &ConversationId) -> Self {
        Self { partition: partition(b'H', &[room.as_str()]), sort: ROOM.to_vec() }
    }

    /// The links into a room that are live.
    pub(crate) fn links_of(room: &ConversationId) -> Self {
        Self { partition: partition(b'H', &[room.as_str()]), sort: LINKS.to_vec() }
    }

    /// A link into a room.
    pub(crate) fn link(digest: LinkDigest) -> Self {
        Self::alone(prefixed(b'L', &digest.0))
    }

    /// A connection that watches this user.
    pub(crate) fn watcher(user: &UserId, connection: &ConnectionId) -> Self {
        let sort = prefixed(WATCHER, connection.as_str().as_bytes());
        Self { partition: self::user(user), sort }
    }

    /// A session of this user's.
    pub(crate) fn visit(user: &UserId, session: SessionId) -> Self {
        Self { partition: self::user(user), sort: prefixed(VISIT, &session.0.to_be_bytes()) }
    }

    /// A bot's key.
    pub(crate) fn bot_key(hash: TokenHash) -> Self {
        Self::alone(prefixed(b'G', &hash.0))
    }

    /// Which key of a bot's has this name.
    pub(crate) fn named_bot_key(user: &UserId, name: &str) -> Self {
        Self { partition: self::user(user), sort: prefixed(BOT_KEY, &digest(&[name])) }
    }

    /// How a person is told while he is away.
    pub(crate) fn notices(user: &UserId) -> Self {
        Self { partition: self::user(user), sort: NOTICES.to_vec() }
    }

    /// That one user blocks another.
    pub(crate) fn blocked(user: &UserId, other: &UserId) -> Self {
        let sort = prefixed(BLOCK, &digest(&[other.as_str()]));
        Self { partition: self::user(user), sort }
    }

    /// A report that was made then, in ms since the epoch, and what sets it
    /// apart from others.
    pub(crate) fn report(at: u64, apart: [u8; 8]) -> Self {
        Self { partition: reports(), sort: [at.to_be_bytes(), apart].concat() }
    }

    /// An attachment.
    pub(crate) fn attachment(id: AttachmentId) -> Self {
        Self::alone(prefixed(b'F', &id.to_bytes()))
    }

    /// What attachments a person has, in numbers.
    pub(crate) fn attachments_of(user: &UserId) -> Self {
        Self { partition: self::user(user), sort: ATTACHMENTS.to_vec() }
    }

    /// Which words a block of a conversation's places may have.
    pub(crate) fn filter(conversation: &ConversationId, block: u64) -> Self {
        Self { partition: filters(conversation), sort: place(block) }
    }

    /// The key that pushes are signed with.
    pub(crate) fn push_key() -> Self {
        Self::alone(vec![b'V'])
    }

    /// Who has a name, folded.
    pub(crate) fn name(folded: &str) -> Self {
        Self::alone(partition(b'N', &[folded]))
    }

    /// A level 0 connection, for broadcasts.
    pub(crate) fn level_zero(connection: &ConnectionId) -> Self {
        Self { partition: level_zero(), sort: connection.as_str().as_bytes().to_vec() }
    }

    /// A reader's cursor in a room.
    pub(crate) fn room_cursor(room: &ConversationId, reader: &UserId) -> Self {
        Self { partition: room_cursors(room), sort: digest(&[reader.as_str()]).to_vec() }
    }

    /// Its two attributes.
    pub(crate) fn attributes(&self) -> Item {
        Item::from([
            (PARTITION.to_owned(), self.partition_attribute()),
            (SORT.to_owned(), item::bytes(self.sort.clone())),
        ])
    }

    pub(crate) fn partition_attribute(&self) -> AttributeValue {
        item::bytes(self.partition.clone())
    }
}

/// The sort key of a person.
pub(crate) const PERSON: &[u8] = b"P";
/// The sort key of how a person is told.
const NOTICES: &[u8] = b"Q";
/// The sort key of what attachments a person has.
const ATTACHMENTS: &[u8] = b"F";
/// How sort keys of a user's blocks begin.
pub(crate) const BLOCK: u8 = b'B';
/// How sort keys of the names of a bot's keys begin.
pub(crate) const BOT_KEY: u8 = b'G';
/// How sort keys of a user's sessions begin.
pub(crate) const VISIT: u8 = b'S';
/// The sort key of a room's head.
pub(crate) const HEAD: &[u8] = b"N";
/// The sort key of a room.
pub(crate) const ROOM: &[u8] = b"R";
/// The sort key of a room's links.
const LINKS: &[u8] = b"L";
/// How sort keys of a user's direct conversations begin.
pub(crate) const LISTED: u8 = b'C';
/// How sort keys of a user's rooms begin: right after the others, so that one
/// query reads all.
pub(crate) const LISTED_ROOM: u8 = b'D';
/// How sort keys of a user's watchers begin.
pub(crate) const WATCHER: u8 = b'W';

/// The partition of a conversation's entries.
pub(crate) fn log(conversation: &ConversationId) -> Vec<u8> {
    partition(b'E', &[conversation.as_str()])
}

/// The partition of what spares a search the reading of blocks.
pub(crate) fn filters(conversation: &ConversationId) -> Vec<u8> {
    partition(b'S', &[conversation.as_str()])
}

/// The partition of all that is a user's.
pub(crate) fn user(user: &UserId) -> Vec<u8> {
    partition(b'U', &[user.as_str()])
}

/// The partition of a room's read cursors.
pub(crate) fn room_cursors(room: &ConversationId) -> Vec<u8> {
    partition(b'R', &[room.as_str()])
}

/// The partition of reports.
pub(crate) fn reports() -> Vec<u8> {
    vec![b'A']
}

/// The partition of level 0 connections.
pub(crate) fn level_zero() -> Vec<u8> {
    vec![b'Z']
}

/// A place as a sort key: short, and in the order of numbers.
pub(crate) fn place(seq: Seq) -> Vec<u8> {
    let bytes = seq.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    prefixed((bytes.len() - zeros) as u8, &bytes[zeros..])
}

/// The place that a sort key names.
pub(crate) fn place_of(sort: &[u8]) -> Option<Seq> {
    let (length, digits) = sort.split_first()?;
    let mut bytes = [0; 8];
    let zeros = bytes.len().checked_sub(digits.len())?;
    bytes[zeros..].copy_from_slice(digits);
    (usize::from(*length) == digits.len()).then_some(Seq::from_be_bytes(bytes))
}

/// The first half of the SHA-256 of these names, each with its length, so that
/// no two lists of names look alike.
pub(crate) fn digest(names: &[&str]) -> [u8; DIGEST] {
    let mut hash = Sha256::new();
    for name in names {
        hash.update((name.len() as u64).to_be_bytes());
        hash.update(name.as_bytes());
    }
    let mut half = [0; DIGEST];
    half.copy_from_slice(&hash.finalize()[..DIGEST]);
    half
}

fn partition(kind: u8, names: &[&str]) -> Vec<u8> {
    prefixed(kind, &digest(names))
}

fn prefixed(first: u8, rest: &[u8]) -> Vec<u8> {
    let mut all = Vec::with_capacity(1 + rest.len());
    all.push(first);
    all.extend_from_slice(rest);
    all
}

/// Whether an item is an entry of a log, or what a person's list says of a
/// conversation of two; other kinds have attributes of the same names.
pub(crate) fn is_of_conversation(item: &Item) -> bool {
    let first = |name| item.get(name)?.as_b().ok()?.as_ref().first().copied();
    match first(PARTITION) {
        Some(b'E') => true,
        Some(b'U') => first(SORT) == Some(LISTED),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_sort_as_numbers_do() {
        let seqs = [0, 1, 255, 256, 65_535, 65_536, u64::MAX - 1, u64::MAX];
        let sorts = seqs.map(place);
        assert!(sorts.is_sorted());
        assert_eq!(sorts.each_ref().map(|sort| place_of(sort)), seqs.map(Some));
        assert_eq!(place(300), [2, 1, 44]);
        for strange in [&[][..], &[1], &[2, 1], &[9; 10]] {
            assert_eq!(place_of(strange), None);
        }
    }

    /// What is written stays where it is: these never change.
    #[test]
    fn keys_are_fixed() {
        let user = UserId::parse("ada").unwrap();
        let conversation = ConversationId::parse("d:ada:bob").unwrap();
        let id = ClientMsgId::parse("c1").unwrap();
        let hex = |key: &Key| -> String {
            let both = [&key.partition[..], b"/", &key.sort].concat();
            both.iter().map(|byte| format!("{byte:02x}")).collect()
        };
        let keys = [
            Key::entry(&conversation, 1),
            Key::claim(&conversation, &user, &id),
            Key::listed(&user, &conversation),
            Key::name("ada"),
        ];
        assert_eq!(keys.each_ref().map(hex), FIXED);
    }

    /// As another program computes them.
    const FIXED: [&str; 4] = [
        "45b0fb2df20c2518675073019fda6674c12f0101",
        "4bf5d1c2f574e100ff48514c2a20b72e302f00",
        "559987e1a22608d8a94ab8515f40621d0e2f43b0fb2df20c2518675073019fda6674c1",
        "4e9987e1a22608d8a94ab8515f40621d0e2f00",
    ];

    #[test]
    fn names_do_not_run_together() {
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
    }
}
