//! The domain: ids, the log, conversations, presence, limits, and one handler an action.
