//! What holds of every [`Directory`]; see there.

#![expect(missing_docs, reason = "a law's name says it")]
#![expect(clippy::unwrap_used, reason = "a broken law fails its test")]

use crate::block_on;
use aizuchi_core::{
    directory::{Directory, Profile},
    error::PortError,
    ids::UserId,
};

fn profile(id: &str, name: &str) -> Profile {
    Profile { user: UserId::parse(id).unwrap(), username: name.into() }
}

/// Remembers a person.
fn remember(directory: &impl Directory, id: &str, name: &str) -> Profile {
    let profile = profile(id, name);
    block_on(directory.remember(&profile)).unwrap();
    profile
}

fn by_id(directory: &impl Directory, id: &str) -> Option<Profile> {
    block_on(directory.by_id(&UserId::parse(id).unwrap())).unwrap()
}

fn by_name(directory: &impl Directory, name: &str) -> Option<Profile> {
    block_on(directory.by_name(name)).unwrap()
}

pub fn nobody_is_known_at_first(directory: impl Directory) {
    assert_eq!(by_id(&directory, "u-ada"), None);
    assert_eq!(by_name(&directory, "ada"), None);
    assert_eq!(by_name(&directory, ""), None);
}

pub fn people_are_found_by_id_and_by_name(directory: impl Directory) {
    let ada = remember(&directory, "u-ada", "Ada");
    let bob = remember(&directory, "u-bob", "bob");
    for _ in 0..2 {
        assert_eq!(by_id(&directory, "u-ada"), Some(ada.clone()));
        assert_eq!(by_id(&directory, "u-bob"), Some(bob.clone()));
        assert_eq!(by_name(&directory, "Ada"), Some(ada.clone()));
        assert_eq!(by_name(&directory, "u-ada"), None, "an id is no name");
        assert_eq!(by_id(&directory, "Ada"), None, "a name is no id");
    }
}

pub fn names_are_found_however_they_are_typed(directory: impl Directory) {
    let ada = remember(&directory, "u-ada", "Ada");
    let kana = remember(&directory, "u-kana", "ガ");
    for name in ["Ada", "ada", "ADA", "ＡＤＡ"] {
        assert_eq!(by_name(&directory, name), Some(ada.clone()), "{name}");
    }
    for name in ["ガ", "カ\u{3099}", "ｶﾞ"] {
        assert_eq!(by_name(&directory, name), Some(kana.clone()), "{name}");
    }
    assert_eq!(by_name(&directory, "ad"), None);
    assert_eq!(by_name(&directory, "ada%"), None);
}

pub fn a_new_name_replaces_the_old_one(directory: impl Directory) {
    remember(&directory, "u-ada", "Ada");
    by_id(&directory, "u-ada");
    let renamed = remember(&directory, "u-ada", "Countess");
    assert_eq!(by_id(&directory, "u-ada"), Some(renamed.clone()));
    assert_eq!(by_name(&directory, "countess"), Some(renamed));
    assert_eq!(by_name(&directory, "ada"), None);
}

pub fn a_name_goes_to_whoever_had_it_last(directory: impl Directory) {
    let earlier = remember(&directory, "u-1", "ada");
    let later = remember(&directory, "u-2", "Ada");
    assert_eq!(by_name(&directory, "ada"), Some(later.clone()));
    assert_eq!(by_id(&directory, "u-1"), Some(earlier), "he is still shown by it");
    assert_eq!(by_id(&directory, "u-2"), Some(later));
}

pub fn whoever_is_deleted_is_gone_for_good(directory: impl Directory) {
    let ada = remember(&directory, "u-ada", "Ada");
    let bob = remember(&directory, "u-bob", "Bob");
    let deleted = |user: &UserId| block_on(directory.is_deleted(user)).unwrap();
    let retired = |name| block_on(directory.is_retired(name)).unwrap();
    assert_eq!((deleted(&ada.user), retired("ada")), (false, false));
    by_id(&directory, "u-ada");

    for at in [5_000, 6_000] {
        block_on(directory.delete(&ada.user, at)).unwrap();
        assert_eq!(by_id(&directory, "u-ada"), None);
        assert_eq!(by_name(&directory, "ada"), None);
        assert_eq!((deleted(&ada.user), retired("ＡＤＡ")), (true, true));
    }
    for gone in [profile("u-ada", "Ada"), profile("u-ada", "Another"), profile("u-2", "ada")] {
        let remembered = block_on(directory.remember(&gone));
        assert!(matches!(remembered, Err(PortError::Conflict)), "{gone:?}");
        assert_eq!(by_name(&directory, &gone.username), None, "{gone:?}");
    }
    assert_eq!(by_id(&directory, "u-ada"), None);
    assert_eq!(by_id(&directory, "u-bob"), Some(bob.clone()));
    assert_eq!((deleted(&bob.user), retired("bob")), (false, false));

    let nobody = UserId::parse("u-9").unwrap();
    assert!(!deleted(&nobody));
    block_on(directory.delete(&nobody, 5_000)).unwrap();
    assert!(deleted(&nobody), "whoever was never named can go, too");
}

pub fn a_name_that_another_has_by_now_stays_his(directory: impl Directory) {
    let earlier = remember(&directory, "u-1", "ada");
    let later = remember(&directory, "u-2", "Ada");
    block_on(directory.delete(&earlier.user, 5_000)).unwrap();
    assert_eq!(by_name(&directory, "ada"), Some(later));
    assert!(!block_on(directory.is_retired("ada")).unwrap());
}
