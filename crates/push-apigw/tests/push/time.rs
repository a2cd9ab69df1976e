//! Nothing takes for ever. Time stands still once a call has arrived, and is
//! turned on by tokio to whatever is waited for.

use std::{pin::pin, time::Duration};

use aizuchi_gateway::Push;
use aizuchi_push_apigw::limits::{ATTEMPT_TIMEOUT, IN_FLIGHT, PUSH_TIMEOUT};
use bytes::Bytes;
use tokio::time::{self, Instant};

use crate::{
    CONNECTION, Site, connection,
    fake::Answer::{Hold, Status},
    recipient,
};

/// How long the work takes, with time stopped when so many calls have arrived.
pub(crate) async fn lasts<T>(
    site: &Site,
    calls: usize,
    work: impl Future<Output = T>,
) -> (Duration, T) {
    let mut work = pin!(work);
    tokio::select! {
        () = site.fake.arrived(calls) => {}
        _ = &mut work => panic!("it is over, with {} calls", site.fake.count().arrived),
    }
    time::pause();
    let stopped = Instant::now();
    let outcome = work.await;
    (stopped.elapsed(), outcome)
}

#[tokio::test]
async fn a_post_that_is_not_answered_is_given_up() {
    let site = Site::answering([Hold]).await;
    let (took, gone) = lasts(&site, 1, site.push("x", &[CONNECTION])).await;
    assert!(gone.is_empty(), "it may be there");
    assert!(took <= ATTEMPT_TIMEOUT + Duration::from_millis(1), "{took:?}");
    assert_eq!(site.push.metrics().timed_out.get(), 1);
    assert_eq!(site.fake.count().arrived, 1, "it may have arrived: it is not sent twice");
}

#[tokio::test]
async fn a_push_to_many_has_one_deadline() {
    let site = Site::new().await;
    let to: Vec<_> = (0..10 * IN_FLIGHT).map(|n| format!("c{n}")).collect();
    for connection in &to {
        site.fake.answer(connection, [Hold]);
    }
    let to = to.iter().map(|id| recipient(id)).collect();
    let push = site.push.push(Bytes::from_static(b"x"), to);
    let (took, gone) = lasts(&site, IN_FLIGHT, push).await;
    assert!(gone.is_empty());
    assert!(took <= PUSH_TIMEOUT + Duration::from_millis(1), "{took:?}");
    assert_eq!(site.push.metrics().timed_out.get(), 10 * IN_FLIGHT as u64);
}

#[tokio::test]
async fn a_close_is_given_up_too() {
    let site = Site::answering([Status(429), Hold]).await;
    let closed = connection(CONNECTION);
    let (took, outcome) = lasts(&site, 2, site.push.close(&closed)).await;
    outcome.expect_err("it may be open still");
    assert!(took <= ATTEMPT_TIMEOUT + Duration::from_millis(1), "{took:?}");
}
