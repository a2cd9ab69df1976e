//! What things are called.

use aizuchi_estimate::{Cause, Costs, Freshness, Key, Reason, Remark, Thousand, Uncounted};

use super::numbers::grouped;

pub(super) fn way(costs: &Costs) -> String {
    match (&costs.name, costs.machine) {
        (Some(name), _) => name.clone(),
        (None, Some(machine)) => format!("{} ({})", key(&costs.id), machine.as_str()),
        (None, None) => key(&costs.id).to_owned(),
    }
}

pub(super) fn key(key: &Key) -> &str {
    match key {
        Key::Serverless => "serverless",
        Key::Released => "serverless, idle sockets let go",
        Key::Polling => "serverless, polling",
        Key::OneBox => "one box",
        Key::Vendor(id) => id,
    }
}

pub(super) fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::Staying => "open sockets",
        Cause::KeepAlive => "signs of life",
        Cause::Coming => "connecting",
        Cause::Opening => "opening conversations",
        Cause::Sending => "messages",
        Cause::Reading => "receipts",
        Cause::Typing => "typing",
        Cause::Polling => "polls",
        Cause::Keeping => "messages kept",
        Cause::Accounts => "accounts",
        Cause::Page => "the page",
        Cause::Machine => "the machine",
        Cause::Traffic => "traffic",
        Cause::Plan => "the list price",
    }
}

pub(super) fn reason(reason: Reason) -> String {
    match reason {
        Reason::BeyondPlan { users } => format!("its list price ends at {} people", grouped(users)),
        Reason::BeyondMachines => "no machine with a known price carries so many".to_owned(),
    }
}

pub(super) fn remark(remark: Remark) -> String {
    match remark {
        Remark::PeakConnections { most, expected } => {
            format!("allows {} at once; {} are to be expected", grouped(most), grouped(expected))
        }
        Remark::Unconfirmed => "an unconfirmed price".to_owned(),
    }
}

pub(super) fn thousand(thousand: Thousand) -> &'static str {
    match thousand {
        Thousand::Messages => "messages, stored and delivered",
        Thousand::MessagesTalked => "messages, with typing and receipts",
        Thousand::ConnectionHours => "hours of an open socket",
        Thousand::ConnectionHoursAway => "… with signs of life, nobody looking",
        Thousand::ConnectionHoursLooking => "… with signs of life, somebody looking",
        Thousand::Comings => "times connecting, to the end",
        Thousand::PollingHours => "hours of polling in a socket's place",
    }
}

pub(super) fn freshness(freshness: Freshness) -> &'static str {
    match freshness {
        Freshness::Current => "",
        Freshness::Old => "OLD",
        Freshness::Undated => "undated",
        Freshness::Given => "given",
    }
}

pub(super) fn uncounted(uncounted: Uncounted) -> &'static str {
    match uncounted {
        Uncounted::Taxes => "taxes and discounts",
        Uncounted::Disk => "the box's disk",
        Uncounted::Backups => "backups and point-in-time recovery",
        Uncounted::PageRequests => "requests for the page's files",
        Uncounted::Watching => "alarms and reading logs",
        Uncounted::Work => "the work of those who run it",
    }
}
