//! Files of this machine, against the suite of their port, and what is theirs alone.

#![expect(clippy::unwrap_used, reason = "a broken test fails")]

use aizuchi_core::{
    attachments::{Append, AttachmentId, Keep, Objects, Part, Whole},
    error::PortError,
};
use aizuchi_files_local::LocalFiles;
use aizuchi_testkit::{block_on, objects_suite};
use tempfile::TempDir;

fn fresh() -> (LocalFiles, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    (LocalFiles::open(dir.path()).unwrap(), dir)
}

fn arrive(files: &LocalFiles, id: AttachmentId, bytes: &[u8]) {
    block_on(files.open(id, bytes.len() as u64)).unwrap();
    let at = Append::At(bytes.len() as u64);
    assert_eq!(block_on(files.append(id, 0, bytes.to_vec())).unwrap(), at);
}

objects_suite!(fresh(), arrive);

fn id() -> AttachmentId {
    AttachmentId::new(7)
}

#[test]
fn an_upload_that_stops_goes_on_after_a_restart() {
    let (files, dir) = fresh();
    block_on(files.open(id(), 10)).unwrap();
    let append = |files: &LocalFiles, offset, piece: &[u8]| {
        block_on(files.append(id(), offset, piece.to_vec())).unwrap()
    };
    assert_eq!(append(&files, 0, b"0123"), Append::At(4));
    drop(files);
    let files = LocalFiles::open(dir.path()).unwrap();
    assert_eq!(block_on(files.received(id())).unwrap(), 4);
    assert_eq!(append(&files, 0, b"0123"), Append::Elsewhere(4), "nothing comes twice");
    assert_eq!(append(&files, 6, b"6789"), Append::Elsewhere(4), "and nothing is left out");
    assert_eq!(append(&files, 4, b"456789"), Append::At(10));
    let first = block_on(files.first(id(), 100)).unwrap().unwrap();
    assert_eq!(first.bytes, b"0123456789");
}

#[test]
fn what_was_not_opened_takes_no_piece() {
    let (files, _dir) = fresh();
    let done = block_on(files.append(id(), 0, b"x".to_vec())).unwrap();
    assert_eq!(done, Append::Elsewhere(0));
    assert_eq!(block_on(files.received(id())).unwrap(), 0);
}

#[test]
fn what_has_grown_meanwhile_is_not_kept() {
    let (files, _dir) = fresh();
    arrive(&files, id(), b"harmless");
    let first = block_on(files.first(id(), 100)).unwrap().unwrap();
    block_on(files.append(id(), 8, b", and more".to_vec())).unwrap();
    let keep = Keep { whole: Whole::AsItCame(first.version), thumbnail: None };
    let kept = block_on(files.keep(id(), keep));
    assert!(matches!(kept, Err(PortError::Conflict)), "{kept:?}");
    assert_eq!(block_on(files.size(id(), Part::Whole)).unwrap(), None);
}

/// Whoever else uses this machine reads none of it.
#[test]
fn files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let (files, dir) = fresh();
    arrive(&files, id(), b"secret");
    let keep = Keep { whole: Whole::Instead(b"x".to_vec()), thumbnail: Some(b"y".to_vec()) };
    block_on(files.keep(id(), keep)).unwrap();
    let mut folders = vec![dir.path().to_owned()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", entry.path().display());
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            }
            seen += 1;
        }
    }
    assert_eq!(seen, 5, "two folders, one in them, two files");
}
