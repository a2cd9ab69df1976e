//! Beside the server, and within the call.

use std::sync::Arc;

use aizuchi_gateway::Notify;
use aizuchi_push_web::{
    Awaited, Queued,
    limits::{QUEUE, TELLING},
};

use crate::service::{World, unseen};

#[tokio::test]
async fn who_is_queued_waits_for_nothing_and_all_is_told() {
    let world = World::new().await;
    world.browser("phone").await;
    let (queued, queue) = Queued::new(Arc::clone(&world.push));
    for text in ["one", "two", "three"] {
        queued.notify(unseen(text)).await;
    }
    assert_eq!(world.service.taken().len(), 0);
    drop(queued);
    queue.run().await;
    assert_eq!(world.service.taken().len(), 3);
}

#[tokio::test]
async fn what_does_not_fit_is_dropped_and_counted() {
    let world = World::new().await;
    let (queued, queue) = Queued::new(Arc::clone(&world.push));
    for _ in 0..QUEUE + TELLING {
        queued.notify(unseen("hello")).await;
    }
    assert_eq!(world.push.metrics().dropped.get(), TELLING as u64);
    drop(queued);
    queue.run().await;
}

#[tokio::test]
async fn who_waits_is_told_within_the_call() {
    let world = World::new().await;
    world.browser("phone").await;
    Awaited::new(Arc::clone(&world.push)).notify(unseen("hello")).await;
    assert_eq!(world.service.taken().len(), 1);
}
