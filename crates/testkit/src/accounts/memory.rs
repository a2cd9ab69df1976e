//! The account store in memory.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use aizuchi_core::{
    accounts::{
        Accounts, AuthorizationCode, EndedSession, FamilyId, Rotation, Session, SessionId,
        SigningKey, TakenCode, TokenHash, User,
    },
    error::PortError,
    ids::UserId,
};

/// Accounts that are gone with the process.
#[derive(Debug, Default)]
pub struct MemoryAccounts(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// By folded name.
    users: BTreeMap<String, User>,
    sessions: HashMap<SessionId, Session>,
    /// Folded names of those who were deleted, and who they were, and when.
    deleted: Vec<(String, UserId, u64)>,
    codes: HashMap<TokenHash, TakenCode>,
    keys: Vec<SigningKey>,
}

impl MemoryAccounts {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn user(&mut self, id: &UserId) -> Option<&mut User> {
        self.users.values_mut().find(|user| user.id == *id)
    }

    /// The person's live sessions, least recently used first.
    fn live(&self, user: &UserId) -> Vec<SessionId> {
        let mut live: Vec<_> = self
            .sessions
            .values()
            .filter(|session| session.user == *user && session.ended_at.is_none())
            .map(|session| (session.last_used_at, session.id))
            .collect();
        live.sort_unstable();
        live.into_iter().map(|(_, id)| id).collect()
    }

    fn end(&mut self, ids: &[SessionId], at: u64) {
        for id in ids {
            if let Some(session) = self.sessions.get_mut(id) {
                session.ended_at = Some(at);
            }
        }
    }
}

impl Accounts for MemoryAccounts {
    async fn add_user(&self, user: &User) -> Result<(), PortError> {
        let mut state = self.state();
        let folded = user.username.folded();
        let retired = state.deleted.iter().any(|(name, id, _)| *name == *folded || *id == user.id);
        if retired || state.user(&user.id).is_some() || state.users.contains_key(folded) {
            return Err(PortError::Conflict);
        }
        state.users.insert(user.username.folded().to_owned(), user.clone());
        Ok(())
    }

    async fn user(&self, id: &UserId) -> Result<Option<User>, PortError> {
        Ok(self.state().user(id).cloned())
    }

    async fn user_named(&self, folded: &str) -> Result<Option<User>, PortError> {
        Ok(self.state().users.get(folded).cloned())
    }

    async fn users(&self, after: Option<&str>, limit: usize) -> Result<Vec<User>, PortError> {
        let state = self.state();
        let later = state.users.iter().filter(|(name, _)| after.is_none_or(|a| name.as_str() > a));
        Ok(later.map(|(_, user)| user.clone()).take(limit).collect())
    }

    async fn set_password(
        &self,
        user: &UserId,
        hash: &str,
        keep: Option<SessionId>,
        at: u64,
    ) -> Result<Option<Vec<SessionId>>, PortError> {
        let mut state = self.state();
        let Some(found) = state.user(user) else { return Ok(None) };
        found.password_hash = hash.into();
        let mut others = state.live(user);
        others.retain(|id| Some(*id) != keep);
        state.end(&others, at);
        Ok(Some(others))
    }

    async fn disable(&self, user: &UserId, at: u64) -> Result<Option<Vec<SessionId>>, PortError> {
        let mut state = self.state();
        let Some(found) = state.user(user) else { return Ok(None) };
        found.disabled_at.get_or_insert(at);
        let live = state.live(user);
        state.end(&live, at);
        Ok(Some(live))
    }

    async fn enable(&self, user: &UserId) -> Result<bool, PortError> {
        let mut state = self.state();
        let Some(found) = state.user(user) else { return Ok(false) };
        found.disabled_at = None;
        Ok(true)
    }

    async fn delete(&self, user: &UserId, at: u64) -> Result<Option<Vec<SessionId>>, PortError> {
        let mut state = self.state();
        let Some(found) = state.user(user) else { return Ok(None) };
        let name = found.username.folded().to_owned();
        let live = state.live(user);
        state.end(&live, at);
        state.users.remove(&name);
        state.deleted.push((name, user.clone(), at));
        Ok(Some(live))
    }

    async fn deleted_since(&self, at: u64) -> Result<Vec<UserId>, PortError> {
        let state = self.state();
        let lately = state.deleted.iter().filter(|(_, _, deleted_at)| *deleted_at >= at);
        Ok(lately.map(|(_, user, _)| user.clone()).collect())
    }

    async fn add_session(
        &self,
        session: &Session,
        most: usize,
    ) -> Result<Option<Vec<SessionId>>, PortError> {
        let mut state = self.state();
        if state.user(&session.user).is_none_or(|user| user.disabled_at.is_some()) {
            return Ok(None);
        }
        let mut over = state.live(&session.user);
        over.truncate((over.len() + 1).saturating_sub(most));
        state.end(&over, session.created_at);
        state.sessions.insert(session.id, session.clone());
        Ok(Some(over))
    }

    async fn session(&self, id: SessionId) -> Result<Option<Session>, PortError> {
        Ok(self.state().sessions.get(&id).cloned())
    }

    async fn sessions(&self, user: &UserId, now: u64) -> Result<Vec<Session>, PortError> {
        let state = self.state();
        let live = state.live(user).into_iter().rev();
        let live = live.filter_map(|id| state.sessions.get(&id).cloned());
        Ok(live.filter(|session| session.expires_at > now).collect())
    }

    async fn session_of(&self, family: FamilyId) -> Result<Option<Session>, PortError> {
        Ok(self.state().sessions.values().find(|session| session.family == family).cloned())
    }

    async fn rotate(
        &self,
        id: SessionId,
        from: TokenHash,
        to: &Rotation,
    ) -> Result<bool, PortError> {
        let mut state = self.state();
        let Some(session) = state.sessions.get_mut(&id) else { return Ok(false) };
        if session.ended_at.is_some() || session.current != from {
            return Ok(false);
        }
        session.current = to.current;
        session.used.clone_from(&to.used);
        session.from = to.from.or(&session.from);
        session.last_used_at = to.last_used_at;
        session.expires_at = to.expires_at;
        Ok(true)
    }

    async fn end_session(&self, id: SessionId, at: u64) -> Result<bool, PortError> {
        let mut state = self.state();
        let live = state.sessions.get(&id).is_some_and(|session| session.ended_at.is_none());
        if live {
            state.end(&[id], at);
        }
        Ok(live)
    }

    async fn add_code(&self, code: &AuthorizationCode) -> Result<(), PortError> {
        let stored = TakenCode { code: code.clone(), again: false };
        self.state().codes.insert(code.hash, stored);
        Ok(())
    }

    async fn take_code(&self, hash: TokenHash) -> Result<Option<TakenCode>, PortError> {
        let mut state = self.state();
        let Some(stored) = state.codes.get_mut(&hash) else { return Ok(None) };
        let taken = stored.clone();
        stored.again = true;
        Ok(Some(taken))
    }

    async fn add_signing_key(&self, key: &SigningKey) -> Result<(), PortError> {
        let mut state = self.state();
        if state.keys.iter().any(|known| known.kid == key.kid) {
            return Err(PortError::Conflict);
        }
        state.keys.push(key.clone());
        Ok(())
    }

    async fn signing_keys(&self) -> Result<Vec<SigningKey>, PortError> {
        let mut keys = self.state().keys.clone();
        keys.sort_by_key(|key| std::cmp::Reverse(key.created_at));
        Ok(keys)
    }

    async fn ended_since(&self, at: u64) -> Result<Vec<EndedSession>, PortError> {
        let state = self.state();
        let ended = state.sessions.values().filter_map(|session| {
            let ended_at = session.ended_at.filter(|ended_at| *ended_at >= at)?;
            Some(EndedSession { id: session.id, user: session.user.clone(), ended_at })
        });
        Ok(ended.collect())
    }

    async fn forget(&self, before: u64) -> Result<(), PortError> {
        let mut state = self.state();
        state
            .sessions
            .retain(|_, session| session.ended_at.unwrap_or(session.expires_at) >= before);
        state.codes.retain(|_, taken| taken.code.expires_at >= before);
        Ok(())
    }
}
