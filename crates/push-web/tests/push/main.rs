//! Web Push against a push service that is really there.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

mod faults;
mod service;
mod told;
mod waiting;
