//! The bytes of attachments as files of this machine.
//!
//! What comes lies under `coming/`, what is kept under `kept/`, each under its
//! id and never under a name that somebody chose. An upload that stops goes on
//! where its file ends, also after a restart. What is kept is synced before it
//! has its place, and is never written again.

mod file;

use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use aizuchi_core::{
    attachments::{Append, AttachmentId, First, Incoming, Keep, Objects, Part, Served, Whole},
    error::PortError,
};

/// What an operator calls all of it.
const FILES: &str = "the files of attachments";
const COMING: &str = "coming";
const KEPT: &str = "kept";

/// The files under one directory. Cheap to clone.
#[derive(Debug, Clone)]
pub struct LocalFiles(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    root: PathBuf,
    /// Those of which a piece is being taken, or which are being kept.
    busy: Mutex<HashSet<AttachmentId>>,
}

impl LocalFiles {
    /// Files under this directory, created (for its owner alone) if need be.
    ///
    /// # Errors
    /// Where it cannot be created.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        for part in [COMING, KEPT] {
            file::create_directory(&root.join(part))?;
        }
        Ok(Self(Arc::new(Inner { root, busy: Mutex::default() })))
    }

    /// Does `work` where waiting for a disk keeps nobody else waiting.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, PortError> + Send + 'static,
    ) -> Result<T, PortError> {
        let inner = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || work(&inner)).await;
        done.unwrap_or_else(|panicked| Err(PortError::unavailable(FILES, panicked)))
    }
}

impl Inner {
    fn coming(&self, id: AttachmentId) -> PathBuf {
        self.root.join(COMING).join(id.to_string())
    }

    /// In a folder of some hundred others, since one with all of them is slow.
    fn kept(&self, id: AttachmentId, part: Part) -> PathBuf {
        let name = id.to_string();
        let folder = self.root.join(KEPT).join(&name[..2]);
        match part {
            Part::Whole => folder.join(name),
            Part::Thumbnail => folder.join(name + ".small"),
        }
    }

    /// This id for one alone.
    fn busy(&self, id: AttachmentId) -> Result<Busy<'_>, PortError> {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if busy.insert(id) { Ok(Busy { inner: self, id }) } else { Err(PortError::Conflict) }
    }

    fn keep(&self, id: AttachmentId, keep: Keep) -> io::Result<bool> {
        let coming = self.coming(id);
        let whole = self.kept(id, Part::Whole);
        if let Some(folder) = whole.parent() {
            file::create_directory(folder)?;
        }
        if let Some(small) = keep.thumbnail {
            file::write(&self.kept(id, Part::Thumbnail), &small)?;
        }
        match keep.whole {
            Whole::Instead(bytes) => file::write(&whole, &bytes)?,
            Whole::AsItCame(version) => {
                if version_of(&coming)?.as_deref() != Some(&*version) {
                    return Ok(false);
                }
                file::move_to(&coming, &whole)?;
            }
        }
        file::remove(&coming)?;
        Ok(true)
    }
}

/// Lets go of an id when it ends.
struct Busy<'a> {
    inner: &'a Inner,
    id: AttachmentId,
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.inner.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// Files that come only grow.
fn version_of(path: &Path) -> io::Result<Option<String>> {
    Ok(file::length(path)?.map(|length| length.to_string()))
}

fn failed(error: io::Error) -> PortError {
    PortError::unavailable(FILES, error)
}

impl Objects for LocalFiles {
    async fn open(&self, id: AttachmentId, _size: u64) -> Result<Incoming, PortError> {
        let work = move |inner: &Inner| file::create(&inner.coming(id)).map_err(failed);
        self.apart(work).await?;
        Ok(Incoming::Here)
    }

    async fn received(&self, id: AttachmentId) -> Result<u64, PortError> {
        let work = move |inner: &Inner| file::length(&inner.coming(id)).map_err(failed);
        Ok(self.apart(work).await?.unwrap_or_default())
    }

    async fn append(
        &self,
        id: AttachmentId,
        offset: u64,
        piece: Vec<u8>,
    ) -> Result<Append, PortError> {
        let work = move |inner: &Inner| {
            let _busy = inner.busy(id)?;
            file::append(&inner.coming(id), offset, &piece).map_err(failed)
        };
        self.apart(work).await
    }

    async fn first(&self, id: AttachmentId, most: u64) -> Result<Option<First>, PortError> {
        let work = move |inner: &Inner| {
            let path = inner.coming(id);
            let Some(version) = version_of(&path)? else { return Ok(None) };
            let bytes = file::read(&path, 0, most)?;
            Ok(bytes.map(|bytes| First { bytes, version: version.into() }))
        };
        self.apart(move |inner| work(inner).map_err(failed)).await
    }

    async fn keep(&self, id: AttachmentId, keep: Keep) -> Result<(), PortError> {
        let work = move |inner: &Inner| {
            let _busy = inner.busy(id)?;
            if inner.keep(id, keep).map_err(failed)? { Ok(()) } else { Err(PortError::Conflict) }
        };
        self.apart(work).await
    }

    async fn size(&self, id: AttachmentId, part: Part) -> Result<Option<u64>, PortError> {
        self.apart(move |inner| file::length(&inner.kept(id, part)).map_err(failed)).await
    }

    async fn read(
        &self,
        id: AttachmentId,
        part: Part,
        from: u64,
        most: u64,
    ) -> Result<Option<Vec<u8>>, PortError> {
        self.apart(move |inner| file::read(&inner.kept(id, part), from, most).map_err(failed)).await
    }

    fn link(&self, _id: AttachmentId, _part: Part, _served: &Served) -> Option<String> {
        None
    }

    async fn discard(&self, id: AttachmentId) -> Result<(), PortError> {
        let work = move |inner: &Inner| {
            let _busy = inner.busy(id)?;
            let all =
                [inner.coming(id), inner.kept(id, Part::Thumbnail), inner.kept(id, Part::Whole)];
            all.iter().try_for_each(|path| file::remove(path)).map_err(failed)
        };
        self.apart(work).await
    }
}
