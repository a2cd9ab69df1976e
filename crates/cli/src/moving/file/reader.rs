//! Reading an export, a line at a time.

use std::io::{BufRead, BufReader, Read};

use aizuchi_core::{
    archive::Person,
    ids::{ConversationId, Seq, UserId},
    log::Entry,
};
use sha2::{Digest as _, Sha256};

use super::{
    AccountLine, Counts, FORMAT, FileError, LINE, VERSION,
    line::{Line, TailLine, parse},
    writer::hex,
};

/// Bytes that are read at once.
const BUFFER: usize = 256 << 10;

/// What a line stands for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Person(Person),
    Account(AccountLine),
    Conversation(ConversationId),
    Entry(Entry),
    /// The end of a conversation, with its cursors.
    End(Vec<(UserId, Seq)>),
}

/// Where in the file a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Section {
    People,
    Accounts,
    /// Between conversations.
    Between,
    /// In one, after so many entries.
    Inside(u64),
}

/// A file that is read. It says no more than what is surely right by its order
/// and its lines; whether it is all, the end tells.
pub(crate) struct Reader<R> {
    name: String,
    from: BufReader<R>,
    hash: Sha256,
    /// Bytes and lines so far.
    bytes: u64,
    number: u64,
    section: Section,
    counts: Counts,
    line: Vec<u8>,
}

impl<R: Read> Reader<R> {
    /// Reads the head.
    pub(crate) fn new(name: String, from: R) -> Result<Self, FileError> {
        let mut reader = Self {
            name,
            from: BufReader::with_capacity(BUFFER, from),
            hash: Sha256::new(),
            bytes: 0,
            number: 0,
            section: Section::People,
            counts: Counts::default(),
            line: Vec::new(),
        };
        match reader.line() {
            Ok(Line::Head(head)) if head.format == FORMAT && head.version == VERSION => {
                reader.take();
                Ok(reader)
            }
            Ok(Line::Head(head)) if head.format == FORMAT => {
                Err(FileError::Version { name: reader.name, found: head.version })
            }
            Err(error @ FileError::Read { .. }) => Err(error),
            _ => Err(FileError::Foreign(reader.name)),
        }
    }

    /// What it held so far.
    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    /// How many bytes were read, and what they hash to.
    pub(crate) fn place(&self) -> (u64, Sha256) {
        (self.bytes, self.hash.clone())
    }

    /// The next part; `None` after the last of a whole file.
    pub(crate) fn next(&mut self) -> Result<Option<Part>, FileError> {
        let line = self.line()?;
        let part = match (line, self.section) {
            (Line::Person(line), Section::People) => {
                self.counts.people += 1;
                line.person().map(Part::Person)
            }
            (Line::Account(line), Section::People | Section::Accounts) => {
                self.section = Section::Accounts;
                self.counts.accounts += 1;
                Ok(Part::Account(line))
            }
            (Line::Conversation(line), Section::People | Section::Accounts | Section::Between) => {
                self.section = Section::Inside(0);
                self.counts.conversations += 1;
                parse(ConversationId::parse(&line.id)).map(Part::Conversation)
            }
            (Line::Entry(line), Section::Inside(seq)) => {
                self.section = Section::Inside(seq + 1);
                self.counts.entries += 1;
                line.entry().and_then(|entry| match entry.seq == seq + 1 {
                    true => Ok(Part::Entry(entry)),
                    false => Err(format!("entry {} follows entry {seq}", entry.seq)),
                })
            }
            (Line::End(line), Section::Inside(seq)) if line.entries == seq => {
                self.section = Section::Between;
                let cursor = |(reader, seq): (String, _)| {
                    parse(UserId::parse(&reader)).map(|reader| (reader, seq))
                };
                line.cursors.into_iter().map(cursor).collect::<Result<_, _>>().map(Part::End)
            }
            (Line::Tail(line), Section::People | Section::Accounts | Section::Between) => {
                return self.tail(&line).map(|()| None);
            }
            _ => Err("out of its place".to_owned()),
        };
        let part = part.map_err(|what| self.wrong(what))?;
        self.take();
        Ok(Some(part))
    }

    fn tail(&mut self, tail: &TailLine) -> Result<(), FileError> {
        let whole = tail.counts() == self.counts
            && tail.sha256 == hex(&self.hash.finalize_reset())
            && self.from.fill_buf().is_ok_and(<[u8]>::is_empty);
        if whole { Ok(()) } else { Err(FileError::Changed(self.name.clone())) }
    }

    /// Reads a line. It counts when it is taken.
    fn line(&mut self) -> Result<Line, FileError> {
        self.line.clear();
        let most = LINE as u64 + 1;
        let read = self.from.by_ref().take(most).read_until(b'\n', &mut self.line);
        read.map_err(|cause| FileError::Read { name: self.name.clone(), cause })?;
        self.number += 1;
        if self.line.last() != Some(&b'\n') {
            return Err(match self.line.len() > LINE {
                true => self.wrong("longer than any line of an export".to_owned()),
                false => FileError::Cut(self.name.clone()),
            });
        }
        // The parser quotes what it does not like, which may be a text.
        serde_json::from_slice(&self.line).map_err(|error| {
            self.wrong(format!("not a line of an export (at its character {})", error.column()))
        })
    }

    fn take(&mut self) {
        self.hash.update(&self.line);
        self.bytes += self.line.len() as u64;
    }

    fn wrong(&self, what: String) -> FileError {
        FileError::Line { name: self.name.clone(), number: self.number, what }
    }
}
