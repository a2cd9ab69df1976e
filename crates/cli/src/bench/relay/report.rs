//! What `relay` found.

use std::time::Duration;

use comfy_table::Table;
use serde::Serialize;

use super::{Found, RelayArgs};
use crate::bench::{
    BenchError,
    latency::Percentiles,
    memory::{Sight, cpu_time},
    report::{LATENCY_HEADER, Report, grouped, latency_row, table},
};

/// Processor time, in seconds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Spent {
    generator: f64,
    /// Where its process is known.
    server: Option<f64>,
}

impl Spent {
    pub(super) fn so_far(pid: Option<u32>) -> Result<Self, BenchError> {
        let of =
            |pid| cpu_time(pid).as_ref().map(Duration::as_secs_f64).map_err(ToString::to_string);
        let of = |pid| of(pid).map_err(BenchError::Memory);
        Ok(Self { generator: of(std::process::id())?, server: pid.map(of).transpose()? })
    }

    pub(super) fn since(self, before: &Self) -> Self {
        Self {
            generator: self.generator - before.generator,
            server: self.server.zip(before.server).map(|(after, before)| after - before),
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::bench) struct RelayReport {
    bench: &'static str,
    pairs: u32,
    /// Without a fixed rate.
    in_flight: Option<u32>,
    /// With a fixed rate, messages a second.
    rate: Option<u32>,
    seconds: u64,
    size: u16,
    /// Acknowledged and delivered in the measured time, a second.
    messages_per_second: f64,
    /// Of the whole run, each checked.
    messages: u64,
    /// In µs.
    ack: Percentiles,
    /// In µs.
    delivery: Percentiles,
    /// How late the generator itself was, in µs; with a fixed rate.
    lateness: Option<Percentiles>,
    cpu_seconds: Spent,
    server: Sight,
}

impl RelayReport {
    pub(super) fn new(
        args: &RelayArgs,
        found: &Found,
        lateness: Option<Percentiles>,
        cpu_seconds: Spent,
        server: Sight,
    ) -> Self {
        Self {
            bench: "relay",
            pairs: args.pairs,
            in_flight: args.rate.is_none().then_some(args.in_flight),
            rate: args.rate,
            seconds: args.seconds,
            size: args.size,
            messages_per_second: found.counted as f64 / args.seconds as f64,
            messages: found.messages,
            ack: found.ack.percentiles(),
            delivery: found.delivery.percentiles(),
            lateness,
            cpu_seconds,
            server,
        }
    }
}

impl Report for RelayReport {
    fn tables(&self) -> Vec<Table> {
        let pace = match (self.rate, self.in_flight) {
            (Some(rate), _) => format!("{} a second", grouped(rate.into())),
            (None, in_flight) => format!("{} in flight each", in_flight.unwrap_or_default()),
        };
        let mut figures = table(&["relay, durable", &format!("{} pairs, {pace}", self.pairs)]);
        let mut row = |name: &str, figure: String| {
            figures.add_row([name.to_owned(), figure]);
        };
        row("messages a second", grouped(self.messages_per_second.round() as u64));
        row("messages, all of them checked", grouped(self.messages));
        row("bytes of text", grouped(self.size.into()));
        row("generator's processor seconds", format!("{:.1}", self.cpu_seconds.generator));
        if let Some(server) = self.cpu_seconds.server {
            row("server's processor seconds", format!("{server:.1}"));
        }
        if let Some(memory) = &self.server.memory {
            row("server's resident KiB", grouped(memory.resident / 1024));
        }
        let mut latencies = table(&LATENCY_HEADER);
        latencies.add_row(latency_row("ACK", &self.ack));
        latencies.add_row(latency_row("delivery", &self.delivery));
        if let Some(lateness) = &self.lateness {
            latencies.add_row(latency_row("generator late by", lateness));
        }
        vec![figures, latencies]
    }
}
