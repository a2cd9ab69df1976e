//! Messages that the server has not acknowledged.
//!
//! Invariant: in each conversation only the first one waiting is ever on its
//! way, so that a resend after a drop cannot overtake what was said before it.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use crate::event::Change;

/// More than this many wait for nobody's good; the next one is refused.
const CAPACITY: usize = 1_000;

/// A message and the frame that carries it, the same at each attempt.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) client_msg_id: String,
    pub(super) text: String,
    pub(super) reply_to: Option<u64>,
    /// What it is, where it is no message.
    pub(super) change: Option<Box<Change>>,
    pub(super) frame: String,
}

#[derive(Debug, Default)]
struct Lane {
    /// Never empty: a lane goes with its last message.
    queue: VecDeque<Pending>,
    in_flight: bool,
    not_before: Duration,
}

#[derive(Debug, Default)]
pub(super) struct Outbox {
    lanes: BTreeMap<String, Lane>,
    len: usize,
}

impl Outbox {
    /// Takes a message, unless it is full.
    pub(super) fn push(&mut self, conversation: String, pending: Pending) -> Result<(), Pending> {
        if self.len == CAPACITY {
            return Err(pending);
        }
        self.len += 1;
        self.lanes.entry(conversation).or_default().queue.push_back(pending);
        Ok(())
    }

    /// Hands out the frame of every conversation whose turn it is.
    pub(super) fn send_ready(&mut self, now: Duration, mut send: impl FnMut(&str)) {
        let ready = |lane: &&mut Lane| !lane.in_flight && lane.not_before <= now;
        for lane in self.lanes.values_mut().filter(ready) {
            if let Some(first) = lane.queue.front() {
                send(&first.frame);
                lane.in_flight = true;
            }
        }
    }

    /// Takes out a message that has its place. `None` for the echo of an
    /// earlier attempt.
    pub(super) fn acked(&mut self, conversation: &str, client_msg_id: &str) -> Option<Pending> {
        let to_come = format!("new:{client_msg_id}");
        let conversation =
            if self.lanes.contains_key(&to_come) { to_come.as_str() } else { conversation };
        let first = self.lanes.get(conversation)?.queue.front()?;
        (first.client_msg_id == client_msg_id).then(|| self.take_first(conversation))?
    }

    /// Takes out a message that will never have a place.
    pub(super) fn refused(&mut self, client_msg_id: &str) -> Option<Pending> {
        let conversation = self.conversation_of(client_msg_id)?;
        self.take_first(&conversation)
    }

    /// Leaves a message where it is, to be sent again at `at`.
    pub(super) fn postpone(&mut self, client_msg_id: &str, at: Duration) {
        let conversation = self.conversation_of(client_msg_id);
        if let Some(lane) = conversation.and_then(|id| self.lanes.get_mut(&id)) {
            lane.in_flight = false;
            lane.not_before = at;
        }
    }

    /// The connection is gone: nothing is on its way any more.
    pub(super) fn dropped(&mut self) {
        for lane in self.lanes.values_mut() {
            lane.in_flight = false;
            lane.not_before = Duration::ZERO;
        }
    }

    /// Whether something is on its way.
    pub(super) fn is_in_flight(&self) -> bool {
        self.lanes.values().any(|lane| lane.in_flight)
    }

    /// When the next postponed message may go.
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.lanes.values().filter(|lane| !lane.in_flight).map(|lane| lane.not_before).min()
    }

    fn conversation_of(&self, client_msg_id: &str) -> Option<String> {
        let is_first = |lane: &Lane| {
            lane.in_flight
                && lane.queue.front().is_some_and(|first| first.client_msg_id == client_msg_id)
        };
        self.lanes.iter().find(|(_, lane)| is_first(lane)).map(|(id, _)| id.clone())
    }

    fn take_first(&mut self, conversation: &str) -> Option<Pending> {
        let lane = self.lanes.get_mut(conversation)?;
        let first = lane.queue.pop_front()?;
        lane.in_flight = false;
        lane.not_before = Duration::ZERO;
        self.len -= 1;
        if lane.queue.is_empty() {
            self.lanes.remove(conversation);
        }
        Some(first)
    }
}
