//! Measures the store by itself: no sockets, no frames.
//!
//! The words of the command line are done one after the other, in a directory
//! that is removed at the end, or in the one that `--dir` names:
//!
//! ```text
//! append_bench open fill 10000000 append 100 100 5 append 1600 100 5 pages
//! append_bench --dir /var/tmp/filled open pages
//! ```
//!
//! - `open`: time until ready, and what is resident then
//! - `fill N`: entries until the database has N, in conversations of many sizes
//! - `append IN_FLIGHT CONVERSATIONS SECONDS`: rate and latency of appends
//! - `pages`: the newest page and old pages of 50, by the conversation's length

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use std::{
    collections::{BTreeMap, VecDeque},
    error::Error,
    fs,
    time::{Duration, Instant},
};

use aizuchi_core::{
    ids::{ClientMsgId, ConversationId, Ids, MessageId, SystemIds, UserId},
    log::{Body, LogStore, NewEntry, PageSize, Span},
};
use aizuchi_store_sqlite::{DataDir, Database};
use pollster::block_on;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Appends under way while filling.
const FILLING: usize = 8_000;
/// About a hundred bytes, as people write.
const TEXT: &str = "Let us meet at the station at half past six, in front of the flower shop, as we did last time.";
/// Conversations that filling gives a certain length, where that many entries are asked for.
const LENGTHS: [u64; 3] = [1_000, 100_000, 5_000_000];
/// The others share what is left.
const OTHERS: usize = 10_000;
/// Pages that are measured of each kind.
const PAGES: usize = 2_000;

fn main() -> Outcome {
    let mut words: VecDeque<String> = std::env::args().skip(1).collect();
    let mut temporary = None;
    let path = if words.front().is_some_and(|word| word == "--dir") {
        words.pop_front();
        words.pop_front().ok_or("--dir needs a directory")?.into()
    } else {
        temporary.insert(tempfile::tempdir()?).path().to_owned()
    };
    let dir = DataDir::create(path)?;
    let mut bench = Bench { store: None, dir, ids: SystemIds::default(), start: Instant::now() };
    while let Some(word) = words.pop_front() {
        let mut number =
            || -> Outcome<u64> { Ok(words.pop_front().ok_or("a number lacks")?.parse()?) };
        match word.as_str() {
            "open" => bench.open()?,
            "fill" => bench.fill(number()?)?,
            "append" => bench.append(number()?, number()?, number()?)?,
            "pages" => bench.pages()?,
            _ => return Err(format!("what is {word:?}?").into()),
        }
    }
    Ok(())
}

struct Bench {
    store: Option<Database>,
    dir: DataDir,
    ids: SystemIds,
    start: Instant,
}

impl Bench {
    fn store(&mut self) -> Outcome<Database> {
        if let Some(store) = &self.store {
            return Ok(store.clone());
        }
        let store = Database::open(&self.dir)?;
        self.store = Some(store.clone());
        Ok(store)
    }

    fn open(&mut self) -> Outcome {
        self.store = None;
        let start = Instant::now();
        let store = self.store()?;
        let took = start.elapsed();
        let end = block_on(store.now())?.0;
        println!("open      {end} changes: {took:.1?}, {} resident", resident());
        Ok(())
    }

    fn fill(&mut self, entries: u64) -> Outcome {
        let store = self.store()?;
        let others: Vec<_> = (0..OTHERS).map(|n| conversation(&format!("other-{n}"))).collect();
        let lengths = LENGTHS.map(|length| (conversation(&format!("long-{length}")), length));
        let start = Instant::now();
        let first = block_on(store.now())?.0;
        let mut waiting = VecDeque::with_capacity(FILLING);
        for number in first..entries {
            // The long ones spread over the whole database.
            let long = lengths.iter().find(|(_, length)| {
                *length * 2 <= entries && number % (entries / length).max(1) == 0
            });
            let random = self.ids.random() as usize;
            let of = long.map_or(&others[random % OTHERS], |(long, _)| long);
            waiting.push_back(store.append(self.entry(of, number)));
            if waiting.len() == FILLING
                && let Some(oldest) = waiting.pop_front()
            {
                block_on(oldest)?;
            }
        }
        for answer in waiting {
            block_on(answer)?;
        }
        let took = start.elapsed();
        let rate = (entries - first) as f64 / took.as_secs_f64();
        println!("fill      to {entries}: {took:.1?}, {rate:.0} a second");
        Ok(())
    }

    fn append(&mut self, in_flight: u64, conversations: u64, seconds: u64) -> Outcome {
        let store = self.store()?;
        let all: Vec<_> = (0..conversations).map(|n| conversation(&format!("pair-{n}"))).collect();
        let mut waiting = VecDeque::new();
        let mut latencies = Vec::new();
        let before = processor_times();
        let start = Instant::now();
        let until = start + Duration::from_secs(seconds);
        for number in 0_u64.. {
            if Instant::now() > until {
                break;
            }
            let entry = self.entry(&all[(number % conversations) as usize], number);
            waiting.push_back((Instant::now(), store.append(entry)));
            if waiting.len() as u64 >= in_flight
                && let Some((begun, oldest)) = waiting.pop_front()
            {
                block_on(oldest)?;
                latencies.push(begun.elapsed());
            }
        }
        for (begun, answer) in waiting {
            block_on(answer)?;
            latencies.push(begun.elapsed());
        }
        let rate = latencies.len() as f64 / start.elapsed().as_secs_f64();
        let shown = percentiles(&mut latencies);
        println!(
            "append    {in_flight} in flight, {conversations} conversations: {rate:.0} a second, {shown}, {} resident",
            resident()
        );
        for (thread, time) in processor_times() {
            let spent = time - before.get(&thread).copied().unwrap_or_default();
            let each = spent.as_secs_f64() * 1e6 / latencies.len() as f64;
            if each >= 0.01 {
                println!("          {each:.2} µs of {thread} each");
            }
        }
        Ok(())
    }

    fn pages(&mut self) -> Outcome {
        const SIZE: PageSize = PageSize { entries: 50, bytes: 96 * 1024 };
        let store = self.store()?;
        for length in LENGTHS {
            let name = conversation(&format!("long-{length}"));
            let newest = block_on(store.messages(&name, Span::Newest, SIZE))?;
            let Some(end) = newest.entries.last().map(|entry| entry.seq) else { continue };
            let measure = |what: &str, span: &mut dyn FnMut() -> Span| -> Outcome {
                let mut latencies = Vec::with_capacity(PAGES);
                for _ in 0..PAGES {
                    let start = Instant::now();
                    let page = block_on(store.messages(&name, span(), SIZE))?;
                    latencies.push(start.elapsed());
                    assert_eq!(page.entries.len(), SIZE.entries, "a full page");
                }
                println!("pages     {what} of {end}: {}", percentiles(&mut latencies));
                Ok(())
            };
            measure("the newest", &mut || Span::Newest)?;
            let ids = &self.ids;
            let mut old = || Span::Before(51 + ids.random() as u64 % (end - 50));
            measure("an old one", &mut old)?;
        }
        Ok(())
    }

    #[expect(clippy::unwrap_used, reason = "what is written here is valid")]
    fn entry(&self, conversation: &ConversationId, number: u64) -> NewEntry {
        let now = 1_700_000_000_000 + self.start.elapsed().as_millis() as u64;
        let [a, b] = conversation.direct_members().unwrap();
        let client = MessageId::new(now, self.ids.random()).to_string();
        NewEntry {
            conversation: conversation.clone(),
            author: if number.is_multiple_of(2) { a } else { b },
            client_msg_id: Some(ClientMsgId::parse(&client).unwrap()),
            message_id: MessageId::new(now, self.ids.random()),
            timestamp: now,
            sent_at: None,
            body: Body::text(TEXT),
        }
    }
}

#[expect(clippy::unwrap_used, reason = "what is written here is valid")]
fn conversation(name: &str) -> ConversationId {
    let [a, b] = ["a", "b"].map(|side| UserId::parse(&format!("{name}-{side}")).unwrap());
    ConversationId::direct(&a, &b).unwrap()
}

fn percentiles(latencies: &mut [Duration]) -> String {
    latencies.sort_unstable();
    let at = |part: f64| latencies[(latencies.len() as f64 * part) as usize];
    format!("p50 {:.0?} p99 {:.0?}", at(0.5), at(0.99))
}

/// What each thread has used of the processors, by its name: on a busy machine
/// this tells more than the time that went by.
fn processor_times() -> BTreeMap<String, Duration> {
    let mut times = BTreeMap::new();
    for task in fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
        let read = |name| fs::read_to_string(task.path().join(name)).unwrap_or_default();
        let spent = read("schedstat").split(' ').next().and_then(|ns| ns.parse().ok()).unwrap_or(0);
        *times.entry(read("comm").trim().to_owned()).or_default() += Duration::from_nanos(spent);
    }
    times
}

fn resident() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.map_or_else(|| "an unknown amount".into(), |line| line.trim().to_owned())
}
