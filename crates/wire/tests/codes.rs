//! The closed lists, and the documentation of them.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

use std::collections::BTreeSet;

use aizuchi_wire::{
    CloseCode, ErrorCode,
    limits::{INBOUND_BYTES, OUTBOUND_BYTES},
};

const PROTOCOL: &str = include_str!("../../../docs/protocol.md");

/// The rows of the table under this heading, a list of cells each.
fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, section) = PROTOCOL.split_once(heading).unwrap();
    let lines = section.lines().skip_while(|line| !line.starts_with('|'));
    let rows = lines.take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

#[test]
fn error_codes_are_documented_with_their_status() {
    let documented: BTreeSet<_> = table("\n## Errors\n")
        .into_iter()
        .map(|row| (row[0].trim_matches('`').to_owned(), row[1].parse().unwrap()))
        .collect();
    let all = ErrorCode::ALL.map(|code| (code.as_str().to_owned(), code.status()));
    assert_eq!(documented, BTreeSet::from(all));
}

#[test]
fn close_codes_are_documented_with_their_names() {
    let documented: BTreeSet<_> = table("\n### Close codes\n")
        .into_iter()
        .map(|row| (row[0].parse().unwrap(), row[1].to_owned()))
        .collect();
    let all = CloseCode::ALL.map(|code| (code.number(), code.name().to_owned()));
    assert_eq!(documented, BTreeSet::from(all));
}

#[test]
fn the_sizes_of_frames_are_documented() {
    for (limit, written) in [(INBOUND_BYTES, "32,768 bytes"), (OUTBOUND_BYTES, "131,072 bytes")] {
        assert_eq!(written.replace(',', ""), format!("{limit} bytes"));
        assert!(PROTOCOL.contains(written));
    }
}

#[test]
fn an_error_code_is_written_as_it_is_named() {
    for code in ErrorCode::ALL {
        assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        let read: ErrorCode = serde_json::from_value(code.as_str().into()).unwrap();
        assert_eq!(read, code);
    }
    assert!(serde_json::from_str::<ErrorCode>("\"on_fire\"").is_err());
}
