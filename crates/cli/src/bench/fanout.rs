//! `aizuchi bench fanout`: one message to many connections, those of a room's
//! members or the devices of one receiver.

use std::{
    cell::RefCell,
    collections::VecDeque,
    future::poll_fn,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
    time::{Duration, Instant},
};

use aizuchi_client::{Account, ids::now_ms};
use clap::{Args, ValueEnum};
use comfy_table::Table;
use serde::Serialize;
use tokio::{task::JoinSet, time::timeout};

use super::{
    BenchError, Common,
    frames::{Expected, Template, To, Told},
    latency::{Latencies, Percentiles},
    ledger::{Broken, What},
    people::Server,
    report::{LATENCY_HEADER, Report, grouped, latency_row, table},
    socket::{SCRATCH_BYTES, Socket},
    thread::on_own_thread,
};

const DRAIN: Duration = Duration::from_secs(30);

#[derive(Debug, Args)]
pub(super) struct FanoutArgs {
    /// Whose connections they are.
    #[arg(long, value_enum, default_value_t = Receivers::Room)]
    to: Receivers,
    /// Connections that receive. A room has a sender and 999 others at most, and
    /// the server must allow a user as many as he has devices.
    #[arg(long, default_value_t = 999, value_parser = clap::value_parser!(u32).range(1..))]
    connections: u32,
    /// Messages that have not reached all connections at once.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=64))]
    in_flight: u32,
    /// How long to send.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// Bytes of a message's text.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(16..=8_000))]
    size: u16,
}

/// Whose connections receive.
#[derive(Debug, Clone, Copy, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
enum Receivers {
    /// A room's members, one each.
    Room,
    /// One person's devices.
    Devices,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FanoutReport {
    bench: &'static str,
    to: Receivers,
    connections: u32,
    in_flight: u32,
    size: u16,
    messages: u64,
    deliveries_per_second: f64,
    /// In µs, of each delivery.
    delivery: Percentiles,
    /// In µs, until the last connection had it.
    last_delivery: Percentiles,
}

pub(super) async fn run(args: &FanoutArgs, common: &Common) -> Result<FanoutReport, BenchError> {
    let server = Server::find(&common.url).await?;
    let (connections, in_flight, size) = (args.connections, args.in_flight, args.size);
    let receivers = match args.to {
        Receivers::Room => connections as usize,
        Receivers::Devices => 1,
    };
    let mut people = server.people(1 + receivers).await?;
    let sender = people.remove(0);
    let (template, there) = match args.to {
        Receivers::Room => {
            let (room, last) = server.room(&sender, &people).await?;
            (Template::new(To::Room(&room), 0, size.into()), last)
        }
        Receivers::Devices => (Template::new(To::Person(&people[0].me().sub), 0, size.into()), 0),
    };
    let length = Duration::from_secs(args.seconds);
    let found = on_own_thread(move || async move {
        let expected = template.expected(size.into(), &sender.me().sub);
        let fan = Fan::new(template, expected, there, connections, in_flight, length);
        timeout(length + DRAIN + DRAIN, fan.run(Arc::new(server), sender, people)).await.map_err(
            |_| BenchError::Unfinished("not every connection got every message".to_owned()),
        )?
    })
    .await?;
    Ok(FanoutReport {
        bench: "fanout",
        to: args.to,
        connections,
        in_flight,
        size,
        messages: found.sent,
        deliveries_per_second: (found.sent * u64::from(connections)) as f64
            / found.ended.as_secs_f64(),
        delivery: found.each.percentiles(),
        last_delivery: found.last.percentiles(),
    })
}

/// What all connections share.
struct Fan {
    template: Template,
    expected: Expected,
    /// The seq of the last entry before the first message.
    there: u64,
    scratch: Box<[u8]>,
    started: Instant,
    length: Duration,
    connections: u32,
    in_flight: u32,
    sent: u64,
    acked: u64,
    /// Of the messages after `complete`: when sent, and how many connections lack it.
    open: VecDeque<(Duration, u32)>,
    complete: u64,
    each: Latencies,
    last: Latencies,
    ended: Duration,
    /// Of the sender, when it may send, and of all, when it is over.
    sender: Option<Waker>,
}

impl Fan {
    fn new(
        template: Template,
        expected: Expected,
        there: u64,
        connections: u32,
        in_flight: u32,
        length: Duration,
    ) -> Self {
        Self {
            template,
            expected,
            there,
            scratch: vec![0; SCRATCH_BYTES].into_boxed_slice(),
            started: Instant::now(),
            length,
            connections,
            in_flight,
            sent: 0,
            acked: 0,
            open: VecDeque::new(),
            complete: 0,
            each: Latencies::new(),
            last: Latencies::new(),
            ended: Duration::ZERO,
            sender: None,
        }
    }

    async fn run(
        mut self,
        server: Arc<Server>,
        sender: Account,
        receivers: Vec<Account>,
    ) -> Result<Self, BenchError> {
        let devices: Vec<_> = receivers.iter().cycle().take(self.connections as usize).collect();
        let sockets = server.connect(&devices).await?;
        let mut sender = server.connect_one(&sender).await?;
        self.started = Instant::now();
        let fan = Rc::new(RefCell::new(self));
        let mut readers = JoinSet::new();
        for mut socket in sockets {
            let fan = fan.clone();
            readers.spawn_local(async move {
                let mut arrived = 0;
                poll_fn(|cx| receive(cx, &mut socket, &mut arrived, &mut fan.borrow_mut())).await
            });
        }
        let talk = poll_fn(|cx| talk(cx, &mut sender, &mut fan.borrow_mut()));
        tokio::pin!(talk);
        loop {
            tokio::select! {
                talked = &mut talk => break talked?,
                // A reader ends only by an error.
                Some(reader) = readers.join_next() => reader.map_err(std::io::Error::other)??,
            }
        }
        readers.shutdown().await;
        drop(readers);
        let fan = Rc::into_inner(fan).map(RefCell::into_inner);
        fan.ok_or_else(|| BenchError::Unfinished("a connection is still there".to_owned()))
    }

    fn arrived(&mut self, number: u64, now: Duration) {
        let at = (number - self.complete - 1) as usize;
        let Some((sent_at, lacking)) = self.open.get_mut(at) else { return };
        *lacking -= 1;
        self.each.record(now.saturating_sub(*sent_at));
        if *lacking == 0 {
            self.last.record(now.saturating_sub(*sent_at));
        }
        while self.open.front().is_some_and(|(_, lacking)| *lacking == 0) {
            self.open.pop_front();
            self.complete += 1;
            self.ended = now;
            if let Some(sender) = self.sender.take() {
                sender.wake();
            }
        }
    }
}

/// The sender: keeps the messages in flight, and ends when all have arrived.
fn talk(cx: &mut Context<'_>, socket: &mut Socket, fan: &mut Fan) -> Poll<Result<(), BenchError>> {
    loop {
        let Fan { expected, scratch, acked, there, .. } = &mut *fan;
        let more = socket.poll_texts(cx, scratch, |frame| match expected.read(frame)? {
            Told::Ack { number, seq } if *there + number == seq && number == *acked + 1 => {
                *acked = number;
                Ok(())
            }
            Told::Ack { number, seq } => {
                Err(Broken::Place { what: What::Acked, number, seq }.into())
            }
            Told::Arrived { number, .. } => Err(Broken::Unsent(number).into()),
            Told::Other => Ok(()),
        })?;
        let now = fan.started.elapsed();
        let end = fan.complete + u64::from(fan.in_flight);
        while now < fan.length && fan.sent < end {
            fan.sent += 1;
            fan.open.push_back((now, fan.connections));
            socket.queue(fan.template.stamp(fan.sent, now_ms()));
        }
        if let Poll::Ready(flushed) = socket.poll_flush(cx) {
            flushed?;
        }
        if now >= fan.length && fan.complete == fan.sent && fan.acked == fan.sent {
            return Poll::Ready(Ok(()));
        }
        fan.sender = Some(cx.waker().clone());
        if more.is_pending() {
            return Poll::Pending;
        }
    }
}

/// One connection that receives.
fn receive(
    cx: &mut Context<'_>,
    socket: &mut Socket,
    arrived: &mut u64,
    fan: &mut Fan,
) -> Poll<Result<(), BenchError>> {
    loop {
        let Fan { expected, scratch, there, .. } = &mut *fan;
        let before = *arrived;
        let read = socket.poll_texts(cx, scratch, |frame| match expected.read(frame)? {
            Told::Arrived { number, seq } if *there + number != seq => {
                Err(Broken::Place { what: What::Arrived, number, seq }.into())
            }
            Told::Arrived { number, .. } if number != *arrived + 1 => {
                Err(Broken::Order { expected: *arrived + 1, got: number }.into())
            }
            Told::Arrived { number, .. } => {
                *arrived = number;
                Ok(())
            }
            Told::Ack { number, .. } => Err(Broken::Unsent(number).into()),
            Told::Other => Ok(()),
        });
        ready!(read)?;
        let now = fan.started.elapsed();
        for number in before + 1..=*arrived {
            fan.arrived(number, now);
        }
    }
}

impl Report for FanoutReport {
    fn tables(&self) -> Vec<Table> {
        let receivers = match self.to {
            Receivers::Room => "members of a room",
            Receivers::Devices => "devices of one receiver",
        };
        let of = format!("1 to {} {receivers}", grouped(self.connections.into()));
        let mut figures = table(&["fan-out, durable", &of]);
        let per_second = grouped(self.deliveries_per_second.round() as u64);
        figures.add_row(["deliveries a second".to_owned(), per_second]);
        figures.add_row(["messages, all of them checked".to_owned(), grouped(self.messages)]);
        figures.add_row(["in flight".to_owned(), self.in_flight.to_string()]);
        let mut latencies = table(&LATENCY_HEADER);
        latencies.add_row(latency_row("delivery", &self.delivery));
        latencies.add_row(latency_row("last delivery", &self.last_delivery));
        vec![figures, latencies]
    }
}
