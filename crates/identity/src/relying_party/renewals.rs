//! Refreshes at the issuer: one at a time for each token, and remembered where
//! the token was replaced. In this process alone.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use aizuchi_core::{accounts::TokenHash, clock::Clock};

use super::{ExchangeError, Tokens};
use crate::{
    limits::{RENEWALS, REPLAY_MS},
    secret::hash,
};

/// One token's refresh.
struct Renewal {
    /// In ms since the epoch.
    began_at: u64,
    /// Locked while the issuer is asked.
    outcome: Arc<tokio::sync::Mutex<Option<Tokens>>>,
}

pub(super) struct Renewals {
    clock: Arc<dyn Clock>,
    /// By the token that is used. At most [`RENEWALS`].
    known: Mutex<HashMap<TokenHash, Renewal>>,
}

impl Renewals {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, known: Mutex::default() }
    }

    /// What the use of `token` led to, or leads to: `ask` for it where nobody has.
    pub(super) async fn once(
        &self,
        token: &str,
        ask: impl Future<Output = Result<Tokens, ExchangeError>>,
    ) -> Result<Tokens, ExchangeError> {
        let outcome = self.outcome(hash(token.as_bytes()))?;
        let mut outcome = outcome.lock().await;
        if let Some(tokens) = &*outcome {
            return Ok(tokens.clone());
        }
        let tokens = ask.await?;
        // A token that stays good can be used again.
        if tokens.refresh.as_deref().is_some_and(|successor| successor != token) {
            *outcome = Some(tokens.clone());
        }
        Ok(tokens)
    }

    fn outcome(
        &self,
        token: TokenHash,
    ) -> Result<Arc<tokio::sync::Mutex<Option<Tokens>>>, ExchangeError> {
        let now = self.clock.now_ms();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, renewal| now <= renewal.began_at.saturating_add(REPLAY_MS));
        if known.len() >= RENEWALS && !known.contains_key(&token) {
            return Err(ExchangeError::TooMany);
        }
        let begin = || Renewal { began_at: now, outcome: Arc::default() };
        Ok(Arc::clone(&known.entry(token).or_insert_with(begin).outcome))
    }

    /// Forgets what `token` led to and what led to it, so that nobody gets it
    /// any more.
    pub(super) fn forget(&self, token: &str) {
        let used = hash(token.as_bytes());
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|key, renewal| {
            let outcome = renewal.outcome.try_lock();
            let outcome = outcome.as_ref().ok().and_then(|outcome| outcome.as_ref());
            let successor = outcome.and_then(|tokens| tokens.refresh.as_deref());
            *key != used && successor != Some(token)
        });
    }
}
