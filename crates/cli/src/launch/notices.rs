//! How people are told while they are away: by Web Push.

use std::sync::Arc;

use aizuchi_core::clock::SystemClock;
use aizuchi_gateway::{Gateway, Notify, local::Hub};
use aizuchi_identity::http::Origins;
use aizuchi_outbound::Outbound;
use aizuchi_push_web::{Queued, Settings, WebPush};
use aizuchi_store_sqlite::Database;
use axum::Router;
use tokio::task::JoinSet;
use url::Url;

use super::{StartError, bots::Callers};
use crate::{ports::OneBinary, settings};

/// What pushes to browsers.
pub(super) type Push = WebPush<Database, Database>;

/// What the server needs of it.
pub(super) struct Notices {
    pub(super) push: Arc<Push>,
    pub(super) queued: Arc<dyn Notify>,
    database: Database,
}

impl Notices {
    /// Reads the key that pushes are signed with, or makes it. What is to be
    /// told is told `beside` the server.
    pub(super) async fn open(
        settings: &settings::Notices,
        url: &Url,
        database: Database,
        beside: &mut JoinSet<()>,
    ) -> Result<Self, StartError> {
        let own = (url.scheme() == "https").then(|| url.to_string());
        let push = WebPush::new(
            database.clone(),
            database.clone(),
            Settings {
                outbound: Outbound::new(settings.outbound_allow.clone()),
                contact: settings.push_contact.clone().or(own),
                clock: Arc::new(SystemClock),
            },
        );
        push.open().await.map_err(StartError::Notices)?;
        let push = Arc::new(push);
        let (queued, queue) = Queued::new(Arc::clone(&push));
        beside.spawn(queue.run());
        Ok(Self { push, queued: Arc::new(queued), database })
    }

    /// The calls about it.
    pub(super) fn routes(
        &self,
        gateway: &Arc<Gateway<OneBinary, Hub>>,
        verifier: Arc<Callers>,
        origins: Arc<Origins>,
    ) -> Router {
        let (notices, push) = (self.database.clone(), Arc::clone(&self.push));
        aizuchi_api::notices_router(Arc::clone(gateway), verifier, origins, notices, push)
    }
}
