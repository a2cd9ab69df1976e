//! Waiting for a future from a test that is a plain function.

use std::{future::Future, sync::LazyLock};

use tokio::runtime::{Builder, Runtime};

/// Runs a future to its end on one runtime that all suites of a process share:
/// some adapters need one, and work that a call began must go on after it.
///
/// Not to be called from within it.
pub fn block_on<F: Future>(future: F) -> F::Output {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "without a runtime there is no test")]
        Builder::new_multi_thread().enable_all().build().expect("a runtime")
    });
    RUNTIME.block_on(future)
}
