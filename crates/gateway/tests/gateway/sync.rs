//! `SYNC`: what changed, and what a device misses.

use serde_json::{Value, json};

use crate::support::{Phone, World, direct};

/// What one `SYNC` brought, its frames put together.
#[derive(Debug)]
struct Brought {
    conversations: Vec<Value>,
    entries: Vec<Value>,
    since: Value,
    frames: usize,
}

impl Brought {
    fn ids(&self) -> Vec<&str> {
        self.conversations.iter().map(|one| one["conversationId"].as_str().unwrap()).collect()
    }

    /// The places of one conversation's entries, in the order in which they came.
    fn seqs(&self, conversation: &str) -> Vec<u64> {
        let of_it = self.entries.iter().filter(|one| one["conversationId"] == conversation);
        of_it.map(|one| one["seq"].as_u64().unwrap()).collect()
    }
}

fn sync(phone: &Phone<'_>, since: Option<&Value>, cursors: Value) -> Brought {
    let mut frame = json!({ "action": "SYNC", "cursors": cursors, "requestId": "r1" });
    if let Some(since) = since {
        frame["since"] = since.clone();
    }
    phone.says(&frame);
    let frames = phone.hears();
    let (last, others) = frames.split_last().unwrap();
    assert_eq!(last["more"], false);
    let mut brought = Brought {
        conversations: Vec::new(),
        entries: Vec::new(),
        since: last["since"].clone(),
        frames: frames.len(),
    };
    assert!(others.iter().all(|frame| frame["more"] == true));
    for frame in &frames {
        assert_eq!(frame["action"], "SYNC");
        assert_eq!(frame["requestId"], "r1");
        brought.conversations.extend(frame["conversations"].as_array().unwrap().clone());
        brought.entries.extend(frame["entries"].as_array().unwrap().clone());
    }
    brought
}

fn talk(world: &World, from: &str, to: &str, names: std::ops::RangeInclusive<u64>) {
    let phone = world.phone(from);
    for n in names {
        phone.writes(to, "hi", &format!("m{n}"));
    }
}

#[test]
fn without_since_every_conversation_is_brought_and_no_entry() {
    let world = World::new();
    talk(&world, "ada", "bob", 1..=3);
    talk(&world, "cyd", "ada", 1..=1);
    talk(&world, "bob", "cyd", 1..=1);
    let ada = world.phone("ada");
    ada.says(&json!({ "action": "SYNC" }));
    let [frame] = ada.hears().try_into().unwrap();
    assert_eq!(
        frame,
        json!({ "action": "SYNC", "more": false, "since": frame["since"], "entries": [],
            "conversations": [
                { "conversationId": direct("ada", "bob"), "lastSeq": 3, "unread": 0, "reads": {},
                    "members": [{ "sub": "ada", "username": "Ada" },
                        { "sub": "bob", "username": "Bob" }] },
                { "conversationId": direct("ada", "cyd"), "lastSeq": 1, "unread": 1, "reads": {},
                    "members": [{ "sub": "ada", "username": "Ada" },
                        { "sub": "cyd", "username": "Cyd" }] },
            ] })
    );
}

#[test]
fn whoever_has_nothing_gets_one_empty_frame() {
    let world = World::new();
    let brought = sync(&world.phone("ada"), None, json!({}));
    assert_eq!(brought.frames, 1);
    assert!(brought.conversations.is_empty() && brought.entries.is_empty());
    assert!(brought.since.is_string());
}

#[test]
fn since_brings_what_changed_after_it() {
    let world = World::new();
    talk(&world, "ada", "bob", 1..=1);
    talk(&world, "cyd", "bob", 1..=1);
    let bob = world.phone("bob");
    let first = sync(&bob, None, json!({}));
    let again = sync(&bob, Some(&first.since), json!({}));
    assert!(again.conversations.is_empty(), "nothing did");
    talk(&world, "ada", "bob", 2..=2);
    bob.hears();
    let brought = sync(&bob, Some(&first.since), json!({}));
    assert_eq!(brought.ids(), [direct("ada", "bob")]);
    assert_eq!(brought.conversations[0]["lastSeq"], 2);
    assert_eq!(brought.conversations[0]["unread"], 2);
}

#[test]
fn a_read_cursors_move_is_a_change_for_both() {
    let world = World::new();
    talk(&world, "ada", "bob", 1..=2);
    let [ada, bob] = [world.phone("ada"), world.phone("bob")];
    let [for_ada, for_bob] = [&ada, &bob].map(|phone| sync(phone, None, json!({})).since);
    let other = world.phone("bob");
    other.says(&json!({ "action": "READ", "conversationId": direct("ada", "bob"), "seq": 2 }));
    for (phone, since) in [(&ada, for_ada), (&bob, for_bob)] {
        phone.hears();
        let brought = sync(phone, Some(&since), json!({}));
        assert_eq!(brought.ids(), [direct("ada", "bob")]);
        assert_eq!(brought.conversations[0]["reads"], json!({ "bob": 2 }));
        assert_eq!(brought.conversations[0]["unread"], 0);
    }
}

#[test]
fn a_since_of_elsewhere_brings_everything() {
    let world = World::new();
    talk(&world, "ada", "bob", 1..=1);
    for since in ["", "yesterday", "-1", "1.5", "18446744073709551615", "99999999999999999999999"] {
        let brought = sync(&world.phone("ada"), Some(&json!(since)), json!({}));
        assert_eq!(brought.ids(), [direct("ada", "bob")], "{since:?}");
    }
}

#[test]
fn entries_come_after_the_cursors_named_and_raw() {
    let world = World::new();
    talk(&world, "ada", "bob", 1..=4);
    talk(&world, "cyd", "bob", 1..=2);
    let bob = world.phone("bob");
    let [with_ada, with_cyd] = [direct("ada", "bob"), direct("bob", "cyd")];
    let brought = sync(&bob, None, json!({ with_ada.clone(): 2 }));
    assert_eq!(brought.ids(), [with_ada.as_str(), with_cyd.as_str()]);
    assert_eq!(brought.seqs(&with_ada), [3, 4]);
    assert!(brought.seqs(&with_cyd).is_empty(), "what is not named brings none");
    let entry = &brought.entries[0];
    assert_eq!(
        *entry,
        json!({ "conversationId": with_ada, "seq": 3, "kind": "message",
            "messageId": entry["messageId"], "fromSub": "ada", "message": "hi",
            "timestamp": world.now(), "clientMsgId": "m3" })
    );
    let brought = sync(&bob, None, json!({ with_ada.clone(): 4, with_cyd.clone(): 0 }));
    assert!(brought.seqs(&with_ada).is_empty(), "nothing is after the end");
    assert_eq!(brought.seqs(&with_cyd), [1, 2]);
}

#[test]
fn entries_come_though_nothing_changed_since() {
    let world = World::new();
    talk(&world, "ada", "bob", 1..=3);
    talk(&world, "cyd", "bob", 1..=3);
    let bob = world.phone("bob");
    let since = sync(&bob, None, json!({})).since;
    let [missed, whole] = [direct("ada", "bob"), direct("bob", "cyd")];
    let brought = sync(&bob, Some(&since), json!({ missed.clone(): 1, whole.clone(): 3 }));
    assert_eq!(brought.ids(), [missed.as_str()]);
    assert_eq!(brought.seqs(&missed), [2, 3]);
    assert!(brought.seqs(&whole).is_empty());
    let quiet = sync(&bob, Some(&since), json!({ missed: 3, whole: 3 }));
    assert_eq!(quiet.frames, 1);
    assert!(quiet.conversations.is_empty() && quiet.entries.is_empty());
}

#[test]
fn a_gap_of_more_than_a_thousand_is_a_reset() {
    let world = World::new();
    talk(&world, "ada", "bob", 1..=1_003);
    let bob = world.phone("bob");
    let id = direct("ada", "bob");
    let now = sync(&bob, None, json!({})).since;
    for since in [None, Some(&now)] {
        for cursor in [0, 1, 2] {
            let brought = sync(&bob, since, json!({ id.clone(): cursor }));
            assert_eq!(brought.conversations[0]["reset"], true);
            assert_eq!(brought.conversations[0]["lastSeq"], 1_003);
            assert!(brought.seqs(&id).is_empty());
        }
        let brought = sync(&bob, since, json!({ id.clone(): 3 }));
        assert_eq!(brought.conversations[0].get("reset"), None);
        assert_eq!(brought.seqs(&id), (4..=1_003).collect::<Vec<_>>());
    }
    let brought = sync(&bob, None, json!({ id.clone(): 1_004 }));
    assert_eq!(brought.conversations[0]["reset"], true, "a log put back from a backup");
}

#[test]
fn what_does_not_fit_comes_in_further_frames() {
    for text in
        ["x".repeat(32_000), "\u{1f9a9}".repeat(8_000), "\"".repeat(16_000), "\u{1}".repeat(5_300)]
    {
        let world = World::new();
        let ada = world.phone("ada");
        let mut cursors = json!({});
        for partner in ["bob", "cyd", "相槌"] {
            for n in 0..9 {
                ada.writes(partner, &text, &n.to_string());
            }
            cursors[direct("ada", partner)] = json!(1);
        }
        let brought = sync(&world.phone("ada"), None, cursors);
        assert!(brought.frames > 3);
        assert!(brought.entries.iter().all(|one| one["message"] == text));
        for partner in ["bob", "cyd", "相槌"] {
            assert_eq!(brought.seqs(&direct("ada", partner)), (2..=9).collect::<Vec<_>>());
        }
    }
}

#[test]
fn many_short_entries_that_need_escapes_fit_too() {
    let world = World::new();
    let ada = world.phone("ada");
    for n in 0..900 {
        ada.writes("bob", &"\u{1}".repeat(1 + n % 900), &n.to_string());
    }
    let id = direct("ada", "bob");
    let brought = sync(&world.phone("bob"), None, json!({ id.clone(): 0 }));
    assert_eq!(brought.seqs(&id), (1..=900).collect::<Vec<_>>());
}

#[test]
fn many_conversations_come_in_further_frames() {
    let world = World::new();
    let ada = world.phone("ada");
    let mut cursors = json!({});
    let mut expected = Vec::new();
    for n in 0..210 {
        let partner = format!("p{n:03}");
        world.sign_up(&partner, &partner);
        for m in 0..3 {
            ada.writes(&partner, "hi", &m.to_string());
        }
        expected.push(direct("ada", &partner));
        if n < 200 {
            cursors[direct("ada", &partner)] = json!(n % 4);
        }
    }
    let phone = world.phone("ada");
    let first = sync(&phone, None, cursors.clone());
    assert_eq!(first.ids(), expected, "the earliest change first, each once");
    let again = sync(&phone, Some(&first.since), cursors);
    for brought in [&first, &again] {
        for (n, id) in expected.iter().enumerate() {
            let missed = if n < 200 { n as u64 % 4 + 1..4 } else { 0..0 };
            assert_eq!(brought.seqs(id), missed.collect::<Vec<_>>(), "{id}");
        }
    }
    assert_eq!(again.conversations.len(), 150, "those that miss something");
}

#[test]
fn at_most_two_hundred_cursors_are_named() {
    let world = World::new();
    let phone = world.phone("ada");
    let cursors = |many: usize| {
        let named = (0..many).map(|n| (direct("ada", &format!("p{n:03}")), json!(0)));
        json!({ "action": "SYNC", "cursors": named.collect::<serde_json::Map<_, _>>(),
            "requestId": "r1" })
    };
    assert_eq!(phone.asks(&cursors(200))["action"], "SYNC");
    let refused = phone.asks(&cursors(201));
    assert_eq!(refused["code"], "invalid_request");
    assert_eq!(refused["requestId"], "r1");
}

#[test]
fn an_answer_of_many_frames_does_not_outrun_its_reader() {
    let world = World::new();
    let ada = world.phone("ada");
    for n in 0..100 {
        ada.writes("bob", &"x".repeat(30_000), &n.to_string());
    }
    let id = direct("ada", "bob");
    // Three megabytes, of which one may wait: the reader is read to, not closed.
    let brought = sync(&world.phone("bob"), None, json!({ id.clone(): 0 }));
    assert_eq!(brought.seqs(&id), (1..=100).collect::<Vec<_>>());
}
