//! When it is told: beside the server, or within the call.

use std::{fmt, future::ready, sync::Arc};

use aizuchi_core::{
    directory::Directory,
    notices::{Notices, Unseen},
};
use aizuchi_gateway::{Notify, notify::Notified};
use tokio::{
    sync::mpsc::{self, Receiver, Sender},
    task::JoinSet,
    time::timeout,
};

use crate::{
    limits::{AWAITED_TIMEOUT, QUEUE, TELL_TIMEOUT, TELLING},
    push::WebPush,
};

/// Puts what is to be told into a [`Queue`], and waits for nothing.
pub struct Queued<N, D> {
    push: Arc<WebPush<N, D>>,
    waiting: Sender<Unseen>,
}

/// What is to be told; [`Queue::run`] tells it.
pub struct Queue<N, D> {
    push: Arc<WebPush<N, D>>,
    waiting: Receiver<Unseen>,
}

impl<N, D> fmt::Debug for Queued<N, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queued").finish_non_exhaustive()
    }
}

impl<N, D> fmt::Debug for Queue<N, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").finish_non_exhaustive()
    }
}

impl<N: Notices, D: Directory> Queued<N, D> {
    /// Both ends of a queue.
    pub fn new(push: Arc<WebPush<N, D>>) -> (Self, Queue<N, D>) {
        let (sender, waiting) = mpsc::channel(QUEUE);
        (Self { push: Arc::clone(&push), waiting: sender }, Queue { push, waiting })
    }
}

impl<N: Notices, D: Directory> Notify for Queued<N, D> {
    fn notify(&self, unseen: Unseen) -> Notified<'_> {
        if self.waiting.try_send(unseen).is_err() {
            self.push.metrics().dropped.add(1);
        }
        Box::pin(ready(()))
    }
}

impl<N: Notices, D: Directory> Queue<N, D> {
    /// Tells, several at once, until the other end is gone and nothing waits.
    pub async fn run(mut self) {
        let mut telling = JoinSet::new();
        while let Some(unseen) = self.waiting.recv().await {
            while telling.len() >= TELLING {
                telling.join_next().await;
            }
            while telling.try_join_next().is_some() {}
            let push = Arc::clone(&self.push);
            telling.spawn(async move {
                if timeout(TELL_TIMEOUT, push.tell(&unseen)).await.is_err() {
                    push.metrics().failed.add(1);
                }
            });
        }
        while telling.join_next().await.is_some() {}
    }
}

/// Tells within the call, in a time that the sender does not mind.
pub struct Awaited<N, D>(Arc<WebPush<N, D>>);

impl<N, D> fmt::Debug for Awaited<N, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Awaited").finish_non_exhaustive()
    }
}

impl<N: Notices, D: Directory> Awaited<N, D> {
    /// Through these.
    pub fn new(push: Arc<WebPush<N, D>>) -> Self {
        Self(push)
    }
}

impl<N: Notices, D: Directory> Notify for Awaited<N, D> {
    fn notify(&self, unseen: Unseen) -> Notified<'_> {
        Box::pin(async move {
            if timeout(AWAITED_TIMEOUT, self.0.tell(&unseen)).await.is_err() {
                self.0.metrics().failed.add(1);
            }
        })
    }
}
