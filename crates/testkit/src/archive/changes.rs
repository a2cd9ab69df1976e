//! Logs whose entries change others, and rooms.

#![expect(missing_docs, reason = "a law's name says it")]
#![expect(clippy::unwrap_used, reason = "a broken law fails its test")]

use std::sync::Arc;

use aizuchi_core::{
    archive::Archive,
    ids::{ClientMsgId, ConversationId, MessageId, Seq},
    log::{Body, Emoji, Entry, LogStore, NewEntry, Span},
    room::{History, Membership, Newcomer, Role},
};

use super::sample::{ALL, THEN, direct, user};
use crate::{
    block_on,
    log::{LogFixture, MemoryLog},
};

fn append(log: &impl LogStore, conversation: &ConversationId, author: &str, body: Body) {
    let number = whole(log, conversation).len() as u64;
    let entry = NewEntry {
        conversation: conversation.clone(),
        author: user(author),
        client_msg_id: ClientMsgId::parse(&format!("c{number}")).ok(),
        message_id: MessageId::new(THEN + number, number.into()),
        timestamp: THEN + number,
        sent_at: None,
        body,
    };
    block_on(log.append(entry)).unwrap();
}

fn whole(log: &impl LogStore, conversation: &ConversationId) -> Vec<Entry> {
    block_on(log.entries(conversation, Span::After(0), ALL)).unwrap().entries
}

fn edit(target: Seq, text: &str) -> Body {
    Body::Edit { target, text: text.into(), mentions: Arc::default() }
}

fn react(target: Seq, on: bool) -> Body {
    Body::Reaction { target, emoji: Emoji::parse("👍").unwrap(), on }
}

/// A log in which messages were changed.
fn changed(log: &MemoryLog) -> ConversationId {
    let conversation = direct("ada", "bob");
    for body in [
        Body::text("one"),
        Body::said("two", Some(1)),
        edit(1, "1"),
        Body::text("three"),
        Body::Deletion { target: 2 },
        react(1, true),
        react(4, true),
        edit(2, "too late"),
        edit(1, "first"),
        react(4, false),
    ] {
        append(log, &conversation, "ada", body);
    }
    conversation
}

/// A room that people came to and went from.
fn room(log: &MemoryLog) -> ConversationId {
    let room = ConversationId::room(&user("ada"), &ClientMsgId::parse("room").unwrap());
    let newcomer = |name: &str| Newcomer { user: user(name), username: name.into() };
    for body in [
        Body::Membership(Membership::Created {
            name: "Walks".into(),
            history: History::SinceJoined,
            username: "ada".into(),
            members: [newcomer("bob"), newcomer("cyd")].into(),
        }),
        Body::text("hello"),
        Body::Membership(Membership::RoleSet { user: user("bob"), role: Role::Admin }),
        Body::Membership(Membership::Removed { user: user("cyd") }),
        Body::Membership(Membership::Renamed { name: "散歩".into() }),
    ] {
        append(log, &room, "ada", body);
    }
    room
}

pub fn what_was_changed_comes_back(fixture: impl LogFixture<Store: Archive>) {
    let source = MemoryLog::default();
    let conversation = changed(&source);
    let entries = whole(&source, &conversation);
    let store = fixture.open();
    let restore = |part: &[Entry]| block_on(store.restore(&conversation, part.to_vec())).unwrap();
    assert_eq!(restore(&entries[..5]), 5);
    assert_eq!(restore(&entries), 5);
    assert_eq!(whole(&store, &conversation), entries);
    assert_eq!(restore(&entries), 0);
    for of in ["ada", "bob"] {
        let unread = |log: Option<aizuchi_core::log::Summary>| log.unwrap().unread;
        let theirs = unread(block_on(store.summary(&conversation, &user(of))).unwrap());
        assert_eq!(theirs, unread(block_on(source.summary(&conversation, &user(of))).unwrap()));
    }
    append(&store, &conversation, "ada", edit(4, "3"));
    assert_eq!(whole(&store, &conversation)[3].body, Body::text("3"));
    // What was read before the last change is still the same log.
    assert_eq!(restore(&entries), 0);
}

pub fn a_room_comes_back(fixture: impl LogFixture<Store: Archive>) {
    let source = MemoryLog::default();
    let room = room(&source);
    let entries = whole(&source, &room);
    let store = fixture.open();
    let restore = |part: &[Entry]| block_on(store.restore(&room, part.to_vec())).unwrap();
    assert_eq!(restore(&entries[..2]), 2);
    assert_eq!(restore(&entries), 3);
    assert_eq!(restore(&entries), 0);
    assert_eq!(whole(&store, &room), entries);
    assert_eq!(block_on(store.room(&room)).unwrap(), block_on(source.room(&room)).unwrap());
    let list = |of: &str| block_on(store.conversations(&user(of), None, 10)).unwrap().summaries;
    assert_eq!((list("ada").len(), list("bob").len(), list("cyd").len()), (1, 1, 0));
    append(&store, &room, "bob", Body::text("and on"));
    assert_eq!(whole(&store, &room).len(), 6);
}
