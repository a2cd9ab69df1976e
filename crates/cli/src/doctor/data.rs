//! The data directory, what is in it, and the disk under it.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use aizuchi_store_sqlite::{DataDir, OpenError};

use super::Finding;
use crate::output::with_causes;

/// Less room than this is bad: the database cannot even keep its log.
const BAD_BYTES: u64 = 128 << 20;
/// Less room than this is worth a note.
const LITTLE_BYTES: u64 = 1 << 30;

/// Looks at the directory. True where a server runs on it.
pub(super) fn look(path: &Path, findings: &mut Vec<Finding>) -> bool {
    let place = match fs::metadata(path) {
        Ok(found) if found.is_dir() => path.to_owned(),
        Ok(_) => {
            let found = format!("{} is no directory.", path.display());
            findings.push(Finding::bad("data", found, "Choose another with --data-dir."));
            return false;
        }
        Err(_) => nearest(path),
    };
    findings.push(writable(path, &place));
    findings.push(room(&place));
    if place != path {
        return false;
    }
    let (finding, in_use) = database(path);
    findings.push(finding);
    in_use
}

/// The directory in which this one would be created.
fn nearest(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute.ancestors().skip(1).find(|above| above.is_dir()).unwrap_or(Path::new("/")).to_owned()
}

fn writable(path: &Path, place: &Path) -> Finding {
    let probe = place.join(format!(".aizuchi-doctor-{}", std::process::id()));
    let written = File::create_new(&probe).and_then(|_| fs::remove_file(&probe));
    let shown = path.display();
    match written {
        Ok(()) if place == path => Finding::ok("data", format!("{shown} can be written.")),
        Ok(()) => Finding::ok("data", format!("{shown} can be created.")),
        Err(error) => Finding::bad(
            "data",
            format!("{} cannot be written: {error}.", place.display()),
            "Let this user own it, or choose another with --data-dir.",
        ),
    }
}

fn room(place: &Path) -> Finding {
    let mend = "Make room, or choose another disk with --data-dir.";
    let free = match rustix::fs::statvfs(place) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize),
        Err(error) => return Finding::note("disk", format!("It cannot be asked: {error}."), mend),
    };
    let found = format!("{} MiB are free.", free >> 20);
    match free {
        0..BAD_BYTES => Finding::bad("disk", found, mend),
        BAD_BYTES..LITTLE_BYTES => Finding::note("disk", found, mend),
        _ => Finding::ok("disk", found),
    }
}

fn database(path: &Path) -> (Finding, bool) {
    let about = "database";
    let dir = match DataDir::existing(path) {
        Ok(dir) => dir,
        Err(_) => return (Finding::ok(about, "There is none yet; a start makes one."), false),
    };
    let checked = dir.check().and_then(|()| dir.in_use());
    let mend = match &checked {
        Err(OpenError::Newer { .. }) => "Run that newer version, or choose another directory.",
        Err(OpenError::Foreign(_)) => "Choose another directory with --data-dir.",
        _ => "Restore a backup with `aizuchi restore`.",
    };
    match checked {
        Ok(true) => (Finding::ok(about, "This version can use it, and a server runs on it."), true),
        Ok(false) => {
            (Finding::ok(about, "This version can use it, and no server runs on it."), false)
        }
        Err(error) => (Finding::bad(about, format!("{}.", with_causes(&error)), mend), false),
    }
}
