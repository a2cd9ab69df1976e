//! `aizuchi bench history`: pages of conversations of growing length.

use std::{sync::Arc, time::Instant};

use aizuchi_client::{Account, ids::direct_conversation};
use clap::Args;
use comfy_table::Table;
use serde::Serialize;

use super::{
    BenchError, Common,
    fill::fill,
    frames::number_of,
    latency::{Latencies, Percentiles},
    ledger::Broken,
    pages::{self, PAGE},
    people::Server,
    report::{LATENCY_HEADER, Report, grouped, latency_row, progress, table},
    socket::Socket,
};

#[derive(Debug, Args)]
pub(super) struct HistoryArgs {
    /// Lengths of the conversations that are made for this.
    #[arg(long, value_delimiter = ',', default_value = "1000,100000")]
    sizes: Vec<u64>,
    /// Pages of each kind and length.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    samples: u32,
    /// Besides, a conversation that stays: that of this person, made where he is
    /// not there ...
    #[arg(long, requires_all = ["partner", "password"])]
    user: Option<String>,
    /// ... with this one ...
    #[arg(long, requires = "user")]
    partner: Option<String>,
    /// ... who both have this password ...
    #[arg(long, env = "AIZUCHI_PASSWORD", hide_env_values = true)]
    password: Option<String>,
    /// ... filled up to this length where it is shorter.
    #[arg(long, default_value_t = 0, requires = "user")]
    fill: u64,
}

#[derive(Debug, Serialize)]
struct Row {
    entries: u64,
    page: &'static str,
    /// In µs, from the request to the answer.
    time: Percentiles,
}

#[derive(Debug, Serialize)]
pub(super) struct HistoryReport {
    bench: &'static str,
    rows: Vec<Row>,
}

/// A conversation of the bench's own making, and a member's connection.
struct Subject {
    conversation: String,
    entries: u64,
    socket: Socket,
    times: [Latencies; PROBES.len()],
}

/// Which page, and what its request names in a conversation of `entries`.
type Probe = (&'static str, fn(u64, u64) -> String);

/// The old pages move with the sample, so that no page is asked for twice in a row.
const PROBES: [Probe; 4] = [
    ("newest", |_, _| String::new()),
    ("after the first", |entries, n| format!(r#","after":{}"#, spread(n, entries / 10))),
    ("in the middle", |entries, n| {
        format!(r#","before":{}"#, entries / 2 + 2 + spread(n, entries / 4))
    }),
    ("anywhere", |entries, n| format!(r#","before":{}"#, 2 + spread(n, entries))),
];

/// A number below `bound`, a different one for each `n`.
fn spread(n: u64, bound: u64) -> u64 {
    n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % bound.max(1)
}

pub(super) async fn run(args: &HistoryArgs, common: &Common) -> Result<HistoryReport, BenchError> {
    let server = Arc::new(Server::find(&common.url).await?);
    let mut subjects = Vec::new();
    let people = server.people(2 * args.sizes.len()).await?;
    for (size, two) in args.sizes.iter().zip(people.chunks_exact(2)) {
        subjects.push(subject(&server, [two[0].clone(), two[1].clone()], *size).await?);
    }
    if let (Some(user), Some(partner), Some(password)) = (&args.user, &args.partner, &args.password)
    {
        let two = [
            server.sign_in_or_up(user, password).await?,
            server.sign_in_or_up(partner, password).await?,
        ];
        subjects.push(subject(&server, two, args.fill).await?);
    }
    let bar = progress(args.samples.into(), "asking");
    for sample in 0..u64::from(args.samples) {
        // In turn, so that whatever else the machine does hits all alike.
        for subject in subjects.iter_mut().filter(|subject| subject.entries > 0) {
            for probe in 0..PROBES.len() {
                subject.ask(probe, sample).await?;
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let rows = subjects.iter().flat_map(|subject| {
        let rows = PROBES.iter().zip(&subject.times);
        rows.map(|((page, _), times)| Row {
            entries: subject.entries,
            page,
            time: times.percentiles(),
        })
    });
    Ok(HistoryReport { bench: "history", rows: rows.collect() })
}

/// The conversation of two people, with at least `size` messages.
async fn subject(
    server: &Arc<Server>,
    people: [Account; 2],
    size: u64,
) -> Result<Subject, BenchError> {
    let [a, b] = [0, 1].map(|n: usize| people[n].me().sub.clone());
    let conversation = direct_conversation(&a, &b);
    let there = pages::newest(&mut server.connect_one(&people[1]).await?, &conversation).await?;
    if there < size {
        let bar = progress(size - there, "filling");
        fill(server.clone(), people.clone(), there, size, &bar).await?;
        bar.finish_and_clear();
    }
    // Not one from before: it would have been sent all that was filled in.
    let mut socket = server.connect_one(&people[1]).await?;
    let entries = pages::newest(&mut socket, &conversation).await?;
    if there < size && entries != size {
        let text = format!("{size} messages went in, the last seq is {entries}");
        return Err(Broken::Log(text).into());
    }
    Ok(Subject { conversation, entries, socket, times: std::array::from_fn(|_| Latencies::new()) })
}

impl Subject {
    async fn ask(&mut self, probe: usize, sample: u64) -> Result<(), BenchError> {
        let (name, which) = PROBES[probe];
        let which = which(self.entries, sample);
        let start = Instant::now();
        let answer = pages::ask(&mut self.socket, &self.conversation, &which).await?;
        self.times[probe].record(start.elapsed());
        let page = pages::read(&answer)?;
        let seqs: Vec<u64> = page.messages.iter().map(|message| message.seq).collect();
        let is_dense = seqs.windows(2).all(|two| two[1] == two[0] + 1);
        let numbers = page.messages.iter().map(|message| number_of(&message.message));
        let is_itself = numbers.eq(seqs.iter().copied().map(Some));
        let reaches_an_end = seqs.first() == Some(&1) || seqs.last() == Some(&self.entries);
        let is_full = !seqs.is_empty() && (seqs.len() as u64 == PAGE || reaches_an_end);
        if is_dense && is_itself && is_full {
            return Ok(());
        }
        let text = format!("the page {name} ({which}) of {} entries is not whole", self.entries);
        Err(Broken::Log(text).into())
    }
}

impl Report for HistoryReport {
    fn tables(&self) -> Vec<Table> {
        let mut pages = table(&LATENCY_HEADER);
        for row in &self.rows {
            let name = format!("{} entries, {}", grouped(row.entries), row.page);
            pages.add_row(latency_row(&name, &row.time));
        }
        vec![pages]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes_name_seqs_that_are_there() {
        for entries in [1, 49, 1_000, 10_000_000] {
            for n in 0..100 {
                for (_, which) in PROBES {
                    let which = which(entries, n);
                    let seq = which.rsplit_once(':').map(|(_, seq)| seq.parse::<u64>().unwrap());
                    if which.contains("before") {
                        assert!((2..=entries + 1).contains(&seq.unwrap()), "{which} of {entries}");
                    } else if which.contains("after") {
                        assert!(seq.unwrap() < entries);
                    }
                }
            }
        }
    }
}
