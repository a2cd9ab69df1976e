//! The serverless shape: sockets through API Gateway, with and without letting
//! them go while nobody looks.

use crate::{
    bill::{Bill, Cause},
    item::Item,
    meter::Meter,
    units::{
        self, CONNECT, DISCONNECT, KEEP_ALIVE, KEEP_ALIVE_AWAY_S, LEASE_RENEWED_S,
        PAGE_AGAIN_BYTES, PAGE_FIRST_BYTES, READS_PER_DELIVERY, REFRESH, RENEW_MINUTES, SYNC,
        TYPING_PER_MESSAGE, WATCH,
    },
    usage::Usage,
};

/// A person's day on sockets.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Day {
    /// Hours that a socket is open.
    open: f64,
    /// Hours of these in which somebody looks.
    looked: f64,
    /// Sockets that are opened.
    connects: f64,
}

impl Day {
    /// The page keeps its socket as long as it is open.
    fn kept(usage: &Usage) -> Self {
        let began = if usage.hours > 0.0 { 1.0 } else { 0.0 };
        Self {
            open: usage.hours,
            looked: usage.hours * usage.looking,
            connects: began + usage.hours * 60.0 / RENEW_MINUTES,
        }
    }

    /// It lets go some time after the last look, and comes back with the next.
    fn released(usage: &Usage) -> Self {
        let kept = Self::kept(usage);
        let sittings = usage.visits.max(1.0);
        let open = kept.looked + sittings * usage.release / 3_600.0;
        if open >= usage.hours {
            // He is never away for long enough.
            return kept;
        }
        Self { open, looked: kept.looked, connects: sittings + kept.looked * 60.0 / RENEW_MINUTES }
    }
}

/// A month of the shape as built; `released` lets idle sockets go.
pub(crate) fn bill(usage: &Usage, released: bool) -> Bill {
    let day = if released { Day::released(usage) } else { Day::kept(usage) };
    let days = person_days(usage);
    let mut meter = Meter::new(usage);
    stay(&mut meter, days * day.open);
    attend(&mut meter, usage, days * day.looked);
    keep(&mut meter, days * (day.open - day.looked));
    come(&mut meter, days * day.connects);
    meter.socket(Cause::Opening, days * usage.visits, units::page(usage.bytes));
    meter.socket(Cause::Opening, days * usage.visits, WATCH);
    talk(&mut meter, usage, days * usage.messages);
    beside(&mut meter, usage);
    meter.bill
}

/// Days of all people together.
pub(crate) fn person_days(usage: &Usage) -> f64 {
    usage.users * usage.online * usage.days
}

/// Sockets for so many hours.
pub(crate) fn stay(meter: &mut Meter<'_>, hours: f64) {
    meter.bill.add(Cause::Staying, Item::ConnectionMinutes, hours * 60.0);
}

/// Signs of life for so many hours in which somebody looks.
pub(crate) fn attend(meter: &mut Meter<'_>, usage: &Usage, hours: f64) {
    live(meter, hours, usage.keep_alive);
}

/// Signs of life for so many hours in which nobody does.
pub(crate) fn keep(meter: &mut Meter<'_>, hours: f64) {
    live(meter, hours, KEEP_ALIVE_AWAY_S);
}

fn live(meter: &mut Meter<'_>, hours: f64, every: f64) {
    let seconds = hours * 3_600.0;
    meter.socket(Cause::KeepAlive, seconds / every, KEEP_ALIVE);
    // The lease is renewed by whichever frame comes next; at most so often.
    meter.bill.add(Cause::KeepAlive, Item::DynamodbWrites, seconds / every.max(LEASE_RENEWED_S));
}

/// From a token to the end of the socket.
pub(crate) fn come(meter: &mut Meter<'_>, times: f64) {
    meter.http(Cause::Coming, times, REFRESH);
    meter.socket(Cause::Coming, times, CONNECT);
    meter.socket(Cause::Coming, times, SYNC);
    meter.socket(Cause::Coming, times, DISCONNECT);
}

/// Messages, and their deliveries.
pub(crate) fn send(meter: &mut Meter<'_>, usage: &Usage, messages: f64) {
    let Usage { bytes, recipients, .. } = *usage;
    meter.socket(Cause::Sending, messages, units::send(bytes, recipients));
    meter.socket(Cause::Sending, messages * recipients, units::delivery(bytes));
}

/// Messages, and all that goes with them.
pub(crate) fn talk(meter: &mut Meter<'_>, usage: &Usage, messages: f64) {
    let recipients = usage.recipients;
    send(meter, usage, messages);
    meter.socket(Cause::Typing, messages * TYPING_PER_MESSAGE, units::typing(recipients));
    let reads = messages * recipients * READS_PER_DELIVERY;
    meter.socket(Cause::Reading, reads, units::read(recipients));
}

/// What costs the same however frames travel: messages kept, accounts, the page.
pub(crate) fn beside(meter: &mut Meter<'_>, usage: &Usage) {
    let days = person_days(usage);
    meter.kept(days * usage.messages * usage.months * units::kept_bytes(usage.bytes));
    meter.accounts(usage.users);
    meter.egress(Cause::Page, usage.users * PAGE_FIRST_BYTES);
    meter.egress(Cause::Page, days * usage.visits * PAGE_AGAIN_BYTES);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_that_nobody_looks_at_is_let_go() {
        let usage = Usage { hours: 8.0, looking: 0.25, visits: 6.0, ..Usage::default() };
        let kept = Day::kept(&usage);
        assert_eq!((kept.open, kept.looked), (8.0, 2.0));
        // Two hours of looking, and five minutes after each of six visits.
        let released = Day::released(&usage);
        assert_eq!((released.open, released.looked), (2.5, 2.0));
        // One for each visit, and 120 minutes of looking by 110.25.
        assert!((released.connects - (6.0 + 120.0 / 110.25)).abs() < 1e-9);
    }

    #[test]
    fn one_who_always_looks_is_never_let_go() {
        for usage in [
            Usage { looking: 1.0, ..Usage::default() },
            // Back every four minutes.
            Usage { hours: 24.0, visits: 360.0, ..Usage::default() },
            Usage { hours: 0.0, ..Usage::default() },
        ] {
            assert_eq!(Day::released(&usage), Day::kept(&usage));
        }
    }
}
