//! What holds of every [`Bots`]; see there.

#![expect(missing_docs, reason = "a law's name says it")]
#![expect(clippy::unwrap_used, reason = "a broken law fails its test")]

use std::{sync::Barrier, thread};

use aizuchi_core::{
    accounts::TokenHash,
    bots::{ApiKey, Bots, KEY_NAME_CHARS, KEYS, KeyName},
    error::PortError,
    ids::UserId,
};

use crate::block_on;

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

fn name(text: &str) -> KeyName {
    KeyName::parse(text).unwrap()
}

fn key(bot: &str, called: &str, hash: u8) -> ApiKey {
    ApiKey {
        hash: TokenHash([hash; 32]),
        user: user(bot),
        name: name(called),
        created_at: 1_700_000_000_000,
        expires_at: None,
        last_used_at: None,
    }
}

fn add(bots: &impl Bots, one: &ApiKey) {
    block_on(bots.add_key(one)).unwrap();
}

fn find(bots: &impl Bots, hash: u8) -> Option<ApiKey> {
    block_on(bots.key(TokenHash([hash; 32]))).unwrap()
}

fn names(bots: &impl Bots, bot: &str) -> Vec<String> {
    let keys = block_on(bots.keys(&user(bot))).unwrap();
    keys.iter().map(|key| key.name.to_string()).collect()
}

pub fn a_key_is_kept_as_it_is(bots: impl Bots) {
    let mut hash = [0; 32];
    for (at, byte) in (0..).zip(&mut hash) {
        *byte = 255 - at;
    }
    let plain = key("bot", "plain", 1);
    let full = ApiKey {
        hash: TokenHash(hash),
        name: name(&"あ".repeat(KEY_NAME_CHARS)),
        expires_at: Some(1_800_000_000_001),
        last_used_at: Some(1_700_000_000_002),
        ..plain.clone()
    };
    add(&bots, &plain);
    add(&bots, &full);
    assert_eq!(block_on(bots.key(full.hash)).unwrap(), Some(full.clone()));
    assert_eq!(block_on(bots.keys(&user("bot"))).unwrap(), [plain, full]);
}

pub fn a_key_is_found_by_its_hash_alone(bots: impl Bots) {
    assert_eq!(find(&bots, 1), None);
    assert_eq!(names(&bots, "bot"), [""; 0]);
    add(&bots, &key("bot", "a", 1));
    assert_eq!(find(&bots, 2), None);
    let mut near = [1; 32];
    near[31] = 2;
    assert_eq!(block_on(bots.key(TokenHash(near))).unwrap(), None);
    assert_eq!(find(&bots, 1).map(|key| key.user), Some(user("bot")));
}

pub fn keys_are_listed_by_name(bots: impl Bots) {
    for (called, hash) in [("b", 1), ("ä", 2), ("a", 3), ("B", 4)] {
        add(&bots, &key("bot", called, hash));
    }
    add(&bots, &key("other", "a", 5));
    assert_eq!(names(&bots, "bot"), ["B", "a", "b", "ä"]);
    assert_eq!(names(&bots, "other"), ["a"]);
    assert_eq!(names(&bots, "nobody"), [""; 0]);
}

pub fn a_revoked_key_is_gone_and_its_name_free(bots: impl Bots) {
    let first = key("bot", "a", 1);
    add(&bots, &first);
    add(&bots, &key("bot", "b", 2));
    let revoke = |at| block_on(bots.revoke_key(&user("bot"), &name("a"), at)).unwrap();
    assert_eq!(revoke(5), Some(first));
    assert_eq!(revoke(6), None);
    assert_eq!(find(&bots, 1), None);
    assert!(find(&bots, 2).is_some());
    assert_eq!(names(&bots, "bot"), ["b"]);
    add(&bots, &key("bot", "a", 3));
    assert_eq!(names(&bots, "bot"), ["a", "b"]);
    assert_eq!(find(&bots, 1), None);
    assert_eq!(revoke(7).map(|key| key.hash), Some(TokenHash([3; 32])));
}

pub fn nobody_revokes_another_bots_key(bots: impl Bots) {
    add(&bots, &key("bot", "a", 1));
    add(&bots, &key("other", "b", 2));
    assert_eq!(block_on(bots.revoke_key(&user("other"), &name("a"), 5)).unwrap(), None);
    assert!(find(&bots, 1).is_some());
}

pub fn a_use_is_noted(bots: impl Bots) {
    add(&bots, &key("bot", "a", 1));
    let used = |at| block_on(bots.key_used(TokenHash([1; 32]), at)).unwrap();
    used(1_700_000_000_005);
    assert_eq!(find(&bots, 1).and_then(|key| key.last_used_at), Some(1_700_000_000_005));
    let listed = block_on(bots.keys(&user("bot"))).unwrap();
    assert_eq!(listed[0].last_used_at, Some(1_700_000_000_005));
    block_on(bots.revoke_key(&user("bot"), &name("a"), 6)).unwrap();
    used(1_700_000_000_007);
    assert_eq!(find(&bots, 1), None, "what is over stays so");
    assert_eq!(names(&bots, "bot"), [""; 0]);
}

pub fn one_of_many_gets_a_name(bots: impl Bots) {
    let together = Barrier::new(8);
    let added: Vec<Result<(), PortError>> = thread::scope(|scope| {
        let add = |at: u8| {
            let (together, bots) = (&together, &bots);
            scope.spawn(move || {
                together.wait();
                block_on(bots.add_key(&key("bot", "a", at)))
            })
        };
        let all: Vec<_> = (1..=8).map(add).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(added.iter().filter(|one| one.is_ok()).count(), 1, "{added:?}");
    assert!(added.iter().all(|one| matches!(one, Ok(()) | Err(PortError::Conflict))), "{added:?}");
    let kept = (1..=8).filter(|at| find(&bots, *at).is_some()).count();
    assert_eq!((kept, names(&bots, "bot").len()), (1, 1));
}

pub fn there_are_only_so_many(bots: impl Bots) {
    for at in (0..).take(KEYS) {
        add(&bots, &key("bot", &format!("key {at}"), at));
    }
    let over = block_on(bots.add_key(&key("bot", "over", 200)));
    assert!(matches!(over, Err(PortError::Rejected(_))), "{over:?}");
    assert_eq!(find(&bots, 200), None);
    add(&bots, &key("other", "a", 201));
    block_on(bots.revoke_key(&user("bot"), &name("key 3"), 5)).unwrap();
    add(&bots, &key("bot", "over", 200));
}
