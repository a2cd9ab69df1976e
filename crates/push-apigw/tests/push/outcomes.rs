//! What each answer means.

use aizuchi_push_apigw::limits::ATTEMPTS;
use aizuchi_testkit::logged;

use crate::{
    CONNECTION, Site,
    fake::Answer::{self, Bare, Cut, Hold, Status},
    time::lasts,
};

const EVERY_ATTEMPT: usize = ATTEMPTS as usize;

#[tokio::test]
async fn those_that_are_gone_are_told() {
    for gone in [Status(410), Bare(410)] {
        let site = Site::answering([gone; 2]).await;
        assert_eq!(site.push("x", &["a", CONNECTION]).await, [CONNECTION]);
        assert_eq!(site.push.metrics().gone.get(), 1);
        assert_eq!(site.push.metrics().done.get(), 1);
    }
}

#[tokio::test]
async fn one_that_is_being_opened_is_not_gone() {
    let site = Site::answering([Status(410)]).await;
    assert!(site.push("x", &[CONNECTION]).await.is_empty());
    assert_eq!(site.fake.heard(CONNECTION), ["x"; 2]);
    assert_eq!(site.push.metrics().gone.get(), 0);
}

#[tokio::test]
async fn throttled_posts_are_tried_again_some_times() {
    for throttled in [Status(429), Bare(429)] {
        let site = Site::answering([throttled; 2]).await;
        assert!(site.push("x", &[CONNECTION]).await.is_empty());
        let metrics = site.push.metrics();
        assert_eq!((metrics.done.get(), metrics.retried.get()), (1, 2));
    }
    let site = Site::answering([Status(429); 100]).await;
    assert!(site.push("x", &["a", CONNECTION]).await.is_empty(), "it is there");
    assert_eq!(site.fake.heard(CONNECTION).len(), EVERY_ATTEMPT);
    assert_eq!(site.push.metrics().throttled.get(), 1);
}

#[tokio::test]
async fn what_would_be_refused_again_is_not_tried_again() {
    for (status, is_refusal) in [(403, true), (413, true), (400, true), (500, false), (503, false)]
    {
        let site = Site::answering([Status(status)]).await;
        assert!(site.push("x", &["a", CONNECTION]).await.is_empty(), "{status}");
        assert_eq!(site.fake.heard(CONNECTION).len(), 1, "{status}");
        let metrics = site.push.metrics();
        let counted = (metrics.refused.get(), metrics.failed.get(), metrics.done.get());
        assert_eq!(counted, if is_refusal { (1, 0, 1) } else { (0, 1, 1) }, "{status}");
    }
}

#[tokio::test]
async fn a_connection_to_api_gateway_that_broke_is_made_again() {
    let site = Site::answering([Status(200), Cut]).await;
    for frame in ["1", "2"] {
        site.push(frame, &[CONNECTION]).await;
    }
    assert_eq!(site.push.metrics().done.get(), 2);
    assert_eq!(site.fake.heard(CONNECTION), ["1", "2", "2"]);
}

#[tokio::test]
async fn nothing_of_the_content_is_logged() {
    const SECRET: &str = "meet me at noon";
    logged::begin();
    let answers: [&[Answer]; 8] = [
        &[],
        &[Status(403)],
        &[Status(413)],
        &[Status(500)],
        &[Status(410), Status(410)],
        &[Status(429); EVERY_ATTEMPT],
        &[Cut; EVERY_ATTEMPT],
        &[Hold],
    ];
    let site = Site::new().await;
    let connections: Vec<_> = (0..answers.len()).map(|n| format!("c{n}")).collect();
    for (connection, answers) in connections.iter().zip(answers) {
        site.fake.answer(connection, answers.iter().copied());
    }
    let connections: Vec<_> = connections.iter().map(String::as_str).collect();
    let (held, others) = connections.split_last().unwrap();
    site.push(SECRET, others).await;
    let arrived = site.fake.count().arrived;
    lasts(&site, arrived + 1, site.push(SECRET, &[held])).await;
    site.push(&SECRET.repeat(10_000), &["a"]).await;
    let log = logged::end();
    for (connection, words) in [
        ("c1", "status 403 ForbiddenException"),
        ("c2", "status 413 PayloadTooLargeException"),
        ("c3", "status 500 InternalServerError"),
        ("c5", "throttled"),
        ("c6", "dispatch failure"),
        ("c7", "no answer in time"),
    ] {
        let told = log.lines().filter(|line| line.contains("a push failed"));
        let told = told.filter(|line| line.contains(&format!("connection={connection} ")));
        let told: Vec<_> = told.collect();
        assert!(told.len() == 1 && told[0].contains(words), "{connection}: {told:?}");
    }
    assert!(log.contains("a frame is larger than a connection takes"));
    let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    for secret in [SECRET, &hex, "secret-key", "what AWS says"] {
        assert!(!log.contains(secret), "{secret}");
    }
}
