//! A Rust client: a session state machine without I/O, and its transport.
