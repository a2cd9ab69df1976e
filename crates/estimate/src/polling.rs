//! Polling in a socket's place: the same chat, asked over HTTP every some seconds.

use crate::{
    bill::{Bill, Cause},
    meter::Meter,
    serverless::{beside, person_days},
    units::{self, FRAME_BYTES, POLL, READS_PER_DELIVERY, REFRESH},
    usage::Usage,
};

/// A month of it. Presence and typing are not told: a poll would come too late.
pub(crate) fn bill(usage: &Usage) -> Bill {
    let Usage { bytes, recipients, hours, .. } = *usage;
    let days = person_days(usage);
    let mut meter = Meter::new(usage);
    poll(&mut meter, usage, days * hours);
    // A token holds for an hour.
    meter.http(Cause::Coming, days * hours, REFRESH);
    meter.http(Cause::Opening, days * usage.visits, units::page(bytes));
    let messages = days * usage.messages;
    meter.http(Cause::Sending, messages, units::send(bytes, recipients));
    meter.egress(Cause::Sending, messages * recipients * (bytes + FRAME_BYTES));
    // The reader is answered; the others learn it with their next poll.
    let read = units::read(0.0);
    meter.http(Cause::Reading, messages * recipients * READS_PER_DELIVERY, read);
    beside(&mut meter, usage);
    meter.bill
}

/// So many hours of asking.
pub(crate) fn poll(meter: &mut Meter<'_>, usage: &Usage, hours: f64) {
    meter.http(Cause::Polling, hours * 3_600.0 / usage.poll, POLL);
}
