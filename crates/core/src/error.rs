//! What a port may fail with. Outcomes, not drivers: an adapter keeps its
//! driver's error as the cause, which is for the operator and never for a client.

use std::error::Error;

use crate::room::Rule;

/// A driver's error, kept for the operator's log.
pub type Cause = Box<dyn Error + Send + Sync + 'static>;

/// The failure of a port.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// Somebody else got there first; trying again may succeed.
    #[error("conflict")]
    Conflict,
    /// What was given can never be stored, such as a value over the store's limit.
    #[error("rejected: {0}")]
    Rejected(&'static str),
    /// A rule of the domain forbids it.
    #[error("refused: {0}")]
    Refused(#[from] Rule),
    /// The outside did not answer, or not in time. Trying again later may succeed.
    #[error("{what} is unavailable")]
    Unavailable {
        /// Which outside, in an operator's words: "the log", "the directory".
        what: &'static str,
        /// What the driver said.
        #[source]
        cause: Cause,
    },
}

impl PortError {
    /// An [`PortError::Unavailable`] with its cause.
    pub fn unavailable(what: &'static str, cause: impl Into<Cause>) -> Self {
        Self::Unavailable { what, cause: cause.into() }
    }
}
