//! What an item may be at most: 400 KB.

use std::sync::Arc;

use aizuchi_core::{
    attachments::{ATTACHMENTS_A_MESSAGE, Attachment, AttachmentId, Dimensions, NAME_BYTES},
    ids::UserId,
    limits::{
        EMOJI_BYTES, INVITED_AT_ONCE, MEMBERS, MENTIONS, MESSAGE_BYTES, REACTIONS, ROOM_NAME_BYTES,
        SHUT_OUT_AROUND, SHUT_OUT_BYTES, USER_ID_BYTES,
    },
    log::{Body, Message, NewEntry, Reaction},
    room::{History, Member, Membership, Newcomer, Role, Room},
};

use super::entry;
use crate::{
    item::{self, Item},
    keys::Key,
    log, pack,
};

/// Bytes of an item, at most.
const ITEM: usize = 400 * 1024;
/// As long as a person's name may be, in bytes: 64 characters of up to four.
const NAME: usize = 4 * 64;

/// Somebody with the longest id.
fn user(number: usize) -> UserId {
    UserId::parse(&format!("{number:0>USER_ID_BYTES$}")).unwrap()
}

fn name(bytes: usize) -> Arc<str> {
    "x".repeat(bytes).into()
}

#[test]
fn a_message_fits_with_all_that_may_be_on_it() {
    let file = || Attachment {
        id: AttachmentId::new(u128::MAX),
        name: name(NAME_BYTES),
        media_type: name(NAME),
        size: u64::MAX,
        dimensions: Some(Dimensions { width: u32::MAX, height: u32::MAX }),
        has_thumbnail: true,
    };
    // Different characters, so that compression saves nothing.
    let mut random = vec![0; MESSAGE_BYTES];
    getrandom::fill(&mut random).unwrap();
    let text: String = random.iter().map(|byte| char::from(b' ' + byte % 95)).collect();
    let message = Message {
        text: text.into(),
        reply_to: Some(u64::MAX),
        mentions: (0..MENTIONS).map(user).collect(),
        attachments: (0..ATTACHMENTS_A_MESSAGE).map(|_| file()).collect(),
    };
    let new = NewEntry { body: Body::Message(message), ..entry("ada", "") };
    let mut all: Item = Key::entry(&new.conversation, u64::MAX).attributes();
    all.extend(log::entry_item(&new));
    for number in ["v", "m"] {
        all.insert(number.to_owned(), item::number(u64::MAX));
    }
    // As long as an emoji may be.
    let emoji = aizuchi_core::log::Emoji::parse("👩‍👩‍👧‍👦").unwrap();
    let more = EMOJI_BYTES - emoji.as_str().len();
    for number in 0..REACTIONS {
        let reaction = Reaction { seq: u64::MAX, user: user(number), emoji: emoji.clone() };
        let mut packed = pack::pack_given(&reaction);
        packed.resize(packed.len() + more, 0);
        all.insert(format!("+{number:016x}"), item::bytes(packed));
    }
    let size = item::size(&all);
    assert!(size < ITEM, "{size}");
}

#[test]
fn a_room_fits_with_all_its_members() {
    let member = || Member { username: name(NAME), role: Role::Owner, since: u64::MAX };
    let most = SHUT_OUT_BYTES / (USER_ID_BYTES + SHUT_OUT_AROUND);
    let room = Room {
        name: name(ROOM_NAME_BYTES),
        history: History::All,
        members: (0..MEMBERS).map(|number| (user(number), member())).collect(),
        changed: u64::MAX,
        shut_out: (MEMBERS..MEMBERS + most).map(|number| (user(number), u64::MAX)).collect(),
    };
    let packed = pack::pack_room(&room);
    assert!(packed.len() < ITEM - 100, "{}", packed.len());
    assert_eq!(pack::unpack_room(&packed), Ok(room));
}

#[test]
fn a_creation_fits_with_all_that_it_brings_in() {
    let newcomer = |number| Newcomer { user: user(number), username: name(NAME) };
    let change = Membership::Created {
        name: name(ROOM_NAME_BYTES),
        history: History::All,
        username: name(NAME),
        members: (0..INVITED_AT_ONCE).map(newcomer).collect(),
    };
    let new = NewEntry { body: Body::Membership(change), ..entry("ada", "") };
    let size = item::size(&log::entry_item(&new));
    assert!(size < ITEM / 10, "{size}");
}
