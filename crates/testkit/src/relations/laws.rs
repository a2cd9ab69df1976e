//! What holds of every [`Relations`]; see there.

#![expect(missing_docs, reason = "a law's name says it")]
#![expect(clippy::unwrap_used, reason = "a broken law fails its test")]

use std::collections::BTreeSet;

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, UserId},
    relations::{Audience, BLOCKED, REASON_CHARS, Relations, Report, Standing},
};

use crate::block_on;

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

fn block(relations: &impl Relations, by: &str, whom: &str) {
    block_on(relations.block(&user(by), &user(whom))).unwrap();
}

fn unblock(relations: &impl Relations, by: &str, whom: &str) {
    block_on(relations.unblock(&user(by), &user(whom))).unwrap();
}

fn blocked(relations: &impl Relations, by: &str) -> Vec<UserId> {
    block_on(relations.blocked(&user(by))).unwrap()
}

/// What either of the two is told, which is the same.
fn are_apart(relations: &impl Relations, a: &str, b: &str) -> bool {
    let [there, back] =
        [(a, b), (b, a)].map(|(a, b)| block_on(relations.are_apart(&user(a), &user(b))).unwrap());
    assert_eq!(there, back);
    there
}

fn standing(relations: &impl Relations, ids: &[&str]) -> Vec<Standing> {
    let users: Vec<_> = ids.iter().map(|id| user(id)).collect();
    block_on(relations.standing(&users)).unwrap()
}

pub fn nobody_is_blocked_at_first(relations: impl Relations) {
    assert!(blocked(&relations, "ada").is_empty());
    assert!(!are_apart(&relations, "ada", "bob"));
    assert_eq!(standing(&relations, &["ada", "bob"]), [Standing::default(); 2]);
    assert!(block_on(relations.reports(10)).unwrap().is_empty());
    unblock(&relations, "ada", "bob");
}

pub fn a_block_stands_between_both(relations: impl Relations) {
    block(&relations, "ada", "bob");
    assert!(are_apart(&relations, "ada", "bob"));
    assert!(!are_apart(&relations, "ada", "cyd"));
    assert!(!are_apart(&relations, "bob", "cyd"));
    assert!(standing(&relations, &["ada", "bob"]).iter().all(|one| one.apart));
    assert!(!standing(&relations, &["cyd"])[0].apart);
}

pub fn who_is_blocked_is_told_by_id(relations: impl Relations) {
    for whom in ["cyd", "相槌", "bob"] {
        block(&relations, "ada", whom);
    }
    block(&relations, "eve", "dan");
    assert_eq!(blocked(&relations, "ada"), ["bob", "cyd", "相槌"].map(user));
    assert_eq!(blocked(&relations, "eve"), [user("dan")]);
    assert!(blocked(&relations, "bob").is_empty());
}

pub fn a_block_is_taken_back_by_who_made_it(relations: impl Relations) {
    block(&relations, "ada", "bob");
    unblock(&relations, "bob", "ada");
    assert!(are_apart(&relations, "ada", "bob"), "it is not his");
    block(&relations, "bob", "ada");
    unblock(&relations, "ada", "bob");
    assert!(are_apart(&relations, "ada", "bob"), "he blocks, too");
    assert!(blocked(&relations, "ada").is_empty());
    unblock(&relations, "bob", "ada");
    assert!(!are_apart(&relations, "ada", "bob"));
    block(&relations, "ada", "bob");
    assert!(are_apart(&relations, "ada", "bob"), "again");
}

pub fn those_apart_are_found_among_many(relations: impl Relations) {
    let [ada, bob, cyd, dan] = ["ada", "bob", "cyd", "dan"].map(user);
    let all = [bob.clone(), ada.clone(), cyd.clone(), dan.clone(), bob.clone()];
    let apart = |of: &UserId| {
        let apart = block_on(relations.apart_from(of, &all)).unwrap();
        BTreeSet::from_iter(apart)
    };
    assert_eq!(apart(&ada), BTreeSet::new());
    block_on(relations.block(&ada, &bob)).unwrap();
    block_on(relations.block(&cyd, &ada)).unwrap();
    assert_eq!(apart(&ada), BTreeSet::from([bob.clone(), cyd.clone()]));
    assert_eq!(apart(&bob), BTreeSet::from([ada.clone()]));
    assert_eq!(apart(&dan), BTreeSet::new());
    assert_eq!(block_on(relations.apart_from(&ada, &[])).unwrap().len(), 0);
    block_on(relations.unblock(&ada, &bob)).unwrap();
    assert_eq!(apart(&ada), BTreeSet::from([cyd]));
}

pub fn to_block_again_changes_nothing(relations: impl Relations) {
    block(&relations, "ada", "bob");
    block(&relations, "ada", "bob");
    assert_eq!(blocked(&relations, "ada"), [user("bob")]);
    unblock(&relations, "ada", "bob");
    unblock(&relations, "ada", "bob");
    assert!(!are_apart(&relations, "ada", "bob"));
}

pub fn only_so_many_are_blocked(relations: impl Relations) {
    for number in 0..BLOCKED {
        block(&relations, "ada", &format!("u-{number:04}"));
    }
    let one_more = block_on(relations.block(&user("ada"), &user("one-more")));
    assert!(matches!(one_more, Err(PortError::Rejected(_))), "{one_more:?}");
    assert!(!are_apart(&relations, "ada", "one-more"));
    block(&relations, "ada", "u-0000");
    block(&relations, "bob", "ada");
    let all = blocked(&relations, "ada");
    assert_eq!(all.len(), BLOCKED);
    assert!(all.is_sorted());
    unblock(&relations, "ada", "u-0007");
    block(&relations, "ada", "one-more");
    assert!(are_apart(&relations, "ada", "one-more"));
}

pub fn an_audience_is_remembered(relations: impl Relations) {
    for audience in [Audience::Contacts, Audience::Nobody, Audience::Everybody, Audience::Contacts]
    {
        block_on(relations.set_audience(&user("ada"), audience)).unwrap();
        assert_eq!(standing(&relations, &["ada"]), [Standing { audience, apart: false }]);
    }
    assert_eq!(standing(&relations, &["bob"]), [Standing::default()]);
}

pub fn how_people_stand_is_told_in_their_order(relations: impl Relations) {
    block(&relations, "ada", "bob");
    block_on(relations.set_audience(&user("bob"), Audience::Nobody)).unwrap();
    let (hidden, open) = (Audience::Nobody, Audience::Everybody);
    assert_eq!(
        standing(&relations, &["cyd", "bob", "ada", "bob"]),
        [(open, false), (hidden, true), (open, true), (hidden, true)]
            .map(|(audience, apart)| Standing { audience, apart })
    );
    assert!(standing(&relations, &[]).is_empty());
}

pub fn reports_are_told_newest_first(relations: impl Relations) {
    let report = |at: u64, reason: &str| Report {
        at,
        by: user("ada"),
        about: user("bob"),
        conversation: None,
        seq: None,
        reason: reason.into(),
    };
    let longest = "相".repeat(REASON_CHARS);
    let all = [
        report(1_700_000_000_000, "spam"),
        Report {
            conversation: ConversationId::direct(&user("ada"), &user("bob")).ok(),
            seq: Some(7),
            ..report(1_700_000_000_001, &longest)
        },
        report(1_700_000_000_256, "again"),
    ];
    for one in &all {
        block_on(relations.report(one)).unwrap();
    }
    let [first, second, third] = all;
    assert_eq!(block_on(relations.reports(2)).unwrap(), [third.clone(), second.clone()]);
    assert_eq!(block_on(relations.reports(10)).unwrap(), [third, second, first]);
}
