//! The chat: the ports, and the rules that its handlers share.

use std::future::Future;

use crate::{
    accounts::SessionId,
    clock::Clock,
    directory::{DELETED, Directory, Profile},
    error::PortError,
    ids::{ConnectionId, ConversationId, Ids, UserId},
    limiter::{Allowance, Limiter, Verdict},
    log::LogStore,
    outcome::Refusal,
    registry::{Level, Presence, Registry},
};

/// The outside, as one shape of the product has it.
pub trait Ports: Send + Sync + 'static {
    /// Where conversations are kept.
    type Log: LogStore;
    /// Who is connected.
    type Registry: Registry;
    /// Who exists.
    type Directory: Directory;
    /// Who does what how often.
    type Limiter: Limiter;
    /// What time it is.
    type Clock: Clock;
    /// Where ids come from.
    type Ids: Ids;

    /// The log.
    fn log(&self) -> &Self::Log;
    /// The connection registry.
    fn registry(&self) -> &Self::Registry;
    /// The user directory.
    fn directory(&self) -> &Self::Directory;
    /// The limiter.
    fn limiter(&self) -> &Self::Limiter;
    /// The clock.
    fn clock(&self) -> &Self::Clock;
    /// The source of ids.
    fn ids(&self) -> &Self::Ids;

    /// Who somebody is, and whether he is there; `None` where nobody has this
    /// id. A shape that keeps both in one place reads it once.
    fn person(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<(Profile, Presence)>, PortError>> + Send {
        async {
            let Some(profile) = self.directory().by_id(user).await? else { return Ok(None) };
            let presence = self.registry().presence(std::slice::from_ref(user)).await?;
            Ok(Some((profile, presence.into_iter().next().unwrap_or_default())))
        }
    }
}

/// What an operator may decide.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// Whether `GREETING` is allowed.
    pub broadcasts: bool,
    /// How many of the people that a connection watches are live; the rest are snapshots.
    pub live_watches: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self { broadcasts: false, live_watches: crate::limits::WATCHED }
    }
}

/// Who calls, and over which connection. Always the connection's identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Which connection.
    pub connection: ConnectionId,
    /// Whose.
    pub user: UserId,
    /// In which vocabulary.
    pub level: Level,
    /// The session whose end ends the connection, where it is known.
    pub session: Option<SessionId>,
}

/// The chat. Its methods, a file each in `handlers`, are the actions.
#[derive(Debug)]
pub struct Chat<P> {
    pub(crate) ports: P,
    pub(crate) policy: Policy,
}

impl<P: Ports> Chat<P> {
    /// A chat over these ports.
    pub fn new(ports: P, policy: Policy) -> Self {
        Self { ports, policy }
    }

    /// The ports.
    pub fn ports(&self) -> &P {
        &self.ports
    }

    /// Refuses requests that come too often. The gateway asks before it does
    /// anything for a frame that is no message; a message has its own allowance.
    pub async fn admit(&self, user: &UserId) -> Result<(), Refusal> {
        self.allow(user, Allowance::Request).await
    }

    /// Refuses what comes too often.
    pub(crate) async fn allow(&self, user: &UserId, what: Allowance) -> Result<(), Refusal> {
        heed(self.ports.limiter().take(user, what).await?)
    }

    /// Refuses to look at too many different people.
    pub async fn allow_look_up(&self, user: &UserId, people: &[UserId]) -> Result<(), Refusal> {
        heed(self.ports.limiter().look_up(user, people).await?)
    }

    /// The members of a conversation, if the caller is one of them.
    pub(crate) fn members(
        &self,
        caller: &UserId,
        conversation: &ConversationId,
    ) -> Result<[UserId; 2], Refusal> {
        let members = conversation
            .direct_members()
            .ok_or(Refusal::NotFound("There is no such conversation."))?;
        if members.contains(caller) {
            Ok(members)
        } else {
            Err(Refusal::Forbidden("You are not in this conversation."))
        }
    }

    /// A person's profile. Who deleted his account is [`DELETED`]; who is known
    /// by no name keeps his id for one.
    pub async fn profile(&self, user: &UserId) -> Result<Profile, PortError> {
        let directory = self.ports.directory();
        if let Some(profile) = directory.by_id(user).await? {
            return Ok(profile);
        }
        let username = if directory.is_deleted(user).await? { DELETED } else { user.as_str() };
        Ok(Profile { user: user.clone(), username: username.into() })
    }
}

fn heed(verdict: Verdict) -> Result<(), Refusal> {
    match verdict {
        Verdict::Allowed => Ok(()),
        Verdict::Wait { ms } => Err(Refusal::RateLimited { retry_after_ms: ms }),
    }
}
