//! Who people are, remembered for a while, since a name is needed often and
//! seldom changes.

use std::{
    num::NonZeroUsize,
    sync::{Mutex, MutexGuard, PoisonError},
};

use aizuchi_core::{directory::Profile, ids::UserId};
use lru::LruCache;

/// People who are remembered.
const PEOPLE: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();
/// For how long, in ms: another process may have written down a new name.
const REMEMBERED_MS: u64 = 5 * 60 * 1_000;

/// Profiles that this process has read or written lately.
#[derive(Debug)]
pub(crate) struct Profiles(Mutex<LruCache<UserId, (Profile, u64)>>);

impl Default for Profiles {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(PEOPLE)))
    }
}

impl Profiles {
    /// A person's profile, if it is remembered, now (ms since the epoch).
    pub(crate) fn get(&self, user: &UserId, now: u64) -> Option<Profile> {
        let mut people = self.people();
        let (profile, at) = people.get(user)?;
        (now < *at + REMEMBERED_MS).then(|| profile.clone())
    }

    /// Remembers a person as he was read or written now (ms since the epoch).
    pub(crate) fn put(&self, profile: Profile, now: u64) {
        self.people().put(profile.user.clone(), (profile, now));
    }

    /// Remembers a person no more.
    pub(crate) fn forget(&self, user: &UserId) {
        self.people().pop(user);
    }

    fn people(&self) -> MutexGuard<'_, LruCache<UserId, (Profile, u64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_remembered_for_a_while() {
        let user = UserId::parse("ada").unwrap();
        let profile = Profile { user: user.clone(), username: "Ada".into() };
        let profiles = Profiles::default();
        assert_eq!(profiles.get(&user, 1_000), None);
        profiles.put(profile.clone(), 1_000);
        assert_eq!(profiles.get(&user, 1_000 + REMEMBERED_MS - 1), Some(profile));
        assert_eq!(profiles.get(&user, 1_000 + REMEMBERED_MS), None);
        profiles.forget(&user);
        assert_eq!(profiles.get(&user, 1_000), None);
    }
}
