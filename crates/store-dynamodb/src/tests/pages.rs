//! What does not fit in one answer of the table, and what an eventual read misses.

use aizuchi_core::log::{LogStore as _, PageSize, Span};
use aizuchi_testkit::block_on;

use super::{ALL, conversation, entry, process};
use crate::{support, table::Reading};

/// Text that no compression makes much shorter.
fn noise(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    getrandom::fill(&mut random).unwrap();
    random.iter().map(|byte| char::from(b' ' + byte % 95)).collect()
}

/// An answer ends after 1 MB.
#[test]
fn a_page_of_several_answers_is_whole() {
    const ENTRIES: u64 = 60;
    let store = process(&support::metered_table());
    let waiting: Vec<_> =
        (0..ENTRIES).map(|_| store.append(entry("ada", &noise(32 * 1024)))).collect();
    for answer in waiting {
        block_on(answer).unwrap();
    }
    for (span, expected) in [
        (Span::After(0), 1..=ENTRIES),
        (Span::Newest, 1..=ENTRIES),
        (Span::Before(ENTRIES), 1..=ENTRIES - 1),
    ] {
        let before = store.table().usage().spent().requests;
        let page = block_on(store.entries(&conversation(), span, ALL)).unwrap();
        let requests = store.table().usage().spent().requests - before;
        assert!(requests > 1, "{span:?}: all of it came at once");
        let seqs: Vec<_> = page.entries.iter().map(|entry| entry.seq).collect();
        assert_eq!(seqs, expected.collect::<Vec<_>>(), "{span:?}");
        assert!(!page.has_more);
    }
    let half = PageSize { entries: 100, bytes: 32 * 1024 * 50 };
    let page = block_on(store.entries(&conversation(), Span::After(0), half)).unwrap();
    assert_eq!((page.entries.len(), page.has_more), (50, true));
    let page = block_on(store.entries(&conversation(), Span::Newest, half)).unwrap();
    assert_eq!((page.entries[0].seq, page.has_more), (11, true));
    // All of it is counted, however many answers that takes.
    let conversation = conversation();
    let all = block_on(store.0.between(&conversation, 0, ENTRIES)).unwrap();
    assert_eq!(all.len() as u64, ENTRIES);
}

#[test]
fn the_newest_place_is_one_small_read() {
    let store = process(&support::metered_table());
    for _ in 0..3 {
        block_on(store.append(entry("ada", "x"))).unwrap();
    }
    let before = store.table().usage().spent();
    let conversation = conversation();
    let newest = store.0.newest_seq(&conversation, Reading::Eventual);
    assert_eq!(block_on(newest).unwrap(), 3);
    let spent = store.table().usage().spent() - before;
    assert_eq!((spent.requests, spent.read_units, spent.write_units), (1, 0.5, 0.0));
}
