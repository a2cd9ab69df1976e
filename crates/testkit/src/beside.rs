//! The project's own servers for tests, which run beside them.

use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

/// A server that one of `scripts/` runs. It ends when this is dropped, and with
/// this process however that ends: its standard input closes then.
#[derive(Debug)]
pub struct Beside {
    _process: Child,
    ready: Value,
}

impl Beside {
    /// Starts `scripts/{script}`, and waits for the line of JSON in which it says
    /// where it is.
    ///
    /// # Panics
    /// Where it does not start: its test cannot go on.
    pub fn start<A: AsRef<OsStr>>(script: &str, arguments: impl IntoIterator<Item = A>) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts").join(script);
        let process =
            Command::new(path).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut process = process.unwrap_or_else(|error| panic!("scripts/{script}: {error}"));
        let mut line = String::new();
        if let Some(output) = process.stdout.take() {
            // What cannot be read is no JSON either.
            let _ = BufReader::new(output).read_line(&mut line);
        }
        let ready = serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("scripts/{script} did not start: {error}: {line}"));
        Self { _process: process, ready }
    }

    /// All that it said.
    pub fn ready(&self) -> &Value {
        &self.ready
    }

    /// Its address.
    pub fn url(&self) -> &str {
        self.ready["url"].as_str().unwrap_or_default()
    }
}
