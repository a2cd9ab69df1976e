//! The chat: the ports, and the rules that its handlers share.

use std::{future::Future, sync::Arc};

use crate::{
    accounts::SessionId,
    attachments::Attachments,
    clock::Clock,
    directory::{DELETED, Directory, Profile},
    error::PortError,
    ids::{ConnectionId, ConversationId, Ids, Seq, UserId},
    limiter::{Allowance, Limiter, Verdict},
    limits::TOLD,
    links::Links,
    log::LogStore,
    outcome::Refusal,
    registry::{Connection, Level, Presence, Registry},
    relations::{Audience, Relations, Standing},
    room::{Role, Room, Rule},
    search::Search,
};

/// The outside, as one shape of the product has it.
pub trait Ports: Send + Sync + 'static {
    /// Where conversations are kept.
    type Log: LogStore;
    /// Where messages are looked for.
    type Search: Search;
    /// Who is connected.
    type Registry: Registry;
    /// Who exists, and what each has decided about others.
    type Directory: Directory + Relations;
    /// The links into rooms.
    type Links: Links;
    /// What files messages may have.
    type Attachments: Attachments;
    /// Who does what how often.
    type Limiter: Limiter;
    /// What time it is.
    type Clock: Clock;
    /// Where ids come from.
    type Ids: Ids;

    /// The log.
    fn log(&self) -> &Self::Log;
    /// Where messages are looked for.
    fn search(&self) -> &Self::Search;
    /// The connection registry.
    fn registry(&self) -> &Self::Registry;
    /// The user directory.
    fn directory(&self) -> &Self::Directory;
    /// The links into rooms.
    fn links(&self) -> &Self::Links;
    /// The attachments.
    fn attachments(&self) -> &Self::Attachments;
    /// The limiter.
    fn limiter(&self) -> &Self::Limiter;
    /// The clock.
    fn clock(&self) -> &Self::Clock;
    /// The source of ids.
    fn ids(&self) -> &Self::Ids;

    // What follows asks several ports. A shape that keeps a person in one place
    // reads him once.

    /// Who somebody is, and how he stands; `None` where nobody has this id.
    fn addressee(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<(Profile, Standing)>, PortError>> + Send {
        async {
            let Some(profile) = self.directory().by_id(user).await? else { return Ok(None) };
            let standing = self.directory().standing(std::slice::from_ref(user)).await?;
            Ok(Some((profile, standing.into_iter().next().unwrap_or_default())))
        }
    }

    /// Who somebody is, whether he is there, and how he stands; `None` where
    /// nobody has this id.
    fn person(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<Option<(Profile, Presence, Standing)>, PortError>> + Send {
        async {
            let Some((profile, standing)) = self.addressee(user).await? else { return Ok(None) };
            let presence = self.registry().presence(std::slice::from_ref(user)).await?;
            Ok(Some((profile, presence.into_iter().next().unwrap_or_default(), standing)))
        }
    }

    /// Whether these users are there, and how they stand, in their order.
    fn presences(
        &self,
        users: &[UserId],
    ) -> impl Future<Output = Result<Vec<(Presence, Standing)>, PortError>> + Send {
        async {
            let presences = self.registry().presence(users).await?;
            let standing = self.directory().standing(users).await?;
            Ok(presences.into_iter().zip(standing).collect())
        }
    }

    /// As [`Registry::watch`]; answers with how the watcher stands.
    fn watch(
        &self,
        caller: &Caller,
        watched: &[UserId],
    ) -> impl Future<Output = Result<Standing, PortError>> + Send {
        async {
            self.registry().watch(&caller.connection, &caller.user, watched).await?;
            let own = self.directory().standing(std::slice::from_ref(&caller.user)).await?;
            Ok(own.into_iter().next().unwrap_or_default())
        }
    }

    /// How somebody stands, and the connections that watch him, but for those of
    /// people who hide from everybody.
    fn watchers(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<(Standing, Vec<Connection>), PortError>> + Send {
        async {
            let mut watchers = self.registry().watchers(user).await?;
            if watchers.is_empty() {
                return Ok((Standing::default(), watchers));
            }
            let mut people = vec![user.clone()];
            people.extend(watchers.iter().map(|watcher| watcher.user.clone()));
            let standing = self.directory().standing(&people).await?;
            let mut own = standing.iter().skip(1);
            watchers.retain(|_| own.next().is_none_or(|own| own.audience != Audience::Nobody));
            Ok((standing.first().copied().unwrap_or_default(), watchers))
        }
    }

    /// Every connection of these users, but of those who are apart from `user`.
    fn connections_near(
        &self,
        user: &UserId,
        users: &[&UserId],
    ) -> impl Future<Output = Result<Vec<Connection>, PortError>> + Send {
        async move {
            let mut near = Vec::with_capacity(users.len());
            for other in users {
                let standing = self.directory().standing(std::slice::from_ref(*other)).await?;
                let may_be = *other != user && standing.iter().any(|standing| standing.apart);
                if !may_be || !self.directory().are_apart(user, other).await? {
                    near.push(*other);
                }
            }
            self.registry().connections(&near).await
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
    /// Whether messages can be looked for.
    pub search: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self { broadcasts: false, live_watches: crate::limits::WATCHED, search: true }
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
    pub(crate) async fn members(
        &self,
        caller: &UserId,
        conversation: &ConversationId,
    ) -> Result<Members, Refusal> {
        let Some(two) = conversation.direct_members() else {
            let room = self.ports.log().room(conversation).await?.ok_or(Rule::NoRoom)?;
            room.role(caller).ok_or(Rule::NotMember)?;
            return Ok(Members::Room(room));
        };
        match two {
            [a, partner] if a == *caller => Ok(Members::Two { partner }),
            [partner, b] if b == *caller => Ok(Members::Two { partner }),
            _ => Err(Rule::NotMember.into()),
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

/// Who is in a conversation, as one of them sees it.
#[derive(Debug, Clone)]
pub(crate) enum Members {
    /// Himself and another.
    Two {
        /// The other.
        partner: UserId,
    },
    /// Those of a room.
    Room(Arc<Room>),
}

impl Members {
    /// The other one of a direct conversation.
    pub(crate) fn partner(&self) -> Option<&UserId> {
        match self {
            Self::Two { partner } => Some(partner),
            Self::Room(_) => None,
        }
    }

    /// Whether somebody else is in it.
    pub(crate) fn has(&self, user: &UserId) -> bool {
        match self {
            Self::Two { partner } => partner == user,
            Self::Room(room) => room.members.contains_key(user),
        }
    }

    /// A member's role. In a direct conversation nobody is more than a member.
    pub(crate) fn role(&self, member: &UserId) -> Role {
        match self {
            Self::Two { .. } => Role::Member,
            Self::Room(room) => room.role(member).unwrap_or(Role::Member),
        }
    }

    /// The place before the first entry that a member sees.
    pub(crate) fn sees_after(&self, member: &UserId) -> Seq {
        match self {
            Self::Two { .. } => 0,
            Self::Room(room) => room.sees_after(member).unwrap_or(Seq::MAX),
        }
    }

    /// The others whom everything is told, such as who types; nobody in a
    /// large room.
    pub(crate) fn told<'a>(&'a self, caller: &UserId) -> Vec<&'a UserId> {
        match self {
            Self::Two { partner } => vec![partner],
            Self::Room(room) if room.members.len() > TOLD => Vec::new(),
            Self::Room(room) => room.members.keys().filter(|user| *user != caller).collect(),
        }
    }
}

fn heed(verdict: Verdict) -> Result<(), Refusal> {
    match verdict {
        Verdict::Allowed => Ok(()),
        Verdict::Wait { ms } => Err(Refusal::RateLimited { retry_after_ms: ms }),
    }
}
