//! How far this device has come in a conversation.

use std::collections::BTreeMap;

use crate::event::Message;

/// What comes this much too early is not kept; it comes again with the gap.
const MAX_HELD: usize = 1_000;

/// Invariant: every message up to `seen` was handed out once, in order, or
/// belongs to history that is asked for by the page; none after it was.
#[derive(Debug)]
pub(super) struct Timeline {
    /// `None` until the first `SYNC` tells where this device begins.
    seen: Option<u64>,
    /// The largest seq heard of.
    end: u64,
    /// What came early, after `seen`.
    held: BTreeMap<u64, Message>,
    /// Larger in conversations in which something happened later.
    pub(super) touched: u64,
}

impl Timeline {
    pub(super) fn new(seen: Option<u64>) -> Self {
        Self { seen, end: 0, held: BTreeMap::new(), touched: 0 }
    }

    pub(super) fn seen(&self) -> Option<u64> {
        self.seen
    }

    /// Whether something before the largest seq heard of is not here.
    pub(super) fn is_missing_some(&self) -> bool {
        self.seen.is_some_and(|seen| seen < self.end)
    }

    /// There is an entry with this seq.
    pub(super) fn heard_of(&mut self, seq: u64) {
        self.end = self.end.max(seq);
    }

    /// Puts a message at its place and hands out what is next in order.
    pub(super) fn place(&mut self, message: Message, out: impl FnMut(Message)) {
        self.heard_of(message.seq);
        if self.seen.is_some_and(|seen| message.seq <= seen) {
            return;
        }
        let is_next = self.seen.is_some_and(|seen| message.seq == seen + 1);
        if is_next || self.held.len() < MAX_HELD {
            self.held.insert(message.seq, message);
        }
        self.hand_out(out);
    }

    /// This device begins after `seq`.
    pub(super) fn begin_after(&mut self, seq: u64, out: impl FnMut(Message)) {
        if self.seen.is_some_and(|seen| seen > seq) {
            // The log is shorter than it was: nothing beyond its end is known.
            self.end = seq;
            self.held.clear();
        }
        self.heard_of(seq);
        self.seen = Some(seq);
        self.held = self.held.split_off(&(seq + 1));
        self.hand_out(out);
    }

    fn hand_out(&mut self, mut out: impl FnMut(Message)) {
        while let Some(seen) = &mut self.seen
            && let Some(next) = self.held.remove(&(*seen + 1))
        {
            *seen += 1;
            out(next);
        }
    }
}
