//! Entries to test with.

#![expect(clippy::unwrap_used, reason = "what is written here is valid")]

use std::sync::atomic::{AtomicU64, Ordering};

use aizuchi_core::{
    ids::{ClientMsgId, ConversationId, MessageId, UserId},
    log::{Body, NewEntry, PageSize},
};

/// More than any of these tests writes.
pub(crate) const ALL: PageSize = PageSize { entries: 100_000, bytes: usize::MAX };

pub(crate) fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

pub(crate) fn client_id(id: &str) -> ClientMsgId {
    ClientMsgId::parse(id).unwrap()
}

pub(crate) fn direct(a: &str, b: &str) -> ConversationId {
    ConversationId::direct(&user(a), &user(b)).unwrap()
}

/// An entry of `author`'s, named and timed as no other.
pub(crate) fn entry(conversation: &ConversationId, author: &str, text: &str) -> NewEntry {
    static ENTRIES: AtomicU64 = AtomicU64::new(1);
    let number = ENTRIES.fetch_add(1, Ordering::Relaxed);
    let timestamp = 1_700_000_000_000 + number;
    NewEntry {
        conversation: conversation.clone(),
        author: user(author),
        client_msg_id: None,
        message_id: MessageId::new(timestamp, number.into()),
        timestamp,
        sent_at: None,
        body: Body::text(text),
    }
}

/// An entry that says anything.
pub(crate) fn saying(conversation: &ConversationId, author: &str, body: Body) -> NewEntry {
    NewEntry { body, ..entry(conversation, author, "x") }
}

/// The same with a client's id.
pub(crate) fn sent(conversation: &ConversationId, author: &str, id: &str) -> NewEntry {
    NewEntry { client_msg_id: Some(client_id(id)), ..entry(conversation, author, id) }
}
