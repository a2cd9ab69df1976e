//! What is logged, for tests that look at it.

#![expect(clippy::unwrap_used, reason = "what is written here is UTF-8")]

use std::{cell::RefCell, io, sync::Once};

thread_local! {
    /// Of this thread, and so of this test.
    static WRITTEN: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WRITTEN.with_borrow_mut(|written| written.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins a log of all that a release build can say.
pub fn begin() {
    static SUBSCRIBER: Once = Once::new();
    SUBSCRIBER.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_ansi(false)
            .with_writer(|| Writer)
            .init();
    });
    drop(end());
}

/// What this test logged since.
pub fn end() -> String {
    String::from_utf8(WRITTEN.take()).unwrap()
}
