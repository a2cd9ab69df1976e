//! Stacks on the emulator: one that most tests share, and such as one test has
//! for itself.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::LazyLock,
};

use aizuchi_behaviour::Target;

/// The one that is shared.
pub(crate) fn shared() -> &'static Stack {
    static SHARED: LazyLock<Stack> = LazyLock::new(Stack::start);
    &SHARED
}

/// A stack. It ends with this process, or when it is dropped: its standard
/// input closes then.
pub(crate) struct Stack {
    _process: Child,
    pub(crate) target: Target,
}

impl Stack {
    /// Deploys what is built anew, unless `AIZUCHI_AS_BUILT` says that it is built.
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with these parameters of the template, as `Name=value`.
    pub(crate) fn start_with(parameters: &[&str]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/local-aws");
        let built = std::env::var_os("AIZUCHI_AS_BUILT").is_some();
        let mut process = Command::new(&script)
            .arg("run")
            .args(built.then_some("--as-built"))
            .args(parameters.iter().map(|one| format!("--set={one}")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", script.display()));
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let target = serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("scripts/local-aws did not start: {error}: {line}"));
        Self { _process: process, target }
    }
}
