//! Pages of a log.

use crate::block_on;
use aizuchi_core::log::{LogStore, Page, PageSize, Span};

use super::{ALL, append, direct, entry, seqs, whole};
use crate::log::LogFixture;

/// `messages` and `entries` of a log that holds messages alone are the same.
fn page(store: &impl LogStore, span: Span, size: PageSize) -> (Vec<u64>, bool) {
    let conversation = direct("ada", "bob");
    let raw = block_on(store.entries(&conversation, span, size)).unwrap();
    let folded = block_on(store.messages(&conversation, span, size)).unwrap();
    assert_eq!(raw, folded);
    (seqs(&raw), raw.has_more)
}

fn of(entries: usize) -> PageSize {
    PageSize { entries, ..ALL }
}

fn with(fixture: &impl LogFixture, entries: usize) -> impl LogStore {
    let store = fixture.open();
    for number in 1..=entries {
        append(&store, entry(&direct("ada", "bob"), "ada", &number.to_string()));
    }
    store
}

pub fn an_unknown_conversation_is_empty(fixture: impl LogFixture) {
    let store = with(&fixture, 1);
    let nobodys = direct("ada", "cyd");
    for span in [Span::Newest, Span::Before(1), Span::Before(u64::MAX), Span::After(0)] {
        assert_eq!(block_on(store.messages(&nobodys, span, ALL)).unwrap(), Page::default());
        assert_eq!(block_on(store.entries(&nobodys, span, ALL)).unwrap(), Page::default());
    }
    let ada = super::user("ada");
    assert_eq!(block_on(store.summary(&nobodys, &ada)).unwrap(), None);
    let cursor = block_on(store.read(&nobodys, &ada, 5)).unwrap();
    assert_eq!((cursor.seq, cursor.moved), (0, false));
}

pub fn pages_end_at_the_edges(fixture: impl LogFixture) {
    let store = with(&fixture, 5);
    let expect = |span, entries, seqs: &[u64], more| {
        assert_eq!(page(&store, span, of(entries)), (seqs.to_vec(), more), "{span:?} {entries}");
    };
    expect(Span::Newest, 2, &[4, 5], true);
    expect(Span::Newest, 4, &[2, 3, 4, 5], true);
    expect(Span::Newest, 5, &[1, 2, 3, 4, 5], false);
    expect(Span::Newest, 6, &[1, 2, 3, 4, 5], false);

    expect(Span::Before(0), 2, &[], false);
    expect(Span::Before(1), 2, &[], false);
    expect(Span::Before(2), 2, &[1], false);
    expect(Span::Before(4), 2, &[2, 3], true);
    expect(Span::Before(5), 4, &[1, 2, 3, 4], false);
    expect(Span::Before(6), 2, &[4, 5], true);
    expect(Span::Before(7), 2, &[4, 5], true);
    expect(Span::Before(u64::MAX), 9, &[1, 2, 3, 4, 5], false);

    expect(Span::After(0), 2, &[1, 2], true);
    expect(Span::After(0), 5, &[1, 2, 3, 4, 5], false);
    expect(Span::After(3), 2, &[4, 5], false);
    expect(Span::After(3), 1, &[4], true);
    expect(Span::After(4), 9, &[5], false);
    expect(Span::After(5), 2, &[], false);
    expect(Span::After(6), 2, &[], false);
    expect(Span::After(u64::MAX), 2, &[], false);
}

pub fn pages_lead_through_the_whole_log(fixture: impl LogFixture) {
    const ENTRIES: usize = 500;
    let store = with(&fixture, ENTRIES);
    let all: Vec<u64> = (1..=ENTRIES as u64).collect();
    for step in [1, 7, 64, ENTRIES] {
        let mut forward = Vec::new();
        loop {
            let after = forward.last().copied().unwrap_or(0);
            let (seqs, more) = page(&store, Span::After(after), of(step));
            forward.extend(seqs);
            if !more {
                break;
            }
        }
        assert_eq!(forward, all, "forward by {step}");

        let mut backward = Vec::new();
        let mut span = Span::Newest;
        loop {
            let (seqs, more) = page(&store, span, of(step));
            span = Span::Before(seqs[0]);
            backward.extend(seqs.into_iter().rev());
            if !more {
                break;
            }
        }
        backward.reverse();
        assert_eq!(backward, all, "backward by {step}");
    }
    assert_eq!(seqs(&whole(&store, &direct("ada", "bob"))), all);
}

pub fn a_page_ends_by_bytes(fixture: impl LogFixture) {
    let conversation = direct("ada", "bob");
    let store = fixture.open();
    for length in [10, 20, 30, 40, 5] {
        append(&store, entry(&conversation, "ada", &"x".repeat(length)));
    }
    let expect = |span, bytes, seqs: &[u64], more| {
        let size = PageSize { entries: 100, bytes };
        assert_eq!(page(&store, span, size), (seqs.to_vec(), more), "{span:?} {bytes}");
    };
    expect(Span::After(0), 0, &[1], true);
    expect(Span::After(0), 9, &[1], true);
    expect(Span::After(0), 29, &[1], true);
    expect(Span::After(0), 30, &[1, 2], true);
    expect(Span::After(0), 60, &[1, 2, 3], true);
    expect(Span::After(0), 105, &[1, 2, 3, 4, 5], false);
    expect(Span::After(4), 0, &[5], false);
    expect(Span::Newest, 0, &[5], true);
    expect(Span::Newest, 44, &[5], true);
    expect(Span::Newest, 45, &[4, 5], true);
    expect(Span::Newest, 104, &[2, 3, 4, 5], true);
    expect(Span::Newest, 105, &[1, 2, 3, 4, 5], false);
    expect(Span::Before(5), 1, &[4], true);
    expect(Span::Before(2), 1, &[1], false);
}
