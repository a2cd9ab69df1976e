//! `aizuchi bench relay`.

mod pacer;
mod report;

use std::{
    cell::RefCell,
    ops::Range,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use aizuchi_client::Account;
use clap::Args;
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{MissedTickBehavior, interval, timeout},
};

use self::{
    pacer::Schedule,
    report::{RelayReport, Spent},
};
use super::{
    BenchError, Common,
    frames::{Template, To},
    latency::Latencies,
    memory,
    pair::{Pace, Pair, Shared},
    people::Server,
    report::progress,
    thread::on_own_thread,
};

/// For what is still on its way when the last message was sent.
const DRAIN: Duration = Duration::from_secs(30);

#[derive(Debug, Args)]
pub(super) struct RelayArgs {
    /// Pairs of people, each with a conversation of its own.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=4_000))]
    pairs: u32,
    /// Messages of a pair that wait for their ACK or their delivery at once.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=4_096))]
    in_flight: u32,
    /// Send so many messages a second in all, whether or not the server keeps
    /// up; a latency then counts from the moment at which its message was due.
    #[arg(long, conflicts_with = "in_flight", value_parser = clap::value_parser!(u32).range(1..))]
    rate: Option<u32>,
    /// How long to measure.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// How long to run before that.
    #[arg(long, default_value_t = 1)]
    warm_up: u64,
    /// Bytes of a message's text.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(16..=8_000))]
    size: u16,
    /// Threads of the load generator. It shares the machine with the server.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=64))]
    threads: u16,
}

impl RelayArgs {
    fn measured(&self) -> Range<Duration> {
        let [start, end] = [self.warm_up, self.warm_up + self.seconds].map(Duration::from_secs);
        start..end
    }

    fn schedule(&self) -> Option<Schedule> {
        self.rate.map(|rate| Schedule::new(rate, self.pairs, self.measured().end))
    }

    fn pace(&self, pair: u32) -> Pace {
        match self.schedule() {
            Some(schedule) => schedule.pace(pair),
            None => Pace::closed(self.in_flight.into(), self.measured().end, u64::MAX),
        }
    }
}

/// What one thread found.
struct Found {
    ack: Latencies,
    delivery: Latencies,
    counted: u64,
    messages: u64,
}

pub(super) async fn run(args: &RelayArgs, common: &Common) -> Result<RelayReport, BenchError> {
    let server = Arc::new(Server::find(&common.url).await?);
    let people = server.people(2 * args.pairs as usize).await?;
    let pairs: Vec<(u32, Account, Account)> = (0..)
        .zip(people.chunks_exact(2))
        .map(|(pair, people)| (pair, people[0].clone(), people[1].clone()))
        .collect();

    let seen = Arc::new(AtomicU64::new(0));
    let (start, started) = watch::channel(None);
    let (ready, mut are_ready) = mpsc::channel(usize::from(args.threads));
    let mut threads = JoinSet::new();
    for share in pairs.chunks(pairs.len().div_ceil(args.threads.into())) {
        let load = Load {
            server: server.clone(),
            share: share.to_vec(),
            paces: share.iter().map(|(pair, ..)| args.pace(*pair)).collect(),
            size: args.size.into(),
            shared: (args.measured(), seen.clone()),
        };
        threads.spawn(on_own_thread({
            let (ready, started) = (ready.clone(), started.clone());
            move || load.run(ready, started)
        }));
    }
    drop(ready);
    let mut writers = Vec::new();
    while let Some(of_thread) = are_ready.recv().await {
        writers.extend(of_thread);
    }
    if writers.len() < pairs.len() {
        // A thread has given up before it was ready, and says why.
        while let Some(thread) = threads.join_next().await {
            thread.map_err(std::io::Error::other)??;
        }
    }
    writers.sort_unstable_by_key(|(pair, ..)| *pair);

    let before = Spent::so_far(common.pid)?;
    let now = Instant::now();
    start.send_replace(Some(now));
    let pacer = args.schedule().map(|schedule| schedule.spawn(now, writers)).transpose()?;
    let mut found = watch_threads(&mut threads, args, &seen).await?;
    let spent = Spent::so_far(common.pid)?.since(&before);
    let lateness = match pacer {
        Some(pacer) => Some(pacer.finish()?),
        None => None,
    };
    let mut all = found.pop().ok_or_else(|| BenchError::Setting("no pairs".to_owned()))?;
    for one in found {
        all.ack.add(&one.ack);
        all.delivery.add(&one.delivery);
        all.counted += one.counted;
        all.messages += one.messages;
    }
    let sight = memory::look(common).await?;
    Ok(RelayReport::new(args, &all, lateness, spent, sight))
}

/// Shows how far it is until all threads are done.
async fn watch_threads(
    threads: &mut JoinSet<Result<Found, BenchError>>,
    args: &RelayArgs,
    seen: &AtomicU64,
) -> Result<Vec<Found>, BenchError> {
    let end = args.measured().end;
    let bar = progress(end.as_secs(), "talking");
    let start = Instant::now();
    let mut tick = interval(Duration::from_millis(500));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut found = Vec::new();
    let all = async {
        loop {
            tokio::select! {
                thread = threads.join_next() => match thread {
                    Some(thread) => found.push(thread.map_err(std::io::Error::other)??),
                    None => return Ok(found),
                },
                _ = tick.tick() => bar.set_position(start.elapsed().as_secs()),
            }
        }
    };
    let late = || {
        let seen = seen.load(Ordering::Relaxed);
        BenchError::Unfinished(format!(
            "{DRAIN:?} after the last message not all were acknowledged and delivered; {seen} were"
        ))
    };
    let all = timeout(end + DRAIN, all).await.map_err(|_| late())?;
    bar.finish_and_clear();
    all
}

type Writers = Vec<(u32, std::net::TcpStream, Template)>;

/// The work of one thread.
struct Load {
    server: Arc<Server>,
    share: Vec<(u32, Account, Account)>,
    paces: Vec<Pace>,
    size: usize,
    shared: (Range<Duration>, Arc<AtomicU64>),
}

impl Load {
    async fn run(
        self,
        ready: mpsc::Sender<Writers>,
        mut started: watch::Receiver<Option<Instant>>,
    ) -> Result<Found, BenchError> {
        let mut pairs = Vec::new();
        let mut writers = Writers::new();
        let people: Vec<&Account> = self.share.iter().flat_map(|(_, a, b)| [a, b]).collect();
        let mut sockets = self.server.connect(&people).await?.into_iter();
        for ((pair, a, b), pace) in self.share.iter().zip(self.paces) {
            let (Some(sender), Some(receiver)) = (sockets.next(), sockets.next()) else { break };
            let subs = [a, b].map(|account| account.me().sub.clone());
            let template = Template::new(To::Person(&subs[1]), *pair, self.size);
            let talk = Pair::new([sender, receiver], subs, template, self.size, pace, 0);
            let (writer, template) = talk.writer()?;
            writers.push((*pair, writer, template));
            pairs.push(talk);
        }
        // Whoever waits for these has failed where they cannot be sent.
        let _ = ready.send(writers).await;
        drop(ready);
        let (measured, seen) = self.shared;
        let mut shared = Shared::new(measured, seen);
        match started.wait_for(Option::is_some).await.map(|start| *start) {
            Ok(Some(start)) => shared.started = start,
            _ => return Err(BenchError::Unfinished("never started".to_owned())),
        }
        let shared = Rc::new(RefCell::new(shared));
        let mut talks = JoinSet::new();
        for mut pair in pairs {
            let shared = shared.clone();
            talks.spawn_local(async move { pair.run(&shared).await.map(|()| pair) });
        }
        let mut messages = 0;
        while let Some(pair) = talks.join_next().await {
            let mut pair = pair.map_err(std::io::Error::other)??;
            pair.check_log().await?;
            messages += pair.complete();
        }
        drop(talks);
        let shared = Rc::into_inner(shared).map(RefCell::into_inner);
        let shared =
            shared.ok_or_else(|| BenchError::Unfinished("a pair is still there".to_owned()))?;
        Ok(Found { ack: shared.ack, delivery: shared.delivery, counted: shared.counted, messages })
    }
}
