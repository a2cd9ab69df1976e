//! What is deleted is in no file any more.

use std::fs;

use aizuchi_core::{
    ids::{ClientMsgId, ConversationId, MessageId, UserId},
    log::{Body, LogStore, NewEntry},
};
use aizuchi_testkit::{block_on, log::LogFixture};

use super::Fixture;

pub(super) fn append(store: &impl LogStore, number: u64, body: Body) {
    let [ada, bob] = ["ada", "bob"].map(|name| UserId::parse(name).unwrap());
    let entry = NewEntry {
        conversation: ConversationId::direct(&ada, &bob).unwrap(),
        author: ada,
        client_msg_id: ClientMsgId::parse(&format!("c{number}")).ok(),
        message_id: MessageId::new(number, number.into()),
        timestamp: number,
        sent_at: None,
        body,
    };
    block_on(store.append(entry)).unwrap();
}

/// The files in which a text still stands.
fn files_with(fixture: &Fixture, text: &str) -> Vec<String> {
    let files = fs::read_dir(fixture.dir.path()).unwrap().map(|file| file.unwrap().path());
    let has = |path: &std::path::PathBuf| {
        fs::read(path).unwrap().windows(text.len()).any(|part| part == text.as_bytes())
    };
    let files = files.filter(|path| path.is_file()).filter(has);
    files.map(|path| path.display().to_string()).collect()
}

#[test]
fn a_deleted_text_is_in_no_file() {
    let fixture = Fixture::new();
    // Long ones fill pages of their own, which are given free.
    let (first, second) = ("that one regrets ".repeat(1_000), "a confession ".repeat(1_500));
    let edit = Body::Edit { target: 1, text: second.into(), mentions: [].into() };
    let said = [Body::text(first), Body::text("kept"), edit];
    let store = fixture.open();
    for (number, body) in (1..).zip(said) {
        append(&store, number, body);
    }
    drop(store);
    assert_ne!(files_with(&fixture, "confession"), [""; 0]);
    assert_eq!(files_with(&fixture, "regrets"), [""; 0], "an edit leaves nothing either");

    let store = fixture.open();
    append(&store, 4, Body::Deletion { target: 1 });
    drop(store);
    assert_eq!(files_with(&fixture, "confession"), [""; 0]);
    assert_ne!(files_with(&fixture, "kept"), [""; 0]);
}
