//! What became of every message of a pair.

use std::fmt;

/// A promise of the server that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Broken {
    /// Acknowledged or delivered a second time.
    Twice {
        /// Which of the two.
        what: What,
        /// The message, from 1 in each conversation.
        number: u64,
    },
    /// Delivered before, or instead of, another one.
    Order {
        /// The next in order.
        expected: u64,
        /// What came.
        got: u64,
    },
    /// Not at the place that a dense sequence gives it.
    Place {
        /// Where it was told.
        what: What,
        /// The message.
        number: u64,
        /// Its place, which should be the same.
        seq: u64,
    },
    /// Acknowledged or delivered, but never sent.
    Unsent(u64),
    /// A frame that is not the answer to what was sent.
    Foreign(String),
    /// The log does not hold what was acknowledged.
    Log(String),
}

/// By which frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// `ACK`.
    Acked,
    /// `SENDMSG`.
    Arrived,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = |what: &What| match what {
            What::Acked => "acknowledged",
            What::Arrived => "delivered",
        };
        match self {
            Self::Twice { what, number } => write!(f, "message {number} was {} twice", verb(what)),
            Self::Order { expected, got } => {
                write!(f, "message {got} was delivered where {expected} was next")
            }
            Self::Place { what, number, seq } => {
                write!(f, "message {number} was {} with seq {seq}", verb(what))
            }
            Self::Unsent(number) => write!(f, "message {number} was never sent"),
            Self::Foreign(frame) => write!(f, "an unexpected frame or content: {frame}"),
            Self::Log(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Broken {}

const ACKED: u8 = 1;
const ARRIVED: u8 = 2;

/// The messages of a conversation that one sender fills alone, so that message
/// `n` must have seq `n`.
///
/// Invariant: every message up to `complete` was acknowledged and delivered,
/// each once and in order; none beyond `complete + window` was sent.
pub(super) struct Ledger {
    complete: u64,
    arrived: u64,
    /// Of the messages after `complete`, by number modulo its length.
    flags: Vec<u8>,
}

impl Ledger {
    /// After `there` messages that are there already, at most `window` at once
    /// are on their way.
    pub(super) fn new(window: usize, there: u64) -> Self {
        Self { complete: there, arrived: there, flags: vec![0; window.next_power_of_two()] }
    }

    /// Messages that were acknowledged and delivered.
    pub(super) fn complete(&self) -> u64 {
        self.complete
    }

    pub(super) fn acked(&mut self, number: u64, seq: u64) -> Result<(), Broken> {
        self.place(What::Acked, number, seq)?;
        self.mark(What::Acked, ACKED, number)
    }

    pub(super) fn arrived(&mut self, number: u64, seq: u64) -> Result<(), Broken> {
        self.place(What::Arrived, number, seq)?;
        self.mark(What::Arrived, ARRIVED, number)?;
        if number != self.arrived + 1 {
            return Err(Broken::Order { expected: self.arrived + 1, got: number });
        }
        self.arrived = number;
        Ok(())
    }

    fn place(&self, what: What, number: u64, seq: u64) -> Result<(), Broken> {
        if number == seq { Ok(()) } else { Err(Broken::Place { what, number, seq }) }
    }

    fn mark(&mut self, what: What, flag: u8, number: u64) -> Result<(), Broken> {
        if number <= self.complete {
            return Err(Broken::Twice { what, number });
        }
        if number > self.complete + self.flags.len() as u64 {
            return Err(Broken::Unsent(number));
        }
        let slot = self.slot(number);
        if self.flags[slot] & flag != 0 {
            return Err(Broken::Twice { what, number });
        }
        self.flags[slot] |= flag;
        loop {
            let next = self.slot(self.complete + 1);
            if self.flags[next] != ACKED | ARRIVED {
                return Ok(());
            }
            self.flags[next] = 0;
            self.complete += 1;
        }
    }

    fn slot(&self, number: u64) -> usize {
        number as usize & (self.flags.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_complete_when_both_came() {
        let mut ledger = Ledger::new(4, 0);
        ledger.acked(2, 2).unwrap();
        ledger.arrived(1, 1).unwrap();
        ledger.arrived(2, 2).unwrap();
        assert_eq!(ledger.complete(), 0);
        ledger.acked(1, 1).unwrap();
        assert_eq!(ledger.complete(), 2);
    }

    #[test]
    fn every_broken_promise_is_found() {
        let acked = What::Acked;
        let arrived = What::Arrived;
        let mut ledger = Ledger::new(4, 0);
        assert_eq!(ledger.arrived(2, 2), Err(Broken::Order { expected: 1, got: 2 }));
        let mut ledger = Ledger::new(4, 0);
        assert_eq!(ledger.acked(1, 2), Err(Broken::Place { what: acked, number: 1, seq: 2 }));
        assert_eq!(ledger.acked(5, 5), Err(Broken::Unsent(5)));
        ledger.acked(1, 1).unwrap();
        assert_eq!(ledger.acked(1, 1), Err(Broken::Twice { what: acked, number: 1 }));
        ledger.arrived(1, 1).unwrap();
        assert_eq!(ledger.acked(1, 1), Err(Broken::Twice { what: acked, number: 1 }));
        assert_eq!(ledger.arrived(1, 1), Err(Broken::Twice { what: arrived, number: 1 }));
    }
}
