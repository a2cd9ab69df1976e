//! Decisions about others in memory.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use aizuchi_core::{
    error::PortError,
    ids::UserId,
    relations::{Audience, BLOCKED, REPORTS, Relations, Report, Standing},
};

use crate::directory::MemoryDirectory;

/// Decisions that are forgotten with the process.
#[derive(Debug, Default)]
pub(crate) struct Decisions(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    blocked: HashMap<UserId, BTreeSet<UserId>>,
    audiences: HashMap<UserId, Audience>,
    reports: Vec<Report>,
}

impl State {
    fn blocks(&self, user: &UserId, other: &UserId) -> bool {
        self.blocked.get(user).is_some_and(|all| all.contains(other))
    }

    fn standing(&self, user: &UserId) -> Standing {
        let blocks = self.blocked.get(user).is_some_and(|all| !all.is_empty());
        let apart = blocks || self.blocked.values().any(|all| all.contains(user));
        Standing { audience: self.audiences.get(user).copied().unwrap_or_default(), apart }
    }
}

impl MemoryDirectory {
    fn decisions(&self) -> MutexGuard<'_, State> {
        self.2.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Relations for MemoryDirectory {
    async fn block(&self, user: &UserId, other: &UserId) -> Result<(), PortError> {
        let mut state = self.decisions();
        let all = state.blocked.entry(user.clone()).or_default();
        if all.len() >= BLOCKED && !all.contains(other) {
            return Err(PortError::Rejected("too many people are blocked"));
        }
        all.insert(other.clone());
        Ok(())
    }

    async fn unblock(&self, user: &UserId, other: &UserId) -> Result<(), PortError> {
        if let Some(all) = self.decisions().blocked.get_mut(user) {
            all.remove(other);
        }
        Ok(())
    }

    async fn blocked(&self, user: &UserId) -> Result<Vec<UserId>, PortError> {
        let state = self.decisions();
        Ok(state.blocked.get(user).into_iter().flatten().cloned().collect())
    }

    async fn are_apart(&self, a: &UserId, b: &UserId) -> Result<bool, PortError> {
        let state = self.decisions();
        Ok(state.blocks(a, b) || state.blocks(b, a))
    }

    async fn standing(&self, users: &[UserId]) -> Result<Vec<Standing>, PortError> {
        let state = self.decisions();
        Ok(users.iter().map(|user| state.standing(user)).collect())
    }

    async fn set_audience(&self, user: &UserId, audience: Audience) -> Result<(), PortError> {
        self.decisions().audiences.insert(user.clone(), audience);
        Ok(())
    }

    async fn report(&self, report: &Report) -> Result<(), PortError> {
        let mut state = self.decisions();
        state.reports.push(report.clone());
        let over = state.reports.len().saturating_sub(REPORTS);
        state.reports.drain(..over);
        Ok(())
    }

    async fn reports(&self, limit: usize) -> Result<Vec<Report>, PortError> {
        Ok(self.decisions().reports.iter().rev().take(limit).cloned().collect())
    }
}
