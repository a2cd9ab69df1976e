//! Webhooks, against a back end of this machine.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails where it is surprised")]

mod faults;
mod told;
mod world;
