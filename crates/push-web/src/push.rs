use std::{fmt, sync::Arc};

use aizuchi_core::{
    clock::Clock,
    directory::Directory,
    error::PortError,
    ids::UserId,
    notices::{Notices, Pusher, Subscriber, Subscription, Unseen},
};
use aizuchi_outbound::Outbound;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use futures_util::{StreamExt, stream};
use sha2::{Digest, Sha256};
use tokio::sync::{OnceCell, Semaphore};
use url::Url;

use crate::{
    encrypt,
    limits::{IN_FLIGHT, PADDING, SIGNED_FOR, STARTED},
    metrics::Metrics,
    payload::payload,
    post::{Posted, Push, post},
    rest::Rest,
    vapid::{self, Vapid},
};

/// Pushes to browsers.
pub struct WebPush<N, D> {
    notices: N,
    directory: D,
    settings: Settings,
    /// Read, or made, when it is needed first.
    vapid: OnceCell<Vapid>,
    in_flight: Semaphore,
    rest: Rest,
    metrics: Metrics,
}

/// What it is told.
pub struct Settings {
    /// The way out.
    pub outbound: Outbound,
    /// Where the operators of push services reach that of this server: `mailto:`
    /// or `https:`. Some services refuse whoever has none.
    pub contact: Option<String>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("contact", &self.contact).finish_non_exhaustive()
    }
}

impl<N, D> fmt::Debug for WebPush<N, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebPush")
            .field("settings", &self.settings)
            .field("metrics", &self.metrics)
            .finish_non_exhaustive()
    }
}

impl<N: Notices, D: Directory> WebPush<N, D> {
    /// To the subscribers of this store, by the names of this directory. Asks
    /// nobody yet.
    pub fn new(notices: N, directory: D, settings: Settings) -> Self {
        Self {
            notices,
            directory,
            settings,
            vapid: OnceCell::new(),
            in_flight: Semaphore::new(IN_FLIGHT),
            rest: Rest::default(),
            metrics: Metrics::default(),
        }
    }

    /// The counters.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Reads the key, or makes it. For a server that would rather not start
    /// than find out later.
    ///
    /// # Errors
    /// Where the store does not answer, or holds a key that is none.
    pub async fn open(&self) -> Result<(), PortError> {
        self.vapid().await.map(drop)
    }

    async fn vapid(&self) -> Result<&Vapid, PortError> {
        let read = async || {
            let broken = |error| PortError::unavailable("the push key", error);
            let offered = vapid::generate_pem().map_err(broken)?;
            Vapid::read(&self.notices.push_key(&offered).await?).map_err(broken)
        };
        self.vapid.get_or_try_init(read).await
    }

    /// Tells those who are away of a message, each as he wants it.
    pub async fn tell(&self, unseen: &Unseen) {
        if let Err(error) = self.try_tell(unseen).await {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(%error, cause, "nobody was told of a message");
        }
    }

    async fn try_tell(&self, unseen: &Unseen) -> Result<(), PortError> {
        let subscribers = self.notices.subscribers(&unseen.away, &unseen.conversation).await?;
        let named = |user: &UserId| unseen.mentioned.contains(user);
        let told: Vec<_> = subscribers
            .into_iter()
            .map(|one| (named(&one.user), one))
            .filter(|(named, one)| one.wanted.tells(*named))
            .collect();
        if told.is_empty() {
            return Ok(());
        }
        let vapid = self.vapid().await?;
        let author = self.directory.by_id(&unseen.author).await?;
        let name: Arc<str> =
            author.map_or_else(|| unseen.author.as_str().into(), |one| one.username);
        // Somebody who is named, or the only one addressed, is called.
        let direct = unseen.conversation.direct_members().is_some();
        let pushes = told.into_iter().flat_map(|(named, one)| {
            let Subscriber { user, subscriptions, .. } = one;
            subscriptions.into_iter().map(move |subscription| (named, user.clone(), subscription))
        });
        let name: &str = &name;
        stream::iter(pushes)
            .map(|(named, user, subscription)| async move {
                let text = payload(unseen, name, subscription.preview, named);
                self.push(vapid, unseen, &user, &subscription, text, named || direct).await;
            })
            .buffer_unordered(STARTED)
            .collect::<()>()
            .await;
        Ok(())
    }

    /// Pushes to one browser.
    async fn push(
        &self,
        vapid: &Vapid,
        unseen: &Unseen,
        user: &UserId,
        subscription: &Subscription,
        text: Vec<u8>,
        urgent: bool,
    ) {
        let endpoint = &*subscription.endpoint;
        if self.rest.has(endpoint) {
            return self.metrics.rested.add(1);
        }
        let posted = match self.sealed(vapid, unseen, subscription, &text, urgent) {
            Some(push) => post(&self.settings.outbound, &self.in_flight, push, &self.metrics).await,
            None => Posted::Forbidden,
        };
        let counter = match posted {
            Posted::Sent => &self.metrics.sent,
            Posted::Gone => {
                self.take_away(user, endpoint).await;
                &self.metrics.gone
            }
            Posted::Refused(status) => {
                tracing::warn!(%status, host = host(endpoint), "a push service refused a push");
                &self.metrics.refused
            }
            Posted::Failed => {
                self.rest.begin(endpoint);
                tracing::info!(host = host(endpoint), "a push service failed, and is left alone");
                &self.metrics.failed
            }
            Posted::Forbidden => {
                self.take_away(user, endpoint).await;
                tracing::warn!(%user, "a subscription's address may not be connected to");
                &self.metrics.forbidden
            }
        };
        counter.add(1);
    }

    /// A push, encrypted and signed; `None` where the subscription is none.
    fn sealed(
        &self,
        vapid: &Vapid,
        unseen: &Unseen,
        subscription: &Subscription,
        text: &[u8],
        urgent: bool,
    ) -> Option<Push> {
        let Subscription { p256dh, auth, .. } = subscription;
        let endpoint = Url::parse(&subscription.endpoint).ok()?;
        let padded = (text.len() + 1).next_multiple_of(PADDING);
        let (ours, salt) = (vapid::generate(), vapid::random());
        let body = encrypt::encrypt(text, padded, p256dh, auth, &ours, salt).ok()?;
        let until = self.settings.clock.now_ms() / 1_000 + SIGNED_FOR.as_secs();
        let contact = self.settings.contact.as_deref();
        let authorization = vapid.authorization(&endpoint, until, contact);
        // The push service learns which belong together, and not to what.
        let topic = Sha256::new().chain_update(auth).chain_update(unseen.conversation.as_str());
        let topic = BASE64_URL_SAFE_NO_PAD.encode(&topic.finalize()[..24]);
        Some(Push { endpoint, authorization, topic, urgent, body })
    }

    async fn take_away(&self, user: &UserId, endpoint: &str) {
        if let Err(error) = self.notices.unsubscribe(user, endpoint).await {
            tracing::warn!(%error, "a subscription that is gone was not taken away");
        }
    }
}

/// The push service, which is no secret.
fn host(endpoint: &str) -> Option<String> {
    Url::parse(endpoint).ok()?.host_str().map(str::to_owned)
}

impl<N: Notices, D: Directory> Pusher for WebPush<N, D> {
    async fn public_key(&self) -> Result<Arc<str>, PortError> {
        Ok(Arc::clone(self.vapid().await?.public()))
    }

    fn sends_to(&self, endpoint: &str) -> bool {
        Url::parse(endpoint).is_ok_and(|url| self.settings.outbound.check(&url).is_ok())
    }
}
