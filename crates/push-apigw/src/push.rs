use std::{fmt, future::ready};

use aizuchi_core::{error::PortError, ids::ConnectionId, outcome::Recipient};
use aizuchi_gateway::{Push, push::FRAME_BYTES};
use aws_sdk_apigatewaymanagement::{
    Client, Config,
    config::{
        Region, SharedCredentialsProvider, SharedHttpClient, StalledStreamProtectionConfig,
        retry::RetryConfig,
    },
    primitives::Blob,
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep, timeout, timeout_at},
};

use crate::{
    call::Failure,
    limits::{ATTEMPT_TIMEOUT, IN_FLIGHT, PUSH_TIMEOUT, STARTED},
    metrics::Metrics,
};

/// Where the connections are, and by whose leave they are written to.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `https://{api}.execute-api.{region}.amazonaws.com/{stage}`.
    pub management_url: String,
    /// As in `ap-northeast-1`; requests are signed for it.
    pub region: String,
    /// They want `execute-api:ManageConnections`.
    pub credentials: SharedCredentialsProvider,
    /// Its idle connections should end before API Gateway's end of them does:
    /// a process that was frozen finds them dead otherwise.
    pub http: SharedHttpClient,
}

/// Pushes frames through API Gateway.
pub struct ApiGatewayPush {
    client: Client,
    in_flight: Semaphore,
    metrics: Metrics,
}

impl fmt::Debug for ApiGatewayPush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiGatewayPush").field("metrics", &self.metrics).finish_non_exhaustive()
    }
}

impl ApiGatewayPush {
    /// Connects nowhere yet.
    pub fn new(settings: Settings) -> Self {
        let config = Config::builder()
            .endpoint_url(settings.management_url)
            .region(Region::new(settings.region))
            .credentials_provider(settings.credentials)
            .http_client(settings.http)
            // Which failures are worth another attempt is decided here; see `Failure`.
            .retry_config(RetryConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build();
        Self {
            client: Client::from_conf(config),
            in_flight: Semaphore::new(IN_FLIGHT),
            metrics: Metrics::default(),
        }
    }

    /// The counters.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Closes a connection, as after a sign-out. One that is gone is closed.
    ///
    /// # Errors
    /// [`PortError::Unavailable`] where API Gateway does not do it within
    /// [`PUSH_TIMEOUT`]: the connection may be open still.
    pub async fn close(&self, connection: &ConnectionId) -> Result<(), PortError> {
        let call = || {
            let deletion = self.client.delete_connection().connection_id(connection.as_str());
            async { deletion.send().await.map(drop).map_err(|error| Failure::of(&error)) }
        };
        match self.within_time(call, Instant::now() + PUSH_TIMEOUT).await {
            Ok(()) | Err(Failure::Gone) => Ok(()),
            Err(failure) => Err(PortError::unavailable("API Gateway", failure)),
        }
    }

    /// Whether the connection is gone.
    async fn post(&self, frame: &Bytes, connection: &ConnectionId, deadline: Instant) -> bool {
        let call = || {
            let post = self.client.post_to_connection().connection_id(connection.as_str());
            // All posts share the frame.
            let post = post.data(Blob::from_maybe_shared(frame.clone()));
            async { post.send().await.map(drop).map_err(|error| Failure::of(&error)) }
        };
        match self.within_time(call, deadline).await {
            Ok(()) => false,
            Err(Failure::Gone) => true,
            Err(failure) => {
                tracing::warn!(%connection, bytes = frame.len(), error = %failure, "a push failed");
                false
            }
        }
    }

    /// Calls, again where that may help, until the deadline; and counts.
    async fn within_time<F: Future<Output = Result<(), Failure>>>(
        &self,
        call: impl Fn() -> F,
        deadline: Instant,
    ) -> Result<(), Failure> {
        let outcome = timeout_at(deadline, self.attempts(call)).await;
        let outcome = outcome.unwrap_or(Err(Failure::TimedOut));
        let counter = match &outcome {
            Ok(()) => &self.metrics.done,
            Err(Failure::Gone) => &self.metrics.gone,
            Err(Failure::Throttled) => &self.metrics.throttled,
            Err(Failure::TimedOut) => &self.metrics.timed_out,
            Err(Failure::Status(..500, _)) => &self.metrics.refused,
            Err(Failure::Status(..) | Failure::Broken(_) | Failure::Unsent(_)) => {
                &self.metrics.failed
            }
        };
        counter.add(1);
        outcome
    }

    async fn attempts<F: Future<Output = Result<(), Failure>>>(
        &self,
        call: impl Fn() -> F,
    ) -> Result<(), Failure> {
        for tried in 1.. {
            let outcome = {
                // Held while it runs, and not through the pauses. It is never closed.
                let _permit = self.in_flight.acquire().await;
                timeout(ATTEMPT_TIMEOUT, Box::pin(call())).await.unwrap_or(Err(Failure::TimedOut))
            };
            let Err(failure) = outcome else { break };
            let Some(pause) = failure.again_after(tried) else { return Err(failure) };
            self.metrics.retried.add(1);
            sleep(pause).await;
        }
        Ok(())
    }
}

impl Push for ApiGatewayPush {
    /// Returns when every post has its outcome, within [`PUSH_TIMEOUT`]; so
    /// what is pushed afterwards arrives afterwards.
    async fn push(&self, frame: Bytes, to: Vec<Recipient>) -> Vec<Recipient> {
        if frame.len() > FRAME_BYTES {
            self.metrics.too_large.add(to.len() as u64);
            tracing::error!(bytes = frame.len(), "a frame is larger than a connection takes");
            return Vec::new();
        }
        let deadline = Instant::now() + PUSH_TIMEOUT;
        let frame = &frame;
        let posts = stream::iter(to).map(|to| async move {
            let gone = self.post(frame, &to.connection, deadline).await;
            gone.then_some(to)
        });
        posts.buffer_unordered(STARTED).filter_map(ready).collect().await
    }

    /// Every push waits for its posts: nothing is left to wait for.
    async fn room(&self, _connection: &ConnectionId) {}
}
