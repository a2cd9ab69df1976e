//! `aizuchi bench idle`.

use std::time::Duration;

use aizuchi_client::Account;
use clap::Args;
use comfy_table::Table;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use tokio::time::{sleep, timeout};

use super::{
    BenchError, Common,
    ledger::Broken,
    memory::{self, Sight},
    people::Server,
    report::{Report, grouped, progress, table},
    socket::Socket,
};

/// Connections that are opened, or asked whether they live, at once.
const AT_ONCE: usize = 64;
/// For one connection's answer.
const ANSWER: Duration = Duration::from_secs(30);
/// More users than this cost more time in password hashes than they tell.
const OWN_USERS: u32 = 200;

#[derive(Debug, Args)]
pub(super) struct IdleArgs {
    /// Counts of connections at which the server is looked at, ascending. The
    /// slope is between one and the next.
    #[arg(long, value_delimiter = ',', default_value = "4000,8000")]
    connections: Vec<u32>,
    /// People who hold them, in equal shares. Unless told, each connection has
    /// its own up to 200, and beyond that 200 share them.
    #[arg(long)]
    users: Option<u32>,
    /// How long the server is left alone before it is looked at.
    #[arg(long, default_value_t = 5)]
    settle: u64,
}

#[derive(Debug, Serialize)]
struct Level {
    connections: u32,
    server: Sight,
}

/// Bytes a connection between two levels.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Slope {
    from: u32,
    to: u32,
    private_dirty: f64,
    anonymous: f64,
    resident: f64,
}

#[derive(Debug, Serialize)]
pub(super) struct IdleReport {
    bench: &'static str,
    users: usize,
    levels: Vec<Level>,
    slopes: Vec<Slope>,
}

pub(super) async fn run(args: &IdleArgs, common: &Common) -> Result<IdleReport, BenchError> {
    let most = args.connections.last().copied().unwrap_or_default();
    if !args.connections.is_sorted() || most == 0 {
        return Err(BenchError::Setting("--connections must be ascending".to_owned()));
    }
    let server = Server::find(&common.url).await?;
    let users = args.users.unwrap_or(most.min(OWN_USERS)).max(2);
    let people = server.people(users as usize).await?;
    let mut sockets: Vec<Socket> = Vec::new();
    let mut levels = vec![level(args, common, 0).await?];
    let bar = progress(most.into(), "connecting");
    for count in &args.connections {
        let new = sockets.len()..*count as usize;
        let more: Vec<Socket> = stream::iter(new)
            .map(|n| {
                let (server, people, bar) = (&server, &people, &bar);
                async move {
                    let socket = watching(server, people, n).await?;
                    bar.inc(1);
                    Ok::<_, BenchError>(socket)
                }
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        sockets.extend(more);
        levels.push(level(args, common, *count).await?);
    }
    bar.finish_and_clear();
    all_live(sockets).await?;
    let slopes = levels.windows(2).filter_map(|two| Slope::between(&two[0], &two[1])).collect();
    Ok(IdleReport { bench: "idle", users: people.len(), levels, slopes })
}

/// Opens connection `n` and lets it watch somebody else's presence.
async fn watching(server: &Server, people: &[Account], n: usize) -> Result<Socket, BenchError> {
    let [me, other] = [n, n + 1].map(|n| &people[n % people.len()]);
    let open = async {
        let mut socket = server.connect_one(me).await?;
        let sub = serde_json::Value::from(other.me().sub.as_str());
        socket.send(&format!(r#"{{"action":"WATCH","subs":[{sub}]}}"#)).await?;
        socket.next_with(r#""action":"ISONLINE""#).await?;
        socket.shrink();
        Ok(socket)
    };
    let late = |_| BenchError::Unfinished(format!("connection {n} was not up within {ANSWER:?}"));
    timeout(ANSWER, open).await.map_err(late)?
}

async fn level(args: &IdleArgs, common: &Common, count: u32) -> Result<Level, BenchError> {
    // Not a wait for anything: an allocator gives back pages only after a while.
    sleep(Duration::from_secs(args.settle)).await;
    Ok(Level { connections: count, server: memory::look(common).await? })
}

/// A connection that the server has let go is no idle connection.
async fn all_live(sockets: Vec<Socket>) -> Result<(), BenchError> {
    stream::iter(sockets.into_iter().map(Ok))
        .try_for_each_concurrent(AT_ONCE, |mut socket| async move {
            let answer = async {
                socket.send(r#"{"action":"PING"}"#).await?;
                socket.next_with(r#""value":"PONG""#).await
            };
            match timeout(ANSWER, answer).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(error),
                Err(_) => Err(Broken::Log("an idle connection does not answer".to_owned()).into()),
            }
        })
        .await
}

impl Slope {
    fn between(from: &Level, to: &Level) -> Option<Self> {
        let (before, after) = (from.server.memory.as_ref()?, to.server.memory.as_ref()?);
        let connections = f64::from(to.connections - from.connections);
        let slope = |before: u64, after: u64| (after as f64 - before as f64) / connections;
        Some(Self {
            from: from.connections,
            to: to.connections,
            private_dirty: slope(before.private_dirty, after.private_dirty),
            anonymous: slope(before.anonymous, after.anonymous),
            resident: slope(before.resident, after.resident),
        })
    }
}

impl Report for IdleReport {
    fn tables(&self) -> Vec<Table> {
        let mut levels =
            table(&["connections", "resident KiB", "private dirty KiB", "anonymous KiB"]);
        for level in &self.levels {
            let memory = level.server.memory.as_ref();
            let figures = memory.map(|m| [m.resident, m.private_dirty, m.anonymous]);
            let figures = figures.map(|bytes| bytes.map(|bytes| grouped(bytes / 1024)));
            let [resident, dirty, anonymous] =
                figures.unwrap_or_else(|| std::array::from_fn(|_| "(no --pid)".to_owned()));
            levels.add_row([grouped(level.connections.into()), resident, dirty, anonymous]);
        }
        let mut slopes = table(&["bytes a connection", "resident", "private dirty", "anonymous"]);
        for slope in &self.slopes {
            let between = format!("{} to {}", grouped(slope.from.into()), grouped(slope.to.into()));
            let figures = [slope.resident, slope.private_dirty, slope.anonymous];
            let [resident, dirty, anonymous] = figures.map(|bytes| format!("{bytes:.0}"));
            slopes.add_row([between, resident, dirty, anonymous]);
        }
        let mut tables = vec![levels];
        if !self.slopes.is_empty() {
            tables.push(slopes);
        }
        let told = self.levels.last().map(|level| &level.server.metrics);
        if let Some(told) = told.filter(|metrics| !metrics.is_empty()) {
            let mut metrics = table(&["the server says", "at the end"]);
            let of_interest = |name: &str| name.contains("connections") || name.contains("memory");
            for (name, value) in told.iter().filter(|(name, _)| of_interest(name)) {
                metrics.add_row([name.clone(), grouped(value.max(0.0) as u64)]);
            }
            tables.push(metrics);
        }
        tables
    }
}
