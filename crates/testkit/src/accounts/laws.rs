//! The laws of [`Accounts`]; see there.

#![expect(missing_docs, reason = "a law's name says it")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a broken law fails its test")]

use std::{sync::Barrier, thread};

use crate::block_on;
use aizuchi_core::{
    accounts::{
        Accounts, AuthorizationCode, FamilyId, Rotation, Session, SessionId, SigningKey, TokenHash,
        UsedToken, User, Username, Whereabouts,
    },
    error::PortError,
    ids::UserId,
};

/// How many race for one thing.
const RACERS: u8 = 8;

fn user(id: &str, name: &str) -> User {
    User {
        id: UserId::parse(id).unwrap(),
        username: Username::parse(name).unwrap(),
        password_hash: "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g".into(),
        created_at: 1_000,
        disabled_at: None,
    }
}

fn session(number: u8, of: &User) -> Session {
    Session {
        id: SessionId(number.into()),
        user: of.id.clone(),
        client: "web".into(),
        family: FamilyId(u128::MAX - u128::from(number)),
        current: TokenHash([number; 32]),
        used: Vec::new(),
        from: Whereabouts {
            device: Some("Firefox, Linux".into()),
            place: Some("203.0.113.0/24".into()),
        },
        created_at: 2_000,
        last_used_at: 2_000 + u64::from(number),
        expires_at: 90_000,
        ended_at: None,
    }
}

fn rotation(to: u8) -> Rotation {
    Rotation {
        current: TokenHash([to; 32]),
        used: vec![UsedToken { hash: TokenHash([1; 32]), salt: [to; 32], used_at: 3_000 }],
        from: Whereabouts { device: None, place: Some("2001:db8::/48".into()) },
        last_used_at: 3_000,
        expires_at: 93_000,
    }
}

fn code(number: u8) -> AuthorizationCode {
    AuthorizationCode {
        hash: TokenHash([number; 32]),
        session: SessionId(u128::MAX),
        client: "web".into(),
        redirect_uri: "http://127.0.0.1:3000/".into(),
        challenge: "challenge".into(),
        nonce: (number == 1).then(|| "nonce".into()),
        expires_at: 60_000,
    }
}

/// A store with `ada` and her sessions 1 to `sessions` in it.
fn with_ada(store: &impl Accounts, sessions: u8) -> User {
    let ada = user("u-ada", "Ada");
    block_on(store.add_user(&ada)).unwrap();
    for number in 1..=sessions {
        let begun = block_on(store.add_session(&session(number, &ada), 100)).unwrap();
        assert_eq!(begun, Some(vec![]));
    }
    ada
}

fn ids(numbers: &[u8]) -> Vec<SessionId> {
    numbers.iter().map(|number| SessionId((*number).into())).collect()
}

fn sorted(ended: Option<Vec<SessionId>>) -> Vec<SessionId> {
    let mut ended = ended.expect("the person exists");
    ended.sort_unstable();
    ended
}

/// Runs `attempt` in [`RACERS`] threads at once and counts its successes.
fn race(attempt: impl Fn(u8) -> bool + Sync) -> usize {
    let start = Barrier::new(RACERS.into());
    thread::scope(|scope| {
        let run = |number| {
            let (start, attempt) = (&start, &attempt);
            scope.spawn(move || {
                start.wait();
                attempt(number)
            })
        };
        let racers: Vec<_> = (0..RACERS).map(run).collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).filter(|won| *won).count()
    })
}

pub fn names_are_unique(store: impl Accounts) {
    with_ada(&store, 0);
    for taken in [user("u-2", "aDA"), user("u-2", "ＡＤＡ"), user("u-ada", "Other")] {
        assert!(matches!(block_on(store.add_user(&taken)), Err(PortError::Conflict)), "{taken:?}");
    }
    block_on(store.add_user(&user("u-2", "Ada2"))).unwrap();
}

pub fn one_of_many_gets_a_name(store: impl Accounts) {
    let won = race(|number| match block_on(store.add_user(&user(&format!("u{number}"), "ada"))) {
        Ok(()) => true,
        Err(PortError::Conflict) => false,
        Err(other) => panic!("{other}"),
    });
    assert_eq!(won, 1);
    assert_eq!(block_on(store.users(None, 10)).unwrap().len(), 1);
}

pub fn people_are_found_and_listed(store: impl Accounts) {
    let people = [user("u-1", "Bea"), user("u-2", "ada"), user("u-3", "太郎"), user("u-4", "CLÉO")];
    for person in &people {
        block_on(store.add_user(person)).unwrap();
        assert_eq!(block_on(store.user(&person.id)).unwrap().as_ref(), Some(person));
        let named = block_on(store.user_named(person.username.folded())).unwrap();
        assert_eq!(named.as_ref(), Some(person));
    }
    assert_eq!(block_on(store.user_named("Bea")).unwrap(), None, "only folded names are known");
    assert_eq!(block_on(store.user(&UserId::parse("u-9").unwrap())).unwrap(), None);

    let names = |after: Option<&str>, limit| {
        let page = block_on(store.users(after, limit)).unwrap();
        page.iter().map(|user| user.username.shown().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(None, 10), ["ada", "Bea", "CLÉO", "太郎"]);
    assert_eq!(names(None, 2), ["ada", "Bea"]);
    assert_eq!(names(Some("bea"), 2), ["CLÉO", "太郎"]);
    assert!(names(Some("太郎"), 2).is_empty());
}

pub fn what_is_stored_comes_back(store: impl Accounts) {
    let ada = with_ada(&store, 0);
    let mut first = session(1, &ada);
    first.id = SessionId(u128::MAX);
    first.used = (0..3)
        .map(|n| UsedToken { hash: TokenHash([n; 32]), salt: [n + 9; 32], used_at: n.into() })
        .collect();
    block_on(store.add_session(&first, 10)).unwrap();
    assert_eq!(block_on(store.session(first.id)).unwrap().as_ref(), Some(&first));
    assert_eq!(block_on(store.session_of(first.family)).unwrap().as_ref(), Some(&first));
    assert_eq!(block_on(store.session(SessionId(7))).unwrap(), None);
    assert_eq!(block_on(store.session_of(FamilyId(7))).unwrap(), None);

    assert!(block_on(store.rotate(first.id, first.current, &rotation(9))).unwrap());
    let Rotation { current, used, from, last_used_at, expires_at } = rotation(9);
    let from = from.or(&first.from);
    assert_eq!(from.device.as_deref(), Some("Firefox, Linux"), "what is not told stays");
    let rotated = Session { current, used, from, last_used_at, expires_at, ..first };
    assert_eq!(block_on(store.session(rotated.id)).unwrap(), Some(rotated));

    for number in [1, 2] {
        block_on(store.add_code(&code(number))).unwrap();
        let taken = block_on(store.take_code(TokenHash([number; 32]))).unwrap().unwrap();
        assert_eq!(taken.code, code(number));
    }
}

pub fn nobody_disabled_begins_a_session(store: impl Accounts) {
    let ada = with_ada(&store, 0);
    let nobody = user("u-9", "nobody");
    assert_eq!(block_on(store.add_session(&session(1, &nobody), 10)).unwrap(), None);

    block_on(store.disable(&ada.id, 5_000)).unwrap();
    assert_eq!(block_on(store.add_session(&session(1, &ada), 10)).unwrap(), None);
    assert_eq!(block_on(store.session(SessionId(1))).unwrap(), None, "nothing is stored");

    assert!(block_on(store.enable(&ada.id)).unwrap());
    assert_eq!(block_on(store.add_session(&session(1, &ada), 10)).unwrap(), Some(vec![]));
}

pub fn disabling_ends_the_sessions(store: impl Accounts) {
    let ada = with_ada(&store, 3);
    let bob = user("u-bob", "bob");
    block_on(store.add_user(&bob)).unwrap();
    block_on(store.add_session(&session(4, &bob), 10)).unwrap();
    block_on(store.end_session(SessionId(2), 4_000)).unwrap();

    assert_eq!(sorted(block_on(store.disable(&ada.id, 5_000)).unwrap()), ids(&[1, 3]));
    let ended_at = |id| block_on(store.session(SessionId(id))).unwrap().unwrap().ended_at;
    assert_eq!(ended_at(1), Some(5_000));
    assert_eq!(ended_at(2), Some(4_000), "it had ended before");
    assert_eq!(ended_at(4), None, "another person's");

    assert_eq!(block_on(store.disable(&ada.id, 6_000)).unwrap(), Some(vec![]));
    let disabled_at = || block_on(store.user(&ada.id)).unwrap().unwrap().disabled_at;
    assert_eq!(disabled_at(), Some(5_000), "the first time stands");
    assert!(block_on(store.enable(&ada.id)).unwrap());
    assert_eq!(disabled_at(), None);
    assert_eq!(ended_at(1), Some(5_000), "enabling revives no session");

    let nobody = UserId::parse("u-9").unwrap();
    assert_eq!(block_on(store.disable(&nobody, 5_000)).unwrap(), None);
    assert!(!block_on(store.enable(&nobody)).unwrap());
}

pub fn whoever_is_deleted_is_gone_for_good(store: impl Accounts) {
    let ada = with_ada(&store, 3);
    let bob = user("u-bob", "bob");
    block_on(store.add_user(&bob)).unwrap();
    block_on(store.add_session(&session(4, &bob), 10)).unwrap();
    block_on(store.end_session(SessionId(2), 4_000)).unwrap();

    assert_eq!(sorted(block_on(store.delete(&ada.id, 5_000)).unwrap()), ids(&[1, 3]));
    let ended_at =
        |id| block_on(store.session(SessionId(id))).unwrap().and_then(|one| one.ended_at);
    assert_eq!(
        [ended_at(1), ended_at(2), ended_at(3), ended_at(4)],
        [Some(5_000), Some(4_000), Some(5_000), None]
    );
    assert_eq!(block_on(store.user(&ada.id)).unwrap(), None);
    assert_eq!(block_on(store.user_named("ada")).unwrap(), None);
    assert_eq!(block_on(store.users(None, 10)).unwrap(), [bob]);
    assert_eq!(block_on(store.sessions(&ada.id, 5_000)).unwrap(), []);
    assert_eq!(block_on(store.add_session(&session(5, &ada), 10)).unwrap(), None);
    assert_eq!(block_on(store.set_password(&ada.id, "new", None, 6_000)).unwrap(), None);
    assert_eq!(block_on(store.disable(&ada.id, 6_000)).unwrap(), None);
    assert!(!block_on(store.enable(&ada.id)).unwrap());

    for taken in [user("u-2", "aDA"), user("u-ada", "other")] {
        assert!(matches!(block_on(store.add_user(&taken)), Err(PortError::Conflict)), "{taken:?}");
    }
    assert_eq!(block_on(store.delete(&ada.id, 6_000)).unwrap(), None, "he is gone already");
    assert_eq!(block_on(store.delete(&UserId::parse("u-9").unwrap(), 6_000)).unwrap(), None);
    let since = |at| block_on(store.deleted_since(at)).unwrap();
    assert_eq!(since(5_000), [ada.id]);
    assert_eq!(since(5_001), []);
}

pub fn a_new_password_ends_the_other_sessions(store: impl Accounts) {
    let ada = with_ada(&store, 3);
    let ended = block_on(store.set_password(&ada.id, "new", Some(SessionId(2)), 5_000)).unwrap();
    assert_eq!(sorted(ended), ids(&[1, 3]));
    assert_eq!(&*block_on(store.user(&ada.id)).unwrap().unwrap().password_hash, "new");
    assert_eq!(block_on(store.session(SessionId(2))).unwrap().unwrap().ended_at, None);

    let ended = block_on(store.set_password(&ada.id, "newer", None, 6_000)).unwrap();
    assert_eq!(sorted(ended), ids(&[2]));
    let nobody = UserId::parse("u-9").unwrap();
    assert_eq!(block_on(store.set_password(&nobody, "new", None, 5_000)).unwrap(), None);
}

pub fn the_oldest_session_gives_way(store: impl Accounts) {
    let ada = with_ada(&store, 3);
    // 1 was begun first, and is used last.
    let later = Rotation { last_used_at: 9_000, ..rotation(9) };
    assert!(block_on(store.rotate(SessionId(1), TokenHash([1; 32]), &later)).unwrap());
    let ended = block_on(store.add_session(&session(4, &ada), 2)).unwrap();
    assert_eq!(sorted(ended), ids(&[2, 3]));
    let ended_at = |id| block_on(store.session(SessionId(id))).unwrap().unwrap().ended_at;
    assert_eq!([ended_at(1), ended_at(2), ended_at(4)], [None, Some(2_000), None]);
}

pub fn live_sessions_are_listed(store: impl Accounts) {
    let ada = with_ada(&store, 3);
    let bob = user("u-bob", "bob");
    block_on(store.add_user(&bob)).unwrap();
    block_on(store.add_session(&session(4, &bob), 10)).unwrap();
    let short = Session { expires_at: 5_000, ..session(5, &ada) };
    block_on(store.add_session(&short, 10)).unwrap();
    block_on(store.end_session(SessionId(2), 4_000)).unwrap();
    let later = Rotation { last_used_at: 9_000, ..rotation(9) };
    assert!(block_on(store.rotate(SessionId(1), TokenHash([1; 32]), &later)).unwrap());

    let of = |user: &User, now| block_on(store.sessions(&user.id, now)).unwrap();
    let listed: Vec<_> = of(&ada, 5_000).iter().map(|session| session.id).collect();
    assert_eq!(listed, ids(&[1, 3]), "neither ended nor expired, the one used last first");
    assert_eq!(of(&ada, 4_999).len(), 3);
    assert_eq!(of(&bob, 5_000), [session(4, &bob)]);
    assert_eq!(of(&user("u-9", "nobody"), 5_000), []);
}

pub fn one_of_many_rotates(store: impl Accounts) {
    with_ada(&store, 1);
    let from = TokenHash([1; 32]);
    let won = race(|n| block_on(store.rotate(SessionId(1), from, &rotation(100 + n))).unwrap());
    assert_eq!(won, 1);
    assert!(!block_on(store.rotate(SessionId(1), from, &rotation(9))).unwrap());
    let session = block_on(store.session(SessionId(1))).unwrap().unwrap();
    let to = session.current.0[0];
    assert_eq!(session.used, rotation(to).used, "the winner's whole rotation is stored");
}

pub fn an_ended_session_does_not_rotate(store: impl Accounts) {
    with_ada(&store, 1);
    assert!(block_on(store.end_session(SessionId(1), 5_000)).unwrap());
    let from = TokenHash([1; 32]);
    assert!(!block_on(store.rotate(SessionId(1), from, &rotation(9))).unwrap());
    assert!(!block_on(store.rotate(SessionId(9), from, &rotation(9))).unwrap(), "there is none");
}

pub fn the_first_end_stands(store: impl Accounts) {
    with_ada(&store, 1);
    assert!(block_on(store.end_session(SessionId(1), 5_000)).unwrap());
    assert!(!block_on(store.end_session(SessionId(1), 6_000)).unwrap());
    assert!(!block_on(store.end_session(SessionId(9), 6_000)).unwrap(), "there is none");
    let session = block_on(store.session(SessionId(1))).unwrap().unwrap();
    assert_eq!(session.ended_at, Some(5_000));
}

pub fn a_code_is_taken_once(store: impl Accounts) {
    block_on(store.add_code(&code(1))).unwrap();
    let take = |number| block_on(store.take_code(TokenHash([number; 32]))).unwrap();
    assert!(!take(1).unwrap().again);
    assert!(take(1).unwrap().again);
    assert!(take(1).unwrap().again);
    assert_eq!(take(2), None);
}

pub fn one_of_many_takes_a_code(store: impl Accounts) {
    block_on(store.add_code(&code(1))).unwrap();
    let won = race(|_| !block_on(store.take_code(TokenHash([1; 32]))).unwrap().unwrap().again);
    assert_eq!(won, 1);
}

pub fn ended_sessions_are_told(store: impl Accounts) {
    let ada = with_ada(&store, 3);
    block_on(store.end_session(SessionId(1), 5_000)).unwrap();
    block_on(store.end_session(SessionId(2), 6_000)).unwrap();
    let since = |at| {
        let ended = block_on(store.ended_since(at)).unwrap();
        assert!(ended.iter().all(|session| session.user == ada.id));
        let mut ended: Vec<_> =
            ended.iter().map(|session| (session.ended_at, session.id)).collect();
        ended.sort_unstable();
        ended
    };
    assert_eq!(since(0), [(5_000, SessionId(1)), (6_000, SessionId(2))]);
    assert_eq!(since(6_000), [(6_000, SessionId(2))]);
    assert_eq!(since(6_001), []);
}

pub fn the_newest_key_comes_first(store: impl Accounts) {
    let key = |kid: &str, created_at| SigningKey { kid: kid.into(), pem: "pem".into(), created_at };
    assert_eq!(block_on(store.signing_keys()).unwrap(), []);
    let [old, new, middle] = [key("a", 1), key("b", 3), key("c", 2)];
    for one in [&old, &new, &middle] {
        block_on(store.add_signing_key(one)).unwrap();
    }
    let again = block_on(store.add_signing_key(&key("a", 9)));
    assert!(matches!(again, Err(PortError::Conflict)));
    assert_eq!(block_on(store.signing_keys()).unwrap(), [new, middle, old]);
}

pub fn what_is_over_is_forgotten(store: impl Accounts) {
    let ada = with_ada(&store, 2);
    block_on(store.end_session(SessionId(1), 5_000)).unwrap();
    let short = Session { expires_at: 5_000, ..session(3, &ada) };
    block_on(store.add_session(&short, 10)).unwrap();
    block_on(store.add_code(&code(1))).unwrap();

    block_on(store.forget(5_000)).unwrap();
    let there = |number: u8| block_on(store.session(SessionId(number.into()))).unwrap().is_some();
    assert_eq!([there(1), there(2), there(3)], [true, true, true], "at the time is not before it");
    block_on(store.forget(5_001)).unwrap();
    assert_eq!([there(1), there(2), there(3)], [false, true, false]);
    block_on(store.forget(60_001)).unwrap();
    assert_eq!(block_on(store.take_code(TokenHash([1; 32]))).unwrap(), None);
    assert!(block_on(store.user(&ada.id)).unwrap().is_some(), "people stay");
}
