//! The machine: ports, files and the clock.

use std::{
    fs,
    io::ErrorKind,
    net::{SocketAddr, TcpListener},
    path::Path,
    time::{Duration, SystemTime},
};

use super::Finding;
use crate::launch::OTHER_FILES;

/// With fewer files than this a server serves hardly anybody.
const FEW_FILES: u64 = 1_024;
/// How far ahead of the clock a file may be.
const AHEAD: Duration = Duration::from_secs(60);
/// This code is younger than 2026, in seconds since the epoch.
const WRITTEN: Duration = Duration::from_secs(1_767_225_600);

/// Whether a port can be had.
pub(super) fn port(about: &'static str, address: SocketAddr, server_runs: bool) -> Finding {
    let error = match TcpListener::bind(address) {
        Ok(_) => return Finding::ok(about, format!("{address} is free.")),
        Err(error) => error,
    };
    if error.kind() == ErrorKind::AddrInUse && server_runs {
        let found = format!("{address} is taken, as it should be while the server runs.");
        return Finding::ok(about, found);
    }
    let mend = match error.kind() {
        ErrorKind::AddrInUse => "Stop what listens there, or choose another port.",
        ErrorKind::PermissionDenied => "Choose a port from 1024 up, or allow this one.",
        _ => "Choose an address of this machine, or 0.0.0.0 for all of them.",
    };
    Finding::bad(about, format!("{address} cannot be had: {error}."), mend)
}

/// Whether as many files may be open as there may be connections.
pub(super) fn files(max_connections: usize) -> Finding {
    let about = "open files";
    let mend = "Raise the limit: `ulimit -n`, or LimitNOFILE= in a systemd unit.";
    let most = match rlimit::Resource::NOFILE.get_hard() {
        Ok(most) => most,
        Err(error) => return Finding::note(about, format!("It cannot be asked: {error}."), mend),
    };
    let wanted = (max_connections + OTHER_FILES) as u64;
    if most < FEW_FILES {
        Finding::bad(about, format!("Only {most} are allowed."), mend)
    } else if most < wanted {
        let found = format!("{most} are allowed, which is fewer than --max-connections needs.");
        Finding::note(about, found, mend)
    } else {
        Finding::ok(about, format!("{most} are allowed."))
    }
}

/// Whether the clock can be right: messages are dated by it, and tokens expire by it.
pub(super) fn clock(data_dir: &Path) -> Finding {
    let mend = "Set the clock, and keep it set, as with systemd-timesyncd or chrony.";
    let now = SystemTime::now();
    if now < SystemTime::UNIX_EPOCH + WRITTEN {
        return Finding::bad("clock", "It is before the time of this version.", mend);
    }
    let database = fs::metadata(data_dir.join("aizuchi.db-wal"));
    let written = database.and_then(|file| file.modified());
    if written.is_ok_and(|written| written > now + AHEAD) {
        return Finding::bad("clock", "It is behind the time of the database.", mend);
    }
    Finding::ok("clock", "It may well be right.")
}
