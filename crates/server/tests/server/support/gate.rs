//! What a test holds back.

use std::sync::Arc;

use tokio::sync::watch;

/// A gate that is open unless it is shut, and counts who came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate(Arc<watch::Sender<State>>);

#[derive(Debug, Default)]
struct State {
    shut: bool,
    came: usize,
}

impl Gate {
    pub(crate) fn shut(&self) {
        self.0.send_modify(|state| state.shut = true);
    }

    pub(crate) fn open(&self) {
        self.0.send_modify(|state| state.shut = false);
    }

    /// How many came so far.
    pub(crate) fn came(&self) -> usize {
        self.0.borrow().came
    }

    /// Waits until so many came.
    pub(crate) async fn reached(&self, many: usize) {
        self.0.subscribe().wait_for(|state| state.came >= many).await.unwrap();
    }

    pub(crate) fn come(&self) {
        self.0.send_modify(|state| state.came += 1);
    }

    /// Waits while it is shut.
    pub(crate) async fn pass(&self) {
        self.0.subscribe().wait_for(|state| !state.shut).await.unwrap();
    }
}
