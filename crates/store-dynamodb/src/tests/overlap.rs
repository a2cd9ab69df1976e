//! Stamps of processes whose clocks differ.

use std::{sync::Arc, time::Duration};

use aizuchi_core::log::LogStore as _;
use aizuchi_testkit::{block_on, clock::ManualClock};

use super::{append, conversation, entry, user};
use crate::{Settings, Store, Table, support};

const NOW: u64 = 1_700_000_000_000;
/// What the clocks differ by, and a write may take.
const LATE: u64 = 20_000;

fn process(table: &Table, clock: &Arc<ManualClock>, overlap: Duration) -> Store {
    let settings = Settings { clock: clock.clone(), overlap, ..Settings::default() };
    block_on(async { Store::new(table.clone(), settings) })
}

/// Whether a device that asked one process for changes hears of those of
/// another, whose clock is behind.
fn hears(overlap: Duration) -> [bool; 2] {
    let table = support::metered_table();
    let clocks = [NOW, NOW - LATE].map(|now| Arc::new(ManualClock::at(now)));
    let [one, late] = clocks.each_ref().map(|clock| process(&table, clock, overlap));
    append(&one, entry("ada", "before"));
    for clock in &clocks {
        clock.advance(60_000);
    }
    let changed = |since| {
        let listed = block_on(one.changed(&user("bob"), since, 10)).unwrap();
        !listed.summaries.is_empty()
    };
    let since = block_on(one.now()).unwrap();
    assert!(!changed(since), "nothing happened since");
    append(&late, entry("ada", "late"));
    let entry = changed(since);
    let since = block_on(one.now()).unwrap();
    block_on(late.read(&conversation(), &user("bob"), 2)).unwrap();
    [entry, changed(since)]
}

#[test]
fn the_overlap_covers_what_clocks_differ_by() {
    assert_eq!(hears(Settings::default().overlap), [true, true]);
    assert_eq!(hears(Duration::ZERO), [false, false], "and is needed for it");
}

/// A client's stamp may come from a process whose clock is ahead.
#[test]
fn a_stamp_of_a_process_ahead_is_no_stamp_out_of_reach() {
    let table = support::metered_table();
    let overlap = Settings::default().overlap;
    let [ahead, here] =
        [NOW + LATE, NOW].map(|now| process(&table, &Arc::new(ManualClock::at(now)), overlap));
    append(&ahead, entry("ada", "x"));
    let of_bob =
        |store: &Store, since| block_on(store.changed(&user("bob"), since, 10)).unwrap().summaries;
    let all = of_bob(&here, Default::default());
    assert_eq!(all.len(), 1);
    assert_eq!(of_bob(&here, all[0].changed), [], "the next page after it");
}
