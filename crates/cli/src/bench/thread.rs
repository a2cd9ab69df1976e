//! A thread with a runtime of its own.

use std::io;

use tokio::{sync::oneshot, task::LocalSet};

use super::BenchError;

/// Runs `work` on a new thread whose runtime has no other: what is on it wakes
/// and shares without locks, and takes one core at most from the server.
pub(super) async fn on_own_thread<T, F, W>(work: F) -> Result<T, BenchError>
where
    T: Send + 'static,
    F: FnOnce() -> W + Send + 'static,
    W: Future<Output = Result<T, BenchError>>,
{
    let (done, result) = oneshot::channel();
    std::thread::Builder::new().name("load".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let result = match runtime {
            Ok(runtime) => LocalSet::new().block_on(&runtime, work()),
            Err(error) => Err(error.into()),
        };
        // Nobody waits any more where the bench has failed elsewhere.
        let _ = done.send(result);
    })?;
    result.await.map_err(|_| io::Error::other("a load thread died"))?
}
