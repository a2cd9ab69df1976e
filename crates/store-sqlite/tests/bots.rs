//! The laws of bots' keys, on SQLite in a file.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

use aizuchi_core::{
    accounts::{Accounts as _, TokenHash, User, Username},
    bots::{ApiKey, Bots as _, KeyName},
    ids::UserId,
};
use aizuchi_store_sqlite::{DataDir, Database};
use aizuchi_testkit::block_on;

/// A database in a directory of its own, which goes with it.
fn fresh() -> (Database, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    let dir = DataDir::create(home.path()).unwrap();
    (Database::open(&dir).unwrap(), home)
}

aizuchi_testkit::bots_suite!(fresh());

/// A bot that is an account, with this key.
fn with_key(database: &Database, hash: u8) -> ApiKey {
    let user = UserId::parse("u-bot").unwrap();
    let account = User {
        id: user.clone(),
        username: Username::parse("bot").unwrap(),
        password_hash: "none".into(),
        created_at: 1,
        disabled_at: None,
    };
    block_on(database.add_user(&account)).unwrap();
    let key = ApiKey {
        hash: TokenHash([hash; 32]),
        user,
        name: KeyName::parse("a").unwrap(),
        created_at: 1,
        expires_at: None,
        last_used_at: None,
    };
    block_on(database.add_key(&key)).unwrap();
    key
}

/// As `aizuchi user` does it, beside the server, which hears of it.
#[test]
fn whoever_is_disabled_or_deleted_has_no_keys() {
    for deleted in [false, true] {
        let (database, home) = fresh();
        let key = with_key(&database, 7);
        let beside = Database::administer(&DataDir::existing(home.path()).unwrap()).unwrap();
        if deleted {
            block_on(beside.delete(&key.user, 5)).unwrap();
        } else {
            block_on(beside.disable(&key.user, 5)).unwrap();
        }
        assert_eq!(block_on(database.key(key.hash)).unwrap(), None);
        block_on(beside.enable(&key.user)).unwrap();
        assert_eq!(block_on(database.key(key.hash)).unwrap(), None, "for good");
        let ended = block_on(database.revoked_keys(5)).unwrap();
        assert_eq!((ended.len(), ended[0].id, ended[0].ended_at), (1, key.session(), 5));
        assert_eq!(block_on(database.revoked_keys(6)).unwrap(), []);
    }
}
