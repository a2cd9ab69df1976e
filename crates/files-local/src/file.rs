//! What is done with one file.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use aizuchi_core::attachments::Append;

/// Creates a directory for its owner alone, if need be.
pub(crate) fn create_directory(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn writing() -> OpenOptions {
    let mut options = File::options();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Creates an empty file, if need be.
pub(crate) fn create(path: &Path) -> io::Result<()> {
    writing().create(true).truncate(false).open(path).map(drop)
}

/// How long a file is; `None` where there is none.
pub(crate) fn length(path: &Path) -> io::Result<Option<u64>> {
    there(fs::metadata(path).map(|found| found.len()))
}

/// Puts bytes at the end of a file, if that is at `offset`. None of them are
/// there where one cannot be written.
pub(crate) fn append(path: &Path, offset: u64, piece: &[u8]) -> io::Result<Append> {
    let Some(mut file) = there(writing().open(path))? else { return Ok(Append::Elsewhere(0)) };
    let end = file.seek(SeekFrom::End(0))?;
    if end != offset {
        return Ok(Append::Elsewhere(end));
    }
    if let Err(error) = file.write_all(piece) {
        // The disk is full, most likely.
        let _ = file.set_len(end);
        return Err(error);
    }
    Ok(Append::At(end.saturating_add(piece.len() as u64)))
}

/// Bytes of a file, from `from` and at most `most`; `None` where there is none.
pub(crate) fn read(path: &Path, from: u64, most: u64) -> io::Result<Option<Vec<u8>>> {
    let Some(mut file) = there(File::open(path))? else { return Ok(None) };
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Writes a whole file, which has its place only when all of it is on the disk.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut file = writing().create(true).truncate(true).open(&new)?;
    file.write_all(bytes)?;
    drop(file);
    move_to(&new, path)
}

/// Gives a file another place, for good.
pub(crate) fn move_to(from: &Path, to: &Path) -> io::Result<()> {
    File::open(from)?.sync_all()?;
    fs::rename(from, to)?;
    to.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    there(fs::remove_file(path)).map(drop)
}

fn there<T>(done: io::Result<T>) -> io::Result<Option<T>> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
