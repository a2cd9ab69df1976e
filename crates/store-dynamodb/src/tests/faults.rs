//! Throttling, answers that are lost, and a table that does not answer.

use std::{error::Error as _, thread};

use aizuchi_core::{
    error::PortError,
    log::{LogStore as _, Stamp},
};
use aizuchi_testkit::block_on;

use super::{
    append, conversation, entry, lists_follow, process,
    proxy::{Fault, error, faulty},
    sent, texts, user, whole,
};

/// Ways to say that it is too much.
const THROTTLED: [&str; 4] = [
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "InternalServerError",
];

#[test]
fn what_is_throttled_at_first_succeeds() {
    for code in THROTTLED {
        let store = process(&faulty(move |_, nth, _| (nth < 2).then(|| error(code))));
        assert_eq!(append(&store, sent("ada", "one")).seq, 1, "{code}");
        assert_eq!(append(&store, sent("ada", "two")).seq, 2, "{code}");
        lists_follow(&store);
    }
}

/// The outcome of an append where these requests have this fault for ever.
fn outcome(request: &'static str, fault: Fault) -> PortError {
    let decide = move |name: &str, _: usize, _: &str| (name == request).then(|| fault.clone());
    let store = process(&faulty(decide));
    block_on(store.append(sent("ada", "a secret"))).unwrap_err()
}

#[test]
fn what_is_throttled_for_ever_is_unavailable() {
    let unavailable = |request, code| {
        let error = outcome(request, error(code));
        let PortError::Unavailable { what: _, cause } = &error else { panic!("{error:?}") };
        let said = cause.to_string();
        assert!(said.contains(request) && said.contains(code), "{said}");
    };
    thread::scope(|scope| {
        for request in ["Query", "PutItem", "UpdateItem"] {
            for code in THROTTLED {
                scope.spawn(move || unavailable(request, code));
            }
        }
    });
}

#[test]
fn what_never_answers_is_unavailable() {
    thread::scope(|scope| {
        for request in ["Query", "PutItem", "UpdateItem"] {
            scope.spawn(move || {
                let error = outcome(request, Fault::Hang);
                assert!(matches!(error, PortError::Unavailable { .. }), "{error:?}");
            });
        }
    });
}

#[test]
fn a_cause_holds_nothing_of_what_was_said() {
    let error = outcome("PutItem", error("ValidationException"));
    let mut said = format!("{error} {error:?}");
    let mut next = error.source();
    while let Some(cause) = next {
        said += &format!("{cause} {cause:?}");
        next = cause.source();
    }
    assert!(said.contains("ValidationException"), "{said}");
    assert!(!said.contains("secret"), "{said}");
}

/// The write was done; the same write, tried again, is refused by itself.
#[test]
fn a_lost_answer_is_no_duplicate() {
    for (request, nth) in [("PutItem", 0), ("PutItem", 1), ("UpdateItem", 0), ("UpdateItem", 1)] {
        let store = process(&faulty(move |name, at, _| {
            (name == request && at == nth).then_some(Fault::Lose)
        }));
        let answer = append(&store, sent("ada", "one"));
        assert_eq!((answer.seq, answer.duplicate), (1, false), "{request} {nth}");
        assert_eq!(texts(&whole(&store)), ["one"]);
        lists_follow(&store);
    }
    // What its author's device has no name for is known by its own.
    let store =
        process(&faulty(|name, at, _| (name == "PutItem" && at == 0).then_some(Fault::Lose)));
    let answer = append(&store, entry("ada", "one"));
    assert_eq!((answer.seq, answer.duplicate), (1, false));
    assert_eq!(texts(&whole(&store)), ["one"]);
}

#[test]
fn a_cursor_whose_answer_is_lost_has_moved() {
    // The first two moves are those of the lists.
    let store =
        process(&faulty(|name, at, _| (name == "UpdateItem" && at == 2).then_some(Fault::Lose)));
    append(&store, entry("ada", "one"));
    let cursor = block_on(store.read(&conversation(), &user("bob"), 1)).unwrap();
    assert_eq!((cursor.seq, cursor.moved), (1, true));
    let cursor = block_on(store.read(&conversation(), &user("bob"), 1)).unwrap();
    assert_eq!((cursor.seq, cursor.moved), (1, false));
}

/// After a failure the place is looked for anew.
#[test]
fn an_append_that_failed_leaves_no_hole() {
    // The entry of the second append: its claim is the third put.
    let store = process(&faulty(|name, at, _| {
        (name == "PutItem" && at == 3).then(|| error("ValidationException"))
    }));
    assert_eq!(append(&store, sent("ada", "one")).seq, 1);
    let [failed, next] = [sent("ada", "two"), sent("ada", "three")].map(|new| store.append(new));
    assert!(matches!(block_on(failed), Err(PortError::Unavailable { .. })));
    assert_eq!(block_on(next).unwrap().seq, 2);
    let resend = append(&store, sent("ada", "two"));
    assert_eq!((resend.seq, resend.duplicate), (3, false));
    assert_eq!(texts(&whole(&store)), ["one", "three", "two"]);
    lists_follow(&store);
}

/// A batch that was throttled says so with a success, and gives back its keys.
#[test]
fn keys_that_were_not_processed_are_asked_for_again() {
    let unprocessed = |body: &str| {
        let asked: serde_json::Value = serde_json::from_str(body).unwrap();
        let keys = &asked["RequestItems"];
        Fault::Answer(200, format!(r#"{{"Responses":{{}},"UnprocessedKeys":{keys}}}"#))
    };
    let store = process(&faulty(move |name, nth, body| {
        (name == "BatchGetItem" && nth < 3).then(|| unprocessed(body))
    }));
    append(&store, entry("ada", "one"));
    let changed = block_on(store.changed(&user("bob"), Stamp(0), 10)).unwrap();
    assert_eq!(changed.summaries.len(), 1);

    let store =
        process(&faulty(move |name, _, body| (name == "BatchGetItem").then(|| unprocessed(body))));
    append(&store, entry("ada", "one"));
    let error = block_on(store.changed(&user("bob"), Stamp(0), 10)).unwrap_err();
    assert!(matches!(error, PortError::Unavailable { .. }), "{error:?}");
}
