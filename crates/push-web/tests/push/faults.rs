//! Push services that are gone, slow, busy, or not outside at all.

use aizuchi_core::notices::{Notices, Subscription};
use aizuchi_outbound::Outbound;
use aizuchi_push_web::limits::ATTEMPTS;
use aizuchi_testkit::logged;

use crate::service::{World, unseen, user};

#[tokio::test]
async fn a_subscription_that_is_gone_is_taken_away() {
    for status in [404, 410] {
        let world = World::new().await;
        world.browser("old").await;
        world.browser("new").await;
        world.service.answers("old", &[status]);
        world.push.tell(&unseen("hello")).await;
        assert_eq!(world.service.taken().len(), 2);
        assert_eq!(world.subscribed().await, 1);
        world.push.tell(&unseen("hello")).await;
        assert_eq!(world.service.taken().len(), 1);
        let metrics = world.push.metrics();
        assert_eq!((metrics.gone.get(), metrics.sent.get()), (1, 2));
    }
}

#[tokio::test]
async fn a_busy_service_is_asked_again() {
    let world = World::new().await;
    world.browser("phone").await;
    world.service.answers("phone", &[503, 429, 201]);
    world.push.tell(&unseen("hello")).await;
    assert_eq!(world.service.taken().len(), 3);
    let metrics = world.push.metrics();
    assert_eq!((metrics.sent.get(), metrics.retried.get()), (1, 2));
}

#[tokio::test]
async fn a_service_that_fails_is_left_alone_and_keeps_its_subscription() {
    let world = World::new().await;
    world.browser("phone").await;
    world.service.answers("phone", &[500]);
    world.push.tell(&unseen("hello")).await;
    assert_eq!(world.service.taken().len(), ATTEMPTS as usize);
    world.push.tell(&unseen("hello")).await;
    assert_eq!(world.service.taken().len(), 0);
    assert_eq!(world.subscribed().await, 1);
    let metrics = world.push.metrics();
    assert_eq!((metrics.failed.get(), metrics.rested.get()), (1, 1));
}

#[tokio::test]
async fn a_slow_service_is_asked_once_and_holds_up_nobody() {
    let world = World::new().await;
    world.browser("slow").await;
    world.service.close();
    world.push.tell(&unseen("hello")).await;
    assert_eq!(world.service.taken().len(), 1);
    assert_eq!(world.push.metrics().failed.get(), 1);
    world.service.open();
    world.browser("phone").await;
    world.push.tell(&unseen("hello")).await;
    let taken = world.service.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].browser, "phone");
}

#[tokio::test]
async fn a_refusal_is_neither_tried_again_nor_the_end() {
    for status in [301, 400, 401, 403, 413] {
        let world = World::new().await;
        world.browser("phone").await;
        world.service.answers("phone", &[status]);
        world.push.tell(&unseen("hello")).await;
        assert_eq!(world.service.taken().len(), 1, "{status}");
        assert_eq!(world.push.metrics().refused.get(), 1, "{status}");
        assert_eq!(world.subscribed().await, 1, "a wrong clock must not end them all");
    }
}

#[tokio::test]
async fn nothing_is_pushed_inside() {
    // As a server has it.
    let world = World::through(Outbound::new(Vec::new())).await;
    let browser = world.browser("inside").await;
    for (at, endpoint) in
        ["https://localhost/x", "http://169.254.169.254/latest/meta-data", "https://10.0.0.1/x"]
            .into_iter()
            .enumerate()
    {
        let inside = Subscription {
            endpoint: endpoint.into(),
            created_at: at as u64,
            ..browser.subscription.clone()
        };
        world.notices.subscribe(&user("bob"), &inside).await.unwrap();
    }
    assert_eq!(world.subscribed().await, 4);
    world.push.tell(&unseen("hello")).await;
    assert_eq!(world.service.taken().len(), 0);
    assert_eq!(world.push.metrics().forbidden.get(), 4);
    assert_eq!(world.subscribed().await, 0);
}

#[tokio::test]
async fn a_subscription_that_is_broken_harms_nobody() {
    let world = World::new().await;
    let browser = world.browser("phone").await;
    let broken = Subscription {
        endpoint: format!("{}-2", browser.subscription.endpoint).into(),
        p256dh: [9; 65],
        ..browser.subscription.clone()
    };
    world.notices.subscribe(&user("bob"), &broken).await.unwrap();
    world.push.tell(&unseen("hello")).await;
    assert_eq!(world.service.taken().len(), 1);
    assert_eq!(world.subscribed().await, 1);
}

#[tokio::test]
async fn no_secret_is_logged() {
    logged::begin();
    let world = World::new().await;
    for (browser, status) in [("gone", 410), ("refused", 400), ("failed", 500), ("fine", 201)] {
        world.browser(browser).await;
        world.service.answers(browser, &[status]);
    }
    world.push.tell(&unseen("a secret text")).await;
    let all = logged::end();
    for secret in ["a secret text", "/refused", "/failed", "/gone", "vapid", "d:ada:bob"] {
        assert!(!all.contains(secret), "{secret}: {all}");
    }
    assert!(all.contains("127.0.0.1"), "{all}");
}
