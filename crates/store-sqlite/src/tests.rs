//! The suites of every store, on real files, and what is this store's own.

mod attachments;
mod backup;
mod erased;
mod lag;
mod notices;
mod words;

use std::{sync::Arc, time::Duration};

use aizuchi_core::{
    ids::UserId,
    relations::{Audience, Relations, Standing},
};
use aizuchi_testkit::{
    archive_suite, attachments_suite, block_on, directory_suite, links_suite, log::LogFixture,
    log_suite, notices_suite, relations_suite, search_suite,
};
use tempfile::TempDir;

use crate::{
    DataDir, Database,
    database::{Shared, spawn},
    indexer::Indexer,
    tail::Pace,
};

/// A directory of its own, with a store whose index follows at some pace.
struct Fixture {
    dir: TempDir,
    pace: Pace,
    indexer: bool,
}

impl Fixture {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), pace: Pace::default(), indexer: true }
    }

    /// Folds as often as it can, and lets only few changes wait.
    fn hurried() -> Self {
        let pace = Pace { enough: 1, patience: Duration::ZERO, most: 8 };
        Self { pace, ..Self::new() }
    }

    /// Never folds: all that is read comes out of memory, or was folded when it was opened.
    fn idle() -> Self {
        let pace = Pace { most: 100_000, ..Pace::default() };
        Self { indexer: false, pace, ..Self::new() }
    }

    fn data(&self) -> DataDir {
        DataDir::create(self.dir.path()).unwrap()
    }

    /// Opens the store and gives away its indexer, which does nothing by itself.
    fn open_with_indexer(&self) -> (Database, Indexer) {
        let (shared, indexer) = Shared::serving(&self.data(), self.pace).unwrap();
        (Database { shared: Arc::new(shared) }, indexer)
    }
}

impl LogFixture for Fixture {
    type Store = Database;

    fn open(&self) -> Database {
        let (mut shared, indexer) = Shared::serving(&self.data(), self.pace).unwrap();
        if self.indexer {
            shared.threads.indexer = Some(spawn("test-indexer", move || indexer.run()).unwrap());
        }
        Database { shared: Arc::new(shared) }
    }
}

mod log_as_it_is {
    use super::*;

    log_suite!(Fixture::new());
    archive_suite!(Fixture::new());
    search_suite!(Fixture::new());
}

mod log_with_a_hurried_index {
    use super::*;

    log_suite!(Fixture::hurried());
    archive_suite!(Fixture::hurried());
    search_suite!(Fixture::hurried());
}

mod log_without_an_index {
    use super::*;

    log_suite!(Fixture::idle());
    archive_suite!(Fixture::idle());
    search_suite!(Fixture::idle());
}

mod directory {
    use super::*;

    fn fresh() -> (Database, Fixture) {
        let fixture = Fixture::new();
        (fixture.open(), fixture)
    }

    directory_suite!(fresh());
}

mod attachments_of_people {
    use super::*;

    fn fresh() -> (Database, Fixture) {
        let fixture = Fixture::new();
        (fixture.open(), fixture)
    }

    attachments_suite!(fresh());
}

mod notices_of_people {
    use super::*;

    fn fresh() -> (Database, Fixture) {
        let fixture = Fixture::new();
        (fixture.open(), fixture)
    }

    notices_suite!(fresh());
}

mod links_of_rooms {
    use super::*;

    fn fresh() -> (Database, Fixture) {
        let fixture = Fixture::new();
        (fixture.open(), fixture)
    }

    links_suite!(fresh());
}

mod relations_of_people {
    use super::*;

    fn fresh() -> (Database, Fixture) {
        let fixture = Fixture::new();
        (fixture.open(), fixture)
    }

    relations_suite!(fresh());

    /// What is in memory was read from the file.
    #[test]
    fn decisions_outlive_the_process() {
        let fixture = Fixture::new();
        let [ada, bob] = ["ada", "bob"].map(|id| UserId::parse(id).unwrap());
        let store = fixture.open();
        block_on(store.block(&ada, &bob)).unwrap();
        block_on(store.set_audience(&bob, Audience::Nobody)).unwrap();
        drop(store);
        let store = fixture.open();
        assert!(block_on(store.are_apart(&bob, &ada)).unwrap());
        let standing = block_on(store.standing(&[ada, bob])).unwrap();
        let [everybody, nobody] = [Audience::Everybody, Audience::Nobody];
        assert_eq!(
            standing,
            [everybody, nobody].map(|audience| Standing { audience, apart: true })
        );
    }
}
