//! What the server uses, from outside and by its own word.

use std::{collections::BTreeMap, fs, time::Duration};

use serde::Serialize;

use super::{BenchError, Common};

/// In bytes.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Memory {
    /// Resident, shared and file pages included.
    pub(super) resident: u64,
    /// Written to by this process alone: what its user-space memory costs.
    pub(super) private_dirty: u64,
    /// Not backed by a file.
    pub(super) anonymous: u64,
}

/// What is known of the server at one moment.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Sight {
    /// From `/proc`, where the process is known.
    pub(super) memory: Option<Memory>,
    /// Its own gauges, where it tells them.
    pub(super) metrics: BTreeMap<String, f64>,
}

pub(super) async fn look(common: &Common) -> Result<Sight, BenchError> {
    let memory = common.pid.map(from_outside).transpose()?;
    let metrics = match &common.metrics_url {
        Some(url) => parse_metrics(&fetch(url.clone()).await?),
        None => BTreeMap::new(),
    };
    Ok(Sight { memory, metrics })
}

fn from_outside(pid: u32) -> Result<Memory, BenchError> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let text = fs::read_to_string(&path)
        .map_err(|error| BenchError::Memory(format!("{path}: {error}")))?;
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
        kib.map(|kib| kib * 1024)
            .ok_or_else(|| BenchError::Memory(format!("{path} has no field {name}")))
    };
    Ok(Memory {
        resident: field("Rss:")?,
        private_dirty: field("Private_Dirty:")?,
        anonymous: field("Anonymous:")?,
    })
}

/// The processor time that a process has used.
pub(super) fn cpu_time(pid: u32) -> Result<Duration, BenchError> {
    /// Of Linux on every architecture, as far as `/proc` is concerned.
    const TICKS_A_SECOND: u64 = 100;
    let path = format!("/proc/{pid}/stat");
    let text = fs::read_to_string(&path)
        .map_err(|error| BenchError::Memory(format!("{path}: {error}")))?;
    // The name before the last parenthesis may hold anything.
    let fields = text.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    let [user, system] = fields.skip(11).take(2).collect::<Vec<_>>()[..] else {
        return Err(BenchError::Memory(format!("{path} has an unknown form")));
    };
    let ticks = user.parse::<u64>().unwrap_or(0) + system.parse::<u64>().unwrap_or(0);
    Ok(Duration::from_millis(ticks * 1_000 / TICKS_A_SECOND))
}

async fn fetch(url: url::Url) -> Result<String, BenchError> {
    let answer = async { reqwest::get(url).await?.error_for_status()?.text().await };
    answer.await.map_err(|error| BenchError::Memory(error.to_string()))
}

/// The samples of a Prometheus text, by name and labels.
fn parse_metrics(text: &str) -> BTreeMap<String, f64> {
    let sample = |line: &str| {
        let (name, value) = line.rsplit_once(' ')?;
        Some((name.to_owned(), value.parse().ok()?))
    };
    text.lines().filter(|line| !line.starts_with('#')).filter_map(sample).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_read_by_name_and_labels() {
        let text = "# HELP a b\n# TYPE a gauge\na 12\nb{code=\"x y\"} 1.5\n\nbad\n";
        let expected = [("a".to_owned(), 12.0), ("b{code=\"x y\"}".to_owned(), 1.5)];
        assert_eq!(parse_metrics(text), BTreeMap::from(expected));
    }

    #[test]
    fn this_process_has_memory() {
        let memory = from_outside(std::process::id()).unwrap();
        assert!(memory.resident >= memory.private_dirty && memory.private_dirty > 0);
    }
}
