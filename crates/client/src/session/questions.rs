//! Questions without an answer yet. All of them may be asked twice.

use std::{collections::BTreeMap, time::Duration};

/// More than this many wait for nobody's good; the next one fails.
const CAPACITY: usize = 100;

#[derive(Debug)]
struct Question {
    frame: String,
    /// Refused for a passing reason: it is asked again then.
    again_at: Option<Duration>,
}

/// By `requestId`, in the order they were asked first.
#[derive(Debug, Default)]
pub(super) struct Questions {
    waiting: BTreeMap<u64, Question>,
    next: u64,
}

impl Questions {
    /// Takes a question, which `frame` makes for a `requestId`, and gives its
    /// frame; `None` where too many wait.
    pub(super) fn add(&mut self, frame: impl FnOnce(&str) -> String) -> Option<String> {
        if self.waiting.len() == CAPACITY {
            return None;
        }
        let frame = frame(&self.next.to_string());
        self.waiting.insert(self.next, Question { frame: frame.clone(), again_at: None });
        self.next += 1;
        Some(frame)
    }

    /// An answer came.
    pub(super) fn answered(&mut self, request_id: Option<&str>) {
        if let Some(id) = request_id.and_then(|id| id.parse().ok()) {
            self.waiting.remove(&id);
        }
    }

    /// Leaves a question where it is, to be asked again at `at`. `false` where
    /// there is none with this `requestId`.
    pub(super) fn postpone(&mut self, request_id: Option<&str>, at: Duration) -> bool {
        let id = request_id.and_then(|id| id.parse().ok());
        let question = id.and_then(|id: u64| self.waiting.get_mut(&id));
        question.map(|question| question.again_at = Some(at)).is_some()
    }

    /// The frames to send on a new connection.
    pub(super) fn all(&mut self) -> Vec<String> {
        self.waiting.values_mut().for_each(|question| question.again_at = None);
        self.waiting.values().map(|question| question.frame.clone()).collect()
    }

    /// The frames whose time has come again.
    pub(super) fn due(&mut self, now: Duration) -> Vec<String> {
        let is_due = |question: &&mut Question| question.again_at.is_some_and(|at| at <= now);
        let due = self.waiting.values_mut().filter(is_due).map(|question| {
            question.again_at = None;
            question.frame.clone()
        });
        due.collect()
    }

    /// When the next postponed one may be asked.
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.waiting.values().filter_map(|question| question.again_at).min()
    }

    /// Whether an answer is awaited.
    pub(super) fn is_in_flight(&self) -> bool {
        self.waiting.values().any(|question| question.again_at.is_none())
    }
}
