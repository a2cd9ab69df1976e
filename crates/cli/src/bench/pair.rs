//! One sender and one receiver.

use std::{
    cell::RefCell,
    future::poll_fn,
    ops::Range,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use aizuchi_client::ids::{direct_conversation, now_ms};
use aizuchi_wire::ServerFrame;

use super::{
    BenchError,
    frames::{Expected, Template, Told, number_of},
    latency::Latencies,
    ledger::{Broken, Ledger},
    socket::{SCRATCH_BYTES, Socket},
};

/// Messages of a pair on their way where the pace is not the pair's own. A
/// server that is further behind has lost the race, and the bench says so.
pub(super) const OPEN_WINDOW: usize = 16 * 1024;

/// What the pairs of a thread share: a buffer to read into, and what they found.
pub(super) struct Shared {
    pub(super) started: Instant,
    /// What is sent in this time counts.
    pub(super) measured: Range<Duration>,
    pub(super) ack: Latencies,
    pub(super) delivery: Latencies,
    /// Messages that became complete in the measured time.
    pub(super) counted: u64,
    /// All messages, for who looks from outside.
    pub(super) seen: Arc<AtomicU64>,
    scratch: Box<[u8]>,
}

impl Shared {
    pub(super) fn new(measured: Range<Duration>, seen: Arc<AtomicU64>) -> Self {
        Self {
            started: Instant::now(),
            measured,
            ack: Latencies::new(),
            delivery: Latencies::new(),
            counted: 0,
            seen,
            scratch: vec![0; SCRATCH_BYTES].into_boxed_slice(),
        }
    }
}

/// When messages are sent.
pub(super) enum Pace {
    /// A new one as soon as fewer than `in_flight` are on their way, until a
    /// time and up to a number.
    Closed { in_flight: u64, until: Duration, up_to: u64, times: Vec<Duration> },
    /// At fixed times, by somebody else, whatever became of those before.
    Open { first: Duration, every: Duration, total: u64 },
}

impl Pace {
    pub(super) fn closed(in_flight: u64, until: Duration, up_to: u64) -> Self {
        let times = vec![Duration::ZERO; (in_flight as usize).next_power_of_two()];
        Self::Closed { in_flight, until, up_to, times }
    }

    fn window(&self) -> usize {
        match self {
            Self::Closed { in_flight, .. } => *in_flight as usize,
            Self::Open { .. } => OPEN_WINDOW,
        }
    }

    /// When message `number` was sent, or was due.
    fn sent_at(&self, number: u64) -> Duration {
        match self {
            Self::Closed { times, .. } => times[number as usize & (times.len() - 1)],
            Self::Open { first, every, .. } => {
                *first + Duration::from_nanos(every.as_nanos() as u64 * (number - 1))
            }
        }
    }
}

/// One sender, one receiver, and what became of each message.
pub(super) struct Pair {
    sender: Socket,
    receiver: Socket,
    subs: [String; 2],
    template: Template,
    expected: Expected,
    pace: Pace,
    ledger: Ledger,
    sent: u64,
}

impl Pair {
    /// A pair whose conversation has `there` messages already.
    pub(super) fn new(
        [sender, receiver]: [Socket; 2],
        subs: [String; 2],
        template: Template,
        size: usize,
        pace: Pace,
        there: u64,
    ) -> Self {
        Self {
            expected: template.expected(size, &subs[0]),
            ledger: Ledger::new(pace.window(), there),
            sender,
            receiver,
            subs,
            template,
            pace,
            sent: there,
        }
    }

    /// A second handle to the sender's connection and its messages, for an open pace.
    pub(super) fn writer(&self) -> Result<(std::net::TcpStream, Template), BenchError> {
        Ok((self.sender.writer()?, self.template.clone()))
    }

    /// Messages that were acknowledged and delivered.
    pub(super) fn complete(&self) -> u64 {
        self.ledger.complete()
    }

    /// Sends and checks until the pace ends and all has come.
    pub(super) async fn run(&mut self, shared: &Rc<RefCell<Shared>>) -> Result<(), BenchError> {
        poll_fn(|cx| self.poll(cx, &mut shared.borrow_mut())).await
    }

    fn poll(&mut self, cx: &mut Context<'_>, shared: &mut Shared) -> Poll<Result<(), BenchError>> {
        loop {
            let before = self.ledger.complete();
            let read = [Side::Sender, Side::Receiver].map(|side| self.read(cx, shared, side));
            let [from_sender, from_receiver] = read;
            let more = from_sender?.is_ready() | from_receiver?.is_ready();
            let complete = self.ledger.complete() - before;
            let now = shared.started.elapsed();
            if complete > 0 {
                shared.seen.fetch_add(complete, Ordering::Relaxed);
                if shared.measured.contains(&now) {
                    shared.counted += complete;
                }
            }
            let finished = self.send(now);
            for socket in [&mut self.sender, &mut self.receiver] {
                if let Poll::Ready(flushed) = socket.poll_flush(cx) {
                    flushed?;
                }
            }
            if finished {
                return Poll::Ready(Ok(()));
            }
            if !more {
                return Poll::Pending;
            }
        }
    }

    fn read(
        &mut self,
        cx: &mut Context<'_>,
        shared: &mut Shared,
        side: Side,
    ) -> Result<Poll<()>, BenchError> {
        let Self { sender, receiver, expected, ledger, pace, .. } = self;
        let Shared { started, measured, ack, delivery, scratch, .. } = shared;
        let socket = if side == Side::Sender { sender } else { receiver };
        // All frames of one read came at one time, as far as a reader can tell.
        let mut now = None;
        let mut took = |number| {
            let sent_at = pace.sent_at(number);
            let now = *now.get_or_insert_with(|| started.elapsed());
            measured.contains(&sent_at).then(|| now.saturating_sub(sent_at))
        };
        let read = socket.poll_texts(cx, scratch, |frame| {
            match expected.read(frame)? {
                Told::Ack { number, seq } => {
                    ledger.acked(number, seq)?;
                    took(number).into_iter().for_each(|time| ack.record(time));
                }
                Told::Arrived { number, seq } => {
                    ledger.arrived(number, seq)?;
                    took(number).into_iter().for_each(|time| delivery.record(time));
                }
                Told::Other => {}
            }
            Ok(())
        });
        match read {
            Poll::Ready(result) => result.map(Poll::Ready),
            Poll::Pending => Ok(Poll::Pending),
        }
    }

    /// Queues what is due, and tells whether everything is over.
    fn send(&mut self, now: Duration) -> bool {
        let complete = self.ledger.complete();
        match &mut self.pace {
            Pace::Open { total, .. } => complete == *total,
            Pace::Closed { in_flight, until, up_to, times } => {
                if now >= *until || self.sent == *up_to {
                    return complete == self.sent;
                }
                let end = (complete + *in_flight).min(*up_to);
                if self.sent < end {
                    let time_ms = now_ms();
                    while self.sent < end {
                        self.sent += 1;
                        let slot = self.sent as usize & (times.len() - 1);
                        times[slot] = now;
                        self.sender.queue(self.template.stamp(self.sent, time_ms));
                    }
                }
                false
            }
        }
    }

    /// Reads the end of the log as a member would, and checks that it is the
    /// end of what was acknowledged.
    pub(super) async fn check_log(&mut self) -> Result<(), BenchError> {
        let [a, b] = &self.subs;
        let id = direct_conversation(a, b);
        let ask = serde_json::json!({"action": "GETMSG", "conversationId": id, "requestId": "log"});
        self.receiver.send(&ask.to_string()).await?;
        let answer = self.receiver.next_with("\"requestId\":\"log\"").await?;
        let Ok(ServerFrame::GetMsg(page)) = serde_json::from_slice(&answer) else {
            return Err(Broken::Log("a page of history cannot be read".to_owned()).into());
        };
        let seqs: Vec<u64> = page.messages.iter().map(|message| message.seq).collect();
        let texts = page.messages.iter().filter_map(|message| number_of(&message.message));
        let complete = self.ledger.complete();
        let expected = complete.saturating_sub(49).max(1)..=complete;
        if seqs.iter().copied().eq(expected) && texts.eq(seqs.iter().copied()) {
            return Ok(());
        }
        let (first, last) = (seqs.first(), seqs.last());
        let text = format!(
            "{complete} messages were acknowledged, but the newest page has {} from {first:?} to {last:?}",
            seqs.len()
        );
        Err(Broken::Log(text).into())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Sender,
    Receiver,
}
