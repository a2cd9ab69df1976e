//! What people have decided about others, in a table, against the suite of its
//! port.

mod support;

use aizuchi_store_dynamodb::{Settings, Store, Table};
use aizuchi_testkit::block_on;

aizuchi_testkit::relations_suite!((store(support::table()), ()));

fn store(table: Table) -> Store {
    block_on(async { Store::new(table, Settings::default()) })
}
