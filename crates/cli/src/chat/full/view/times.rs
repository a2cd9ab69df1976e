//! Times for people.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::chat::full::rows::day;

/// Hour and minute.
pub(super) fn clock(zone: &TimeZone, at: u64) -> String {
    let at = i64::try_from(at).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    at.map(|at| zone.to_datetime(at).strftime("%H:%M").to_string()).unwrap_or_default()
}

/// A day as one calls it today.
pub(super) fn day_name(date: Date, today: Date) -> String {
    if date == today {
        return "Today".to_owned();
    }
    if today.yesterday().is_ok_and(|yesterday| yesterday == date) {
        return "Yesterday".to_owned();
    }
    date.strftime("%A, %-d %B %Y").to_string()
}

/// A time in few signs: the minute today, the day before.
pub(super) fn short(zone: &TimeZone, at: u64, now: u64) -> String {
    let (date, today) = (day(zone, at), day(zone, now));
    if date == today {
        clock(zone, at)
    } else if date.year() == today.year() {
        date.strftime("%-d %b").to_string()
    } else {
        date.strftime("%b %Y").to_string()
    }
}

/// When somebody was last there.
pub(super) fn last_seen(zone: &TimeZone, at: u64, now: u64) -> String {
    let (date, today) = (day(zone, at), day(zone, now));
    if date == today {
        format!("last seen {}", clock(zone, at))
    } else {
        format!("last seen {} {}", short(zone, at, now), clock(zone, at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_where_one_is() {
        let tokyo = TimeZone::fixed(jiff::tz::Offset::constant(9));
        let (now, hour) = (1_800_000_000_000, 3_600_000);
        // 2027-01-15, 17:00 in Tokyo.
        assert_eq!(clock(&tokyo, now), "17:00");
        assert_eq!(short(&tokyo, now - hour, now), "16:00");
        assert_eq!(short(&tokyo, now - 24 * hour, now), "14 Jan");
        assert_eq!(short(&tokyo, now - 24 * 40 * hour, now), "Dec 2026");
        assert_eq!(last_seen(&tokyo, now - 24 * hour, now), "last seen 14 Jan 17:00");
        let today = day(&tokyo, now);
        assert_eq!(day_name(day(&tokyo, now - 18 * hour), today), "Yesterday");
        assert_eq!(day_name(day(&tokyo, now - 72 * hour), today), "Tuesday, 12 January 2027");
        assert_eq!(clock(&tokyo, u64::MAX), "");
    }
}
