//! A server to look at, and how a law is held against it.

use std::{future::Future, time::Duration};

use serde::Deserialize;

use crate::World;

/// After this a law that waits is broken. A cold start fits in it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// Where a server is, as `target/local-aws.json` has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// The socket's address, `ws` or `wss`, without a query.
    pub socket_url: String,
    /// What the paths of the HTTP side are appended to, `http` or `https`.
    pub http_url: String,
}

/// Holds a law against a server, in a runtime of its own.
pub fn hold<L: Future<Output = ()>>(target: &Target, law: impl FnOnce(World) -> L) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Box::pin(async { law(World::new(target)).await }));
}
