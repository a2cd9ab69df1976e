//! The gateway from outside: what connections say, and what they hear.

#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

mod support;

mod attachments;
mod away;
mod bad_input;
mod blocks;
mod golden;
mod history;
mod hub;
mod level_one;
mod level_zero;
mod limits;
mod links;
mod lists;
mod presence;
mod property;
mod search;
mod simulation;
mod sync;
