//! The directory in memory.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use aizuchi_core::{
    accounts::{SessionId, Visit, Visits, fold},
    directory::{Directory, Profile},
    error::PortError,
    ids::UserId,
};

use crate::{accounts::MemoryVisits, relations::Decisions};

/// People, and what they decided about others, forgotten with the process.
#[derive(Debug, Default)]
pub struct MemoryDirectory(Mutex<State>, MemoryVisits, pub(crate) Decisions);

#[derive(Debug, Default)]
struct State {
    profiles: HashMap<UserId, Profile>,
    by_name: HashMap<String, UserId>,
    deleted: HashSet<UserId>,
    /// Folded.
    retired: HashSet<String>,
}

impl MemoryDirectory {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Directory for MemoryDirectory {
    async fn by_id(&self, user: &UserId) -> Result<Option<Profile>, PortError> {
        Ok(self.state().profiles.get(user).cloned())
    }

    async fn by_name(&self, name: &str) -> Result<Option<Profile>, PortError> {
        let state = self.state();
        let user = state.by_name.get(&fold(name));
        Ok(user.and_then(|user| state.profiles.get(user)).cloned())
    }

    async fn remember(&self, profile: &Profile) -> Result<(), PortError> {
        let mut state = self.state();
        if state.deleted.contains(&profile.user) || state.retired.contains(&fold(&profile.username))
        {
            return Err(PortError::Conflict);
        }
        state.by_name.retain(|_, user| *user != profile.user);
        state.by_name.insert(fold(&profile.username), profile.user.clone());
        state.profiles.insert(profile.user.clone(), profile.clone());
        Ok(())
    }

    async fn delete(&self, user: &UserId, _at: u64) -> Result<(), PortError> {
        let mut state = self.state();
        if let Some(profile) = state.profiles.remove(user) {
            let name = fold(&profile.username);
            if state.by_name.get(&name) == Some(user) {
                state.by_name.remove(&name);
                state.retired.insert(name);
            }
        }
        state.deleted.insert(user.clone());
        Ok(())
    }

    async fn is_deleted(&self, user: &UserId) -> Result<bool, PortError> {
        Ok(self.state().deleted.contains(user))
    }

    async fn is_retired(&self, name: &str) -> Result<bool, PortError> {
        Ok(self.state().retired.contains(&fold(name)))
    }
}

impl Visits for MemoryDirectory {
    async fn note(&self, user: &UserId, visit: &Visit) -> Result<bool, PortError> {
        self.1.note(user, visit).await
    }

    async fn visits(&self, user: &UserId, now: u64) -> Result<Vec<Visit>, PortError> {
        self.1.visits(user, now).await
    }

    async fn end_visit(&self, user: &UserId, id: SessionId, at: u64) -> Result<bool, PortError> {
        self.1.end_visit(user, id, at).await
    }
}
