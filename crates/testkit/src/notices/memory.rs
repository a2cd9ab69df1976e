//! Subscriptions and decisions in memory.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aizuchi_core::{
    accounts::SessionId,
    error::PortError,
    ids::{ConversationId, UserId},
    notices::{DECISIONS, Notices, SUBSCRIPTIONS, Subscriber, Subscription, Wanted},
};

/// Subscriptions that are forgotten with the process.
#[derive(Debug, Default)]
pub struct MemoryNotices(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    subscriptions: HashMap<UserId, Vec<Subscription>>,
    decisions: HashMap<UserId, HashMap<ConversationId, Wanted>>,
    key: Option<Arc<str>>,
}

impl MemoryNotices {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wanted(&self, user: &UserId, conversation: &ConversationId) -> Wanted {
        let decided = self.decisions.get(user).and_then(|all| all.get(conversation));
        decided.copied().unwrap_or_default()
    }
}

impl Notices for MemoryNotices {
    async fn subscribe(&self, user: &UserId, subscription: &Subscription) -> Result<(), PortError> {
        let mut state = self.state();
        let all = state.subscriptions.entry(user.clone()).or_default();
        let session = subscription.session;
        all.retain(|one| {
            let same_session = session.is_some() && one.session == session;
            one.endpoint != subscription.endpoint && !same_session
        });
        all.push(subscription.clone());
        all.sort_by(|a, b| (a.created_at, &a.endpoint).cmp(&(b.created_at, &b.endpoint)));
        let over = all.len().saturating_sub(SUBSCRIPTIONS);
        all.drain(..over);
        Ok(())
    }

    async fn unsubscribe(&self, user: &UserId, endpoint: &str) -> Result<bool, PortError> {
        let mut state = self.state();
        let Some(all) = state.subscriptions.get_mut(user) else { return Ok(false) };
        let before = all.len();
        all.retain(|one| *one.endpoint != *endpoint);
        Ok(all.len() < before)
    }

    async fn end_subscriptions(
        &self,
        user: &UserId,
        session: Option<SessionId>,
    ) -> Result<(), PortError> {
        if let Some(all) = self.state().subscriptions.get_mut(user) {
            all.retain(|one| session.is_some() && one.session != session);
        }
        Ok(())
    }

    async fn subscribers(
        &self,
        users: &[UserId],
        conversation: &ConversationId,
    ) -> Result<Vec<Subscriber>, PortError> {
        let state = self.state();
        let subscriber = |user: &UserId| {
            let subscriptions = state.subscriptions.get(user)?.clone();
            let wanted = state.wanted(user, conversation);
            let one = Subscriber { user: user.clone(), wanted, subscriptions };
            Some(one).filter(|one| !one.subscriptions.is_empty())
        };
        Ok(users.iter().filter_map(subscriber).collect())
    }

    async fn wanted(
        &self,
        user: &UserId,
        conversation: &ConversationId,
    ) -> Result<Wanted, PortError> {
        Ok(self.state().wanted(user, conversation))
    }

    async fn want(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        wanted: Wanted,
    ) -> Result<(), PortError> {
        let mut state = self.state();
        let all = state.decisions.entry(user.clone()).or_default();
        if wanted == Wanted::All {
            all.remove(conversation);
        } else if all.len() < DECISIONS || all.contains_key(conversation) {
            all.insert(conversation.clone(), wanted);
        } else {
            return Err(PortError::Rejected("too many conversations were decided on"));
        }
        Ok(())
    }

    async fn push_key(&self, offered: &str) -> Result<Arc<str>, PortError> {
        Ok(self.state().key.get_or_insert_with(|| offered.into()).clone())
    }
}
