//! Attachments over HTTP: memory behind the ports, and real files.

#![expect(clippy::unwrap_used, reason = "a broken test fails")]

mod bad;
mod files;
mod world;
