//! Messages at fixed times.
//!
//! A thread of its own writes straight to the senders' sockets: a runtime's
//! timers are true to a millisecond, which is longer than the latencies looked
//! for. Nothing is shared with the readers, who know each message's time from
//! its number.

use std::{
    io::{self, Write},
    net::TcpStream,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use aizuchi_client::ids::now_ms;

use crate::bench::{
    BenchError,
    frames::Template,
    latency::{Latencies, Percentiles},
    pair::Pace,
};

/// Message `i` (from 0) is that of pair `i % pairs`, due at `i * gap`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    gap: Duration,
    pairs: u64,
    total: u64,
}

impl Schedule {
    pub(super) fn new(rate: u32, pairs: u32, length: Duration) -> Self {
        let gap = Duration::from_secs(1) / rate;
        let total = (length.as_nanos() / gap.as_nanos().max(1)) as u64;
        Self { gap, pairs: pairs.into(), total }
    }

    /// What the reader of a pair must know.
    pub(super) fn pace(&self, pair: u32) -> Pace {
        let pair = u64::from(pair);
        Pace::Open {
            first: self.due(pair),
            every: self.due(self.pairs),
            total: (self.total + self.pairs - 1 - pair) / self.pairs,
        }
    }

    fn due(&self, message: u64) -> Duration {
        Duration::from_nanos(self.gap.as_nanos() as u64 * message)
    }

    /// Starts sending. `writers` are in the order of the pairs.
    pub(super) fn spawn(
        self,
        start: Instant,
        writers: Vec<(u32, TcpStream, Template)>,
    ) -> io::Result<Pacer> {
        let writers =
            writers.into_iter().map(|(_, socket, template)| Writer::new(socket, template));
        let writers = writers.collect();
        let thread = thread::Builder::new().name("pacer".to_owned());
        Ok(Pacer(thread.spawn(move || self.run(start, writers))?))
    }

    fn run(self, start: Instant, mut writers: Vec<Writer>) -> io::Result<Latencies> {
        let mut lateness = Latencies::new();
        let mut message = 0;
        while message < self.total {
            let due = self.due(message);
            let now = start.elapsed();
            if now < due {
                thread::sleep(due - now);
                continue;
            }
            lateness.record(now - due);
            writers[(message % self.pairs) as usize].write(message / self.pairs + 1)?;
            message += 1;
        }
        while !writers
            .iter_mut()
            .map(Writer::flush)
            .collect::<io::Result<Vec<_>>>()?
            .into_iter()
            .all(|done| done)
        {
            thread::sleep(Duration::from_millis(1));
        }
        Ok(lateness)
    }
}

/// The thread that sends.
pub(super) struct Pacer(JoinHandle<io::Result<Latencies>>);

impl Pacer {
    /// How late the load generator itself was; part of every latency.
    pub(super) fn finish(self) -> Result<Percentiles, BenchError> {
        let lateness = self.0.join().map_err(|_| io::Error::other("the pacer died"))??;
        Ok(lateness.percentiles())
    }
}

struct Writer {
    socket: TcpStream,
    template: Template,
    /// What the socket would not take.
    waiting: Vec<u8>,
}

impl Writer {
    fn new(socket: TcpStream, template: Template) -> Self {
        Self { socket, template, waiting: Vec::new() }
    }

    fn write(&mut self, number: u64) -> io::Result<()> {
        let frame = self.template.stamp(number, now_ms());
        self.waiting.extend_from_slice(frame);
        self.flush().map(drop)
    }

    /// Writes what goes at once, and tells whether that was all.
    fn flush(&mut self) -> io::Result<bool> {
        while !self.waiting.is_empty() {
            match self.socket.write(&self.waiting) {
                Ok(written) => drop(self.waiting.drain(..written)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_belongs_to_one_pair_at_its_time() {
        let schedule = Schedule::new(1_000, 3, Duration::from_millis(10));
        let mut all = Vec::new();
        for pair in 0..3 {
            let Pace::Open { first, every, total } = schedule.pace(pair) else { panic!("open") };
            all.extend((0..total as u32).map(|n| first + every * n));
        }
        all.sort_unstable();
        assert_eq!(all, (0..10).map(Duration::from_millis).collect::<Vec<_>>());
    }
}
