//! Keys in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};

use aizuchi_core::{
    accounts::TokenHash,
    bots::{ApiKey, Bots, KEYS, KeyName},
    error::PortError,
    ids::UserId,
};

/// Keys that are forgotten with the process.
#[derive(Debug, Default)]
pub struct MemoryBots(Mutex<Vec<ApiKey>>);

impl MemoryBots {
    fn all(&self) -> MutexGuard<'_, Vec<ApiKey>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bots for MemoryBots {
    async fn add_key(&self, key: &ApiKey) -> Result<(), PortError> {
        let mut all = self.all();
        let mut of_bot = all.iter().filter(|one| one.user == key.user);
        if of_bot.clone().any(|one| one.name == key.name) {
            return Err(PortError::Conflict);
        }
        if of_bot.by_ref().count() >= KEYS {
            return Err(PortError::Rejected("too many keys"));
        }
        all.push(key.clone());
        Ok(())
    }

    async fn key(&self, hash: TokenHash) -> Result<Option<ApiKey>, PortError> {
        Ok(self.all().iter().find(|one| one.hash == hash).cloned())
    }

    async fn keys(&self, user: &UserId) -> Result<Vec<ApiKey>, PortError> {
        let mut keys: Vec<_> = self.all().iter().filter(|one| one.user == *user).cloned().collect();
        keys.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(keys)
    }

    async fn key_used(&self, hash: TokenHash, at: u64) -> Result<(), PortError> {
        if let Some(key) = self.all().iter_mut().find(|one| one.hash == hash) {
            key.last_used_at = Some(at);
        }
        Ok(())
    }

    async fn revoke_key(
        &self,
        user: &UserId,
        name: &KeyName,
        _at: u64,
    ) -> Result<Option<ApiKey>, PortError> {
        let mut all = self.all();
        let place = all.iter().position(|one| one.user == *user && one.name == *name);
        Ok(place.map(|place| all.remove(place)))
    }
}
