//! Webhooks of bots: what is said in a bot's conversations is posted to its back
//! end, signed, until that takes it.
//!
//! Invariants:
//!
//! - Every entry is posted at least once, and those of one conversation in their
//!   order: the next one only after the one before was taken, and that was noted
//!   ([`Hooks`](aizuchi_core::hooks::Hooks)). So a process that ends in between
//!   loses nothing, and may post one entry of each conversation again.
//! - The log is what is posted from: nothing waits in a queue.
//! - Requests go through [`aizuchi_outbound`]: addresses are checked after their
//!   look-up and pinned, redirects are no success, answers are read to a limit.
//! - Whoever does not answer is asked again, ever more rarely, and given up after
//!   [`Pace::patience`].

mod deliver;
mod metrics;
mod pace;
mod request;
mod sign;
mod worker;

pub use self::{
    metrics::Metrics,
    pace::Pace,
    sign::{SECRET_PREFIX, secret_text, sign},
    worker::{Settings, Worker},
};
