//! A running server, and other commands beside it.

use std::{
    collections::HashMap,
    ffi::OsStr,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::Duration,
};

use aizuchi_client::{Account, Service};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use url::Url;

/// After this a test that waits has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) const PASSWORD: &str = "a quiet evening";

/// The command, without the variables of whoever runs the tests.
pub(crate) fn aizuchi<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aizuchi"));
    command.env_clear().args(arguments);
    command
}

/// Runs a command to its end, with this on its standard input.
pub(crate) fn run(mut command: Command, input: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that fails early may not read it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A data directory that outlives the servers on it.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    /// A file beside the data.
    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Starts a server, and waits until it is ready.
    pub(crate) fn serve(&self, more: &[&str]) -> Server {
        let log = self.0.path().join("log");
        let file = std::fs::File::options().create(true).append(true).open(log).unwrap();
        let mut command = aizuchi(["serve", "--listen", "127.0.0.1:0", "--data-dir"]);
        let mut child = command
            .arg(self.data())
            .args(more)
            .stdout(Stdio::piped())
            .stderr(file)
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut told = HashMap::new();
        for line in lines.map(Result::unwrap).take_while(|line| !line.starts_with("Open")) {
            if let Some((what, value)) = line.trim().split_once("  ") {
                told.insert(what.to_owned(), value.trim().to_owned());
            }
        }
        let Some(address) = told.get("Address") else { panic!("no server: {}", self.log()) };
        Server { child, url: address.parse().unwrap(), metrics: told.remove("Metrics") }
    }

    /// What the servers have logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.0.path().join("log")).unwrap_or_default()
    }

    /// Runs `aizuchi` with these arguments on the data directory.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = aizuchi(arguments);
        command.arg("--data-dir").arg(self.data());
        run(command, input)
    }
}

pub(crate) struct Server {
    child: Child,
    pub(crate) url: Url,
    pub(crate) metrics: Option<String>,
}

impl Server {
    pub(crate) fn address(&self) -> &str {
        &self.url[url::Position::BeforeHost..url::Position::AfterPort]
    }

    pub(crate) async fn sign_up(&self, name: &str) -> Account {
        Service::new(self.url.clone()).unwrap().sign_up(name, PASSWORD).await.unwrap()
    }

    pub(crate) async fn sign_in(&self, name: &str) -> Account {
        Service::new(self.url.clone()).unwrap().sign_in(name, PASSWORD).await.unwrap()
    }

    /// Asks it to stop, as a supervisor does.
    pub(crate) fn terminate(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
