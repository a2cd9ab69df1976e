//! What an index may have of old messages.

use aizuchi_core::{log::Body, search::Search};

use super::{NOTHING, do_to, found, say};
use crate::log::{LogFixture, sample::direct};

pub fn an_old_message_is_found_as_it_reads<F: LogFixture<Store: Search>>(fixture: F) {
    let (store, talk) = (fixture.open(), direct("ada", "bob"));
    for number in 1..=600 {
        say(&store, &talk, "ada", &format!("place{number} stays 番地{number}の家"));
    }
    // Each twice: what the first search learns must not mislead the second.
    let finds = |query: &str, seqs: &[u64]| {
        for _ in 0..2 {
            assert_eq!(found(&store, "bob", query), seqs, "{query}");
        }
    };
    finds("place7 stays", &[7]);
    finds("地30の", &[30]);
    finds("place600", &[600]);
    finds("nothing", &NOTHING);
    for (target, text) in [(7, "moved to 京都"), (256, "moved to 大阪"), (257, "moved")] {
        let edit = Body::Edit { target, text: text.into(), mentions: [].into() };
        do_to(&store, &talk, "ada", edit);
    }
    finds("place7 stays", &NOTHING);
    finds("京都", &[7]);
    finds("moved", &[7, 256, 257]);
    for target in [256, 7, 30] {
        do_to(&store, &talk, "ada", Body::Deletion { target });
    }
    finds("moved", &[257]);
    finds("京", &NOTHING);
    finds("place30 stays", &NOTHING);
    finds("place31 stays", &[31]);
}
