//! What holds of logs that were restored; see [`aizuchi_core::archive`].

#![expect(missing_docs, reason = "a law's name says it")]
#![expect(clippy::unwrap_used, reason = "a broken law fails its test")]

use std::collections::BTreeMap;

use aizuchi_core::{
    archive::{Archive, Found},
    clock::{Clock as _, SystemClock},
    error::PortError,
    ids::{ClientMsgId, ConversationId, MessageId, Seq},
    limits::{MESSAGE_BYTES, UNREAD},
    log::{Body, Entry, LogStore as _, Message, NewEntry, PageSize, Span, Stamp},
};

use super::sample::{ALL, THEN, all, direct, entry, log, user};
use crate::{block_on, log::LogFixture};

fn restore(store: &impl Archive, conversation: &ConversationId, entries: &[Entry]) -> u64 {
    block_on(store.restore(conversation, entries.to_vec())).unwrap()
}

fn refused(store: &impl Archive, conversation: &ConversationId, entries: &[Entry]) -> PortError {
    block_on(store.restore(conversation, entries.to_vec())).unwrap_err()
}

fn whole(store: &impl Archive, conversation: &ConversationId) -> Vec<Entry> {
    block_on(store.entries(conversation, Span::After(0), ALL)).unwrap().entries
}

fn unread(store: &impl Archive, conversation: &ConversationId, of: &str) -> u64 {
    block_on(store.summary(conversation, &user(of))).unwrap().unwrap().unread
}

fn found(store: &impl Archive) -> BTreeMap<String, Found> {
    let items = all(|from| block_on(store.found(from)).unwrap());
    let count = items.len();
    let by_id: BTreeMap<_, _> =
        items.into_iter().map(|one| (one.conversation.to_string(), one)).collect();
    assert_eq!(by_id.len(), count, "each once");
    by_id
}

pub fn what_is_restored_reads_as_it_did(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    let mut entries = log(120);
    entries.push(entry(121, "bob", &"長".repeat(MESSAGE_BYTES / 3)));
    entries.push(entry(122, "ada", &"x".repeat(MESSAGE_BYTES)));
    assert_eq!(restore(&store, &conversation, &entries), 122);
    assert_eq!(whole(&store, &conversation), entries);
    let newest = PageSize { entries: 5, bytes: usize::MAX };
    let page = block_on(store.messages(&conversation, Span::Newest, newest)).unwrap();
    assert_eq!((page.entries, page.has_more), (entries[117..].to_vec(), true));
}

pub fn what_is_restored_outlives_the_store(fixture: impl LogFixture<Store: Archive>) {
    let conversation = direct("ada", "bob");
    restore(&fixture.open(), &conversation, &log(30));
    let store = fixture.open();
    assert_eq!(whole(&store, &conversation), log(30));
    assert_eq!(restore(&store, &conversation, &log(30)), 0);
}

pub fn restoring_again_changes_nothing(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    assert_eq!(restore(&store, &conversation, &log(60)), 60);
    let seen = block_on(store.summary(&conversation, &user("bob"))).unwrap();
    for part in [&log(60)[..], &log(60)[20..40], &log(1), &[]] {
        assert_eq!(restore(&store, &conversation, part), 0);
    }
    assert_eq!(block_on(store.summary(&conversation, &user("bob"))).unwrap(), seen);
    assert_eq!(whole(&store, &conversation), log(60));
}

pub fn a_restore_goes_on_where_it_ended(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    let entries = log(200);
    assert_eq!(restore(&store, &conversation, &entries[..70]), 70);
    assert_eq!(restore(&store, &conversation, &entries[70..71]), 1);
    // What is there already may come before what is not.
    assert_eq!(restore(&store, &conversation, &entries[10..150]), 79);
    assert_eq!(restore(&store, &conversation, &entries), 50);
    assert_eq!(whole(&store, &conversation), entries);
    let own = entries.iter().filter(|entry| entry.author == user("bob")).count() as u64;
    assert_eq!(unread(&store, &conversation, "ada"), own.min(UNREAD));
}

pub fn what_differs_is_a_conflict(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    let entries = log(20);
    restore(&store, &conversation, &entries);
    let plain = &entries[13];
    let other = |change: fn(&mut Entry)| {
        let mut changed = plain.clone();
        change(&mut changed);
        changed
    };
    let different = [
        other(|entry| entry.message_id = MessageId::new(THEN, 1)),
        other(|entry| entry.author = user("bob")),
        other(|entry| entry.client_msg_id = None),
        other(|entry| entry.timestamp += 1),
        other(|entry| entry.sent_at = None),
        other(|entry| {
            let text = entry.body.message().unwrap().text.clone();
            entry.body = Body::Message(Message { text, reply_to: Some(3), ..Message::default() });
        }),
        other(|entry| entry.body = Body::Deletion { target: 1 }),
    ];
    for entry in different {
        let mut changed = log(25);
        changed[13] = entry;
        let error = refused(&store, &conversation, &changed);
        assert!(matches!(error, PortError::Conflict), "{error:?}");
    }
    assert_eq!(whole(&store, &conversation), entries, "nothing was stored");
}

pub fn a_device_names_one_entry(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    let (conversation, other) = (direct("ada", "bob"), direct("ada", "cyd"));
    let named = |seq, id| Entry {
        client_msg_id: ClientMsgId::parse(id).ok(),
        ..entry(seq, "ada", &format!("{seq}"))
    };
    let two = [named(1, "same"), named(2, "same")];
    let error = refused(&store, &conversation, &two);
    assert!(matches!(error, PortError::Conflict), "{error:?}");
    restore(&store, &conversation, &[named(1, "same")]);
    let error = refused(&store, &conversation, &two);
    assert!(matches!(error, PortError::Conflict), "{error:?}");
    restore(&store, &other, &[named(1, "same")]);
    let by_another = Entry { author: user("bob"), ..named(2, "same") };
    restore(&store, &conversation, &[named(1, "same"), by_another]);
}

pub fn what_leaves_a_hole_is_rejected(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    let entries = log(10);
    let mut swapped = entries.clone();
    swapped.swap(3, 4);
    let holed = [&entries[..3], &entries[4..]].concat();
    let zero = [entry(0, "ada", "nowhere")];
    for part in [&entries[1..], &swapped, &holed, &zero] {
        let error = refused(&store, &conversation, part);
        assert!(matches!(error, PortError::Rejected(_)), "{error:?}");
    }
    restore(&store, &conversation, &entries[..5]);
    let error = refused(&store, &conversation, &entries[6..]);
    assert!(matches!(error, PortError::Rejected(_)), "{error:?}");
}

pub fn what_no_store_takes_is_rejected(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    let error = refused(&store, &conversation, &[entry(1, "ada", &"x".repeat(MESSAGE_BYTES + 1))]);
    assert!(matches!(error, PortError::Rejected(_)), "{error:?}");
    assert!(found(&store).is_empty());
}

pub fn a_resend_is_known_after_a_restore(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    let entries = log(110);
    restore(&store, &conversation, &entries);
    for entry in entries.iter().step_by(9).filter(|entry| entry.client_msg_id.is_some()) {
        let resent = NewEntry {
            conversation: conversation.clone(),
            author: entry.author.clone(),
            client_msg_id: entry.client_msg_id.clone(),
            message_id: MessageId::new(THEN * 2, entry.seq.into()),
            timestamp: THEN * 2,
            sent_at: None,
            body: entry.body.clone(),
        };
        let answer = block_on(store.append(resent)).unwrap();
        assert!(answer.duplicate);
        assert_eq!((answer.seq, answer.message_id), (entry.seq, entry.message_id));
        assert_eq!(answer.timestamp, entry.timestamp);
    }
    assert_eq!(whole(&store, &conversation), entries);
}

pub fn appends_go_on_after_a_restore(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    restore(&store, &conversation, &log(12));
    let next = NewEntry {
        conversation: conversation.clone(),
        author: user("bob"),
        client_msg_id: ClientMsgId::parse("new").ok(),
        message_id: MessageId::new(THEN * 2, 1),
        timestamp: THEN * 2,
        sent_at: None,
        body: Body::said("and on", Some(12)),
    };
    assert_eq!(block_on(store.append(next)).unwrap().seq, 13);
    assert_eq!(unread(&store, &conversation, "ada"), 5);
    // An import that is done again finds its own, and what came after it.
    assert_eq!(restore(&store, &conversation, &log(12)), 0);
    let error = refused(&store, &conversation, &log(13));
    assert!(matches!(error, PortError::Conflict), "{error:?}");
}

pub fn lists_and_unread_counts_follow(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    let partners: Vec<String> = (0..12).map(|number| format!("p{number:02}")).collect();
    for (at, partner) in partners.iter().enumerate() {
        let conversation = direct("ada", partner);
        let at = at as u64;
        let later = |seq: Seq| Entry {
            timestamp: THEN + at * 60_000 + seq,
            ..entry(seq, partner, "hello")
        };
        restore(&store, &conversation, &[later(1), later(2), later(3)]);
        assert!(block_on(store.read(&conversation, &user("ada"), at % 4)).is_ok());
    }
    let listed = block_on(store.conversations(&user("ada"), None, 7)).unwrap();
    let next = block_on(store.conversations(&user("ada"), listed.next, 7)).unwrap();
    assert_eq!(next.next, None);
    let both: Vec<_> = listed.summaries.into_iter().chain(next.summaries).collect();
    assert_eq!(both.len(), 12);
    for (at, summary) in both.iter().rev().enumerate() {
        let read = at as u64 % 4;
        assert_eq!(summary.conversation, direct("ada", &partners[at]), "the newest first");
        assert_eq!((summary.last_seq, summary.unread), (3, 3 - read));
        let reads = if read > 0 { vec![(user("ada"), read)] } else { Vec::new() };
        assert_eq!(summary.reads, reads);
        assert_eq!(summary.last.as_ref().unwrap().seq, 3);
    }
    assert_eq!(unread(&store, &direct("ada", "p00"), "p00"), 0, "one's own are read");
}

pub fn a_cursor_in_the_middle_counts_what_follows(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    let conversation = direct("ada", "bob");
    restore(&store, &conversation, &log(90));
    let after =
        |seq: Seq| log(90).iter().filter(|e| e.seq > seq && e.author != user("bob")).count();
    for seq in [10, 40, 90] {
        block_on(store.read(&conversation, &user("bob"), seq)).unwrap();
        assert_eq!(unread(&store, &conversation, "bob"), after(seq) as u64);
    }
}

pub fn a_restore_is_a_change_after_every_stamp(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    let (early, late) = (direct("ada", "bob"), direct("ada", "cyd"));
    let changed = |since| {
        let listed = block_on(store.changed(&user("ada"), since, 100)).unwrap();
        let ids = listed.summaries.into_iter().map(|summary| summary.conversation);
        ids.collect::<Vec<_>>()
    };
    let mut since = block_on(store.now()).unwrap();
    for (conversation, part) in [(&early, 0..3), (&late, 0..2), (&early, 3..5)] {
        restore(&store, conversation, &log(5)[part]);
        assert_eq!(
            changed(since),
            std::slice::from_ref(conversation),
            "however old its entries are"
        );
        since = block_on(store.now()).unwrap();
    }
    assert_eq!(changed(since), []);
}

pub fn an_old_stamp_of_another_store_brings_everything(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    let conversations = ["bob", "cyd", "dan"].map(|partner| direct("ada", partner));
    for conversation in &conversations {
        restore(&store, conversation, &log(9));
    }
    let now = SystemClock.now_ms();
    // Of stores that count changes, and that a restore made go on counting; of
    // one whose stamps are moments.
    let counted = [1, 2, 20, 1_000_000, (now / 1_000 - 3_600) << 24];
    let moments = [now - 3_600_000, now].map(|ms| (ms << 20) | 5);
    for stamp in counted.into_iter().chain(moments) {
        let listed = block_on(store.changed(&user("ada"), Stamp(stamp), 100)).unwrap();
        assert_eq!(listed.summaries.len(), 3, "since {stamp}");
    }
}

pub fn every_conversation_is_found_once(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    assert!(found(&store).is_empty());
    let room = ConversationId::parse("r:tea-room").unwrap();
    let mut expected = BTreeMap::new();
    for (at, partner) in ["bob", "cyd", "1", "え", "zed"].iter().enumerate() {
        let (conversation, last_seq) = (direct("ada", partner), at as u64 + 1);
        restore(&store, &conversation, &log(last_seq));
        let newest_at = log(last_seq).last().unwrap().timestamp;
        let one = Found { conversation: conversation.clone(), last_seq, newest_at };
        expected.insert(conversation.to_string(), one);
    }
    restore(&store, &room, &log(3));
    let last = NewEntry {
        conversation: direct("bob", "cyd"),
        author: user("bob"),
        client_msg_id: None,
        message_id: MessageId::new(THEN, 1),
        timestamp: THEN,
        sent_at: None,
        body: Body::text("said here"),
    };
    let in_room =
        NewEntry { conversation: ConversationId::parse("r:new").unwrap(), ..last.clone() };
    let rooms = [(room, 3, log(3)[2].timestamp), (in_room.conversation.clone(), 1, THEN)];
    let said = (last.conversation.clone(), 1, THEN);
    for (conversation, last_seq, newest_at) in rooms.into_iter().chain([said]) {
        let one = Found { conversation: conversation.clone(), last_seq, newest_at };
        expected.insert(conversation.to_string(), one);
    }
    block_on(store.append(last)).unwrap();
    block_on(store.append(in_room)).unwrap();
    assert_eq!(found(&store), expected);
}

pub fn cursors_are_told_ascending_by_reader(fixture: impl LogFixture<Store: Archive>) {
    let store = fixture.open();
    let (conversation, room) = (direct("ada", "bob"), ConversationId::parse("r:room").unwrap());
    let cursors = |of| block_on(store.cursors(of)).unwrap();
    assert_eq!(cursors(&conversation), []);
    for log_of in [&conversation, &room] {
        restore(&store, log_of, &log(5));
        assert_eq!(cursors(log_of), []);
        for (reader, seq) in [("bob", 5), ("ada", 2)] {
            block_on(store.read(log_of, &user(reader), seq)).unwrap();
        }
        assert_eq!(cursors(log_of), [(user("ada"), 2), (user("bob"), 5)]);
    }
}
