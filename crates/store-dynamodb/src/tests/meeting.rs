//! Two processes at one conversation at once.

use std::{
    sync::{Arc, Barrier, OnceLock},
    thread,
};

use aizuchi_core::log::{Appended, LogStore as _};
use aizuchi_testkit::block_on;

use super::{
    append, conversation, died::claim, entry, lists_follow, process, proxy::faulty_and_sound, sent,
    summary, texts, user, whole,
};
use crate::{Store, Table, support};

/// What each of them says.
const EACH: usize = 60;

/// Two processes that begin at once; what each of them answered.
fn both<T: Send>(work: impl Fn(&Store, usize) -> T + Sync) -> (Store, [T; 2]) {
    let table = support::metered_table();
    let start = Barrier::new(2);
    let answers = thread::scope(|scope| {
        let (table, start, work) = (&table, &start, &work);
        [0, 1]
            .map(|number| {
                scope.spawn(move || {
                    let store = process(table);
                    start.wait();
                    work(&store, number)
                })
            })
            .map(|process| process.join().unwrap())
    });
    (process(&table), answers)
}

#[test]
fn a_conversation_stays_dense_and_in_order() {
    for named in [false, true] {
        let (store, answers) = both(|store, number| {
            let author = ["ada", "bob"][number];
            let of = |at: usize| format!("{author} {at:03}");
            let new = |at| if named { sent(author, &of(at)) } else { entry(author, &of(at)) };
            let waiting: Vec<_> = (0..EACH).map(|at| store.append(new(at))).collect();
            waiting.into_iter().map(|answer| block_on(answer).unwrap().seq).collect::<Vec<_>>()
        });
        for seqs in &answers {
            assert!(seqs.is_sorted_by(|one, next| one < next), "each one's stay in his order");
        }
        let page = whole(&store);
        let seqs: Vec<_> = page.entries.iter().map(|entry| entry.seq).collect();
        assert_eq!(seqs, (1..=2 * EACH as u64).collect::<Vec<_>>());
        for (number, author) in ["ada", "bob"].into_iter().enumerate() {
            let theirs = page.entries.iter().filter(|entry| entry.author == user(author));
            let theirs: Vec<_> = theirs.map(|entry| entry.seq).collect();
            assert_eq!(theirs, answers[number]);
        }
        lists_follow(&store);
        assert_eq!(summary(&store, "ada").unread, EACH as u64);
    }
}

#[test]
fn of_two_resends_at_once_one_is_stored() {
    let (store, answers) = both(|store, _| {
        // Each says something of its own between, so that claims must move.
        let each = |at: usize| {
            append(store, entry("bob", "between"));
            append(store, sent("ada", &at.to_string()))
        };
        (0..EACH).map(each).collect::<Vec<Appended>>()
    });
    let [one, other] = &answers;
    for (one, other) in one.iter().zip(other) {
        assert_eq!((one.seq, one.message_id), (other.seq, other.message_id));
        assert!(one.duplicate != other.duplicate, "one of them stored it");
    }
    let page = whole(&store);
    assert_eq!(page.entries.len(), 3 * EACH);
    let named = page.entries.iter().filter(|entry| entry.client_msg_id.is_some());
    assert_eq!(named.count(), EACH);
    lists_follow(&store);
}

/// A claim that two found, and that one moved and finished while the other was
/// about to move it.
#[test]
fn a_claim_is_moved_by_one() {
    let sound: Arc<OnceLock<Table>> = Arc::default();
    let (faulty, table) = faulty_and_sound({
        let sound = Arc::clone(&sound);
        move |name, nth, _| {
            // The first change is that of the claim.
            if (name, nth) == ("UpdateItem", 0) {
                let other = process_in_between(sound.get().unwrap().clone());
                assert_eq!((other.seq, other.duplicate), (4, false));
            }
            None
        }
    });
    sound.set(table.clone()).unwrap();
    let store = process(&table);
    // Its claim aims at the first place, and it died; others went on.
    claim(&table, &sent("ada", "one"), 1);
    append(&store, entry("bob", "before"));
    append(&store, entry("bob", "before that"));
    let answer = append(&process(&faulty), sent("ada", "one"));
    assert_eq!((answer.seq, answer.duplicate), (4, true));
    assert_eq!(texts(&whole(&store)), ["before", "before that", "between", "one"]);
    lists_follow(&store);
}

/// Sends something and then the same, as another process, from within a request.
fn process_in_between(table: Table) -> Appended {
    tokio::task::block_in_place(|| {
        let work = move || {
            let store = process(&table);
            append(&store, entry("bob", "between"));
            append(&store, sent("ada", "one"))
        };
        thread::spawn(work).join().unwrap()
    })
}

#[test]
fn a_cursor_that_two_move_is_where_the_further_put_it() {
    let (store, answers) = both(|store, number| {
        let mut moves = Vec::new();
        for seq in 1..=EACH as u64 {
            append(store, entry(["ada", "bob"][number], "x"));
            let cursor = block_on(store.read(&conversation(), &user("bob"), seq)).unwrap();
            assert!(cursor.seq >= seq);
            moves.extend(cursor.moved.then_some(cursor.seq));
        }
        moves
    });
    let mut moves = answers.concat();
    moves.sort();
    assert!(moves.is_sorted_by(|one, next| one < next), "a move is one's alone: {moves:?}");
    assert_eq!(moves.last(), Some(&(EACH as u64)));
    let of_bob = summary(&store, "bob");
    assert_eq!(of_bob.reads, [(user("bob"), EACH as u64)]);
    let unread =
        whole(&store).entries.iter().skip(EACH).filter(|one| one.author == user("ada")).count();
    assert_eq!(of_bob.unread, unread as u64);
    lists_follow(&store);
}
