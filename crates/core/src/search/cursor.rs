//! Where a search goes on.

use std::{cmp::Reverse, fmt};

use super::Place;
use crate::{ids::MessageId, log::Entry};

/// What comes first: greater is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// Whether each term is a word of its own.
    pub whole: bool,
    /// When it was said, in ms since the epoch.
    pub at: u64,
    /// Of two of the same time, whichever: but always the same.
    pub id: MessageId,
}

impl Rank {
    /// How a message that matches ranks.
    pub fn of(entry: &Entry, whole: bool) -> Reverse<Self> {
        Reverse(Self { whole, at: entry.timestamp, id: entry.message_id })
    }
}

/// Where a search goes on: in a stretch, after what ranks so in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchCursor {
    /// Where the stretch begins; without it, with the newest.
    pub from: Option<Place>,
    /// The last that was told of it, with the end of the stretch where it has one.
    pub told: Option<(Rank, Option<Place>)>,
}

impl SearchCursor {
    /// Takes what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let place = |text: &str| match text {
            "" => Some(None),
            text => Place::parse(text).map(Some),
        };
        let mut parts = text.split('~');
        let from = place(parts.next()?)?;
        let told = match parts.next() {
            None => None,
            Some(until) => {
                let until = place(until)?;
                let whole = match parts.next()? {
                    "1" => true,
                    "0" => false,
                    _ => return None,
                };
                let at = parts.next()?.parse().ok()?;
                let id = MessageId::parse(parts.next()?)?;
                Some((Rank { whole, at, id }, until))
            }
        };
        let cursor = Self { from, told };
        (parts.next().is_none() && cursor != Self::default()).then_some(cursor)
    }
}

impl fmt::Display for SearchCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text =
            |place: &Option<Place>| place.as_ref().map_or(String::new(), |at| at.as_str().into());
        f.write_str(&text(&self.from))?;
        match &self.told {
            None => Ok(()),
            Some((Rank { whole, at, id }, until)) => {
                write!(f, "~{}~{}~{at}~{id}", text(until), u8::from(*whole))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let place = |text: &str| Place::parse(text);
        let rank = Rank { whole: true, at: 7, id: MessageId::new(7, 9) };
        for (from, told) in [
            (place("41"), None),
            (place("41"), Some((rank, place("a.7")))),
            (None, Some((rank, None))),
        ] {
            let cursor = SearchCursor { from, told };
            assert_eq!(SearchCursor::parse(&cursor.to_string()), Some(cursor));
        }
        for other in ["", "~", "a b", "1~2", "1~2~3~4~5", "1~~1~x~y", &"9".repeat(200)] {
            assert_eq!(SearchCursor::parse(other), None, "{other}");
        }
    }
}
