//! The limits of pushing, in one place.

use std::time::Duration;

/// Posts that run at once, of all pushes of a process together.
pub const IN_FLIGHT: usize = 32;
/// Posts of one push that are begun and not done: those that wait for their
/// next attempt do not hold up the others.
pub const STARTED: usize = 4 * IN_FLIGHT;
/// How long one post may take until it is answered.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a push to any number of connections may take, pauses included.
/// Well below the 29 s that API Gateway waits for whoever pushes.
pub const PUSH_TIMEOUT: Duration = Duration::from_secs(10);
/// Posts of one frame to one connection, the first included.
pub const ATTEMPTS: u32 = 4;
/// The pause before the second post. It doubles from post to post, and of each
/// a random half is left out.
pub const BACKOFF: Duration = Duration::from_millis(100);
/// After how long a connection that is not there is looked for once more: one
/// that is being opened is registered a little before API Gateway knows it.
pub const GONE_AGAIN: Duration = Duration::from_millis(500);
