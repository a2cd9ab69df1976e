//! Figures of the process, for the metrics.

use std::sync::Arc;

use aizuchi_push_hooks::Metrics;
use aizuchi_server::Extra;

use super::notices::Push;

/// What the front does not know.
pub(super) fn figures(push: Arc<Push>, hooks: Arc<Metrics>) -> Extra {
    Arc::new(move || {
        let memory = resident_bytes().map(|bytes| {
            ("process_resident_memory_bytes", "Resident memory size in bytes.", bytes)
        });
        memory.into_iter().chain(push.metrics().figures()).chain(hooks.figures()).collect()
    })
}

/// Where the system does not say, the figure is left out.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}
