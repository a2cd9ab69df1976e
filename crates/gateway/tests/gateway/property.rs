//! Whatever a client says, the gateway keeps its manners.

use std::sync::Arc;

use aizuchi_core::{
    ids::{ClientMsgId, ConversationId, MessageId},
    limits::LIST_BYTES,
    log::{Body, Entry, Stamp, State},
    outcome::Event,
    registry::Level,
};
use aizuchi_gateway::encode::encode;
use aizuchi_wire::limits::OUTBOUND_BYTES;
use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Map, Value};

use crate::{
    golden::frames_of_clients,
    support::{World, user},
};

/// Says something over a connection of either level: nothing panics, and there
/// is at most one answer (presence comes a frame a person).
fn is_answered_well(text: &str) {
    for level in [Level::Zero, Level::One] {
        let world = World::new();
        let phone = world.connect("ada", level, Some(user("bob"))).unwrap();
        phone.says_text(text);
        let heard = phone.hears();
        let is = |frame: &Value, action: &str| frame["action"] == action;
        assert!(heard.iter().all(|frame| frame["action"].is_string()), "{heard:?}");
        assert!(heard.iter().filter(|frame| !is(frame, "ISONLINE")).count() <= 1, "{heard:?}");
        if heard.iter().any(|frame| is(frame, "ERROR")) {
            assert_eq!(heard.len(), 1, "{heard:?}");
        }
    }
}

fn one_of(which: Index) -> String {
    which.get(&frames_of_clients()).clone()
}

/// One change of a text.
#[derive(Debug, Clone)]
enum Change {
    Remove(Index, usize),
    Insert(Index, String),
    Repeat(Index, usize),
}

fn change() -> impl Strategy<Value = Change> {
    // Pieces that mean something to a reader of JSON.
    let piece = prop_oneof![
        any::<String>(),
        proptest::sample::select(vec![
            "\"",
            "\\",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "null",
            "-1",
            "1e999",
            "18446744073709551616",
            "\\ud800",
            "\\u0000",
            "\0",
            "\"action\":\"PING\",",
            "%",
            "d:",
            "true",
        ])
        .prop_map(str::to_owned),
    ];
    prop_oneof![
        (any::<Index>(), 1..9_usize).prop_map(|(at, many)| Change::Remove(at, many)),
        (any::<Index>(), piece).prop_map(|(at, piece)| Change::Insert(at, piece)),
        (any::<Index>(), 1..40_usize).prop_map(|(at, many)| Change::Repeat(at, many)),
    ]
}

fn changed(text: &str, changes: &[Change]) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for change in changes {
        let place = |at: &Index, letters: &[char]| at.index(letters.len() + 1);
        match change {
            Change::Remove(at, many) => {
                let from = place(at, &letters);
                letters.drain(from..letters.len().min(from + many));
            }
            Change::Insert(at, piece) => {
                let at = place(at, &letters);
                letters.splice(at..at, piece.chars());
            }
            Change::Repeat(at, many) => {
                let from = place(at, &letters);
                let again = letters[from..letters.len().min(from + many)].to_vec();
                letters.splice(from..from, again);
            }
        }
    }
    letters.into_iter().collect()
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((any::<String>(), inner), 0..4)
                .prop_map(|fields| fields.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered_well(text in any::<String>()) {
        is_answered_well(&text);
    }

    #[test]
    fn any_change_of_a_frame_is_answered_well(
        which in any::<Index>(),
        changes in vec(change(), 1..6),
    ) {
        is_answered_well(&changed(&one_of(which), &changes));
    }

    #[test]
    fn any_value_in_a_frame_is_answered_well(
        which in any::<Index>(),
        field in any::<Index>(),
        value in any_value(),
    ) {
        let mut frame: Map<String, Value> =
            serde_json::from_str(&one_of(which)).unwrap();
        let at = field.index(frame.len());
        *frame.values_mut().nth(at).unwrap() = value;
        is_answered_well(&Value::from(frame).to_string());
    }

    /// Frames are filled by weight: what fits by it fits on the wire.
    #[test]
    fn what_an_entry_takes_is_known_by_its_weight(
        letters in vec(any::<char>(), 0..300),
        quotes in 0..300_usize,
        controls in 0..300_usize,
        (author, partner) in (1..=128_usize, 1..=128_usize),
    ) {
        let text: String = letters.into_iter().collect();
        let text: Arc<str> =
            format!("x{text}{}{}", "\"".repeat(quotes), "\u{1}".repeat(controls)).into();
        let [author, partner] = [user(&"\"".repeat(author)), user(&"a".repeat(partner))];
        let conversation = ConversationId::direct(&author, &partner).unwrap();
        let entry = Entry {
            seq: u64::MAX,
            message_id: MessageId::new(0, 0),
            author,
            client_msg_id: Some(ClientMsgId::parse(&"\"".repeat(64)).unwrap()),
            timestamp: u64::MAX,
            sent_at: Some(i64::MIN),
            body: Body::said(text, Some(u64::MAX)),
            state: State::default(),
        };
        let frame = |entries: Vec<Entry>| {
            let (conversations, entries) = (Vec::new(), vec![(conversation.clone(), entries)]);
            let event = Event::Changes { conversations, entries, more: false, since: Stamp(0) };
            encode(&event, Level::One, None).len()
        };
        let weight = entry.weight() + conversation.as_str().len();
        let takes = frame(vec![entry]) - frame(Vec::new());
        prop_assert!(takes * LIST_BYTES < weight * OUTBOUND_BYTES, "{takes} of {weight}");
    }
}
