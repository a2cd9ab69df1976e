//! Webhooks in memory.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aizuchi_core::{
    error::PortError,
    hooks::{HookState, Hooks, Webhook},
    ids::{ConversationId, Seq, UserId},
    log::Stamp,
};

/// Webhooks that are forgotten with the process. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct MemoryHooks(Arc<Mutex<BTreeMap<UserId, Held>>>);

#[derive(Debug)]
struct Held {
    hook: Webhook,
    heard: Option<Stamp>,
    places: HashMap<ConversationId, Seq>,
}

impl MemoryHooks {
    fn all(&self) -> MutexGuard<'_, BTreeMap<UserId, Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hooks for MemoryHooks {
    async fn set_hook(&self, hook: &Webhook) -> Result<(), PortError> {
        let hook = hook.clone();
        let mut all = self.all();
        match all.get_mut(&hook.user) {
            Some(held) => held.hook = hook,
            None => {
                let held = Held { hook, heard: None, places: HashMap::new() };
                all.insert(held.hook.user.clone(), held);
            }
        }
        Ok(())
    }

    async fn remove_hook(&self, user: &UserId) -> Result<bool, PortError> {
        Ok(self.all().remove(user).is_some())
    }

    async fn hooks(&self) -> Result<Vec<Webhook>, PortError> {
        Ok(self.all().values().map(|held| held.hook.clone()).collect())
    }

    async fn note_hook(
        &self,
        user: &UserId,
        set_at: u64,
        state: HookState,
    ) -> Result<(), PortError> {
        if let Some(held) = self.all().get_mut(user)
            && held.hook.set_at == set_at
            && !matches!(held.hook.state, HookState::DisabledAt(_))
        {
            held.hook.state = state;
        }
        Ok(())
    }

    async fn heard(&self, user: &UserId) -> Result<Option<Stamp>, PortError> {
        Ok(self.all().get(user).and_then(|held| held.heard))
    }

    async fn hear(&self, user: &UserId, stamp: Stamp) -> Result<(), PortError> {
        if let Some(held) = self.all().get_mut(user) {
            held.heard = Some(stamp);
        }
        Ok(())
    }

    async fn heard_of(
        &self,
        user: &UserId,
        conversation: &ConversationId,
    ) -> Result<Seq, PortError> {
        let all = self.all();
        Ok(all.get(user).and_then(|held| held.places.get(conversation)).copied().unwrap_or(0))
    }

    async fn hear_of(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        seq: Seq,
    ) -> Result<(), PortError> {
        if let Some(held) = self.all().get_mut(user) {
            let place = held.places.entry(conversation.clone()).or_default();
            *place = seq.max(*place);
        }
        Ok(())
    }
}
