//! What the sources may hold.

use std::{fs, path::PathBuf, process::Command};

/// Lines of a hand-written file, tests in files of their own aside.
const LINES: usize = 400;

/// The files that git knows, and those it would.
fn files() -> Vec<PathBuf> {
    let listing = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(crate::root())
        .output()
        .unwrap();
    assert!(listing.status.success(), "git lists the files");
    let names = String::from_utf8(listing.stdout).unwrap();
    names.lines().map(|name| crate::root().join(name)).filter(|path| path.is_file()).collect()
}

fn is_test(path: &str) -> bool {
    ["/tests/", "/test/", "/testkit/", ".test.", ".spec."].iter().any(|part| path.contains(part))
        || path.ends_with("tests.rs")
        || path.ends_with("simulation.rs")
}

#[test]
fn files_hold_one_thing() {
    for path in files() {
        let name = path.display().to_string();
        let code = [".rs", ".ts", ".tsx", ".css"].iter().any(|ending| name.ends_with(ending));
        if !code || is_test(&name) || name.contains("/generated/") {
            continue;
        }
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= LINES, "{name} has {lines} lines: does it hold one thing?");
    }
}

#[test]
fn nothing_unfinished_is_left() {
    // Written in two halves, or this file would find itself.
    let in_both: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME")];
    let in_rust: &[&str] = &[concat!("#[ig", "nore"), concat!("todo", "!("), concat!("dbg", "!(")];
    let in_typescript: &[&str] =
        &[".only(", ".skip(", "@ts-ignore", " as any;", " as any)", " as any,"];
    for path in files() {
        let name = path.display().to_string();
        let marks = match path.extension().and_then(|ending| ending.to_str()) {
            Some("rs") => in_rust,
            Some("ts" | "tsx") => in_typescript,
            _ => continue,
        };
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            for mark in marks.iter().chain(in_both) {
                assert!(!line.contains(mark), "{name}:{}: {mark}", number + 1);
            }
        }
    }
}

/// Servers reach the Internet through the guard that refuses their own network.
#[test]
fn only_tests_choose_who_guards_what_goes_out() {
    let call = concat!("Outbound::", "guarded");
    for path in files().iter().filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
    {
        let name = path.display().to_string();
        let free = is_test(&name) || name.contains("/crates/outbound/");
        assert!(free || !fs::read_to_string(path).unwrap().contains(call), "{name}");
    }
}

#[test]
fn lock_files_name_no_registry() {
    let lock = crate::root().join("web/package-lock.json");
    assert!(!fs::read_to_string(lock).unwrap().contains("\"resolved\": \"http"));
}
