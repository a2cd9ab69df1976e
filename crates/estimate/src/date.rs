//! How old a price is.

use serde::{Serialize, Serializer};
use time::{Date, Month, OffsetDateTime};

/// A price older than this many days is said to be old.
pub const OLD_AFTER_DAYS: i64 = 365;

/// Whether a price can still be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Freshness {
    /// Not older than [`OLD_AFTER_DAYS`].
    Current,
    /// Older.
    Old,
    /// Nobody noted when it held.
    Undated,
    /// Given by whoever asks.
    Given,
}

/// The day, in UTC, of a time in milliseconds since the Unix epoch.
///
/// A time that no calendar reaches counts as the epoch.
pub fn date_of(unix_ms: u64) -> Date {
    let seconds = i64::try_from(unix_ms / 1_000).unwrap_or_default();
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH).date()
}

/// Reads `2026-09` (its first day) or `2026-09-24`.
pub(crate) fn parse(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month) = (parts.next()?, parts.next()?);
    let day = parts.next().unwrap_or("01");
    let digits =
        |part: &str, count| part.len() == count && part.bytes().all(|one| one.is_ascii_digit());
    if !digits(year, 4) || !digits(month, 2) || !digits(day, 2) || parts.next().is_some() {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

/// What to think on `today` of a price of `date`, as it is written.
pub(crate) fn freshness(date: Option<&str>, today: Date) -> Freshness {
    match date.and_then(parse) {
        None => Freshness::Undated,
        Some(date) if (today - date).whole_days() > OLD_AFTER_DAYS => Freshness::Old,
        Some(_) => Freshness::Current,
    }
}

/// Writes a day as `2026-11-24`.
pub(crate) fn written<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}

/// Reads a day, as in `2026-11-24`.
pub fn day(text: &str) -> Option<Date> {
    parse(text).filter(|_| text.len() == 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_a_month_or_a_day() {
        assert_eq!(parse("2026-09").unwrap().to_string(), "2026-09-01");
        assert_eq!(parse("2024-02-29").unwrap().to_string(), "2024-02-29");
        for wrong in ["", "2026", "2026-13", "2026-02-30", "2026-9", "2026-09-01-01", "+026-09"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!(day("2026-09"), None);
    }

    #[test]
    fn a_price_is_old_after_365_days() {
        // From 1 September 2025 to 1 September 2026 it is 365 days.
        let on = |text| freshness(Some("2025-09"), parse(text).unwrap());
        assert_eq!(on("2026-09-01"), Freshness::Current);
        assert_eq!(on("2026-09-02"), Freshness::Old);
        assert_eq!(on("2020-01-01"), Freshness::Current, "a clock that is wrong accuses nobody");
        assert_eq!(freshness(None, parse("2026-09-01").unwrap()), Freshness::Undated);
    }

    #[test]
    fn a_day_is_read_from_a_clock() {
        assert_eq!(date_of(0).to_string(), "1970-01-01");
        // 20,781 days of 86,400,000 ms after the epoch.
        assert_eq!(date_of(20_781 * 86_400_000 + 5).to_string(), "2026-11-24");
        assert_eq!(date_of(u64::MAX).to_string(), "1970-01-01");
    }
}
