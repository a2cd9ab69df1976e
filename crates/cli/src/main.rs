//! The `aizuchi` command.

use std::process::ExitCode;

/// Holds what many idle connections need in less memory than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    aizuchi_cli::run(std::env::args_os())
}
