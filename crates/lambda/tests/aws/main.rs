//! The serverless shape as a whole: the real template and the real package on
//! an AWS of this machine, with its permissions enforced.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a broken test fails")]

mod moved;
mod permissions;
mod stack;

aizuchi_behaviour::behaviour_suite!((stack::target(), ()));
