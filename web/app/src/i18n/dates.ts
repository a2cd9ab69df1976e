/** Milliseconds since the epoch, as everywhere on the wire. */
export type Timestamp = number;

const DAY = 86_400_000;

/** The words that a date borrows from the dictionary. */
export interface DayWords {
  today: string;
  yesterday: string;
}

/** How dates read in one language. Built once per language: Intl objects are dear. */
export interface Dates {
  /** The time of day: 9:41. */
  readonly time: (at: Timestamp) => string;
  /** The full date and time, for a tooltip or a screen reader. */
  readonly full: (at: Timestamp) => string;
  /** A day as a heading between messages: Today, Yesterday, Monday, 3 March, 3 March 2024. */
  readonly day: (at: Timestamp, now: Timestamp, words: DayWords) => string;
  /** As short as a list wants it: the time today, then the weekday, then the date. */
  readonly short: (at: Timestamp, now: Timestamp, words: DayWords) => string;
  /** How long ago: 5 minutes ago. */
  readonly ago: (at: Timestamp, now: Timestamp) => string;
  /** In how long: in 6 days. */
  readonly until: (at: Timestamp, now: Timestamp) => string;
}

/** The calendar day that a moment falls on where the reader is; equal for equal days. */
export function dayKey(at: Timestamp): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** Midnights between two moments. Rounded, because a day with a clock change is not 24 hours. */
function daysBetween(from: Timestamp, to: Timestamp): number {
  const midnight = (at: Timestamp) => new Date(at).setHours(0, 0, 0, 0);
  return Math.round((midnight(to) - midnight(from)) / DAY);
}

/** Builds the formats of one language, a BCP 47 tag. */
export function datesOf(language: string): Dates {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, options);
  const time = format({ hour: "numeric", minute: "2-digit" });
  const full = format({ dateStyle: "full", timeStyle: "short" });
  const weekday = format({ weekday: "long" });
  const weekdayShort = format({ weekday: "short" });
  const dayThisYear = format({ month: "long", day: "numeric", weekday: "short" });
  const dayAnyYear = format({ dateStyle: "long" });
  const shortThisYear = format({ month: "short", day: "numeric" });
  const shortAnyYear = format({ year: "numeric", month: "numeric", day: "numeric" });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const sameYear = (a: Timestamp, b: Timestamp) =>
    new Date(a).getFullYear() === new Date(b).getFullYear();

  return {
    time: (at) => time.format(at),
    full: (at) => full.format(at),
    day(at, now, words) {
      const days = daysBetween(at, now);
      if (days <= 0) return words.today;
      if (days === 1) return words.yesterday;
      if (days < 7) return weekday.format(at);
      return (sameYear(at, now) ? dayThisYear : dayAnyYear).format(at);
    },
    short(at, now, words) {
      const days = daysBetween(at, now);
      if (days <= 0) return time.format(at);
      if (days === 1) return words.yesterday;
      if (days < 7) return weekdayShort.format(at);
      return (sameYear(at, now) ? shortThisYear : shortAnyYear).format(at);
    },
    ago(at, now) {
      const minutes = Math.max(0, Math.round((now - at) / 60_000));
      if (minutes < 60) return relative.format(-minutes, "minute");
      const hours = Math.round(minutes / 60);
      if (hours < 24) return relative.format(-hours, "hour");
      return relative.format(-Math.max(1, daysBetween(at, now)), "day");
    },
    until(at, now) {
      const minutes = Math.max(1, Math.round((at - now) / 60_000));
      if (minutes < 60) return relative.format(minutes, "minute");
      const hours = Math.round(minutes / 60);
      return hours < 48
        ? relative.format(hours, "hour")
        : relative.format(Math.round(hours / 24), "day");
    },
  };
}
