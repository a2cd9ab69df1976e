//! Work that is done at once, up to a bound.

use tokio::task::JoinSet;

use super::{MoveError, Report};

/// Tasks under way, and what those that are done did.
pub(super) struct Tasks {
    running: JoinSet<Result<Report, MoveError>>,
    width: usize,
    report: Report,
}

impl Tasks {
    /// At most so many at once.
    pub(super) fn new(width: usize) -> Self {
        Self { running: JoinSet::new(), width, report: Report::default() }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn set_width(&mut self, width: usize) {
        self.width = width;
    }

    /// Begins one, once there is room for it. The first that failed fails all.
    pub(super) async fn spawn(
        &mut self,
        task: impl Future<Output = Result<Report, MoveError>> + Send + 'static,
    ) -> Result<(), MoveError> {
        while self.running.len() >= self.width {
            self.join().await?;
        }
        self.running.spawn(task);
        Ok(())
    }

    /// Waits for all.
    pub(super) async fn finish(&mut self) -> Result<(), MoveError> {
        while !self.running.is_empty() {
            self.join().await?;
        }
        Ok(())
    }

    /// What was done.
    pub(super) fn report(&self) -> Report {
        self.report
    }

    async fn join(&mut self) -> Result<(), MoveError> {
        if let Some(done) = self.running.join_next().await {
            self.report.add(done.map_err(MoveError::Thread)??);
        }
        Ok(())
    }
}
