//! The real binary, from outside.

mod chat;
mod endings;
mod level_zero;
mod people;
mod server;
mod socket;
