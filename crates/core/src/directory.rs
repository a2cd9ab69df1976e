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

/// What others see in the place of the name of somebody who deleted his
/// account. Nobody is called so.
pub const DELETED: &str = "Deleted user";

/// The user directory.
///
/// Whoever was deleted is found neither by his id nor by a name, for good, and
/// his name is nobody's any more: another who came by it would be taken for him.
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
    /// name. The built-in pool's people are there already. `Conflict` where he
    /// was deleted, or somebody of this name was.
    fn remember(&self, profile: &Profile) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Deletes a person, at this ms since the epoch: his name, and when he was
    /// seen last. Deleting him again changes nothing.
    fn delete(&self, user: &UserId, at: u64) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Whether he was deleted. Asked of those only whom [`Directory::by_id`]
    /// does not know.
    fn is_deleted(&self, user: &UserId) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Whether somebody of this name was deleted, so that nobody gets it.
    fn is_retired(&self, name: &str) -> impl Future<Output = Result<bool, PortError>> + Send;
}
