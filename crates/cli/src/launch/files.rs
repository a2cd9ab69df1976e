//! Attachments: files beside the database.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use aizuchi_api::{FileSettings, attachments_router};
use aizuchi_core::{
    attachments::Attachments,
    clock::{Clock, SystemClock},
    error::PortError,
};
use aizuchi_files_local::LocalFiles;
use aizuchi_gateway::{Gateway, local::Hub};
use aizuchi_identity::http::Origins;
use aizuchi_store_sqlite::Database;
use axum::Router;
use tokio::task::JoinSet;

use super::{StartError, bots::Callers};
use crate::{
    ports::{Kept, OneBinary},
    settings,
};

/// The largest picture that is shown in place, in pixels: those of the largest
/// cameras of telephones, nearly. Each of the readers may take four bytes for each.
const PIXELS: u64 = 50_000_000;
const READERS: NonZeroUsize = NonZeroUsize::new(2).unwrap();
/// How often old files are looked for.
const SWEEP: Duration = Duration::from_secs(60 * 60);
/// Files that one look removes before it looks again.
const AT_ONCE: usize = 200;

/// What the server needs of them.
pub(super) struct Files {
    kept: Kept,
    settings: FileSettings,
}

impl Files {
    /// Opens their directory, and removes `beside` the server what is old.
    pub(super) fn open(
        settings: &settings::Files,
        database: &Database,
        beside: &mut JoinSet<()>,
    ) -> Result<Self, StartError> {
        let objects =
            LocalFiles::open(database.dir().path().join("files")).map_err(StartError::Files)?;
        let kept = Kept { attachments: database.clone(), objects };
        let settings = FileSettings {
            max_bytes: settings.max_file_size,
            quota_bytes: settings.file_quota,
            retention: settings.file_retention,
            pixels: PIXELS,
            readers: READERS,
        };
        beside.spawn(sweep(kept.clone(), settings.retention));
        Ok(Self { kept, settings })
    }

    /// The files themselves, for who deletes messages.
    pub(super) fn kept(&self) -> Kept {
        self.kept.clone()
    }

    /// The calls about them.
    pub(super) fn routes(
        self,
        gateway: &Arc<Gateway<OneBinary, Hub>>,
        verifier: Arc<Callers>,
        origins: Arc<Origins>,
    ) -> Router {
        let files = Arc::new(aizuchi_api::Files::new(self.kept, self.settings));
        attachments_router(Arc::clone(gateway), verifier, origins, files)
    }
}

async fn sweep(kept: Kept, retention: Option<Duration>) {
    loop {
        if let Err(error) = remove_old(&kept, retention).await {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(%error, cause, "old attachments are not removed");
        }
        tokio::time::sleep(SWEEP).await;
    }
}

async fn remove_old(kept: &Kept, retention: Option<Duration>) -> Result<(), PortError> {
    let now = SystemClock.now_ms();
    let before = retention
        .map_or(0, |age| now.saturating_sub(u64::try_from(age.as_millis()).unwrap_or(u64::MAX)));
    loop {
        let old = kept.attachments.stale_attachments(now, before, AT_ONCE).await?;
        let count = old.len();
        for id in old {
            kept.remove(id).await?;
        }
        if count < AT_ONCE {
            return Ok(());
        }
    }
}
