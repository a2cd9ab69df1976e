//! What holds of every [`Attachments`]; see there.

#![expect(missing_docs, reason = "a law's name says it")]
#![expect(clippy::unwrap_used, reason = "a broken law fails its test")]

use std::{sync::Barrier, thread};

use aizuchi_core::{
    attachments::{Attachment, AttachmentId, Attachments, Dimensions, Quota, State, Upload},
    ids::{ClientMsgId, ConversationId, UserId},
};

use crate::block_on;

const WEEK: u64 = 7 * 24 * 60 * 60 * 1_000;
const NOW: u64 = 3_000 * WEEK;
const PLENTY: Quota = Quota { bytes: u64::MAX, unsent: 1_000, since: 0 };

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

fn with(other: &str) -> ConversationId {
    ConversationId::direct(&user("ada"), &user(other)).unwrap()
}

fn id(number: u128) -> AttachmentId {
    AttachmentId::new(number)
}

/// Of Ada, for Bob.
fn upload(number: u128, size: u64) -> Upload {
    let attachment = Attachment {
        id: id(number),
        name: format!("{number}.txt").into(),
        media_type: "application/octet-stream".into(),
        size,
        dimensions: None,
        has_thumbnail: false,
    };
    Upload {
        attachment,
        owner: user("ada"),
        conversation: with("bob"),
        created_at: NOW,
        state: State::Begun,
    }
}

fn begin(attachments: &impl Attachments, upload: &Upload, quota: Quota) -> bool {
    block_on(attachments.begin(upload, quota)).unwrap()
}

fn completed(attachments: &impl Attachments, number: u128, size: u64) -> Attachment {
    let upload = upload(number, size);
    assert!(begin(attachments, &upload, PLENTY));
    assert!(block_on(attachments.complete(&upload.attachment)).unwrap());
    upload.attachment
}

fn name(message: &str) -> ClientMsgId {
    ClientMsgId::parse(message).unwrap()
}

/// With the message "m1".
fn send(attachments: &impl Attachments, owner: &str, to: &str, numbers: &[u128]) -> Option<usize> {
    send_with(attachments, "m1", owner, to, numbers)
}

fn send_with(
    attachments: &impl Attachments,
    message: &str,
    owner: &str,
    to: &str,
    numbers: &[u128],
) -> Option<usize> {
    let ids: Vec<_> = numbers.iter().copied().map(id).collect();
    let sent = block_on(attachments.send(&user(owner), &with(to), &name(message), &ids)).unwrap();
    sent.map(|all| all.len())
}

fn state(attachments: &impl Attachments, number: u128) -> Option<State> {
    block_on(attachments.get(id(number))).unwrap().map(|one| one.state)
}

fn unsent(attachments: &impl Attachments, before: u64) -> Vec<AttachmentId> {
    let mut all = block_on(attachments.unsent(&user("ada"), before)).unwrap();
    all.sort();
    all
}

pub fn what_was_begun_is_kept_as_it_is(attachments: impl Attachments) {
    assert_eq!(block_on(attachments.get(id(1))).unwrap(), None);
    let mut one = upload(u128::MAX - 1, u64::from(u32::MAX) + 1);
    one.attachment.name = "写真 \u{1f600} 'x'.jpeg".into();
    one.conversation = ConversationId::parse("r:a-room").unwrap();
    assert!(begin(&attachments, &one, PLENTY));
    assert_eq!(block_on(attachments.get(one.attachment.id)).unwrap(), Some(one));
}

pub fn an_upload_is_completed_once(attachments: impl Attachments) {
    let begun = upload(1, 50);
    let whole = Attachment {
        media_type: "image/png".into(),
        size: 40,
        dimensions: Some(Dimensions { width: 40_000, height: 1 }),
        has_thumbnail: true,
        ..begun.attachment.clone()
    };
    assert!(!block_on(attachments.complete(&whole)).unwrap(), "nothing is begun");
    assert_eq!(block_on(attachments.get(id(1))).unwrap(), None);
    assert!(begin(&attachments, &begun, PLENTY));
    assert!(block_on(attachments.complete(&whole)).unwrap());
    let other = Attachment { media_type: "image/gif".into(), ..whole.clone() };
    assert!(!block_on(attachments.complete(&other)).unwrap());
    let kept = block_on(attachments.get(id(1))).unwrap();
    assert_eq!(kept, Some(Upload { attachment: whole, state: State::Complete, ..begun }));
}

pub fn what_is_complete_is_sent_again_and_again(attachments: impl Attachments) {
    let [one, two] = [1, 2].map(|number| completed(&attachments, number, 5));
    let ids = [one.id, two.id];
    for _ in 0..3 {
        let sent =
            block_on(attachments.send(&user("ada"), &with("bob"), &name("m1"), &ids)).unwrap();
        assert_eq!(sent, Some(vec![one.clone(), two.clone()]));
    }
    let reverse = [two.id, one.id];
    let sent =
        block_on(attachments.send(&user("ada"), &with("bob"), &name("m1"), &reverse)).unwrap();
    assert_eq!(sent, Some(vec![two, one]));
    assert_eq!(state(&attachments, 1), Some(State::Sent(name("m1"))));
    assert_eq!(send(&attachments, "ada", "bob", &[]), Some(0));
}

pub fn only_what_is_ones_own_and_complete_is_sent(attachments: impl Attachments) {
    completed(&attachments, 1, 5);
    assert!(begin(&attachments, &upload(2, 5), PLENTY));
    assert_eq!(send(&attachments, "bob", "bob", &[1]), None, "not his");
    assert_eq!(send(&attachments, "ada", "cleo", &[1]), None, "of another conversation");
    assert_eq!(send(&attachments, "ada", "bob", &[2]), None, "not complete");
    assert_eq!(send(&attachments, "ada", "bob", &[3]), None, "of nobody");
    assert_eq!(state(&attachments, 1), Some(State::Complete));
    assert_eq!(state(&attachments, 2), Some(State::Begun));
}

pub fn one_message_alone_has_it(attachments: impl Attachments) {
    completed(&attachments, 1, 5);
    completed(&attachments, 2, 5);
    assert_eq!(send_with(&attachments, "m1", "ada", "bob", &[1]), Some(1));
    assert_eq!(send_with(&attachments, "m2", "ada", "bob", &[2, 1]), None);
    assert_eq!(state(&attachments, 1), Some(State::Sent(name("m1"))));
    assert_eq!(state(&attachments, 2), Some(State::Complete));
    assert_eq!(send_with(&attachments, "m2", "ada", "bob", &[2]), Some(1));
    assert_eq!(send_with(&attachments, "m1", "ada", "bob", &[1]), Some(1));
}

pub fn of_two_messages_at_once_one_has_it(attachments: impl Attachments) {
    for number in 0..10 {
        completed(&attachments, number, 5);
        let together = Barrier::new(2);
        let sent: Vec<_> = thread::scope(|scope| {
            let send = |message| {
                let (together, attachments) = (&together, &attachments);
                scope.spawn(move || {
                    together.wait();
                    send_with(attachments, message, "ada", "bob", &[number])
                })
            };
            let both = ["m1", "m2"].map(send);
            both.into_iter().filter_map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(sent, [1], "of {number}");
    }
}

pub fn all_are_sent_or_none(attachments: impl Attachments) {
    completed(&attachments, 1, 5);
    completed(&attachments, 2, 5);
    assert_eq!(send(&attachments, "ada", "bob", &[1, 2, 3]), None);
    assert_eq!(state(&attachments, 1), Some(State::Complete));
    assert_eq!(unsent(&attachments, NOW + 1), [id(1), id(2)]);
    assert_eq!(send(&attachments, "ada", "bob", &[1, 2]), Some(2));
    assert_eq!(unsent(&attachments, NOW + 1), []);
}

pub fn an_owner_has_only_so_many_bytes(attachments: impl Attachments) {
    let quota = Quota { bytes: 100, ..PLENTY };
    assert!(!begin(&attachments, &upload(1, 101), quota));
    assert_eq!(state(&attachments, 1), None);
    assert!(begin(&attachments, &upload(2, 60), quota));
    assert!(!begin(&attachments, &upload(3, 41), quota));
    assert!(begin(&attachments, &upload(4, 40), quota));
    // Sent ones count as well, and smaller than they began they count the same.
    let smaller = Attachment { size: 1, ..upload(2, 60).attachment };
    assert!(block_on(attachments.complete(&smaller)).unwrap());
    assert_eq!(send(&attachments, "ada", "bob", &[2]), Some(1));
    assert!(!begin(&attachments, &upload(5, 1), quota));
    let others = Upload { owner: user("bob"), ..upload(6, 100) };
    assert!(begin(&attachments, &others, quota), "everybody has his own");
    assert!(block_on(attachments.remove(id(2))).unwrap());
    assert!(begin(&attachments, &upload(7, 60), quota), "what is removed is given back");
    assert!(!begin(&attachments, &upload(8, 1), quota));
}

pub fn what_is_kept_no_longer_does_not_count(attachments: impl Attachments) {
    let since = |since| Quota { bytes: 100, since, ..PLENTY };
    let at = |number, created_at| Upload { created_at, ..upload(number, 100) };
    assert!(begin(&attachments, &at(1, NOW - 4 * WEEK), since(0)));
    assert!(block_on(attachments.complete(&upload(1, 100).attachment)).unwrap());
    assert_eq!(send(&attachments, "ada", "bob", &[1]), Some(1));
    assert!(!begin(&attachments, &at(2, NOW), since(NOW - 5 * WEEK)));
    assert!(begin(&attachments, &at(2, NOW), since(NOW - 2 * WEEK)));
    assert!(!begin(&attachments, &at(3, NOW), since(NOW - 2 * WEEK)));
    // To remove what no longer counts gives nothing back.
    assert!(block_on(attachments.remove(id(1))).unwrap());
    assert!(!begin(&attachments, &at(3, NOW), since(NOW - 2 * WEEK)));
}

pub fn an_owner_has_only_so_many_unsent(attachments: impl Attachments) {
    let quota = Quota { unsent: 2, ..PLENTY };
    assert!(begin(&attachments, &upload(1, 1), quota));
    assert!(begin(&attachments, &upload(2, 1), quota));
    assert!(!begin(&attachments, &upload(3, 1), quota));
    assert!(block_on(attachments.complete(&upload(1, 1).attachment)).unwrap());
    assert!(!begin(&attachments, &upload(3, 1), quota));
    assert_eq!(send(&attachments, "ada", "bob", &[1]), Some(1));
    assert!(begin(&attachments, &upload(3, 1), quota));
    assert!(block_on(attachments.remove(id(2))).unwrap());
    assert!(begin(&attachments, &upload(4, 1), quota));
    assert!(!begin(&attachments, &upload(5, 1), quota));
}

pub fn of_many_that_begin_at_once_no_more_than_allowed_do(attachments: impl Attachments) {
    let quota = Quota { bytes: 30, ..PLENTY };
    let together = Barrier::new(8);
    let begun = thread::scope(|scope| {
        let begin = |number: u128| {
            let (together, attachments) = (&together, &attachments);
            scope.spawn(move || {
                together.wait();
                // Whoever meets others may be told so, and tries again.
                let upload = upload(number, 10);
                (0..50).find_map(|_| block_on(attachments.begin(&upload, quota)).ok()).unwrap()
            })
        };
        let all: Vec<_> = (0..8).map(begin).collect();
        all.into_iter().map(|one| one.join().unwrap()).filter(|one| *one).count()
    });
    assert_eq!(begun, 3);
}

pub fn what_is_unsent_is_found(attachments: impl Attachments) {
    assert_eq!(unsent(&attachments, u64::MAX), []);
    for (number, created_at) in [(1, NOW), (2, NOW + 1), (3, NOW + 2)] {
        let one = Upload { created_at, ..upload(number, 1) };
        assert!(begin(&attachments, &one, PLENTY));
    }
    let others = Upload { owner: user("bob"), ..upload(4, 1) };
    assert!(begin(&attachments, &others, PLENTY));
    assert_eq!(unsent(&attachments, NOW), []);
    assert_eq!(unsent(&attachments, NOW + 2), [id(1), id(2)]);
    assert!(block_on(attachments.complete(&upload(1, 1).attachment)).unwrap());
    assert_eq!(unsent(&attachments, NOW + 2), [id(1), id(2)]);
    assert_eq!(send(&attachments, "ada", "bob", &[1]), Some(1));
    assert_eq!(unsent(&attachments, NOW + 2), [id(2)]);
}

pub fn what_is_removed_is_gone(attachments: impl Attachments) {
    completed(&attachments, 1, 5);
    completed(&attachments, 2, 5);
    assert!(block_on(attachments.remove(id(1))).unwrap());
    assert!(!block_on(attachments.remove(id(1))).unwrap());
    assert_eq!(state(&attachments, 1), None);
    assert_eq!(unsent(&attachments, u64::MAX), [id(2)]);
    assert_eq!(send(&attachments, "ada", "bob", &[1]), None);
    assert!(!block_on(attachments.complete(&upload(1, 5).attachment)).unwrap());
    assert_eq!(send(&attachments, "ada", "bob", &[2]), Some(1));
    assert!(block_on(attachments.remove(id(2))).unwrap(), "also what was sent");
    assert_eq!(state(&attachments, 2), None);
}
