//! Code generation, and the rules of the house as tests.
//!
//! `cargo xtask codegen` writes what is generated; `cargo test -p xtask` fails
//! where that is stale, and where a rule of ARCHITECTURE.md is broken.

mod asyncapi;
mod codegen;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod house;
#[cfg(test)]
mod sources;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

fn main() -> ExitCode {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let result = match asked.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["codegen"] => codegen::write().and_then(|()| asyncapi::write()),
        _ => Err("usage: cargo xtask codegen".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "this is a command")]
            {
                eprintln!("{error}");
            }
            ExitCode::FAILURE
        }
    }
}

/// The workspace's root.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}
