//! Appends of one process to one conversation: one after another, in the order
//! of the calls.
//!
//! What waits while others are placed is placed next as one batch, whose lists
//! are written once.

use std::{
    collections::{
        HashMap, VecDeque,
        hash_map::Entry::{Occupied, Vacant},
    },
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, Seq},
    log::{Appended, Body, Entry, NewEntry, Stamp},
};
use tokio::{sync::oneshot, time::Instant};

use super::{
    LOG,
    change::Erased,
    fold::{Placed, When},
};
use crate::store::Inner;

/// Appends of one batch: the first is answered when the last is placed.
const BATCH: usize = 25;
/// Appends that wait in one conversation.
const WAITING: usize = 10_000;
/// A stamp that waited longer is made anew: the overlap must cover it, and the
/// write that carries it.
const STAMP_AGE: Duration = Duration::from_secs(5);

type Answer = Result<Appended, PortError>;

/// An append that waits for its turn.
#[derive(Debug)]
struct Waiting {
    entry: NewEntry,
    stamp: Stamp,
    since: Instant,
    answer: oneshot::Sender<Answer>,
}

/// What waits, by conversation. A conversation is here while a task works on it.
#[derive(Debug, Default)]
pub(crate) struct Queues(Mutex<HashMap<ConversationId, VecDeque<Waiting>>>);

impl Queues {
    fn all(&self) -> MutexGuard<'_, HashMap<ConversationId, VecDeque<Waiting>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True where the conversation needs a task.
    fn push(&self, waiting: Waiting) -> bool {
        let mut all = self.all();
        match all.entry(waiting.entry.conversation.clone()) {
            Vacant(place) => {
                place.insert(VecDeque::from([waiting]));
                true
            }
            Occupied(mut there) if there.get().len() < WAITING => {
                there.get_mut().push_back(waiting);
                false
            }
            Occupied(_) => {
                // Whoever waits for the answer may be gone.
                let _ = waiting.answer.send(Err(PortError::unavailable(LOG, "too many wait")));
                false
            }
        }
    }

    /// The next batch; `None` ends the task.
    fn take(&self, conversation: &ConversationId) -> Option<Vec<Waiting>> {
        let mut all = self.all();
        let queue = all.get_mut(conversation)?;
        if queue.is_empty() {
            all.remove(conversation);
            return None;
        }
        Some(queue.drain(..queue.len().min(BATCH)).collect())
    }
}

impl Inner {
    /// Takes an append its turn. Its outcome comes through what is returned.
    pub(super) fn enqueue(self: &Arc<Self>, entry: NewEntry) -> oneshot::Receiver<Answer> {
        let (answer, receiver) = oneshot::channel();
        if let Err(refused) = entry.check() {
            // The receiver is in our hands.
            let _ = answer.send(Err(refused));
            return receiver;
        }
        let conversation = entry.conversation.clone();
        let stamp = self.stamps.make(self.now_ms(), &conversation);
        if self.queues.push(Waiting { entry, stamp, since: Instant::now(), answer }) {
            self.runtime.spawn(Arc::clone(self).work(conversation));
        }
        receiver
    }

    async fn work(self: Arc<Self>, conversation: ConversationId) {
        let mut newest = None;
        while let Some(batch) = self.queues.take(&conversation) {
            // Boxed, or each task were as large as all that it may do.
            Box::pin(self.store(&conversation, batch, &mut newest)).await;
        }
    }

    async fn store(
        &self,
        conversation: &ConversationId,
        batch: Vec<Waiting>,
        newest: &mut Option<Seq>,
    ) {
        let mut placed = Vec::with_capacity(batch.len());
        let mut answers = Vec::with_capacity(batch.len());
        let mut stamp = None;
        for waiting in batch {
            match self.store_one(&waiting.entry, newest).await {
                Ok((appended, erased)) => {
                    if !appended.duplicate {
                        stamp = Some((waiting.stamp, waiting.since));
                    }
                    let one = Placed::of(appended.seq, &waiting.entry, erased);
                    placed.push(one.again(appended.duplicate));
                    answers.push((appended, waiting.answer));
                }
                Err(error) => {
                    *newest = None;
                    // Whoever waits for an answer may be gone.
                    let _ = waiting.answer.send(Err(error));
                }
            }
        }
        // Of the newest entry, so that lists are in the order of the calls.
        let stamp = stamp.filter(|(_, since)| since.elapsed() < STAMP_AGE);
        let when = stamp.map(|(newest, _)| When { newest, moved: None });
        let folded = self.follow(conversation, &placed, when).await;
        for (appended, answer) in answers {
            let outcome = match &folded {
                Ok(()) => Ok(appended),
                Err(error) => Err(PortError::unavailable(LOG, causes(error))),
            };
            let _ = answer.send(outcome);
        }
    }
}

impl Inner {
    /// Places an entry and changes its target, with what it deleted, if it did.
    async fn store_one(
        &self,
        entry: &NewEntry,
        newest: &mut Option<Seq>,
    ) -> Result<(Appended, Option<Erased>), PortError> {
        let conversation = &entry.conversation;
        let (appended, there) = self.place(entry, newest).await?;
        let seq = appended.seq;
        let changes = match there.filter(|_| appended.duplicate) {
            None => true,
            // The first try may have ended before this; any other change was
            // done before the lists moved over it.
            Some(Entry { body: Body::Edit { target, .. }, .. }) => {
                entry.body.target() == Some(target)
                    && !self.is_edited(conversation, seq, target).await?
            }
            Some(_) => false,
        };
        let erased =
            if changes { self.change_target(conversation, seq, entry, true).await? } else { None };
        Ok((appended, erased))
    }
}

/// An error and what led to it, for several who wait for the same.
fn causes(error: &PortError) -> String {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
