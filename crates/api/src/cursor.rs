//! How far somebody has heard who asks for events.

use std::fmt;

/// From where on events are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Of every conversation.
    Beginning,
    /// Only what comes from here on.
    Now,
    /// After a stamp that was told before.
    Stamp(u64),
}

/// A line that is polled, as a cursor names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which line.
    pub line: u128,
    /// How many of the frames that were pushed to it have arrived.
    pub seen: u64,
    /// Whether changes since the stamp are still to be brought before them.
    pub paging: bool,
}

/// What `after` says. To clients it is a text that they give back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// What is brought where there is no line, or no more.
    pub since: Since,
    /// Where a process holds a line for the caller.
    pub place: Option<Place>,
}

impl Cursor {
    /// A cursor without a line.
    pub fn at(since: Since) -> Self {
        Self { since, place: None }
    }

    /// Reads what [`fmt::Display`] writes, `now`, or nothing at all.
    pub fn parse(text: Option<&str>) -> Option<Self> {
        let since = match text {
            None | Some("") => return Some(Self::at(Since::Beginning)),
            Some("now") => return Some(Self::at(Since::Now)),
            Some(text) => text,
        };
        let mut parts = since.split('.');
        let since = Since::Stamp(digits(parts.next()?)?);
        let Some(line) = parts.next() else { return Some(Self::at(since)) };
        let is_name = line.len() == 32 && line.bytes().all(|byte| byte.is_ascii_hexdigit());
        let line = is_name.then(|| u128::from_str_radix(line, 16).ok()).flatten()?;
        let seen = digits(parts.next()?)?;
        let paging = match parts.next() {
            None => false,
            Some("more") => true,
            Some(_) => return None,
        };
        let place = Some(Place { line, seen, paging });
        parts.next().is_none().then_some(Self { since, place })
    }
}

fn digits(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.since {
            Since::Beginning => {}
            Since::Now => f.write_str("now")?,
            Since::Stamp(stamp) => write!(f, "{stamp}")?,
        }
        let Some(Place { line, seen, paging }) = self.place else { return Ok(()) };
        write!(f, ".{line:032x}.{seen}{}", if paging { ".more" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let place = |paging| Some(Place { line: 0xab, seen: 7, paging });
        for cursor in [
            Cursor::at(Since::Beginning),
            Cursor::at(Since::Now),
            Cursor::at(Since::Stamp(u64::MAX)),
            Cursor { since: Since::Stamp(5), place: place(false) },
            Cursor { since: Since::Stamp(0), place: place(true) },
        ] {
            assert_eq!(Cursor::parse(Some(&cursor.to_string())), Some(cursor));
        }
        assert_eq!(Cursor::parse(None), Some(Cursor::at(Since::Beginning)));
    }

    #[test]
    fn what_nobody_wrote_is_no_cursor() {
        let name = "0".repeat(32);
        for text in [
            "yesterday",
            "-1",
            "+1",
            ".",
            "5.",
            "5.7",
            "5.7.1",
            "99999999999999999999999",
            &format!("5.{name}"),
            &format!("5.{name}."),
            &format!("5.{name}.-1"),
            &format!("5.{name}.1.less"),
            &format!("5.{name}.1.more.more"),
            &format!("now.{name}.1"),
            &format!("5.+{}.1", &name[1..]),
        ] {
            assert_eq!(Cursor::parse(Some(text)), None, "{text}");
        }
    }
}
