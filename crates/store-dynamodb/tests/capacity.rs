//! What each action costs, in requests and capacity units, held to its budget
//! and to what `docs/capacity.md` says.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]
#![expect(clippy::print_stdout, reason = "the figures are what one wants to see")]

mod support;

#[path = "capacity/actions.rs"]
mod actions;
#[path = "capacity/changes.rs"]
mod changes;
#[path = "capacity/sheet.rs"]
mod sheet;
#[path = "capacity/text.rs"]
mod text;
#[path = "capacity/world.rs"]
mod world;

use self::{sheet::Sheet, text::Language, world::World};

#[test]
fn every_action_keeps_its_budget() {
    // The emulator counts read units wrongly; this one counts them as AWS does.
    let mut sheet = Sheet::default();
    for language in [Language::English, Language::Japanese] {
        actions::measure(&World::new(support::metered_table(), language), &mut sheet);
    }
    let table = sheet.to_string();
    println!("{table}");
    sheet.hold();
    let document =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/capacity.md"));
    assert!(document.unwrap().contains(&table), "docs/capacity.md says something else:\n{table}");
}
