//! The real binary, from outside.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails where it is surprised")]

mod backup;
mod behaviour;
mod bots;
mod bots_page;
mod chat;
mod chat_screen;
mod doctor;
mod endings;
mod estimate;
mod moving;
mod notices;
mod openapi;
mod operation;
mod people;
mod relay;
mod server;
mod settings;
mod socket;
mod terminal;
mod wrong_settings;
