//! What the sweep is told to take.

use aizuchi_core::{
    attachments::{Attachment, AttachmentId, Attachments, Quota, State, UNSENT_MS, Upload},
    ids::{ClientMsgId, ConversationId, UserId},
};
use aizuchi_testkit::block_on;

use super::Fixture;
use crate::Database;

const DAY: u64 = 24 * 60 * 60 * 1_000;
const NOW: u64 = 1_000 * DAY;

fn begun(database: &Database, number: u128, created_at: u64, sent: bool) {
    let [ada, bob] = ["ada", "bob"].map(|id| UserId::parse(id).unwrap());
    let id = AttachmentId::new(number);
    let conversation = ConversationId::direct(&ada, &bob).unwrap();
    let attachment = Attachment {
        id,
        name: "x".into(),
        media_type: "text/plain".into(),
        size: 1,
        dimensions: None,
        has_thumbnail: false,
    };
    let upload = Upload {
        attachment: attachment.clone(),
        owner: ada.clone(),
        conversation: conversation.clone(),
        created_at,
        state: State::Begun,
    };
    let quota = Quota { bytes: 100, unsent: 100, since: 0 };
    assert!(block_on(database.begin(&upload, quota)).unwrap());
    if sent {
        assert!(block_on(database.complete(&attachment)).unwrap());
        let message = ClientMsgId::parse("m1").unwrap();
        block_on(database.send(&ada, &conversation, &message, &[id])).unwrap().unwrap();
    }
}

#[test]
fn what_is_old_or_was_never_sent_may_go() {
    let fixture = Fixture::new();
    let database = Database::open(&fixture.data()).unwrap();
    begun(&database, 1, NOW - 40 * DAY, true);
    begun(&database, 2, NOW - UNSENT_MS - 1, false);
    begun(&database, 3, NOW - UNSENT_MS, false);
    begun(&database, 4, NOW - 10 * DAY, true);
    let stale = |before, most| block_on(database.stale_attachments(NOW, before, most)).unwrap();
    let ids =
        |numbers: &[u128]| -> Vec<_> { numbers.iter().copied().map(AttachmentId::new).collect() };
    assert_eq!(stale(0, 9), ids(&[2]), "without a limit to how long they are kept");
    assert_eq!(stale(NOW - 30 * DAY, 9), ids(&[1, 2]));
    assert_eq!(stale(NOW - 30 * DAY, 1), ids(&[1]));
    assert_eq!(stale(NOW + 1, 9), ids(&[1, 4, 2, 3]));
}
