//! `aizuchi bench open`: what an application asks for when it opens: a
//! connection, the first part of the list, the newest page of its first
//! conversation, and a `SYNC` of everything.

use std::{sync::Arc, time::Instant};

use aizuchi_client::{Account, ids::direct_conversation};
use aizuchi_wire::ServerFrame;
use clap::Args;
use comfy_table::Table;
use serde::Serialize;

use super::{
    BenchError, Common,
    fill::fill,
    latency::{Latencies, Percentiles},
    ledger::Broken,
    pages,
    people::Server,
    report::{LATENCY_HEADER, Report, grouped, latency_row, progress, table},
    socket::Socket,
};

/// What is asked, in this order, on a new connection each time.
const STEPS: [&str; 5] = ["connection", "list", "page", "sync", "all of it"];

#[derive(Debug, Args)]
pub(super) struct OpenArgs {
    /// Conversations of the person.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..))]
    conversations: u64,
    /// Messages in all of them together.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    messages: u64,
    /// How often the application opens.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    samples: u32,
    /// Who the person is, so that he may be used afterwards; made where he is not
    /// there ...
    #[arg(long, requires = "password")]
    user: Option<String>,
    /// ... with this password.
    #[arg(long, env = "AIZUCHI_PASSWORD", hide_env_values = true)]
    password: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OpenReport {
    bench: &'static str,
    conversations: u64,
    messages: u64,
    /// In µs, from the question to the whole answer.
    steps: Vec<(&'static str, Percentiles)>,
}

pub(super) async fn run(args: &OpenArgs, common: &Common) -> Result<OpenReport, BenchError> {
    let server = Arc::new(Server::find(&common.url).await?);
    let me = match (&args.user, &args.password) {
        (Some(user), Some(password)) => server.sign_in_or_up(user, password).await?,
        _ => server.people(1).await?.remove(0),
    };
    let there = list(&mut server.connect_one(&me).await?).await?;
    if there.is_empty() {
        converse(&server, &me, args).await?;
    }
    let mut times = [(); STEPS.len()].map(|()| Latencies::new());
    let bar = progress(args.samples.into(), "opening");
    for _ in 0..args.samples {
        let start = Instant::now();
        let mut socket = server.connect_one(&me).await?;
        times[0].record(start.elapsed());

        let asked = Instant::now();
        let list = list(&mut socket).await?;
        times[1].record(asked.elapsed());
        let first = list.first().ok_or_else(|| Broken::Log("the list is empty".to_owned()))?;

        let asked = Instant::now();
        let page = pages::ask(&mut socket, first, "").await?;
        times[2].record(asked.elapsed());
        pages::read(&page)?;

        let asked = Instant::now();
        let synced = sync(&mut socket).await?;
        times[3].record(asked.elapsed());
        times[4].record(start.elapsed());
        if synced < args.conversations {
            let text = format!("SYNC told {synced} of {} conversations", args.conversations);
            return Err(Broken::Log(text).into());
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(OpenReport {
        bench: "open",
        conversations: args.conversations,
        messages: args.messages,
        steps: STEPS.into_iter().zip(times.iter().map(Latencies::percentiles)).collect(),
    })
}

/// Gives `me` his conversations. The others write, so that all of it is unread.
async fn converse(server: &Arc<Server>, me: &Account, args: &OpenArgs) -> Result<(), BenchError> {
    let partners = server.people(args.conversations as usize).await?;
    let bar = progress(args.messages, "filling");
    let (each, over) = (args.messages / args.conversations, args.messages % args.conversations);
    for (at, partner) in partners.into_iter().enumerate() {
        let size = each + u64::from((at as u64) < over);
        let conversation = direct_conversation(&partner.me().sub, &me.me().sub);
        fill(server.clone(), [partner, me.clone()], 0, size, &bar).await?;
        let last = pages::newest(&mut server.connect_one(me).await?, &conversation).await?;
        if last != size {
            let text = format!("{size} messages went in, the last seq is {last}");
            return Err(Broken::Log(text).into());
        }
    }
    bar.finish_and_clear();
    Ok(())
}

/// The first part of the list.
async fn list(socket: &mut Socket) -> Result<Vec<String>, BenchError> {
    socket.send(r#"{"action":"CONVERSATIONS","limit":50}"#).await?;
    let answer = socket.next_with(r#""action":"CONVERSATIONS""#).await?;
    match serde_json::from_slice(&answer) {
        Ok(ServerFrame::Conversations(list)) => {
            Ok(list.conversations.iter().map(|one| one.conversation_id.to_string()).collect())
        }
        _ => Err(Broken::Log("the list cannot be read".to_owned()).into()),
    }
}

/// How many conversations a `SYNC` of everything tells.
async fn sync(socket: &mut Socket) -> Result<u64, BenchError> {
    socket.send(r#"{"action":"SYNC"}"#).await?;
    let mut told = 0;
    loop {
        let answer = socket.next_with(r#""action":"SYNC""#).await?;
        let Ok(ServerFrame::Sync(part)) = serde_json::from_slice(&answer) else {
            return Err(Broken::Log("a SYNC cannot be read".to_owned()).into());
        };
        told += part.conversations.len() as u64;
        if !part.more {
            return Ok(told);
        }
    }
}

impl Report for OpenReport {
    fn tables(&self) -> Vec<Table> {
        let mut steps = table(&LATENCY_HEADER);
        for (step, times) in &self.steps {
            steps.add_row(latency_row(step, times));
        }
        let mut what = table(&["opening", ""]);
        what.add_row(["conversations".to_owned(), grouped(self.conversations)]);
        what.add_row(["messages in them".to_owned(), grouped(self.messages)]);
        vec![what, steps]
    }
}
