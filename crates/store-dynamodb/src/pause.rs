//! Waiting before trying again.

use std::time::Duration;

/// The first pause, at most.
const FIRST: Duration = Duration::from_millis(10);
/// Any pause, at most.
const LONGEST: Duration = Duration::from_millis(500);

/// Pauses that grow, each of a random length, so that those who met at one
/// place do not meet again at the next.
#[derive(Debug)]
pub(crate) struct Pause {
    most: Duration,
}

impl Default for Pause {
    fn default() -> Self {
        Self { most: FIRST }
    }
}

impl Pause {
    /// Waits.
    pub(crate) async fn wait(&mut self) {
        let mut random = [0; 2];
        // Without randomness all wait alike, which is worse and not wrong.
        let _ = getrandom::fill(&mut random);
        let part = f64::from(u16::from_le_bytes(random)) / f64::from(u16::MAX);
        tokio::time::sleep(self.most.mul_f64(part)).await;
        self.most = (self.most * 2).min(LONGEST);
    }
}
