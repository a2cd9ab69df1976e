//! Round trips, fixed vectors, sizes, and what is no entry.

use std::sync::Arc;

use proptest::prelude::{Strategy, any, prop, prop_assert_eq, proptest};

use super::*;
use crate::{
    item::{self, Item},
    keys::Key,
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
    let entry = entry.clone();
    Entry {
        seq,
        message_id: entry.message_id,
        author: entry.author,
        client_msg_id: entry.client_msg_id,
        timestamp: entry.timestamp,
        sent_at: entry.sent_at,
        body: entry.body,
    }
}

fn comes_back(entry: &NewEntry) {
    let packed = pack(entry);
    let back = unpack(&entry.conversation, 7, &packed).unwrap();
    assert_eq!(back, at_place(entry, 7));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is written stays readable: these never change.
#[test]
fn vectors() {
    let id = "018bcfe568007abc8000000000001234";
    let in_room = entry("r:room", "ada", "hi");
    let late = NewEntry { timestamp: NOW + 1, ..entry("d:ada:bob", "ada", "hi") };
    let reply = NewEntry { body: Body::said("hi", Some(300)), ..entry("d:ada:bob", "ada", "hi") };
    for (entry, expected) in [
        (entry("d:ada:bob", "ada", "hi"), format!("0100{id}6869")),
        (entry("d:ada:bob", "bob", "相"), format!("0102{id}e79bb8")),
        (in_room, format!("0101{id}036164616869")),
        (late, format!("0110{id}026869")),
        (reply, format!("0140{id}ac026869")),
        (with_client("c1"), format!("010c{id}0263316869")),
        (
            with_client("123e4567-e89b-42d3-a456-426614174000"),
            format!("0108{id}123e4567e89b42d3a4564266141740006869"),
        ),
        (
            with_client("018bcfe5-6801-7fff-bfff-ffffffffff00"),
            format!("0104{id}0203ffffffffffffffff006869"),
        ),
        (usual("hi"), format!("0126{id}f30301555555555555555555f5036869")),
    ] {
        assert_eq!(hex(&pack(&entry)), expected, "{entry:?}");
        comes_back(&entry);
    }
    // The compressor may find a shorter form one day; this one stays readable.
    let long = usual(&"the same again, ".repeat(8));
    assert_eq!(hex(&pack(&long)), COMPRESSED);
    let packed: Vec<u8> = (0..COMPRESSED.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&COMPRESSED[at..at + 2], 16).unwrap())
        .collect();
    assert_eq!(unpack(&long.conversation, 7, &packed).unwrap(), at_place(&long, 7));
}

const COMPRESSED: &str = "01a6018bcfe568007abc8000000000001234f30301555555555555555555f503e20f\
                          00bf04400e624860f941313255ba092b";

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
        let mut item: Item = Key::entry(&usual.conversation, 70_000).attributes();
        item.insert("e".to_owned(), item::bytes(pack(&usual)));
        let size = item::size(&item);
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
                    body: Body::Message { text: Arc::from(text), reply_to },
                    ..entry(conversation, author, "")
                }
            },
        )
}

proptest! {
    #[test]
    fn any_entry_comes_back(entry in any_entry()) {
        let back = unpack(&entry.conversation, 7, &pack(&entry)).unwrap();
        prop_assert_eq!(back, at_place(&entry, 7));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut message = vec![MESSAGE];
        message.extend(bytes);
        // It must not panic.
        let _ = unpack(&ConversationId::parse("d:ada:bob").unwrap(), 7, &message);
    }
}
