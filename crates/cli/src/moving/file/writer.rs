//! Writing an export, or going on with one.

use std::{
    collections::HashSet,
    fs::{File, OpenOptions},
    io::{self, BufWriter, IsTerminal as _, Seek as _, SeekFrom, Write},
    path::Path,
};

use aizuchi_core::{
    archive::Person,
    ids::{ConversationId, Seq, UserId},
    log::Entry,
};
use sha2::{Digest as _, Sha256};

use super::{
    AccountLine, Counts, FORMAT, FileError, Part, Reader, VERSION,
    line::{ConversationLine, EndLine, EntryLine, Head, Line, TailLine},
};

/// Bytes that are written at once.
const BUFFER: usize = 256 << 10;

/// A file that is being written.
pub(crate) struct Writer {
    name: String,
    to: BufWriter<To>,
    hash: Sha256,
    counts: Counts,
    /// The conversations that an earlier export wrote whole.
    done: HashSet<ConversationId>,
    /// Whether an earlier export wrote the people.
    has_people: bool,
    line: Vec<u8>,
}

enum To {
    File(File),
    Stdout(io::Stdout),
}

impl Write for To {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Stdout(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => file.flush(),
            Self::Stdout(out) => out.flush(),
        }
    }
}

impl Writer {
    /// A new file, for its owner alone; or an unfinished one, from after its last
    /// whole conversation. `-` is standard output.
    pub(crate) fn open(path: &Path) -> Result<Self, FileError> {
        if path == Path::new("-") {
            let out = io::stdout();
            if out.is_terminal() {
                let cause =
                    io::Error::other("it is a terminal; name a file, or send it to a program");
                return Err(FileError::Write { name: "standard output".into(), cause });
            }
            return Self::begin("standard output".into(), To::Stdout(out));
        }
        let name = path.display().to_string();
        let failed = |cause| FileError::Open { path: path.to_owned(), cause };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        lock(&file, path)?;
        if file.metadata().map_err(failed)?.len() == 0 {
            return Self::begin(name, To::File(file));
        }
        let Kept { end, hash, counts, done } = kept(&name, &mut file)?;
        file.set_len(end).and_then(|()| file.seek(SeekFrom::Start(end))).map_err(failed)?;
        if end == 0 {
            return Self::begin(name, To::File(file));
        }
        let to = BufWriter::with_capacity(BUFFER, To::File(file));
        Ok(Self { name, to, hash, counts, done, has_people: true, line: Vec::new() })
    }

    fn begin(name: String, to: To) -> Result<Self, FileError> {
        let mut writer = Self {
            name,
            to: BufWriter::with_capacity(BUFFER, to),
            hash: Sha256::new(),
            counts: Counts::default(),
            done: HashSet::new(),
            has_people: false,
            line: Vec::new(),
        };
        writer.put(&Line::Head(Head { format: FORMAT.into(), version: VERSION }))?;
        Ok(writer)
    }

    /// What it holds.
    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    /// Whether people and accounts are in it already.
    pub(crate) fn has_people(&self) -> bool {
        self.has_people
    }

    /// Whether a conversation is in it already.
    pub(crate) fn has(&self, conversation: &ConversationId) -> bool {
        self.done.contains(conversation)
    }

    pub(crate) fn person(&mut self, person: Person) -> Result<(), FileError> {
        self.counts.people += 1;
        self.put(&Line::Person(person.into()))
    }

    pub(crate) fn account(&mut self, account: AccountLine) -> Result<(), FileError> {
        self.counts.accounts += 1;
        self.put(&Line::Account(account))
    }

    pub(crate) fn conversation(&mut self, id: &ConversationId) -> Result<(), FileError> {
        self.counts.conversations += 1;
        self.put(&Line::Conversation(ConversationLine { id: id.to_string() }))
    }

    pub(crate) fn entry(&mut self, entry: &Entry) -> Result<(), FileError> {
        self.counts.entries += 1;
        self.put(&Line::Entry(EntryLine::from(entry)))
    }

    /// Ends a conversation of so many entries.
    pub(crate) fn end(&mut self, entries: u64, cursors: &[(UserId, Seq)]) -> Result<(), FileError> {
        let cursors = cursors.iter().map(|(reader, seq)| (reader.to_string(), *seq)).collect();
        self.put(&Line::End(EndLine { entries, cursors }))
    }

    /// Writes the tail, and waits until all is on disk.
    pub(crate) fn finish(mut self) -> Result<Counts, FileError> {
        let sha256 = hex(&self.hash.finalize_reset());
        self.put(&Line::Tail(TailLine::new(self.counts, sha256)))?;
        let name = self.name;
        let failed = |cause| FileError::Write { name: name.clone(), cause };
        self.to.flush().map_err(failed)?;
        if let To::File(file) = self.to.get_ref() {
            file.sync_all().map_err(failed)?;
        }
        Ok(self.counts)
    }

    fn put(&mut self, line: &Line) -> Result<(), FileError> {
        self.line.clear();
        let written = serde_json::to_writer(&mut self.line, line).map_err(io::Error::from);
        self.line.push(b'\n');
        self.hash.update(&self.line);
        written
            .and_then(|()| self.to.write_all(&self.line))
            .map_err(|cause| FileError::Write { name: self.name.clone(), cause })
    }
}

/// Two exports into one file would be none.
fn lock(file: &File, path: &Path) -> Result<(), FileError> {
    let failed = |cause| FileError::Open { path: path.to_owned(), cause };
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(failed(io::Error::other("another export is writing it")))
        }
        Err(std::fs::TryLockError::Error(cause)) => Err(failed(cause)),
    }
}

/// What stays of an unfinished file.
struct Kept {
    /// Its length, in bytes.
    end: u64,
    hash: Sha256,
    counts: Counts,
    done: HashSet<ConversationId>,
}

fn kept(name: &str, file: &mut File) -> Result<Kept, FileError> {
    let mut kept =
        Kept { end: 0, hash: Sha256::new(), counts: Counts::default(), done: HashSet::new() };
    let mut reader = Reader::new(name.to_owned(), file)?;
    let mut conversation = None;
    loop {
        match reader.next() {
            Ok(Some(Part::Conversation(id))) => conversation = Some(id),
            Ok(Some(Part::End(_))) => {
                kept.done.extend(conversation.take());
                (kept.end, kept.hash) = reader.place();
                kept.counts = reader.counts();
            }
            Ok(Some(_)) => {}
            Ok(None) => return Err(FileError::Whole(name.to_owned())),
            // What a killed export leaves last may be half a line.
            Err(FileError::Cut(_)) => return Ok(kept),
            Err(error) => return Err(error),
        }
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
