//! The keys of another issuer: found by discovery, cached, and fetched again
//! at a limited rate. Keys that are there are used while the issuer is out of
//! reach.

use std::{
    error::Error,
    sync::{Arc, PoisonError, RwLock},
};

use aizuchi_core::{
    clock::Clock,
    error::{Cause, PortError},
    identity::TokenError,
};
use aizuchi_outbound::{Outbound, Request};
use bytes::Bytes;
use http::{HeaderMap, Method};
use jsonwebtoken::jwk::Jwk;
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use crate::{
    keys::{VerifyingKey, strong},
    limits::{JWKS_FRESH_MS, JWKS_KEYS, JWKS_REFETCH_MS},
    remote::{BadAnswer, Remote, unavailable},
};

/// Which tokens of another issuer are good.
#[derive(Debug, Clone)]
pub struct IssuerSettings {
    /// Exactly what its tokens have as `iss`.
    pub issuer: String,
    /// Where its keys are; found by discovery where this is `None`.
    pub jwks_url: Option<Url>,
    /// What `client_id`, `azp` or `aud` has to be: one of these.
    pub audiences: Vec<String>,
}

#[derive(Deserialize)]
struct KeySet {
    /// Read one by one: an issuer may have keys of a kind that nobody knows.
    keys: Vec<serde_json::Value>,
}

#[derive(Default)]
struct State {
    keys: Arc<[VerifyingKey]>,
    fetched_at: Option<u64>,
    tried_at: Option<u64>,
}

/// Where an issuer's keys come from.
pub(crate) enum Source {
    /// Whoever signs people in.
    Issuer(Remote, IssuerSettings),
    /// An address that is reached as others' are.
    Named(Outbound, Url),
}

impl Source {
    /// The issuer, in a log.
    fn name(&self) -> &str {
        match self {
            Self::Issuer(_, settings) => &settings.issuer,
            Self::Named(_, url) => url.as_str(),
        }
    }
}

/// The cached keys of one issuer.
#[derive(Clone)]
pub(crate) struct IssuerKeys(Arc<Inner>);

struct Inner {
    source: Source,
    clock: Arc<dyn Clock>,
    state: RwLock<State>,
    /// Held while fetching, so that one fetch serves all who wait.
    fetching: Mutex<()>,
}

impl IssuerKeys {
    pub(crate) fn new(source: Source, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner { source, clock, state: RwLock::default(), fetching: Mutex::new(()) }))
    }

    /// The keys, once `wanted` of them; fetched where it is not, if that is not
    /// too soon. Keys that have aged are used, and fetched again beside.
    pub(crate) async fn holding(
        &self,
        wanted: impl Fn(&[VerifyingKey]) -> bool,
    ) -> Result<Arc<[VerifyingKey]>, TokenError> {
        let now = self.0.clock.now_ms();
        let (keys, fetched_at) = self.0.cached();
        if wanted(&keys) {
            if fetched_at.is_some_and(|at| now > at.saturating_add(JWKS_FRESH_MS)) {
                self.refresh_beside();
            }
            return Ok(keys);
        }
        let outcome = self.0.fetch_unless_recent().await;
        let (keys, fetched_at) = self.0.cached();
        match outcome {
            // Whether the token is forged or the keys are old cannot be told
            // only where there has never been a key.
            Err(error) if fetched_at.is_none() => Err(error.into()),
            _ => Ok(keys),
        }
    }

    /// Fetches the keys now.
    pub(crate) async fn fetch(&self) -> Result<(), PortError> {
        let _fetching = self.0.fetching.lock().await;
        self.0.fetch().await
    }

    fn refresh_beside(&self) {
        let keys = self.clone();
        if keys.0.may_fetch() && keys.0.fetching.try_lock().is_ok() {
            tokio::spawn(async move { keys.0.fetch_unless_recent().await });
        }
    }
}

impl Inner {
    fn cached(&self) -> (Arc<[VerifyingKey]>, Option<u64>) {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        (Arc::clone(&state.keys), state.fetched_at)
    }

    fn may_fetch(&self) -> bool {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let tried_at = state.tried_at;
        tried_at.is_none_or(|at| self.clock.now_ms() >= at.saturating_add(JWKS_REFETCH_MS))
    }

    async fn fetch_unless_recent(&self) -> Result<(), PortError> {
        let _fetching = self.fetching.lock().await;
        if !self.may_fetch() {
            return Err(unavailable(BadAnswer::FailedBefore));
        }
        self.fetch().await
    }

    /// Fetches, with `fetching` held. A failure leaves the keys as they are.
    async fn fetch(&self) -> Result<(), PortError> {
        let write = || self.state.write().unwrap_or_else(PoisonError::into_inner);
        write().tried_at = Some(self.clock.now_ms());
        let keys = self.download().await.map_err(|error| {
            let from = self.source.name();
            tracing::warn!(error = &*error as &dyn Error, from, "cannot fetch the issuer's keys");
            unavailable(error)
        })?;
        let mut state = write();
        state.keys = keys;
        state.fetched_at = Some(self.clock.now_ms());
        Ok(())
    }

    async fn download(&self) -> Result<Arc<[VerifyingKey]>, Cause> {
        let set: KeySet = match &self.source {
            Source::Issuer(remote, settings) => {
                let url = match &settings.jwks_url {
                    Some(url) => url.clone(),
                    None => remote.discover(&settings.issuer).await?.keys()?,
                };
                remote.get(url).await?
            }
            Source::Named(outbound, url) => named(outbound, url).await?,
        };
        let guarded = matches!(&self.source, Source::Named(..));
        let known = set.keys.into_iter().take(JWKS_KEYS).filter_map(|key| {
            let jwk: Jwk = serde_json::from_value(key).ok()?;
            VerifyingKey::of(&jwk).filter(|_| !guarded || strong(&jwk))
        });
        let keys: Arc<[_]> = known.collect();
        if keys.is_empty() { Err(BadAnswer::NoKeys.into()) } else { Ok(keys) }
    }
}

/// The keys at an address, which is asked as an outsider's is.
async fn named(outbound: &Outbound, url: &Url) -> Result<KeySet, Cause> {
    let request = Request {
        method: Method::GET,
        url: url.clone(),
        headers: HeaderMap::new(),
        body: Bytes::new(),
    };
    let answer = outbound.send(request).await?;
    if !answer.status.is_success() {
        return Err(BadAnswer::Status(answer.status).into());
    }
    Ok(serde_json::from_slice(&answer.body)?)
}
