//! Several processes on one table.

use std::{sync::Barrier, thread};

use aizuchi_core::{
    ids::UserId,
    registry::{Level, Registry as _},
};
use aizuchi_store_dynamodb::Store;
use aizuchi_testkit::block_on;

use crate::{World, connections, leave, presence, support, user, watchers};

const ROUNDS: usize = 20;

/// Runs this in as many threads as there are processes, and gives what each
/// says of each round.
fn in_each<T: Send>(
    processes: &[Store],
    act: impl Fn(usize, usize, &Store) -> T + Sync,
) -> Vec<Vec<T>> {
    let step = Barrier::new(processes.len());
    thread::scope(|scope| {
        let threads: Vec<_> = processes
            .iter()
            .enumerate()
            .map(|(number, process)| {
                let (step, act) = (&step, &act);
                scope.spawn(move || {
                    let round = |round| {
                        step.wait();
                        act(number, round, process)
                    };
                    (0..ROUNDS).map(round).collect()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn of_two_processes_one_is_told_that_it_is_first_and_one_that_it_is_last() {
    let world = World::new();
    let processes = [world.process(), world.process()];
    let step = Barrier::new(2);
    let told = in_each(&processes, |number, round, process| {
        let connection = support::connection(&format!("{number}-{round}"), "ada", Level::One);
        let first = block_on(process.connect(&connection)).unwrap();
        step.wait();
        let last = leave(process, &connection, 1_000);
        (first, last)
    });
    for round in 0..ROUNDS {
        assert_eq!(told.iter().filter(|process| process[round].0).count(), 1, "round {round}");
        assert_eq!(told.iter().filter(|process| process[round].1).count(), 1, "round {round}");
    }
    for process in &processes {
        assert!(!presence(process, "ada").online);
        assert_eq!(connections(process, "ada"), [""; 0]);
    }
}

#[test]
fn what_one_process_did_another_sees() {
    let world = World::new();
    let (one, two) = (world.process(), world.process());
    let connection = support::connection("a", "ada", Level::One);
    block_on(one.connect(&connection)).unwrap();
    block_on(two.watch(&connection.id, &connection.user, &[user("bob")])).unwrap();
    assert_eq!(connections(&two, "ada"), ["a"]);
    assert_eq!(watchers(&one, "bob"), ["a"]);
    assert!(leave(&two, &connection, 1_000));
    assert!(!leave(&one, &connection, 1_000));
    assert_eq!(watchers(&one, "bob"), [""; 0]);
}

/// Two frames of one connection may be handled at once, by two processes.
#[test]
fn after_changes_that_met_the_watchers_are_those_of_one_of_them() {
    let world = World::new();
    let processes = [world.process(), world.process(), world.process()];
    let ada = support::connection("a", "ada", Level::One);
    block_on(processes[0].connect(&ada)).unwrap();
    let lists = [vec!["bob", "cyd"], vec!["cyd", "dan"], vec!["bob"], vec![]];
    let lists = lists.map(|list| list.into_iter().map(user).collect::<Vec<UserId>>());
    let step = Barrier::new(processes.len());
    in_each(&processes, |number, round, process| {
        let list = &lists[(number + round) % lists.len()];
        block_on(process.watch(&ada.id, &ada.user, list)).unwrap();
        step.wait();
        if number == 0 {
            let watching = |who: &&UserId| watchers(process, who.as_str()) == ["a"];
            let people = ["bob", "cyd", "dan"].map(user);
            let now: Vec<_> = people.iter().filter(watching).cloned().collect();
            assert!(lists.contains(&now), "round {round}: {now:?}");
        }
        step.wait();
    });
    leave(&processes[1], &ada, 1_000);
    for who in ["bob", "cyd", "dan"] {
        assert_eq!(watchers(&processes[2], who), [""; 0]);
    }
}

/// A change that meets the connection's end leaves no watcher behind.
#[test]
fn who_leaves_while_he_begins_to_watch_watches_nobody() {
    let world = World::new();
    let processes = [world.process(), world.process()];
    let step = Barrier::new(2);
    in_each(&processes, |number, round, process| {
        let ada = support::connection(&format!("{round}"), "ada", Level::One);
        if number == 0 {
            block_on(process.connect(&ada)).unwrap();
        }
        step.wait();
        if number == 0 {
            block_on(process.watch(&ada.id, &ada.user, &[user("bob"), user("cyd")])).unwrap();
        } else {
            leave(process, &ada, 1_000);
        }
        step.wait();
        for who in ["bob", "cyd"] {
            assert_eq!(watchers(process, who), [""; 0], "round {round}");
        }
    });
}
