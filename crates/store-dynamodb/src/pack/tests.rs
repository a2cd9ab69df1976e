//! Round trips, fixed vectors, sizes, and what is no entry.

use std::sync::Arc;

use aizuchi_core::{
    attachments::{Attachment, AttachmentId, Dimensions},
    log::{Appended, Body, Emoji, Message, Reaction},
    room::{History, Member, Membership, Newcomer, Role, Room},
};
use proptest::prelude::{Strategy, any, prop, prop_assert_eq, proptest};

use super::*;
use crate::{
    item::{self, Item},
    keys::Key,
    log,
};

const NOW: u64 = 1_700_000_000_000;
/// 596 bytes.
const ENGLISH: &str = "I had another look at the plan last night and I think we should move the \
workshop to Thursday afternoon, if that still works for everybody on your side. The room on the \
second floor is free from two until five, and it has a projector, so nobody needs to bring one. \
Could you ask Mary whether the printed copies will be ready by then? Otherwise I can pick them up \
on Wednesday on my way home. One more thing: the train back leaves at twenty past six, and the \
next one is an hour later, so let us try to finish on time. Let me know what you think, and thank \
you again for helping with all of this!!";
/// 603 bytes.
const JAPANESE: &str = "昨日の夜、もう一度計画を見直したのですが、勉強会は木曜日の午後に移した方が良いと思います。\
皆さんのご都合はいかがでしょうか。二階の会議室が二時から五時まで空いていて、プロジェクターもあるので、\
誰も持ってくる必要はありません。資料の印刷がそれまでに終わるかどうか、田中さんに聞いてもらえますか。\
間に合わないようでしたら、水曜日の帰りに私が受け取りに行きます。それから、帰りの電車は六時二十分発で、その次は";

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

fn entry(conversation: &str, author: &str, text: &str) -> NewEntry {
    NewEntry {
        conversation: ConversationId::parse(conversation).unwrap(),
        author: user(author),
        client_msg_id: None,
        message_id: MessageId::new(NOW, 0xabc << 64 | 0x1234),
        timestamp: NOW,
        sent_at: None,
        body: Body::text(text),
    }
}

/// What everything looks like on a usual day.
fn usual(text: &str) -> NewEntry {
    let client = MessageId::new(NOW - 250, u128::MAX / 3);
    NewEntry {
        client_msg_id: Some(ClientMsgId::parse(&client.to_string()).unwrap()),
        sent_at: Some(NOW as i64 - 251),
        ..entry("d:ada:bob", "bob", text)
    }
}

fn with_client(id: &str) -> NewEntry {
    NewEntry {
        client_msg_id: Some(ClientMsgId::parse(id).unwrap()),
        ..entry("d:ada:bob", "ada", "hi")
    }
}

fn at_place(entry: &NewEntry, seq: Seq) -> Entry {
    let NewEntry { message_id, timestamp, .. } = *entry;
    Entry::new(entry.clone(), &Appended { seq, message_id, timestamp, duplicate: false })
}

/// The item of an entry, as it lies in its place.
fn item_of(entry: &NewEntry, seq: Seq) -> Item {
    let mut item = Key::entry(&entry.conversation, seq).attributes();
    item.extend(log::item_at(log::entry_item(entry), &entry.conversation, seq));
    item
}

fn read_back(entry: &NewEntry) -> Entry {
    log::entry_in(&entry.conversation, 7, &item_of(entry, 7)).unwrap()
}

fn comes_back(entry: &NewEntry) {
    assert_eq!(read_back(entry), at_place(entry, 7));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// What is written stays readable: these never change.
#[test]
fn vectors() {
    let id = "018bcfe568007abc8000000000001234";
    let in_room = entry("r:room", "ada", "hi");
    let late = NewEntry { timestamp: NOW + 1, ..entry("d:ada:bob", "ada", "hi") };
    let reply = NewEntry { body: Body::said("hi", Some(300)), ..entry("d:ada:bob", "ada", "hi") };
    for (entry, expected) in [
        (entry("d:ada:bob", "ada", "hi"), format!("00{id}")),
        (entry("d:ada:bob", "bob", "hi"), format!("02{id}")),
        (in_room, format!("01{id}03616461")),
        (late, format!("10{id}02")),
        (reply, format!("40{id}ac02")),
        (with_client("c1"), format!("0c{id}026331")),
        (
            with_client("123e4567-e89b-42d3-a456-426614174000"),
            format!("08{id}123e4567e89b42d3a456426614174000"),
        ),
        (
            with_client("018bcfe5-6801-7fff-bfff-ffffffffff00"),
            format!("04{id}0203ffffffffffffffff00"),
        ),
        (usual("hi"), format!("26{id}f30301555555555555555555f503")),
    ] {
        assert_eq!(hex(&pack(&entry)), format!("02{expected}"), "{entry:?}");
        comes_back(&entry);
        // As they were first written, their text came last.
        let old = unhex(&format!("01{expected}6869"));
        assert_eq!(unpack(&entry.conversation, 7, &old).unwrap(), at_place(&entry, 7));
    }
    let long = usual(&"the same again, ".repeat(8));
    assert_eq!(unpack(&long.conversation, 7, &unhex(COMPRESSED)).unwrap(), at_place(&long, 7));
    // The compressor may find a shorter form one day; this one stays readable.
    let words = pack_words(&long.body.message().unwrap().text, &[], None);
    assert_eq!(hex(&words), format!("01{}", &COMPRESSED[64..]));
}

const COMPRESSED: &str = "01a6018bcfe568007abc8000000000001234f30301555555555555555555f503e20f\
                          00bf04400e624860f941313255ba092b";

/// These never change either.
#[test]
fn vectors_of_changes() {
    let id = "00018bcfe568007abc8000000000001234";
    let emoji = || Emoji::parse("👍").unwrap();
    let uuid = "123e4567-e89b-42d3-a456-426614174000";
    let members: Arc<[Newcomer]> = [Newcomer { user: user(uuid), username: "U".into() }].into();
    let edit = Body::Edit { target: 300, text: "".into(), mentions: Arc::default() };
    for (body, expected) in [
        (edit, format!("03{id}ac02")),
        (Body::Deletion { target: 1 }, format!("04{id}01")),
        (Body::Reaction { target: 1, emoji: emoji(), on: true }, format!("05{id}0101f09f918d")),
        (Body::Reaction { target: 1, emoji: emoji(), on: false }, format!("05{id}0001f09f918d")),
    ] {
        let entry = NewEntry { body, ..entry("d:ada:bob", "ada", "") };
        assert_eq!(hex(&pack(&entry)), expected);
        comes_back(&entry);
    }
    let id = "01018bcfe568007abc800000000000123403616461";
    let bob = || user("bob");
    let created = Membership::Created {
        name: "W".into(),
        history: History::SinceJoined,
        username: "A".into(),
        members: members.clone(),
    };
    let uuid = "00123e4567e89b42d3a456426614174000";
    for (change, expected) in [
        (created, format!("01010157014101{uuid}0155")),
        (Membership::Invited { members }, format!("0201{uuid}0155")),
        (Membership::Joined { username: "B".into() }, "030142".into()),
        (Membership::Left, "04".into()),
        (Membership::Removed { user: bob() }, "0503626f62".into()),
        (Membership::Renamed { name: "W".into() }, "060157".into()),
        (Membership::RoleSet { user: bob(), role: Role::Admin }, "070103626f62".into()),
    ] {
        let entry = NewEntry { body: Body::Membership(change), ..entry("r:room", "ada", "") };
        assert_eq!(hex(&pack(&entry)), format!("06{id}{expected}"));
        comes_back(&entry);
    }
    let words = pack_words("hi", &[bob()], Some(300));
    assert_eq!(hex(&words), "06ac020103626f626869");
    assert_eq!(unpack_words(&words).unwrap().mentions[..], [bob()]);
    let given = Reaction { seq: 300, user: bob(), emoji: emoji() };
    assert_eq!(hex(&pack_given(&given)), "ac0203626f62f09f918d");
    assert_eq!(unpack_given(&pack_given(&given)), Ok(given));
    let packed = pack_room(&room(1));
    assert_eq!(hex(&packed), "0105576f6f6473090103702d300561646120300203");
    assert_eq!(unpack_room(&packed), Ok(room(1)));
    let without = Room { shut_out: [(bob(), 4)].into(), ..room(1) };
    let packed = pack_room(&without);
    assert_eq!(hex(&packed), "0105576f6f6473090103702d3005616461203002030103626f6204");
    assert_eq!(unpack_room(&packed), Ok(without));
    let files = pack_files(&[file()]);
    assert_eq!(
        hex(&files),
        "010100000000000000000000000000000007038008ac020105612e6a706709696d6167652f706e67"
    );
    assert_eq!(unpack_files(&files).unwrap()[..], [file()]);
}

fn file() -> Attachment {
    Attachment {
        id: AttachmentId::new(7),
        name: "a.jpg".into(),
        media_type: "image/png".into(),
        size: 1_024,
        dimensions: Some(Dimensions { width: 300, height: 1 }),
        has_thumbnail: true,
    }
}

fn room(members: usize) -> Room {
    let member = |number: usize| {
        let username = format!("ada {number}").into();
        (user(&format!("p-{number}")), Member { username, role: Role::Owner, since: 3 })
    };
    Room {
        name: "Woods".into(),
        history: History::SinceJoined,
        members: (0..members).map(member).collect(),
        changed: 9,
        shut_out: [].into(),
    }
}

#[test]
fn what_comes_with_a_message_comes_back() {
    let message = Message {
        reply_to: Some(3),
        mentions: [user("bob"), user("123e4567-e89b-42d3-a456-426614174000")].into(),
        attachments: [file(), Attachment { dimensions: None, has_thumbnail: false, ..file() }]
            .into(),
        ..Message::text("look")
    };
    let without_text = Message { text: "".into(), ..message.clone() };
    for message in [message, without_text] {
        comes_back(&NewEntry { body: Body::Message(message), ..entry("r:room", "ada", "") });
    }
}

#[test]
fn client_ids_come_back_exactly() {
    for id in [
        "018bcfe5-6800-7000-8000-00000000000a",
        "018BCFE5-6800-7000-8000-00000000000A",
        "018bcfe5680070008000000000000000a",
        "018bcfe5-6800-7000-0000-00000000000a",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "ffffffff-ffff-7fff-bfff-ffffffffffff",
        "018bcfe5-6800-7000-8000-00000000000g",
        "018bcfe56-800-7000-8000-00000000000a",
        "------------------------------------",
        "é",
        "0",
    ] {
        comes_back(&with_client(id));
    }
}

/// Fifty of them are to be read for four units of 4 KB.
#[test]
fn an_ordinary_message_is_small() {
    for (name, text, at_most) in [("English", ENGLISH, 327), ("Japanese", JAPANESE, 327)] {
        let usual = usual(text);
        let size = item::size(&item_of(&usual, 70_000));
        assert!(size <= at_most, "{name}: {size}");
        comes_back(&usual);
    }
}

#[test]
fn what_is_no_entry_is_an_error() {
    let usual = usual(ENGLISH);
    let packed = pack(&usual);
    let read = |packed: &[u8]| unpack(&usual.conversation, 7, packed);
    for end in 0..packed.len() {
        assert!(read(&packed[..end]).is_err(), "cut at {end}");
    }
    let with = |at: usize, byte: u8| {
        let mut packed = packed.clone();
        packed[at] = byte;
        read(&packed).unwrap_err()
    };
    let cause = |error: PortError| std::error::Error::source(&error).unwrap().to_string();
    let kind = cause(with(0, 9));
    assert_eq!(kind, "d:ada:bob, entry 7: of a kind that this version does not know");
    let flags = cause(with(1, packed[1] | AUTHOR_TEXT | AUTHOR_LARGER));
    assert_eq!(flags, "d:ada:bob, entry 7: with flags that this version does not know");
}

#[test]
fn what_expands_without_end_is_stopped() {
    let mut bomb = Vec::new();
    let params = brotli::enc::BrotliEncoderParams::default();
    let zeros = vec![b' '; 10_000_000];
    brotli::BrotliCompress(&mut &zeros[..], &mut bomb, &params).unwrap();
    assert_eq!(text::expanded(&bomb), Err("longer than a message may be"));
}

fn text() -> impl Strategy<Value = String> {
    let repeated = (".{1,20}", 1..40_usize).prop_map(|(text, times)| text.repeat(times));
    prop::strategy::Union::new([".{1,300}".boxed(), repeated.boxed()])
}

fn any_entry() -> impl Strategy<Value = NewEntry> {
    let conversation = prop::sample::select(vec!["d:ada:bob", "r:room", "d:a%20b:%E7%9B%B8"]);
    let author = prop::sample::select(vec!["ada", "bob", "a b", "相"]);
    let uuid = (any::<u64>(), any::<u128>())
        .prop_map(|(ms, random)| MessageId::new(ms, random).to_string());
    let any_uuid =
        any::<u128>().prop_map(|bits| MessageId::from_bytes(bits.to_be_bytes()).to_string());
    let client =
        prop::strategy::Union::new([uuid.boxed(), any_uuid.boxed(), "[a-zA-Z0-9é-]{1,32}".boxed()]);
    (
        (conversation, author, prop::option::of(client)),
        (any::<u128>(), any::<u64>(), any::<bool>()),
        (prop::option::of(any::<i64>()), prop::option::of(any::<u64>()), text()),
    )
        .prop_map(
            |((conversation, author, client), (id, time, own), (sent_at, reply_to, text))| {
                NewEntry {
                    client_msg_id: client.map(|id| ClientMsgId::parse(&id).unwrap()),
                    message_id: MessageId::from_bytes(id.to_be_bytes()),
                    timestamp: if own { milliseconds(id) } else { time },
                    sent_at,
                    body: Body::said(text, reply_to),
                    ..entry(conversation, author, "")
                }
            },
        )
}

proptest! {
    #[test]
    fn any_entry_comes_back(entry in any_entry()) {
        prop_assert_eq!(read_back(&entry), at_place(&entry, 7));
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        kind in 0..8_u8,
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        // They must not panic.
        let _ = (unpack_words(&bytes), unpack_files(&bytes), unpack_given(&bytes));
        let _ = unpack_room(&bytes);
        let mut entry = vec![kind, 0];
        entry.extend(bytes);
        let _ = unpack(&ConversationId::parse("d:ada:bob").unwrap(), 7, &entry);
    }
}
