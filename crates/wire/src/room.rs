//! What rooms are described with.

use serde::{Deserialize, Serialize};

/// What a member may do. Each may do what those before it may.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Says things.
    #[default]
    Member,
    /// Invites, removes members, renames, deletes others' messages.
    Admin,
    /// Gives roles.
    Owner,
}

/// How much a newcomer sees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum History {
    /// All there is.
    #[default]
    All,
    /// What comes after he joined.
    Joined,
}
