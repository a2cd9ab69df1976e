//! Reads while the index lags behind, held at each stage of its way.

use std::{thread, time::Duration};

use aizuchi_core::{
    ids::{ClientMsgId, ConversationId, MessageId, UserId},
    log::{Body, LogStore, NewEntry, PageSize, Span, Stamp},
};
use aizuchi_testkit::log::MemoryLog;
use pollster::block_on;

use super::Fixture;
use crate::{
    Database, connect,
    connect::PageCache,
    index,
    indexer::Indexer,
    journal,
    tail::{Pace, Tail},
    view::View,
};

const ALL: PageSize = PageSize { entries: 10_000, bytes: usize::MAX };
const PEOPLE: [&str; 4] = ["ada", "bob", "cyd", "dan"];

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

fn direct(a: &str, b: &str) -> ConversationId {
    ConversationId::direct(&user(a), &user(b)).unwrap()
}

fn conversations() -> Vec<ConversationId> {
    let pairs = PEOPLE.iter().enumerate();
    pairs.flat_map(|(at, a)| PEOPLE[..at].iter().map(|b| direct(a, b))).collect()
}

fn entry(conversation: &ConversationId, author: &UserId, id: u64) -> NewEntry {
    NewEntry {
        conversation: conversation.clone(),
        author: author.clone(),
        client_msg_id: Some(ClientMsgId::parse(&id.to_string()).unwrap()),
        message_id: MessageId::new(id, id.into()),
        timestamp: id,
        sent_at: None,
        body: Body::text(format!("number {id}")),
    }
}

/// A store whose indexer moves by hand, and the model of what was stored.
struct Held {
    database: Database,
    indexer: Indexer,
    model: MemoryLog,
    next: u64,
}

impl Held {
    fn new(fixture: &Fixture) -> Self {
        let (database, indexer) = fixture.open_with_indexer();
        Self { database, indexer, model: MemoryLog::default(), next: 1 }
    }

    fn tail(&self) -> &Tail {
        self.indexer.tail()
    }

    /// Deletes a message of each conversation, its `from`th, wherever that lies by now.
    fn delete(&mut self, from: u64) {
        for conversation in conversations() {
            let [author, _] = conversation.direct_members().unwrap();
            let body = Body::Deletion { target: from };
            let deletion = NewEntry { body, ..entry(&conversation, &author, self.next) };
            let theirs = block_on(self.database.append(deletion.clone())).unwrap();
            assert_eq!(theirs, block_on(self.model.append(deletion)).unwrap());
            self.next += 1;
        }
    }

    /// Says and reads something in every other conversation, and resends some of before.
    fn talk(&mut self) {
        for (at, conversation) in conversations().iter().enumerate() {
            if (at + self.next as usize).is_multiple_of(2) {
                continue;
            }
            for author in conversation.direct_members().unwrap() {
                for id in [self.next, self.next.saturating_sub(40).max(1)] {
                    let entry = entry(conversation, &author, id);
                    let theirs = block_on(self.database.append(entry.clone())).unwrap();
                    assert_eq!(theirs, block_on(self.model.append(entry)).unwrap());
                }
                self.next += 1;
            }
            let [reader, _] = conversation.direct_members().unwrap();
            let seq = self.next % 7;
            let theirs = block_on(self.database.read(conversation, &reader, seq)).unwrap();
            assert_eq!(theirs, block_on(self.model.read(conversation, &reader, seq)).unwrap());
        }
        self.next += 1;
    }

    /// This store's stamps count changes, as the model's do: all is comparable.
    fn check(&self) {
        let end = block_on(self.model.now()).unwrap();
        assert_eq!(block_on(self.database.now()).unwrap(), end);
        for conversation in conversations() {
            for span in [Span::Newest, Span::Before(9), Span::After(0), Span::After(7)] {
                for size in [ALL, PageSize { entries: 3, ..ALL }] {
                    let theirs = block_on(self.database.messages(&conversation, span, size));
                    let ours = block_on(self.model.messages(&conversation, span, size));
                    assert_eq!(theirs.unwrap(), ours.unwrap(), "{conversation} {span:?}");
                }
            }
            for person in PEOPLE.map(user) {
                let theirs = block_on(self.database.summary(&conversation, &person)).unwrap();
                assert_eq!(theirs, block_on(self.model.summary(&conversation, &person)).unwrap());
            }
        }
        for person in PEOPLE.map(user) {
            for limit in [1, 2, 10] {
                let theirs = block_on(self.database.conversations(&person, None, limit)).unwrap();
                let ours = block_on(self.model.conversations(&person, None, limit)).unwrap();
                assert_eq!(theirs, ours);
                for since in (0..=end.0).step_by(3).map(Stamp) {
                    let theirs = block_on(self.database.changed(&person, since, limit)).unwrap();
                    assert_eq!(
                        theirs,
                        block_on(self.model.changed(&person, since, limit)).unwrap()
                    );
                }
            }
        }
    }
}

#[test]
fn reads_are_right_at_every_stage() {
    let fixture = Fixture::idle();
    let mut held = Held::new(&fixture);
    held.check();
    for round in 1..=3 {
        held.talk();
        held.delete(round);
        held.check();
        let frozen = held.indexer.tail().freeze();
        held.check();
        held.talk();
        held.delete(round + 1);
        held.check();
        held.indexer.fold(&frozen).unwrap();
        held.check();
        held.talk();
        held.check();
        held.tail().release();
        held.check();
    }
    // What was never folded is found in the journal at the next start.
    held.talk();
    let Held { database, indexer, model, next } = held;
    drop((database, indexer));
    let (database, indexer) = fixture.open_with_indexer();
    Held { database, indexer, model, next }.check();
}

#[test]
fn more_than_a_tail_is_folded_at_the_start() {
    let fixture = Fixture::idle();
    let mut held = Held::new(&fixture);
    (0..6).for_each(|_| held.talk());
    let Held { database, indexer, model, next } = held;
    drop((database, indexer));
    let fixture = Fixture { pace: Pace { most: 10, ..fixture.pace }, ..fixture };
    let (database, indexer) = fixture.open_with_indexer();
    let left: usize = indexer.tail().segments().iter().map(|segment| segment.read().count).sum();
    assert!(left < 10);
    Held { database, indexer, model, next }.check();
}

/// The dangerous order: segments first; then all of it moves into the index
/// and out of memory; only then does the reader look at the index.
#[test]
fn a_view_survives_whatever_moves_meanwhile() {
    let fixture = Fixture::idle();
    let mut held = Held::new(&fixture);
    held.talk();
    held.talk();
    let conversation = &conversations()[1];
    let row = {
        let path = fixture.data().journal();
        let journal = connect::reader(&path, PageCache(256)).unwrap();
        journal::conversation(&journal, conversation).unwrap().unwrap()
    };
    let reader = connect::reader(&fixture.data().index(), PageCache(256)).unwrap();
    let end = block_on(held.database.messages(conversation, Span::Newest, ALL)).unwrap();
    let seqs: Vec<u64> = end.entries.iter().map(|entry| entry.seq).collect();
    let seen = |view: &View<'_>| -> Vec<u64> {
        let steps = view.forward(row, 0, 10_000, |_| true).unwrap();
        let mut back = view.backward(row, u64::MAX, 10_000, |_| true).unwrap();
        back.reverse();
        assert_eq!(steps, back);
        steps.into_iter().map(|(seq, _)| seq).collect()
    };

    let early = View::open(held.tail(), &reader).unwrap();
    let taken = held.tail().segments();
    let frozen = held.indexer.tail().freeze();
    let half = held.tail().segments();
    held.indexer.fold(&frozen).unwrap();
    assert_eq!(seen(&early), seqs, "of before, from its own state of the index");
    drop(early);
    let covered = View::over(half, &reader).unwrap();
    assert_eq!(seen(&covered), seqs, "folded, and still in memory: not twice");
    drop(covered);
    held.tail().release();
    let late = View::over(taken, &reader).unwrap();
    assert_eq!(seen(&late), seqs, "folded and gone since the segments were taken: not missed");
}

#[test]
fn no_answer_is_missed_while_the_index_hurries() {
    let fixture = Fixture::hurried();
    let database = aizuchi_testkit::log::LogFixture::open(&fixture);
    thread::scope(|scope| {
        for pair in [("ada", "bob"), ("bob", "cyd"), ("cyd", "dan"), ("ada", "dan")] {
            let database = &database;
            scope.spawn(move || {
                let (conversation, author) = (direct(pair.0, pair.1), user(pair.0));
                for id in 1..=200 {
                    block_on(database.append(entry(&conversation, &author, id))).unwrap();
                    let page = block_on(database.messages(&conversation, Span::After(0), ALL));
                    let seqs: Vec<_> = page.unwrap().entries.iter().map(|e| e.seq).collect();
                    assert_eq!(seqs, (1..=id).collect::<Vec<_>>());
                    let top = block_on(database.conversations(&author, None, 5)).unwrap();
                    let ours = top.summaries.iter().find(|s| s.conversation == conversation);
                    assert_eq!(ours.unwrap().last_seq, id);
                }
            });
        }
    });
}

#[test]
fn the_writer_waits_for_the_indexer_and_goes_on() {
    let fixture = Fixture { pace: Pace { most: 8, ..Pace::default() }, ..Fixture::idle() };
    let (database, mut indexer) = fixture.open_with_indexer();
    let conversation = direct("ada", "bob");
    for id in 1..=8 {
        block_on(database.append(entry(&conversation, &user("ada"), id))).unwrap();
    }
    let waiting: Vec<_> =
        (9..=100).map(|id| database.append(entry(&conversation, &user("ada"), id))).collect();
    assert_eq!(block_on(database.now()).unwrap(), Stamp(8), "nothing goes over the limit");
    let answers = thread::spawn(move || {
        waiting.into_iter().map(|answer| block_on(answer).unwrap().seq).collect::<Vec<_>>()
    });
    while !answers.is_finished() {
        let frozen = indexer.tail().freeze();
        indexer.fold(&frozen).unwrap();
        indexer.tail().release();
        thread::yield_now();
    }
    assert_eq!(answers.join().unwrap(), (9..=100).collect::<Vec<_>>());
}

#[test]
fn a_full_index_stops_writing_only_when_memory_is_full_too() {
    let fixture = Fixture { pace: Pace { most: 64, ..Pace::default() }, ..Fixture::idle() };
    let (database, mut indexer) = fixture.open_with_indexer();
    let conversation = direct("ada", "bob");
    let append = |id| block_on(database.append(entry(&conversation, &user("ada"), id)));
    let pages = |indexer: &Indexer, most: i64| {
        // The pragma answers with what it set.
        indexer.index().pragma_update(None, "max_page_count", most).unwrap();
    };
    pages(&indexer, 1);
    (1..=64).for_each(|id| assert_eq!(append(id).unwrap().seq, id));
    let mut next = 65;
    while indexer.fold(&indexer.tail().freeze()).is_ok() {
        indexer.tail().release();
        (next..next + 64).for_each(|id| assert_eq!(append(id).unwrap().seq, id));
        next += 64;
    }
    indexer.tail().stuck(Duration::ZERO);
    (next..next + 64).for_each(|id| assert_eq!(append(id).unwrap().seq, id));
    next += 64;
    assert!(append(next).is_err(), "nowhere to put it");
    let page = block_on(database.messages(&conversation, Span::After(0), ALL)).unwrap();
    assert_eq!(page.entries.len() as u64, next - 1);

    pages(&indexer, 1_000_000);
    indexer.fold(&indexer.tail().freeze()).unwrap();
    indexer.tail().release();
    indexer.fold(&indexer.tail().freeze()).unwrap();
    indexer.tail().release();
    assert_eq!(append(next).unwrap().seq, next);
    assert_eq!(index::covered(indexer.index()).unwrap(), next - 1);
}
