//! The answer that the web application's tests read.

use std::{fs, path::Path};

use aizuchi_estimate::{answer, day};
use serde_json::Value;

#[test]
fn the_fixture_is_what_is_answered() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/estimate/answer.json");
    let there: Value =
        serde_json::from_str(&fs::read_to_string(&path).unwrap_or_default()).unwrap_or_default();
    let fresh = serde_json::to_value(answer("", day("2026-11-24").unwrap()).unwrap()).unwrap();
    assert!(
        there == fresh,
        "stale: run `aizuchi estimate --today 2026-11-24 --json > fixtures/estimate/answer.json`"
    );
}
