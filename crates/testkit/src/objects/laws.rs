//! What holds of every [`Objects`]; see there.

#![expect(missing_docs, reason = "a law's name says it")]
#![expect(clippy::unwrap_used, reason = "a broken law fails its test")]

use aizuchi_core::attachments::{AttachmentId, First, Keep, Objects, Part, Whole};

use crate::block_on;

type Arrive<O> = fn(&O, AttachmentId, &[u8]);

const BOTH: [Part; 2] = [Part::Whole, Part::Thumbnail];

fn id(number: u128) -> AttachmentId {
    AttachmentId::new(number)
}

fn first<O: Objects>(objects: &O, number: u128, most: u64) -> Option<First> {
    block_on(objects.first(id(number), most)).unwrap()
}

fn read<O: Objects>(objects: &O, number: u128, part: Part) -> Option<Vec<u8>> {
    block_on(objects.read(id(number), part, 0, 1 << 20)).unwrap()
}

fn keep<O: Objects>(objects: &O, number: u128, whole: Whole, small: Option<&[u8]>) {
    let keep = Keep { whole, thumbnail: small.map(<[u8]>::to_vec) };
    block_on(objects.keep(id(number), keep)).unwrap();
}

pub fn nothing_is_there_at_first<O: Objects>(objects: &O, _arrive: Arrive<O>) {
    assert_eq!(block_on(objects.received(id(1))).unwrap(), 0);
    assert_eq!(first(objects, 1, 10), None);
    for part in BOTH {
        assert_eq!(block_on(objects.size(id(1), part)).unwrap(), None);
        assert_eq!(read(objects, 1, part), None);
    }
    block_on(objects.discard(id(1))).unwrap();
}

pub fn what_came_is_seen<O: Objects>(objects: &O, arrive: Arrive<O>) {
    arrive(objects, id(1), b"0123456789");
    assert_eq!(block_on(objects.received(id(1))).unwrap(), 10);
    assert_eq!(first(objects, 1, 4).unwrap().bytes, b"0123");
    let all = first(objects, 1, 100).unwrap();
    assert_eq!(all.bytes, b"0123456789");
    assert_eq!(first(objects, 1, 4).unwrap().version, all.version);
    assert_eq!(read(objects, 1, Part::Whole), None, "it is not kept yet");
}

pub fn what_came_is_kept<O: Objects>(objects: &O, arrive: Arrive<O>) {
    arrive(objects, id(1), b"0123456789");
    arrive(objects, id(2), b"other");
    let version = first(objects, 1, 4).unwrap().version;
    keep(objects, 1, Whole::AsItCame(version), Some(b"small"));
    assert_eq!(read(objects, 1, Part::Whole).unwrap(), b"0123456789");
    assert_eq!(read(objects, 1, Part::Thumbnail).unwrap(), b"small");
    assert_eq!(block_on(objects.received(id(1))).unwrap(), 0, "what came has gone");
    assert_eq!(read(objects, 2, Part::Whole), None);
}

pub fn other_bytes_are_kept_in_its_place<O: Objects>(objects: &O, arrive: Arrive<O>) {
    arrive(objects, id(1), b"a secret");
    keep(objects, 1, Whole::Instead(b"none".to_vec()), None);
    assert_eq!(read(objects, 1, Part::Whole).unwrap(), b"none");
    assert_eq!(read(objects, 1, Part::Thumbnail), None);
    assert_eq!(block_on(objects.received(id(1))).unwrap(), 0);
}

pub fn what_is_kept_is_read_in_parts<O: Objects>(objects: &O, arrive: Arrive<O>) {
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    arrive(objects, id(1), &bytes);
    let version = first(objects, 1, 1).unwrap().version;
    keep(objects, 1, Whole::AsItCame(version), Some(b"small"));
    let sizes = BOTH.map(|part| block_on(objects.size(id(1), part)).unwrap());
    assert_eq!(sizes, [Some(300_000), Some(5)]);
    let mut found = Vec::new();
    while found.len() < bytes.len() {
        let from = found.len() as u64;
        let part = block_on(objects.read(id(1), Part::Whole, from, 70_001)).unwrap().unwrap();
        assert!(!part.is_empty() && part.len() <= 70_001, "{}", part.len());
        found.extend(part);
    }
    assert_eq!(found, bytes);
}

pub fn what_is_discarded_is_gone<O: Objects>(objects: &O, arrive: Arrive<O>) {
    for number in [1, 2, 3] {
        arrive(objects, id(number), b"bytes");
    }
    for number in [1, 2] {
        keep(objects, number, Whole::Instead(b"x".to_vec()), Some(b"y"));
    }
    for number in [1, 3] {
        block_on(objects.discard(id(number))).unwrap();
    }
    assert_eq!(BOTH.map(|part| read(objects, 1, part)), [None, None]);
    assert_eq!(first(objects, 3, 1), None);
    assert_eq!(read(objects, 2, Part::Whole).unwrap(), b"x");
    block_on(objects.discard(id(1))).unwrap();
}
