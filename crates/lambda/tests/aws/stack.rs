//! The stack that all tests here share.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::LazyLock,
};

use aizuchi_behaviour::Target;

/// Ends with this process: its standard input closes then. What it runs is
/// built anew, unless `AIZUCHI_AS_BUILT` says that it is built.
static STACK: LazyLock<(Child, Target)> = LazyLock::new(start);

/// Where it is.
pub(crate) fn target() -> Target {
    STACK.1.clone()
}

fn start() -> (Child, Target) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/local-aws");
    let built = std::env::var_os("AIZUCHI_AS_BUILT").is_some();
    let mut stack = Command::new(&script)
        .arg("run")
        .args(built.then_some("--as-built"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", script.display()));
    let mut line = String::new();
    BufReader::new(stack.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let target = serde_json::from_str(&line)
        .unwrap_or_else(|error| panic!("scripts/local-aws did not start: {error}: {line}"));
    (stack, target)
}
