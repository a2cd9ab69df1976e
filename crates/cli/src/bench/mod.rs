//! `aizuchi bench`: a load generator against a running server.
//!
//! It shares the machine with the server it measures, so it has to be the much
//! cheaper of the two: see [`socket`] and [`frames`] for how. It checks while it
//! measures, and a figure whose messages were not all there, once and in order
//! is an error and no figure.

mod fanout;
mod fill;
mod frames;
mod history;
mod idle;
mod latency;
mod ledger;
mod memory;
mod open;
mod pages;
mod pair;
mod people;
mod relay;
mod report;
mod socket;
mod thread;

use std::io;

use aizuchi_client::http::HttpError;
use clap::{Args, Subcommand};
use url::Url;

use self::ledger::Broken;

/// Measure a running server.
///
/// Start the server with `--rate-limits off`, and with
/// `--max-connections-per-user` as large as the bench needs.
#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    common: Common,
}

/// What every bench takes.
#[derive(Debug, Args)]
struct Common {
    /// The server.
    #[arg(long, global = true, default_value = "http://127.0.0.1:8080")]
    url: Url,
    /// Where the server tells its own figures (its metrics listener).
    #[arg(long, global = true)]
    metrics_url: Option<Url>,
    /// The server's process, to see its memory from outside (on the same machine).
    #[arg(long, global = true)]
    pid: Option<u32>,
    /// Print JSON in place of tables.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Connections that do nothing: memory a connection.
    Idle(idle::IdleArgs),
    /// Pairs that talk one to one, durably: messages a second, and how long each takes.
    Relay(relay::RelayArgs),
    /// One message to many connections: a room's members, or one person's devices.
    Fanout(fanout::FanoutArgs),
    /// Pages of history in conversations of growing length.
    History(history::HistoryArgs),
    /// What an application asks for when it opens, for a person with many conversations.
    Open(open::OpenArgs),
}

/// Why there is no figure.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    /// The server's HTTP side.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// A sign-up that was refused for its rate.
    #[error("too many sign-ups; start the server with --rate-limits off")]
    Limited(#[source] HttpError),
    /// The address of a socket that this load generator cannot open.
    #[error("{0} is no ws:// address with a host; the load generator speaks no TLS")]
    Address(Url),
    /// The upgrade was refused.
    #[error("the server refused a connection: {0}")]
    Upgrade(String),
    /// A connection broke.
    #[error("a connection broke")]
    Io(#[from] io::Error),
    /// The server closed a connection.
    #[error("the server closed a connection with code {0}")]
    Closed(u16),
    /// Bytes that are no WebSocket frame a server may send.
    #[error("the server sent something that is no WebSocket frame: {0}")]
    Framing(&'static str),
    /// The server broke a promise.
    #[error("THE SERVER BROKE A PROMISE")]
    Broken(#[from] Broken),
    /// Not everything came in time.
    #[error("{0}")]
    Unfinished(String),
    /// A wrong setting of the bench.
    #[error("{0}")]
    Setting(String),
    /// `/proc` or the metrics could not be read.
    #[error("the server's memory cannot be read: {0}")]
    Memory(String),
    /// No randomness.
    #[error("there is no randomness")]
    Random(#[from] getrandom::Error),
    /// The report could not be written.
    #[error("the report cannot be written")]
    Report(#[source] serde_json::Error),
}

/// Runs a bench and prints its report.
///
/// # Errors
/// Where the server cannot be reached, refuses, or breaks a promise.
pub(crate) async fn run(args: BenchArgs) -> Result<(), BenchError> {
    // Where the limit cannot be raised the bench says so when it runs out of files.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let BenchArgs { what, common } = args;
    match what {
        What::Idle(args) => report::print(&idle::run(&args, &common).await?, common.json),
        What::Relay(args) => report::print(&relay::run(&args, &common).await?, common.json),
        What::Fanout(args) => report::print(&fanout::run(&args, &common).await?, common.json),
        What::History(args) => report::print(&history::run(&args, &common).await?, common.json),
        What::Open(args) => report::print(&open::run(&args, &common).await?, common.json),
    }
}
