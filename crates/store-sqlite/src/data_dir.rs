//! The directory that holds a server's data, and the lock on it.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use crate::{
    connect::{self, PageCache},
    error::OpenError,
    schema,
};

/// A data directory.
#[derive(Debug, Clone)]
pub struct DataDir {
    path: PathBuf,
}

/// Held for as long as a server runs on a data directory. The system lets go
/// of it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl DataDir {
    /// The directory at `path`, created (for its owner alone) if need be.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, OpenError> {
        let path = path.into();
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(&path) {
            Ok(()) => Ok(Self { path }),
            Err(cause) => Err(OpenError::Directory { path, cause }),
        }
    }

    /// The directory at `path`, which must hold a database already.
    pub fn existing(path: impl Into<PathBuf>) -> Result<Self, OpenError> {
        let dir = Self { path: path.into() };
        if dir.journal().is_file() { Ok(dir) } else { Err(OpenError::Missing(dir.path)) }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Checks, and changes nothing, that this version can use the database in it.
    pub fn check(&self) -> Result<(), OpenError> {
        let path = self.journal();
        let database = connect::reader(&path, PageCache(64)).map_err(OpenError::database(&path))?;
        schema::taken(&database).map(drop).map_err(OpenError::migrating(&path))
    }

    /// Whether a server has it.
    pub fn in_use(&self) -> Result<bool, OpenError> {
        match self.lock() {
            Ok(_) => Ok(false),
            Err(OpenError::InUse(_)) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// The database: all that a backup needs.
    pub fn journal(&self) -> PathBuf {
        self.path.join("aizuchi.db")
    }

    /// What is looked up in the journal, folded from it and made anew when it
    /// is missing.
    pub fn index(&self) -> PathBuf {
        self.path.join("index.db")
    }

    /// By what searches find messages, made anew when it is missing.
    pub fn words(&self) -> PathBuf {
        self.path.join("words.db")
    }

    /// There while the index is known to be damaged.
    pub(crate) fn index_damaged(&self) -> PathBuf {
        self.path.join("index.damaged")
    }

    /// Takes the directory for this process alone.
    pub(crate) fn lock(&self) -> Result<Lock, OpenError> {
        let unusable = |cause| OpenError::Directory { path: self.path.clone(), cause };
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.path.join("lock"))
            .map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse(self.path.clone())),
            Err(TryLockError::Error(cause)) => Err(unusable(cause)),
        }
    }
}
