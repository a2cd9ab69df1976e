//! Files that come with messages.

use std::sync::Arc;

/// A file, as it lies in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// What it is called.
    pub name: Arc<str>,
}
