//! The `aizuchi` command, and the composition root of the one binary.

fn main() {}
