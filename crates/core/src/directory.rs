//! Who exists, as a port: names for ids, and ids for names.

use std::{future::Future, sync::Arc};

use crate::{error::PortError, ids::UserId};

/// What is known of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The id.
    pub user: UserId,
    /// The name that others see, as it was typed.
    pub username: Arc<str>,
}

/// The user directory.
pub trait Directory: Send + Sync + 'static {
    /// The person with this id.
    fn by_id(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<Profile>, PortError>> + Send;

    /// The person with exactly this name, compared as names are (folded).
    fn by_name(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Option<Profile>, PortError>> + Send;

    /// Writes down a person whom an outside issuer vouches for, or his new
    /// name. The built-in pool's people are there already.
    fn remember(&self, profile: &Profile) -> impl Future<Output = Result<(), PortError>> + Send;
}
