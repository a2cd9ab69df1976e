//! Where the bytes of attachments are, as a port.

use std::{future::Future, sync::Arc};

use super::AttachmentId;
use crate::error::PortError;

/// How the bytes of an upload come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// By [`Objects::append`], in pieces, and again from where they stopped.
    Here,
    /// By one PUT to another server, which takes exactly the size that was said.
    There {
        /// Where: whoever knows it may put there.
        url: String,
        /// Headers that it needs.
        headers: Vec<(String, String)>,
        /// How long it may be used, in ms.
        lives_ms: u64,
    },
}

/// What became of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Append {
    /// It is there; so many bytes have come.
    At(u64),
    /// Nothing was done: so many bytes have come, and the piece begins elsewhere.
    Elsewhere(u64),
}

/// The first bytes of what came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct First {
    /// As many as were asked for, or all.
    pub bytes: Vec<u8>,
    /// What came, as a name that changes when it does.
    pub version: Arc<str>,
}

/// What is kept of what came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whole {
    /// All of it, if it is still this version.
    AsItCame(Arc<str>),
    /// These bytes in its place.
    Instead(Vec<u8>),
}

/// What is kept under an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keep {
    /// The file.
    pub whole: Whole,
    /// A small picture of it.
    pub thumbnail: Option<Vec<u8>>,
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The file.
    Whole,
    /// The small picture.
    Thumbnail,
}

/// How something is to be served by whoever keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// Its `Content-Type`.
    pub media_type: Arc<str>,
    /// Its `Content-Disposition`.
    pub disposition: String,
}

/// The bytes of attachments. What comes is apart from what is kept, and
/// nothing that is kept is ever written again from outside.
pub trait Objects: Send + Sync + 'static {
    /// Makes place for one of so many bytes, at least one.
    fn open(
        &self,
        id: AttachmentId,
        size: u64,
    ) -> impl Future<Output = Result<Incoming, PortError>> + Send;

    /// How many bytes have come. 0 where nothing is known of it.
    fn received(&self, id: AttachmentId) -> impl Future<Output = Result<u64, PortError>> + Send;

    /// Takes a piece that begins at `offset`. `Conflict` while another piece of
    /// it is being taken, `Rejected` where bytes come another way.
    fn append(
        &self,
        id: AttachmentId,
        offset: u64,
        piece: Vec<u8>,
    ) -> impl Future<Output = Result<Append, PortError>> + Send;

    /// The first `most` bytes of what came; `None` where nothing did.
    fn first(
        &self,
        id: AttachmentId,
        most: u64,
    ) -> impl Future<Output = Result<Option<First>, PortError>> + Send;

    /// Keeps it durably, and lets go of what came. `Conflict` where what came
    /// has changed meanwhile.
    fn keep(
        &self,
        id: AttachmentId,
        keep: Keep,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// How large what is kept is; `None` where nothing is.
    fn size(
        &self,
        id: AttachmentId,
        part: Part,
    ) -> impl Future<Output = Result<Option<u64>, PortError>> + Send;

    /// Bytes of what is kept, from `from`, at most `most` and maybe fewer;
    /// `None` where nothing is.
    fn read(
        &self,
        id: AttachmentId,
        part: Part,
        from: u64,
        most: u64,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, PortError>> + Send;

    /// Where a browser gets what is kept by itself, for a few minutes; `None`
    /// where it is read here.
    fn link(&self, id: AttachmentId, part: Part, served: &Served) -> Option<String>;

    /// Lets go of all that came or is kept under an id.
    fn discard(&self, id: AttachmentId) -> impl Future<Output = Result<(), PortError>> + Send;
}
