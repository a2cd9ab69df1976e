//! The log's suite, against two engines: what one lets pass the other may not.

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aizuchi_core::{
    accounts::{SessionId, Visit, Visits as _, Whereabouts},
    archive::Archive as _,
    clock::Clock,
    ids::{ClientMsgId, ConversationId, MessageId, UserId},
    log::{Body, Entry, State},
    relations::{Relations as _, Report},
};
use aizuchi_store_dynamodb::{Settings, Store, Table};
use aizuchi_testkit::{archive_suite, block_on, log::LogFixture, log_suite, search_suite};

/// A clock that never shows the same time twice, however quickly a store is
/// opened again.
#[derive(Debug)]
struct Ticking(AtomicU64);

impl Clock for Ticking {
    fn now_ms(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// A table of one's own.
struct Fixture {
    table: Table,
    clock: Arc<Ticking>,
}

impl From<Table> for Fixture {
    fn from(table: Table) -> Self {
        let clock = Arc::new(Ticking(AtomicU64::new(1_700_000_000_000)));
        Self { table, clock }
    }
}

impl LogFixture for Fixture {
    type Store = Store;

    /// One process alone needs no overlap.
    fn open(&self) -> Store {
        let settings =
            Settings { clock: self.clock.clone(), overlap: Duration::ZERO, ..Settings::default() };
        block_on(async { Store::new(self.table.clone(), settings) })
    }
}

mod emulator {
    use super::{Fixture, archive_suite, log_suite, search_suite, support};

    log_suite!(Fixture::from(support::table()));
    archive_suite!(Fixture::from(support::table()));
    search_suite!(Fixture::from(support::table()));
}

mod meter {
    use super::{Fixture, archive_suite, log_suite, search_suite, support};

    log_suite!(Fixture::from(support::metered_table()));
    archive_suite!(Fixture::from(support::metered_table()));
    search_suite!(Fixture::from(support::metered_table()));
}

/// What docs/moving.md says of an import.
#[test]
fn a_restored_message_costs_four_units_and_a_little() {
    const ENTRIES: u64 = 480;
    let fixture = Fixture::from(support::metered_table());
    let store = fixture.open();
    let [ada, bob] = ["ada", "bob"].map(|id| UserId::parse(id).unwrap());
    let conversation = ConversationId::direct(&ada, &bob).unwrap();
    let entry = |seq: u64| Entry {
        seq,
        message_id: MessageId::new(1_600_000_000_000 + seq, seq.into()),
        author: ada.clone(),
        client_msg_id: ClientMsgId::parse(&format!("c{seq}")).ok(),
        timestamp: 1_600_000_000_000 + seq,
        sent_at: None,
        body: Body::text("come by when you like"),
        state: State::default(),
    };
    block_on(store.restore(&conversation, (1..=ENTRIES).map(entry).collect())).unwrap();
    let spent = fixture.table.usage().spent();
    let each = spent.write_units / ENTRIES as f64;
    assert!((4.0..4.2).contains(&each), "{each} write units a message");
    assert!(spent.read_units < 5.0, "{} read units", spent.read_units);
}

/// Sessions and reports lie in the same table, with attributes of the same names.
#[test]
fn only_conversations_are_found_in_a_table_that_is_in_use() {
    for table in [support::table(), support::metered_table()] {
        let store = Fixture::from(table).open();
        let [ada, bob] = ["ada", "bob"].map(|id| UserId::parse(id).unwrap());
        let direct = ConversationId::direct(&ada, &bob).unwrap();
        let entry = Entry {
            seq: 1,
            message_id: MessageId::new(1_600_000_000_000, 1),
            author: ada.clone(),
            client_msg_id: None,
            timestamp: 1_600_000_000_000,
            sent_at: None,
            body: Body::text("come by when you like"),
            state: State::default(),
        };
        let visit = Visit {
            id: SessionId::parse("5f2b8c7e9a014d3fb6c28e1d7a9f0b34").unwrap(),
            from: Whereabouts::default(),
            created_at: Some(1_600_000_000_000),
            last_used_at: 1_600_000_000_000,
            expires_at: 4_000_000_000_000,
        };
        let room = ConversationId::room(&ada, &ClientMsgId::parse("r1").unwrap());
        let report = |of: &ConversationId| Report {
            at: 1_600_000_000_000,
            by: bob.clone(),
            about: ada.clone(),
            conversation: Some(of.clone()),
            seq: Some(1),
            reason: "unfriendly".into(),
        };
        let found = block_on(async {
            store.restore(&direct, vec![entry]).await?;
            store.note(&ada, &visit).await?;
            store.report(&report(&direct)).await?;
            store.report(&report(&room)).await?;
            store.found(None).await
        });
        let found: Vec<_> = found.unwrap().items.into_iter().map(|one| one.conversation).collect();
        assert_eq!(found, [direct]);
    }
}
