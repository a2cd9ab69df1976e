//! What a search costs, held to what `docs/capacity.md` says of it.

#![expect(clippy::print_stdout, reason = "the figures are what one wants to see")]

mod support;

use aizuchi_core::{
    archive::Archive as _,
    ids::{ConversationId, MessageId, UserId},
    log::{Body, Entry, State},
    search::{Asked, Query, Search as _},
};
use aizuchi_store_dynamodb::{Settings, Spent, Store};
use aizuchi_testkit::block_on;

const ENTRIES: u64 = 6_500;
/// Write and read units of each message, the first time it is met.
const FIRST: (f64, f64) = (0.02, 0.05);
/// Read units of each message in a search for what is nowhere, later.
const LATER: f64 = 0.003;
/// Read units of one stretch.
const STRETCH: f64 = 120.0;

/// Words as a small town has them, so that they repeat as words do.
fn text(seq: u64) -> String {
    const WORDS: [&str; 16] = [
        "bring", "the", "garden", "keys", "before", "evening", "please", "and", "tell", "her",
        "that", "train", "left", "at", "noon", "today",
    ];
    let mut number = seq.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut words = vec![format!("no{}", seq % 997)];
    for _ in 0..12 {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        words.push(WORDS[(number >> 60) as usize].to_owned());
    }
    words.join(" ")
}

#[test]
fn a_search_keeps_its_budget() {
    let table = support::metered_table();
    let store = block_on(async { Store::new(table.clone(), Settings::default()) });
    let [ada, bob] = ["ada", "bob"].map(|id| UserId::parse(id).unwrap());
    let conversation = ConversationId::direct(&ada, &bob).unwrap();
    let entry = |seq: u64| Entry {
        seq,
        message_id: MessageId::new(1_600_000_000_000 + seq, seq.into()),
        author: ada.clone(),
        client_msg_id: None,
        timestamp: 1_600_000_000_000 + seq,
        sent_at: None,
        body: Body::text(text(seq)),
        state: State::default(),
    };
    for first in (1..=ENTRIES).step_by(500) {
        let part = (first..(first + 500).min(ENTRIES + 1)).map(entry).collect();
        block_on(store.restore(&conversation, part)).unwrap();
    }
    // Searches to the end: what is found, and what it and its dearest stretch took.
    let search = |query: &str| -> (usize, Spent, f64) {
        let before = table.usage().spent();
        let (mut from, mut found, mut dearest) = (None, 0, 0.0_f64);
        loop {
            let start = table.usage().spent().read_units;
            let (user, query) = (bob.clone(), Query::parse(query));
            let asked = Asked { user, query, within: None, from, until: None };
            let stretch = block_on(store.search(asked)).unwrap();
            dearest = dearest.max(table.usage().spent().read_units - start);
            found += stretch.found.len();
            from = stretch.next;
            if from.is_none() {
                break;
            }
        }
        let after = table.usage().spent();
        let spent = Spent {
            requests: after.requests - before.requests,
            read_units: after.read_units - before.read_units,
            write_units: after.write_units - before.write_units,
        };
        (found, spent, dearest)
    };
    let (found, first, dearest) = search("nowhere");
    println!("first: {first:?}, dearest stretch {dearest}");
    assert_eq!(found, 0);
    assert!(first.write_units <= ENTRIES as f64 * FIRST.0, "{first:?}");
    assert!(first.read_units <= ENTRIES as f64 * FIRST.1, "{first:?}");
    assert!(dearest <= STRETCH, "{dearest}");
    let (found, later, dearest) = search("nowhere");
    println!("later: {later:?}, dearest stretch {dearest}");
    assert_eq!((found, later.write_units), (0, 0.0));
    assert!(later.read_units <= 25.0 + ENTRIES as f64 * LATER, "{later:?}");
    let (found, rare, dearest) = search("no500 ");
    println!("rare, found {found}: {rare:?}, dearest stretch {dearest}");
    assert!(found >= 6);
    assert!(dearest <= STRETCH, "{dearest}");
}
