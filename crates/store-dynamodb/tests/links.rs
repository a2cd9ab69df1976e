//! The links into rooms, in a table, against the suite of their port.

mod support;

use aizuchi_store_dynamodb::{Settings, Store, Table};
use aizuchi_testkit::block_on;

aizuchi_testkit::links_suite!((store(support::table()), ()));

fn store(table: Table) -> Store {
    block_on(async { Store::new(table, Settings::default()) })
}
