//! The functions by their events, as AWS sends them where the emulator does not.

#![expect(clippy::unwrap_used, reason = "a broken test fails")]

mod authorizer;
mod socket;
