//! What holds of every [`Notices`]; see there.

#![expect(missing_docs, reason = "a law's name says it")]
#![expect(clippy::unwrap_used, reason = "a broken law fails its test")]

use std::{collections::BTreeSet, sync::Barrier, thread};

use aizuchi_core::{
    accounts::SessionId,
    error::PortError,
    ids::{ConversationId, UserId},
    notices::{
        DECISIONS, ENDPOINT_BYTES, Notices, SUBSCRIPTIONS, Subscriber, Subscription, Wanted,
    },
};

use crate::block_on;

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

fn room(name: &str) -> ConversationId {
    ConversationId::parse(&format!("r:{name}")).unwrap()
}

/// A subscription of no session, made then.
fn subscription(endpoint: &str, created_at: u64) -> Subscription {
    Subscription {
        endpoint: endpoint.into(),
        p256dh: [4; 65],
        auth: [7; 16],
        preview: true,
        session: None,
        created_at,
    }
}

fn of_session(endpoint: &str, created_at: u64, session: u128) -> Subscription {
    Subscription { session: Some(SessionId(session)), ..subscription(endpoint, created_at) }
}

fn subscribe(notices: &impl Notices, id: &str, one: &Subscription) {
    block_on(notices.subscribe(&user(id), one)).unwrap();
}

fn subscribers(notices: &impl Notices, ids: &[&str]) -> Vec<Subscriber> {
    let users: Vec<UserId> = ids.iter().map(|id| user(id)).collect();
    let mut all = block_on(notices.subscribers(&users, &room("any"))).unwrap();
    all.sort_by(|a, b| a.user.cmp(&b.user));
    all
}

/// A person's subscriptions, the oldest first.
fn subscriptions(notices: &impl Notices, id: &str) -> Vec<Subscription> {
    subscribers(notices, &[id]).pop().map(|one| one.subscriptions).unwrap_or_default()
}

fn endpoints(notices: &impl Notices, id: &str) -> Vec<String> {
    subscriptions(notices, id).iter().map(|one| one.endpoint.to_string()).collect()
}

pub fn nobody_is_subscribed_at_first(notices: impl Notices) {
    assert_eq!(subscribers(&notices, &["ada", "bob"]), []);
    assert_eq!(subscribers(&notices, &[]), []);
    assert!(!block_on(notices.unsubscribe(&user("ada"), "https://push/1")).unwrap());
    block_on(notices.end_subscriptions(&user("ada"), None)).unwrap();
}

pub fn a_subscription_is_kept_as_it_is(notices: impl Notices) {
    let long = format!("https://push/{}", "é".repeat((ENDPOINT_BYTES - 13) / 2));
    let mut p256dh = [0; 65];
    for (at, byte) in (0..).zip(&mut p256dh) {
        *byte = at;
    }
    let kept = Subscription {
        p256dh,
        auth: *b"\0\x01\x02\xff____________",
        preview: false,
        ..of_session(&long, 1_700_000_000_000, u128::MAX - 1)
    };
    subscribe(&notices, "ada", &kept);
    assert_eq!(subscriptions(&notices, "ada"), [kept]);
    let plain = subscription("https://push/2", 1_700_000_000_001);
    subscribe(&notices, "bob", &plain);
    assert_eq!(subscriptions(&notices, "bob"), [plain]);
}

pub fn a_subscription_is_known_by_its_endpoint(notices: impl Notices) {
    subscribe(&notices, "ada", &of_session("https://push/1", 1, 1));
    let again = Subscription { preview: false, ..of_session("https://push/1", 2, 2) };
    subscribe(&notices, "ada", &again);
    assert_eq!(subscriptions(&notices, "ada"), [again]);
    // Another person's is another.
    subscribe(&notices, "bob", &subscription("https://push/1", 3));
    assert_eq!(subscriptions(&notices, "ada").len(), 1);
    assert_eq!(subscriptions(&notices, "bob").len(), 1);
}

pub fn a_session_has_one_subscription(notices: impl Notices) {
    subscribe(&notices, "ada", &of_session("https://push/1", 1, 1));
    subscribe(&notices, "ada", &of_session("https://push/2", 2, 2));
    subscribe(&notices, "ada", &of_session("https://push/3", 3, 1));
    assert_eq!(endpoints(&notices, "ada"), ["https://push/2", "https://push/3"]);
    for (at, endpoint) in [(4, "https://push/4"), (5, "https://push/5")] {
        subscribe(&notices, "ada", &subscription(endpoint, at));
    }
    assert_eq!(endpoints(&notices, "ada").len(), 4, "of no session are any number");
}

pub fn the_oldest_of_too_many_goes(notices: impl Notices) {
    let most = SUBSCRIPTIONS as u64;
    // The oldest is not the first to come.
    for at in (1..=most).rev() {
        subscribe(&notices, "ada", &subscription(&format!("https://push/{at}"), at));
    }
    assert_eq!(endpoints(&notices, "ada").len(), SUBSCRIPTIONS);
    subscribe(&notices, "ada", &subscription("https://push/new", most + 1));
    let left = endpoints(&notices, "ada");
    assert_eq!(left.len(), SUBSCRIPTIONS);
    assert_eq!(left[0], "https://push/2");
    assert_eq!(left[SUBSCRIPTIONS - 1], "https://push/new");
}

pub fn a_subscription_is_taken_away(notices: impl Notices) {
    for (at, endpoint) in [(1, "https://push/1"), (2, "https://push/2")] {
        subscribe(&notices, "ada", &subscription(endpoint, at));
        subscribe(&notices, "bob", &subscription(endpoint, at));
    }
    let take = || block_on(notices.unsubscribe(&user("ada"), "https://push/1")).unwrap();
    assert!(take());
    assert!(!take());
    assert_eq!(endpoints(&notices, "ada"), ["https://push/2"]);
    assert_eq!(endpoints(&notices, "bob").len(), 2);
}

pub fn a_sessions_end_is_its_subscriptions(notices: impl Notices) {
    let fill = || {
        subscribe(&notices, "ada", &of_session("https://push/1", 1, 1));
        subscribe(&notices, "ada", &of_session("https://push/2", 2, 2));
        subscribe(&notices, "ada", &subscription("https://push/3", 3));
        subscribe(&notices, "bob", &of_session("https://push/4", 4, 1));
    };
    fill();
    let end = |session| block_on(notices.end_subscriptions(&user("ada"), session)).unwrap();
    end(Some(SessionId(1)));
    assert_eq!(endpoints(&notices, "ada"), ["https://push/2", "https://push/3"]);
    end(Some(SessionId(9)));
    assert_eq!(endpoints(&notices, "ada").len(), 2);
    end(None);
    assert_eq!(endpoints(&notices, "ada"), [""; 0]);
    assert_eq!(endpoints(&notices, "bob"), ["https://push/4"]);
    fill();
    assert_eq!(endpoints(&notices, "ada").len(), 3, "and again");
}

pub fn people_are_found_among_many(notices: impl Notices) {
    let ids: Vec<String> = (100..350).map(|number| format!("u-{number}")).collect();
    let subscribed: Vec<&String> = ids.iter().step_by(50).collect();
    for id in &subscribed {
        subscribe(&notices, id, &subscription(&format!("https://push/{id}"), 1));
    }
    let all: Vec<&str> = ids.iter().map(String::as_str).collect();
    let found = subscribers(&notices, &all);
    let found: Vec<&str> = found.iter().map(|one| one.user.as_str()).collect();
    assert_eq!(found, subscribed);
}

pub fn what_is_wanted_is_remembered(notices: impl Notices) {
    let direct = ConversationId::direct(&user("ada"), &user("bob")).unwrap();
    let want = |id, conversation: &_, wanted| {
        block_on(notices.want(&user(id), conversation, wanted)).unwrap();
    };
    let wanted = |id, conversation: &_| block_on(notices.wanted(&user(id), conversation)).unwrap();
    assert_eq!(wanted("ada", &direct), Wanted::All);
    want("ada", &direct, Wanted::Nothing);
    want("ada", &room("1"), Wanted::Mentions);
    want("bob", &direct, Wanted::Mentions);
    subscribe(&notices, "ada", &subscription("https://push/1", 1));
    for (id, conversation, told) in [
        ("ada", &direct, Wanted::Nothing),
        ("ada", &room("1"), Wanted::Mentions),
        ("ada", &room("2"), Wanted::All),
        ("bob", &direct, Wanted::Mentions),
        ("bob", &room("1"), Wanted::All),
    ] {
        assert_eq!(wanted(id, conversation), told, "{id} {conversation}");
        let found = block_on(notices.subscribers(&[user(id)], conversation)).unwrap();
        let found: Vec<Wanted> = found.into_iter().map(|one| one.wanted).collect();
        assert_eq!(found, if id == "ada" { vec![told] } else { vec![] });
    }
    block_on(notices.end_subscriptions(&user("ada"), None)).unwrap();
    assert_eq!(wanted("ada", &direct), Wanted::Nothing, "it is no session's");
    want("ada", &direct, Wanted::All);
    assert_eq!(wanted("ada", &direct), Wanted::All);
}

pub fn only_so_much_is_decided(notices: impl Notices) {
    let want = |name: usize, wanted| {
        block_on(notices.want(&user("ada"), &room(&name.to_string()), wanted))
    };
    for name in 0..DECISIONS {
        want(name, Wanted::Nothing).unwrap();
    }
    let over = want(DECISIONS, Wanted::Nothing);
    assert!(matches!(over, Err(PortError::Rejected(_))), "{over:?}");
    want(DECISIONS, Wanted::All).unwrap();
    want(0, Wanted::Mentions).unwrap();
    want(0, Wanted::All).unwrap();
    want(DECISIONS, Wanted::Mentions).unwrap();
}

pub fn there_is_one_push_key(notices: impl Notices) {
    assert_eq!(&*block_on(notices.push_key("first")).unwrap(), "first");
    assert_eq!(&*block_on(notices.push_key("second")).unwrap(), "first");
}

pub fn of_keys_offered_at_once_one_is_kept(notices: impl Notices) {
    let together = Barrier::new(8);
    let kept: BTreeSet<_> = thread::scope(|scope| {
        let offer = |at: usize| {
            let (together, notices) = (&together, &notices);
            scope.spawn(move || {
                together.wait();
                block_on(notices.push_key(&format!("key {at}"))).unwrap()
            })
        };
        let offers: Vec<_> = (0..8).map(offer).collect();
        offers.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(kept.len(), 1, "{kept:?}");
}
