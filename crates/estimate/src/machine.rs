//! One box: the smallest machine that carries it, by what was measured.

use crate::{
    bill::{Bill, Cause},
    item::Item,
    serverless,
    usage::Usage,
};

/// Hours of a month, as machines are billed.
pub(crate) const MONTH_HOURS: f64 = 730.0;

/// A machine to rent. All have two processors.
struct Machine {
    item: Item,
    memory_gib: f64,
    /// The share of its processors that it may use for ever.
    baseline: f64,
}

const MACHINES: [Machine; 3] = [
    Machine { item: Item::T4gMicro, memory_gib: 1.0, baseline: 0.1 },
    Machine { item: Item::T4gSmall, memory_gib: 2.0, baseline: 0.2 },
    Machine { item: Item::T4gMedium, memory_gib: 4.0, baseline: 0.2 },
];

/// Bytes of an idle connection: the server's, and the kernel's (docs/numbers.md).
const CONNECTION_BYTES: f64 = 3_200.0 + 5_000.0;
/// Durable messages a second on two whole processors, one in flight each (docs/numbers.md).
const MESSAGES_A_SECOND: f64 = 64_600.0;

/// What TLS, busy buffers, another processor and a real network may take of
/// that: connections weigh four times as much, and a tenth of the messages pass.
const HEAVIER: f64 = 4.0;
const SLOWER: f64 = 0.1;
/// The share of the memory that connections may have.
const MEMORY_SHARE: f64 = 0.5;

/// How much busier than the average the busiest hour is, in people and in messages.
const PEAK_PEOPLE: f64 = 3.0;
const PEAK_MESSAGES: f64 = 10.0;

impl Machine {
    fn connections(&self) -> f64 {
        const GIB: f64 = 1_073_741_824.0;
        self.memory_gib * GIB * MEMORY_SHARE / (CONNECTION_BYTES * HEAVIER)
    }

    fn messages_a_second(&self) -> f64 {
        MESSAGES_A_SECOND * SLOWER * self.baseline
    }
}

/// How many are connected at once when most are.
pub(crate) fn peak_connections(usage: &Usage) -> f64 {
    usage.users * usage.online * (usage.hours / 24.0 * PEAK_PEOPLE).min(1.0)
}

/// Messages in and out, a second, when there are most.
fn peak_messages(usage: &Usage) -> f64 {
    let day = usage.users * usage.online * usage.messages * (1.0 + usage.recipients);
    day / 86_400.0 * PEAK_MESSAGES
}

/// The smallest that carries it, if one does.
fn choose(usage: &Usage) -> Option<&'static Machine> {
    let (connections, messages) = (peak_connections(usage), peak_messages(usage));
    let carries = |machine: &&Machine| {
        machine.connections() >= connections && machine.messages_a_second() >= messages
    };
    MACHINES.iter().find(carries)
}

/// A month of it, and the machine.
pub(crate) fn bill(usage: &Usage) -> Option<(Item, Bill)> {
    let machine = choose(usage)?;
    let mut bill = Bill::default();
    bill.add(Cause::Machine, machine.item, MONTH_HOURS);
    bill.add(Cause::Machine, Item::Ipv4, MONTH_HOURS);
    // The same frames go out, and the same page.
    let frames = serverless::bill(usage, false);
    bill.add(Cause::Traffic, Item::Egress, frames.quantity(Item::Egress));
    Some((machine.item, bill))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_those_that_were_measured() {
        let numbers = include_str!("../../../docs/numbers.md");
        for figure in ["| 3.2 KB (", "| 64,600 |", "some 5 KB a socket"] {
            assert!(numbers.contains(figure), "{figure}");
        }
    }

    #[test]
    fn the_smallest_that_carries_it_is_taken() {
        let of = |users, messages| {
            // All are there at once: eight hours of 24, three times as many as on average.
            let usage = Usage { users, online: 1.0, hours: 8.0, messages, ..Usage::default() };
            choose(&usage).map(|machine| machine.item)
        };
        // Half of 1 GiB by 32,800 bytes: 16,368 connections.
        assert_eq!(of(16_000.0, 1.0), Some(Item::T4gMicro));
        assert_eq!(of(17_000.0, 1.0), Some(Item::T4gSmall));
        assert_eq!(of(65_000.0, 1.0), Some(Item::T4gMedium));
        assert_eq!(of(66_000.0, 1.0), None);
        // A tenth of a tenth of 64,600 are 646 a second. 1,000 people with 2,800
        // messages, each in and out: 5,600,000 a day, 648 a second when it is ten
        // times as busy.
        assert_eq!(of(1_000.0, 2_700.0), Some(Item::T4gMicro));
        assert_eq!(of(1_000.0, 2_800.0), Some(Item::T4gSmall));
        assert_eq!(of(1_000.0, 5_600.0), None);
    }
}
