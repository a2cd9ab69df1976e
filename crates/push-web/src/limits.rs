//! The limits of pushing to browsers, in one place.

use std::{num::NonZeroUsize, time::Duration};

/// Largest payload before it is encrypted, in bytes. Push services take 4 KB.
pub const PAYLOAD_BYTES: usize = 3 * 1024;
/// Payloads are padded to a multiple of this, in bytes, so that their length
/// tells little.
pub const PADDING: usize = 256;
/// Characters of a message that are shown.
pub const PREVIEW_CHARS: usize = 240;
/// Characters of a name that are shown.
pub const NAME_CHARS: usize = 80;
/// How long a push service keeps what it cannot deliver yet.
pub const TTL: Duration = Duration::from_secs(3 * 24 * 60 * 60);
/// How long a signature is good. RFC 8292 allows a day.
pub const SIGNED_FOR: Duration = Duration::from_secs(12 * 60 * 60);
/// Messages that wait to be told of; those beyond are not.
pub const QUEUE: usize = 1_024;
/// Messages that are told of at once.
pub const TELLING: usize = 32;
/// Posts that run at once, of all messages together.
pub const IN_FLIGHT: usize = 32;
/// Posts of one message that are begun and not done.
pub const STARTED: usize = 2 * IN_FLIGHT;
/// Posts of one message to one browser, the first included.
pub const ATTEMPTS: u32 = 3;
/// The pause before the second post. It doubles from post to post, and of each
/// a random half is left out.
pub const BACKOFF: Duration = Duration::from_secs(1);
/// The longest pause that a push service may ask for; one that asks for more
/// is not asked again.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long telling of one message may take in all.
pub const TELL_TIMEOUT: Duration = Duration::from_secs(60);
/// The same where the sender's call waits for it.
pub const AWAITED_TIMEOUT: Duration = Duration::from_secs(3);
/// How long an endpoint that failed is left alone, so that a slow one does not
/// take the places of others.
pub const REST: Duration = Duration::from_secs(5 * 60);
/// Endpoints that are known to have failed.
pub const RESTING: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();
