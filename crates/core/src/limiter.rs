//! How often a person may do what, as a port: one process counts in memory,
//! a fleet without memory counts in its store.

use std::future::Future;

use crate::{error::PortError, ids::UserId};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Allowance {
    /// A message.
    Send,
    /// A greeting to everybody.
    Greeting,
    /// A report about somebody.
    Report,
    /// Any other frame that costs the server work.
    Request,
    /// An export of all that is one's own.
    Export,
    /// A link into a room: to make one, to see where it leads, to go there.
    Link,
    /// A search.
    Search,
}

/// The limiter's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// Go on.
    Allowed,
    /// Too often; it may be tried again after so many milliseconds.
    Wait {
        /// How long, in ms.
        ms: u64,
    },
}

/// Rate limits per person.
pub trait Limiter: Send + Sync + 'static {
    /// Takes one from a person's allowance.
    fn take(
        &self,
        user: &UserId,
        what: Allowance,
    ) -> impl Future<Output = Result<Verdict, PortError>> + Send;

    /// Notes that `user` looks at these people. Together they may be at most
    /// [`crate::limits::LOOKUPS_AN_HOUR`] different ones an hour.
    fn look_up(
        &self,
        user: &UserId,
        people: &[UserId],
    ) -> impl Future<Output = Result<Verdict, PortError>> + Send;
}

/// No limits: for benches, and for tests of other things.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unlimited;

impl Limiter for Unlimited {
    async fn take(&self, _user: &UserId, _what: Allowance) -> Result<Verdict, PortError> {
        Ok(Verdict::Allowed)
    }

    async fn look_up(&self, _user: &UserId, _people: &[UserId]) -> Result<Verdict, PortError> {
        Ok(Verdict::Allowed)
    }
}
