//! One push to one browser.

use std::time::Duration;

use aizuchi_outbound::{Answer, Outbound, OutboundError, Request};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER},
};
use tokio::{sync::Semaphore, time::sleep};
use url::Url;

use crate::{
    limits::{ATTEMPTS, BACKOFF, LONGEST_PAUSE, TTL},
    metrics::Metrics,
    vapid::random,
};

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Posted {
    /// The push service has it.
    Sent,
    /// The subscription is no more.
    Gone,
    /// It would be refused again.
    Refused(StatusCode),
    /// It may work later.
    Failed,
    /// The address is inside, or none.
    Forbidden,
}

/// A push, ready to be sent.
pub(crate) struct Push {
    pub(crate) endpoint: Url,
    pub(crate) authorization: String,
    /// Replaces an earlier one of the same topic that waits.
    pub(crate) topic: String,
    pub(crate) urgent: bool,
    pub(crate) body: Vec<u8>,
}

const TOPIC: HeaderName = HeaderName::from_static("topic");
const URGENCY: HeaderName = HeaderName::from_static("urgency");
const TTL_NAME: HeaderName = HeaderName::from_static("ttl");

impl Push {
    /// The request; `None` where a part of it cannot be a header.
    fn request(self) -> Option<Request> {
        let urgency = if self.urgent { "high" } else { "normal" };
        let mut authorization = HeaderValue::try_from(self.authorization).ok()?;
        authorization.set_sensitive(true);
        let headers = HeaderMap::from_iter([
            (AUTHORIZATION, authorization),
            (CONTENT_ENCODING, HeaderValue::from_static("aes128gcm")),
            (CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
            (TTL_NAME, HeaderValue::from(TTL.as_secs())),
            (URGENCY, HeaderValue::from_static(urgency)),
            (TOPIC, HeaderValue::try_from(self.topic).ok()?),
        ]);
        let body = self.body.into();
        Some(Request { method: Method::POST, url: self.endpoint, headers, body })
    }
}

/// Posts, again where that may help.
pub(crate) async fn post(
    outbound: &Outbound,
    in_flight: &Semaphore,
    push: Push,
    metrics: &Metrics,
) -> Posted {
    let Some(request) = push.request() else { return Posted::Forbidden };
    for tried in 1.. {
        let answer = {
            // Held while it runs, and not through the pauses. It is never closed.
            let _permit = in_flight.acquire().await;
            outbound.send(request.clone()).await
        };
        let pause = match outcome(&answer) {
            Posted::Failed => pause(&answer, tried),
            outcome => return outcome,
        };
        let Some(pause) = pause else { break };
        metrics.retried.add(1);
        sleep(pause).await;
    }
    Posted::Failed
}

fn outcome(answer: &Result<Answer, OutboundError>) -> Posted {
    match answer {
        Ok(Answer { status, .. }) => match status.as_u16() {
            200..=299 => Posted::Sent,
            404 | 410 => Posted::Gone,
            429 | 500..=599 => Posted::Failed,
            _ => Posted::Refused(*status),
        },
        Err(OutboundError::Invalid | OutboundError::Forbidden) => Posted::Forbidden,
        Err(OutboundError::TimedOut | OutboundError::Unreachable(_)) => Posted::Failed,
    }
}

/// How long to wait before the next attempt, if there is one. Who took all the
/// time that a request has is not asked again.
fn pause(answer: &Result<Answer, OutboundError>, tried: u32) -> Option<Duration> {
    if tried >= ATTEMPTS || matches!(answer, Err(OutboundError::TimedOut)) {
        return None;
    }
    let asked = answer.as_ref().ok().and_then(|answer| answer.headers.get(RETRY_AFTER));
    let asked = asked.and_then(|seconds| seconds.to_str().ok()?.trim().parse().ok());
    let asked = Duration::from_secs(asked.unwrap_or(0));
    let backoff = BACKOFF * 2u32.saturating_pow(tried - 1);
    let jittered = backoff / 2 + backoff.mul_f64(f64::from(random::<1>()[0]) / 512.0);
    (asked <= LONGEST_PAUSE).then(|| asked.max(jittered))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, retry_after: Option<&'static str>) -> Result<Answer, OutboundError> {
        let retry_after = retry_after.map(|value| (RETRY_AFTER, HeaderValue::from_static(value)));
        Ok(Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::from_iter(retry_after),
            body: Default::default(),
        })
    }

    #[test]
    fn a_status_says_what_became_of_it() {
        for (status, expected) in [
            (200, Posted::Sent),
            (201, Posted::Sent),
            (204, Posted::Sent),
            (301, Posted::Refused(StatusCode::MOVED_PERMANENTLY)),
            (400, Posted::Refused(StatusCode::BAD_REQUEST)),
            (403, Posted::Refused(StatusCode::FORBIDDEN)),
            (404, Posted::Gone),
            (410, Posted::Gone),
            (413, Posted::Refused(StatusCode::PAYLOAD_TOO_LARGE)),
            (429, Posted::Failed),
            (500, Posted::Failed),
            (503, Posted::Failed),
        ] {
            assert_eq!(outcome(&answered(status, None)), expected, "{status}");
        }
        assert_eq!(outcome(&Err(OutboundError::Forbidden)), Posted::Forbidden);
        assert_eq!(outcome(&Err(OutboundError::TimedOut)), Posted::Failed);
    }

    #[test]
    fn pauses_grow_and_are_bounded() {
        for (tried, longest) in [(1, BACKOFF), (2, BACKOFF * 2)] {
            let pause = pause(&answered(503, None), tried).unwrap();
            assert!(longest / 2 <= pause && pause <= longest, "{pause:?}");
        }
        assert_eq!(pause(&answered(503, None), ATTEMPTS), None);
        assert_eq!(pause(&answered(429, Some("20")), 1), Some(Duration::from_secs(20)));
        assert_eq!(pause(&answered(429, Some("31")), 1), None);
        assert!(pause(&answered(429, Some("tomorrow")), 1).is_some());
        assert_eq!(pause(&Err(OutboundError::TimedOut), 1), None);
    }
}
