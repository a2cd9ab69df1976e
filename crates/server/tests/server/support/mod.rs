//! A server on a port of its own, and those who talk to it.

mod gate;
mod ports;
mod server;
mod socket;
mod tokens;

use std::{sync::mpsc, thread, time::Duration};

use tokio::runtime::Builder;

pub(crate) use self::{
    gate::Gate,
    ports::TestPorts,
    server::Server,
    socket::{Socket, direct, message, user},
    tokens::Tokens,
};

/// How long a test may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Runs a test on a runtime of its own, in one thread, so that it may pause
/// the time. A test that hangs fails; its limit is real time, paused or not.
pub(crate) fn run(test: impl AsyncFnOnce() + Send + 'static) {
    let (done, ended) = mpsc::channel::<()>();
    let running = thread::spawn(move || {
        let _dropped_at_the_end = done;
        Builder::new_current_thread().enable_all().build().unwrap().block_on(test());
    });
    if ended.recv_timeout(LIMIT) == Err(mpsc::RecvTimeoutError::Timeout) {
        panic!("the test hangs");
    }
    if let Err(panic) = running.join() {
        std::panic::resume_unwind(panic);
    }
}
