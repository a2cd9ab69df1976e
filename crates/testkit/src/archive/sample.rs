//! Entries that are restored.

#![expect(clippy::unwrap_used, reason = "what is written here is valid")]

use aizuchi_core::{
    archive::{Part, Position},
    ids::{ClientMsgId, ConversationId, MessageId, Seq, UserId},
    log::{Body, Entry, PageSize, State},
};

/// More than any of these tests writes.
pub(super) const ALL: PageSize = PageSize { entries: 100_000, bytes: usize::MAX };
/// When the entries of these tests were accepted, in ms since the epoch: before
/// any of these tests runs.
pub(super) const THEN: u64 = 1_600_000_000_000;

pub(super) fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

pub(super) fn direct(a: &str, b: &str) -> ConversationId {
    ConversationId::direct(&user(a), &user(b)).unwrap()
}

/// An entry with everything that one may have.
pub(super) fn entry(seq: Seq, author: &str, text: &str) -> Entry {
    let timestamp = THEN + 1_000 * seq;
    Entry {
        seq,
        message_id: MessageId::new(timestamp, u128::from(seq) * 77),
        author: user(author),
        client_msg_id: Some(ClientMsgId::parse(&format!("{author}-{seq}")).unwrap()),
        timestamp,
        sent_at: Some(i64::try_from(timestamp).unwrap() - 40),
        body: Body::text(text),
        state: State::default(),
    }
}

/// A log of so many entries, by two people in turn, of which each is odd in
/// another way.
pub(super) fn log(count: u64) -> Vec<Entry> {
    let odd = |seq: Seq| {
        let plain =
            entry(seq, if seq.is_multiple_of(3) { "bob" } else { "ada" }, &format!("entry {seq}"));
        let reply = |text: &str| Body::said(text, Some(seq / 2));
        let uuid = || ClientMsgId::parse(&MessageId::new(THEN + seq, 5).to_string()).ok();
        match seq % 7 {
            1 => Entry { client_msg_id: None, sent_at: None, ..plain },
            2 => Entry { body: reply("雪だるま ☃ \u{10ffff} e\u{301} \u{202e}"), ..plain },
            3 => Entry { client_msg_id: uuid(), ..plain },
            4 => Entry { timestamp: plain.timestamp + 7, sent_at: Some(-1), ..plain },
            5 => Entry { body: reply("\"\\\n\t\r\u{1}\u{7f}"), ..plain },
            6 => Entry { message_id: MessageId::from_bytes([seq as u8; 16]), ..plain },
            _ => plain,
        }
    };
    (1..=count).map(odd).collect()
}

/// Everything that parts tell, part after part.
pub(super) fn all<T>(mut part: impl FnMut(Option<Position>) -> Part<T>) -> Vec<T> {
    let (mut items, mut from) = (Vec::new(), None);
    loop {
        let one = part(from);
        items.extend(one.items);
        from = one.next;
        if from.is_none() {
            return items;
        }
    }
}
