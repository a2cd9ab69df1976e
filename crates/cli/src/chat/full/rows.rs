//! A conversation as rows, and the part of it that is on the screen.
//!
//! The rows of an item depend on it and the one before it alone, so only those
//! in sight are ever made, however long the conversation is.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{
    model::{Conversation, Item, Key, Place, Progress},
    text,
};

/// Messages of a person within this time share one heading, ms.
const TOGETHER: u64 = 5 * 60 * 1_000;
/// Cells before a text.
pub(super) const INDENT: usize = 2;
/// Cells after a text, for its tick.
pub(super) const GUTTER: usize = 4;

/// What stands at the end of a message of one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tick {
    Waiting,
    Sent,
    Read,
    Refused,
}

/// One row of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Row {
    Empty,
    Day(Date),
    New,
    Heading {
        sub: String,
        at: u64,
    },
    /// What the next rows answer.
    Quote(String),
    Text {
        text: String,
        tick: Option<Tick>,
    },
    Refusal(String),
}

/// What is needed to make rows.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) conversation: &'a Conversation,
    pub(super) me: &'a str,
    pub(super) zone: &'a TimeZone,
    /// Cells.
    pub(super) width: usize,
}

/// The day of a time, ms since the epoch.
pub(super) fn day(zone: &TimeZone, at: u64) -> Date {
    let at = i64::try_from(at).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    zone.to_datetime(at.unwrap_or(Timestamp::MAX)).date()
}

/// A row that is in sight: of which item, which of its rows, and what it is.
pub(super) struct Seen {
    pub(super) item: usize,
    pub(super) row: usize,
    pub(super) content: Row,
}

impl Rows<'_> {
    /// The rows of the item at this index.
    pub(super) fn of(&self, index: usize) -> Vec<Row> {
        let Some(item) = self.conversation.item(index) else { return Vec::new() };
        let before = index.checked_sub(1).and_then(|before| self.conversation.item(before));
        let mut rows = Vec::new();
        let (sub, at) = (self.author(item), item.at());
        let date = day(self.zone, at);
        let is_new_day = before.is_none_or(|before| day(self.zone, before.at()) != date);
        let is_new = matches!(item, Item::Message(message)
            if Some(message.seq) == self.conversation.new_from);
        let follows = before.is_some_and(|before| {
            self.author(before) == sub && at.saturating_sub(before.at()) < TOGETHER
        });
        if is_new_day {
            rows.push(Row::Day(date));
        }
        if is_new {
            rows.push(Row::New);
        }
        if is_new_day || is_new || !follows {
            if before.is_some() && !is_new_day && !is_new {
                rows.push(Row::Empty);
            }
            rows.push(Row::Heading { sub: sub.to_owned(), at });
        }
        self.body(item, &mut rows);
        rows
    }

    fn author<'a>(&'a self, item: Item<'a>) -> &'a str {
        match item {
            Item::Message(message) => &message.from_sub,
            Item::Outgoing(_) => self.me,
        }
    }

    fn body(&self, item: Item<'_>, rows: &mut Vec<Row>) {
        let (text, tick, refusal) = match item {
            Item::Message(message) => {
                if let Some(seq) = message.reply_to {
                    rows.push(Row::Quote(self.quote(seq)));
                }
                (message.text.as_str(), self.tick(&message.from_sub, message.seq), None)
            }
            Item::Outgoing(outgoing) => {
                let (tick, refusal) = match &outgoing.progress {
                    Progress::Waiting => (Tick::Waiting, None),
                    Progress::Sent => (Tick::Sent, None),
                    Progress::Refused(why) => (Tick::Refused, Some(why)),
                };
                (outgoing.written.as_str(), Some(tick), refusal)
            }
        };
        let width = self.width.saturating_sub(INDENT + GUTTER);
        let lines = text::wrap(text, width);
        let last = lines.len() - 1;
        rows.extend(lines.into_iter().enumerate().map(|(index, line)| Row::Text {
            text: text[line].trim_end().replace('\t', " "),
            tick: tick.filter(|_| index == last),
        }));
        if let Some(why) = refusal {
            let lines = text::wrap(why, width);
            rows.extend(
                lines.into_iter().map(|line| Row::Refusal(why[line].trim_end().to_owned())),
            );
        }
    }

    fn tick(&self, author: &str, seq: u64) -> Option<Tick> {
        if author != self.me {
            return None;
        }
        let is_read = self.conversation.is_read_by_all(self.me, seq);
        Some(if is_read { Tick::Read } else { Tick::Sent })
    }

    fn quote(&self, seq: u64) -> String {
        match self.conversation.message(seq) {
            Some(message) => {
                let first = message.text.lines().next().unwrap_or_default();
                format!("{}: {first}", self.conversation.name_of(&message.from_sub))
            }
            None => "an earlier message".to_owned(),
        }
    }

    /// The rows in sight where there are `height`, the first one first.
    pub(super) fn seen(&self, height: usize) -> Vec<Seen> {
        if let Place::At { key, row } = &self.conversation.place
            && let Some(index) = self.conversation.index_of(key)
        {
            let seen = self.down_from(index, *row, height);
            if seen.len() == height {
                return seen;
            }
        }
        self.up_from_end(height)
    }

    fn down_from(&self, index: usize, row: usize, height: usize) -> Vec<Seen> {
        let mut seen = Vec::new();
        for item in index..self.conversation.len() {
            let skipped = if item == index { row } else { 0 };
            let rows = self.of(item).into_iter().enumerate().skip(skipped);
            seen.extend(rows.map(|(row, content)| Seen { item, row, content }));
            if seen.len() >= height {
                seen.truncate(height);
                break;
            }
        }
        seen
    }

    fn up_from_end(&self, height: usize) -> Vec<Seen> {
        let mut seen = Vec::new();
        for item in (0..self.conversation.len()).rev() {
            let rows = self.of(item).into_iter().enumerate().rev();
            seen.extend(rows.map(|(row, content)| Seen { item, row, content }));
            if seen.len() >= height {
                break;
            }
        }
        seen.truncate(height);
        seen.reverse();
        seen
    }

    /// The place `by` rows further down (or up), where `height` are in sight,
    /// and whether there were fewer rows above than asked for.
    pub(super) fn moved(&self, by: isize, height: usize) -> (Place, bool) {
        let Some((mut item, mut row)) =
            self.seen(height).first().map(|first| (first.item, first.row))
        else {
            return (Place::End, true);
        };
        let mut left = by.unsigned_abs();
        let mut is_at_top = false;
        if by < 0 {
            while left > row {
                if item == 0 {
                    (left, is_at_top) = (row, true);
                    break;
                }
                left -= row + 1;
                item -= 1;
                row = self.of(item).len().saturating_sub(1);
            }
            row -= left;
        } else {
            loop {
                let rows = self.of(item).len();
                if row + left < rows {
                    row += left;
                    break;
                }
                if item + 1 >= self.conversation.len() {
                    return (Place::End, false);
                }
                left = row + left - rows;
                (item, row) = (item + 1, 0);
            }
        }
        let is_end = by > 0 && self.down_from(item, row, height + 1).len() <= height;
        match self.conversation.item(item) {
            Some(item) if !is_end => (Place::At { key: item.key(), row }, is_at_top),
            _ => (Place::End, is_at_top),
        }
    }

    /// The place at which this item is `above` rows from the top.
    pub(super) fn around(&self, key: Key, above: usize, height: usize) -> Place {
        let Some(index) = self.conversation.index_of(&key) else { return Place::End };
        let (mut item, mut row, mut left) = (index, 0, above);
        while left > row && item > 0 {
            left -= row + 1;
            item -= 1;
            row = self.of(item).len().saturating_sub(1);
        }
        row = row.saturating_sub(left);
        if self.down_from(item, row, height + 1).len() <= height {
            return Place::End;
        }
        self.conversation.item(item).map_or(Place::End, |item| Place::At { key: item.key(), row })
    }
}
