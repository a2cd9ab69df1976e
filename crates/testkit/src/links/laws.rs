//! What holds of every [`Links`]; see there.

#![expect(missing_docs, reason = "a law's name says it")]
#![expect(clippy::unwrap_used, reason = "a broken law fails its test")]

use std::{sync::Barrier, thread};

use aizuchi_core::{
    ids::{ConversationId, UserId},
    links::{KEPT_MS, LINK_MS, LINKS, Link, LinkDigest, LinkId, LinkSecret, Links},
};

use crate::block_on;

/// About now: a store may let go of what is long past.
const AT: u64 = 1_800_000_000_000;

fn room(name: &str) -> ConversationId {
    ConversationId::parse(&format!("r:{name}")).unwrap()
}

fn digest(number: u128) -> LinkDigest {
    LinkSecret(number).digest()
}

/// A link whose secret and id are a number, made so many ms after [`AT`].
fn link(of: &str, number: u128, after: u64) -> Link {
    Link {
        id: LinkId(number),
        room: room(of),
        created_by: UserId::parse("ada").unwrap(),
        created_at: AT + after,
        expires_at: AT + after + LINK_MS,
        revoked: false,
    }
}

fn make(links: &impl Links, of: &str, number: u128, after: u64) -> bool {
    block_on(links.make(&link(of, number, after), digest(number))).unwrap()
}

fn find(links: &impl Links, number: u128) -> Option<Link> {
    block_on(links.find(digest(number))).unwrap()
}

fn of_room(links: &impl Links, of: &str, now: u64) -> Vec<Link> {
    block_on(links.of_room(&room(of), now)).unwrap()
}

fn revoke(links: &impl Links, of: &str, number: u128, now: u64) -> bool {
    block_on(links.revoke(&room(of), LinkId(number), now)).unwrap()
}

pub fn a_link_is_found_by_its_digest_alone(links: impl Links) {
    assert_eq!(find(&links, 1), None);
    assert!(make(&links, "walks", 1, 0));
    assert_eq!(find(&links, 1), Some(link("walks", 1, 0)));
    let LinkDigest(mut near) = digest(1);
    near[31] ^= 1;
    assert_eq!(block_on(links.find(LinkDigest(near))).unwrap(), None);
    let mut other = near;
    other[0] ^= 1;
    assert_eq!(block_on(links.find(LinkDigest(other))).unwrap(), None);
}

pub fn a_rooms_links_are_told_oldest_first(links: impl Links) {
    for (number, after) in [(3, 5), (1, 9), (2, 7)] {
        assert!(make(&links, "walks", number, after));
    }
    assert!(make(&links, "runs", 4, 1));
    let expected = [link("walks", 3, 5), link("walks", 2, 7), link("walks", 1, 9)];
    assert_eq!(of_room(&links, "walks", AT + 10), expected);
    assert_eq!(of_room(&links, "runs", AT + 10), [link("runs", 4, 1)]);
    assert_eq!(of_room(&links, "swims", AT + 10), []);
}

pub fn a_link_that_was_taken_back_is_known_to_be(links: impl Links) {
    assert!(make(&links, "walks", 1, 0));
    assert!(make(&links, "walks", 2, 0));
    assert!(revoke(&links, "walks", 1, AT + 1));
    assert!(!revoke(&links, "walks", 1, AT + 1), "it is so already");
    assert_eq!(of_room(&links, "walks", AT + 1), [link("walks", 2, 0)]);
    assert_eq!(find(&links, 1), Some(Link { revoked: true, ..link("walks", 1, 0) }));
    assert_eq!(find(&links, 2), Some(link("walks", 2, 0)));
}

pub fn a_link_is_taken_back_by_its_room_alone(links: impl Links) {
    assert!(make(&links, "walks", 1, 0));
    assert!(make(&links, "runs", 2, 0));
    assert!(!revoke(&links, "runs", 1, AT));
    assert!(!revoke(&links, "walks", 3, AT));
    assert!(!find(&links, 1).unwrap().revoked);
}

pub fn an_expired_link_is_known_and_not_listed(links: impl Links) {
    assert!(make(&links, "walks", 1, 0));
    let end = AT + LINK_MS;
    assert_eq!(of_room(&links, "walks", end - 1), [link("walks", 1, 0)]);
    assert_eq!(of_room(&links, "walks", end), []);
    assert!(!revoke(&links, "walks", 1, end));
    // Others that are made as long as it is to be known leave it.
    assert!(make(&links, "walks", 2, LINK_MS + KEPT_MS - 1));
    assert_eq!(find(&links, 1), Some(link("walks", 1, 0)));
}

pub fn only_so_many_links_live_in_a_room(links: impl Links) {
    for number in 0..LINKS {
        assert!(make(&links, "walks", number as u128, number as u64));
    }
    assert!(!make(&links, "walks", 100, 50));
    assert_eq!(find(&links, 100), None);
    assert!(make(&links, "runs", 101, 50), "each room counts for itself");
    assert!(revoke(&links, "walks", 3, AT + 50));
    assert!(make(&links, "walks", 102, 51));
    assert!(!make(&links, "walks", 103, 52));
    // The first is over then, and makes room.
    assert!(make(&links, "walks", 104, LINK_MS));
    assert!(!make(&links, "walks", 105, LINK_MS));
    assert_eq!(of_room(&links, "walks", AT + LINK_MS).len(), LINKS);
}

pub fn of_links_made_at_once_none_is_too_many(links: impl Links) {
    for number in 0..LINKS - 2 {
        assert!(make(&links, "walks", number as u128, 0));
    }
    let barrier = Barrier::new(4);
    let made = thread::scope(|scope| {
        let (links, barrier) = (&links, &barrier);
        let make = |number| {
            scope.spawn(move || {
                barrier.wait();
                make(links, "walks", number, 1)
            })
        };
        [100, 101, 102, 103].map(make).map(|thread| thread.join().unwrap())
    });
    assert_eq!(made.iter().filter(|made| **made).count(), 2);
    assert_eq!(of_room(&links, "walks", AT + 1).len(), LINKS);
    let kept = [100, 101, 102, 103].map(|number| find(&links, number).is_some());
    assert_eq!(kept, made);
}
