//! The file of an export: lines of JSON.
//!
//! ```text
//! head · person… · account… · (conversation · entry… · end)… · tail
//! ```
//!
//! Everything is in an order that no store decides: people by id, accounts by
//! name, conversations by their newest message. So two stores with the same in
//! them give the same file, byte for byte. The tail counts what came before and
//! has its SHA-256, so that a file that was cut or changed is noticed.

mod line;
mod reader;
mod says;
mod writer;

use std::{io, path::PathBuf};

pub(super) use self::{
    line::{AccountLine, Counts},
    reader::{Part, Reader},
    writer::Writer,
};

/// What the head names.
const FORMAT: &str = "aizuchi-export";
/// Counts the shapes that the file has had.
const VERSION: u32 = 1;
/// A longest line, in bytes: a longest text with every byte escaped,
/// or the cursors of many readers.
const LINE: usize = 4 << 20;

/// Why a file cannot be used, in a sentence for whoever named it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("{} cannot be opened", path.display())]
    Open {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error("{name} cannot be read")]
    Read {
        name: String,
        #[source]
        cause: io::Error,
    },
    #[error("{name} cannot be written")]
    Write {
        name: String,
        #[source]
        cause: io::Error,
    },
    #[error("{0} is no export of Aizuchi")]
    Foreign(String),
    #[error("{name} is an export of version {found}; this version of Aizuchi knows {VERSION}")]
    Version { name: String, found: u32 },
    #[error("{0} ends before its last line: it was cut, or its export has not come to its end")]
    Cut(String),
    #[error("{0} was changed after it was written: what it holds does not match its last line")]
    Changed(String),
    #[error("{name}, line {number}: {what}")]
    Line { name: String, number: u64, what: String },
    #[error("{0} is a whole export already, and nothing is overwritten")]
    Whole(String),
}
