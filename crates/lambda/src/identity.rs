//! Who a socket belongs to, as the authorizer said and API Gateway repeats.

use std::sync::Arc;

use aizuchi_core::{
    accounts::SessionId,
    chat::Caller,
    directory::Profile,
    identity::Identity,
    ids::{ConnectionId, UserId},
    registry::Level,
};
use serde::{Deserialize, Serialize};

/// The authorizer's word: texts, since API Gateway carries nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    user: String,
    username: String,
    level: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    partner: Option<String>,
}

/// An event without an identity that could be one: no authorizer of ours was asked.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the event names no person or connection")]
pub struct NoIdentity;

impl Context {
    /// What is to be repeated of a handshake.
    pub fn new(identity: Identity, level: Option<&str>, partner: Option<&str>) -> Self {
        let is_level_one = level == Some("1");
        // A page without a partner sends an empty or a made-up one; it watches nobody then.
        let partner = partner.filter(|sub| !is_level_one && UserId::parse(sub).is_ok());
        Self {
            user: identity.user.as_str().to_owned(),
            username: (*identity.username).to_owned(),
            level: if is_level_one { "1" } else { "0" }.to_owned(),
            session: identity.session.map(|session| session.to_string()),
            partner: partner.map(str::to_owned),
        }
    }

    /// The person's id.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The caller, over this connection.
    pub fn caller(&self, connection: &str) -> Result<Caller, NoIdentity> {
        Ok(Caller {
            connection: ConnectionId::parse(connection).map_err(|_| NoIdentity)?,
            user: UserId::parse(&self.user).map_err(|_| NoIdentity)?,
            level: if self.level == "1" { Level::One } else { Level::Zero },
            session: self.session.as_deref().and_then(SessionId::parse),
        })
    }

    /// The person's name, to be written down at his first connect.
    pub fn profile(&self, user: &UserId) -> Profile {
        Profile { user: user.clone(), username: Arc::from(self.username.as_str()) }
    }

    /// Whom a level 0 connection has open.
    pub fn partner(&self) -> Option<UserId> {
        self.partner.as_deref().and_then(|sub| UserId::parse(sub).ok())
    }
}
