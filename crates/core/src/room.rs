//! A room: what the changes of its log make of it, and who may make which.
//!
//! The rules are here; a store runs them where an append is atomic, so that of
//! two changes that rule each other out only one is stored. INVARIANT: a room
//! that anybody is in has an owner.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    error::PortError,
    ids::{Seq, UserId},
    limits::{
        INVITED_AT_ONCE, MEMBERS, MEMBERS_SHOWN, ROOM_NAME_BYTES, SHUT_OUT_AROUND, SHUT_OUT_BYTES,
    },
    log::written,
};

/// What a member may do. Each may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Says things, invites nobody.
    Member,
    /// Invites, removes members, renames, deletes others' messages.
    Admin,
    /// Gives roles.
    Owner,
}

/// How much a newcomer sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum History {
    /// All there is.
    All,
    /// What comes after he joined.
    SinceJoined,
}

/// Somebody who is to be in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newcomer {
    /// Who.
    pub user: UserId,
    /// His name at that time.
    pub username: Arc<str>,
}

/// A change of a room. Who makes it is the entry's author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Membership {
    /// The room's first entry. Its author is the owner.
    Created {
        /// What it is called.
        name: Arc<str>,
        /// How much newcomers see.
        history: History,
        /// Its author's name.
        username: Arc<str>,
        /// Who else is in it.
        members: Arc<[Newcomer]>,
    },
    /// Somebody brings others in.
    Invited {
        /// Whom.
        members: Arc<[Newcomer]>,
    },
    /// The author came by a link, which somebody checked.
    Joined {
        /// His name.
        username: Arc<str>,
    },
    /// The author goes.
    Left,
    /// Somebody is put out.
    Removed {
        /// Who.
        user: UserId,
    },
    /// The room is called otherwise.
    Renamed {
        /// How.
        name: Arc<str>,
    },
    /// Somebody gets another role.
    RoleSet {
        /// Who.
        user: UserId,
        /// Which.
        role: Role,
    },
}

impl Membership {
    pub(crate) fn text_bytes(&self) -> usize {
        let names = |members: &[Newcomer]| members.iter().map(|one| one.username.len()).sum();
        match self {
            Self::Created { name, members, .. } => name.len() + names(members),
            Self::Invited { members } => names(members),
            Self::Renamed { name } => name.len(),
            _ => 0,
        }
    }

    /// About what it adds to a frame, in bytes.
    pub(crate) fn weight(&self) -> usize {
        /// Keys of a member.
        const AROUND: usize = 30;
        let one = |one: &Newcomer| AROUND + written(one.user.as_str()) + written(&one.username);
        match self {
            Self::Created { name, username, members, .. } => {
                written(name) + written(username) + members.iter().map(one).sum::<usize>()
            }
            Self::Invited { members } => members.iter().map(one).sum(),
            Self::Joined { username } => written(username),
            Self::Removed { user } | Self::RoleSet { user, .. } => written(user.as_str()),
            Self::Renamed { name } => written(name),
            Self::Left => 0,
        }
    }

    pub(crate) fn check_limits(&self) -> Result<(), PortError> {
        let named = |name: &str| !name.is_empty() && name.len() <= ROOM_NAME_BYTES;
        let few = |members: &[Newcomer]| members.len() <= INVITED_AT_ONCE;
        let fits = match self {
            Self::Created { name, members, .. } => named(name) && few(members),
            Self::Invited { members } => !members.is_empty() && few(members),
            Self::Renamed { name } => named(name),
            _ => true,
        };
        if fits { Ok(()) } else { Err(PortError::Rejected("a change of a room over the limit")) }
    }
}

/// A room as it is by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// What it is called.
    pub name: Arc<str>,
    /// How much newcomers see.
    pub history: History,
    /// Who is in it.
    pub members: BTreeMap<UserId, Member>,
    /// The place of its newest change.
    pub changed: Seq,
    /// Who was put out, and where: he comes back when he is invited, and by no
    /// link. The latest, as many as fit in [`SHUT_OUT_BYTES`].
    pub shut_out: BTreeMap<UserId, Seq>,
}

/// Somebody in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// His name when he came.
    pub username: Arc<str>,
    /// What he may do.
    pub role: Role,
    /// The place of the entry that brought him in.
    pub since: Seq,
}

/// Why a change of a room is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rule {
    /// There is no such room.
    #[error("no such room")]
    NoRoom,
    /// There is one already.
    #[error("the room is there already")]
    Exists,
    /// Its author is not in it.
    #[error("not a member")]
    NotMember,
    /// Its author's role does not allow it.
    #[error("not in this role")]
    NotAllowed,
    /// The one it is about is not in the room.
    #[error("the other is no member")]
    NoSuchMember,
    /// It would leave members without an owner.
    #[error("the last owner")]
    LastOwner,
    /// [`MEMBERS`] are in it.
    #[error("the room is full")]
    Full,
    /// Somebody would be in more than [`crate::limits::ROOMS`] rooms.
    #[error("in too many rooms")]
    TooManyRooms,
    /// He was put out, and comes back by invitation alone.
    #[error("put out before")]
    ShutOut,
    /// It would change nothing.
    #[error("it is so already")]
    NoChange,
}

impl Room {
    /// What `change`, made by `author` at `seq`, makes of a room, or of none
    /// yet.
    pub fn after(
        room: Option<&Self>,
        author: &UserId,
        seq: Seq,
        change: &Membership,
    ) -> Result<Self, Rule> {
        match (room, change) {
            (None, Membership::Created { name, history, username, members }) => {
                let mut room = Self {
                    name: Arc::clone(name),
                    history: *history,
                    members: BTreeMap::new(),
                    changed: seq,
                    shut_out: BTreeMap::new(),
                };
                let owner =
                    Member { username: Arc::clone(username), role: Role::Owner, since: seq };
                room.members.insert(author.clone(), owner);
                room.add(members, seq)?;
                Ok(room)
            }
            (None, _) => Err(Rule::NoRoom),
            (Some(_), Membership::Created { .. }) => Err(Rule::Exists),
            // Whoever came now would find no owner.
            (Some(room), _) if room.members.is_empty() => Err(Rule::NoRoom),
            (Some(room), change) => {
                let mut room = room.clone();
                room.change(author, seq, change)?;
                room.changed = seq;
                Ok(room)
            }
        }
    }

    fn change(&mut self, author: &UserId, seq: Seq, change: &Membership) -> Result<(), Rule> {
        match change {
            Membership::Created { .. } => Err(Rule::Exists),
            Membership::Invited { members } => {
                self.needs(author, Role::Admin)?;
                if self.add(members, seq)? == 0 { Err(Rule::NoChange) } else { Ok(()) }
            }
            Membership::Joined { username } => {
                if self.shut_out.contains_key(author) {
                    return Err(Rule::ShutOut);
                }
                let one = Newcomer { user: author.clone(), username: Arc::clone(username) };
                if self.add(&[one], seq)? == 0 { Err(Rule::NoChange) } else { Ok(()) }
            }
            Membership::Left => {
                self.needs(author, Role::Member)?;
                self.remove(author)
            }
            Membership::Removed { user } => {
                let role = self.needs(author, Role::Admin)?;
                let other = self.role(user).ok_or(Rule::NoSuchMember)?;
                // Nobody puts out his equal but an owner.
                if role <= other && role != Role::Owner {
                    return Err(Rule::NotAllowed);
                }
                self.remove(user)?;
                if user != author {
                    self.shut_out(user, seq);
                }
                Ok(())
            }
            Membership::Renamed { name } => {
                self.needs(author, Role::Admin)?;
                if self.name == *name {
                    return Err(Rule::NoChange);
                }
                self.name = Arc::clone(name);
                Ok(())
            }
            Membership::RoleSet { user, role } => {
                self.needs(author, Role::Owner)?;
                let other = self.members.get_mut(user).ok_or(Rule::NoSuchMember)?;
                if other.role == *role {
                    return Err(Rule::NoChange);
                }
                other.role = *role;
                self.keeps_an_owner()
            }
        }
    }

    /// Brings in those who are not in yet; how many they are.
    fn add(&mut self, members: &[Newcomer], seq: Seq) -> Result<usize, Rule> {
        let before = self.members.len();
        for Newcomer { user, username } in members {
            self.shut_out.remove(user);
            self.members.entry(user.clone()).or_insert_with(|| Member {
                username: Arc::clone(username),
                role: Role::Member,
                since: seq,
            });
        }
        if self.members.len() > MEMBERS { Err(Rule::Full) } else { Ok(self.members.len() - before) }
    }

    fn remove(&mut self, user: &UserId) -> Result<(), Rule> {
        self.members.remove(user);
        self.keeps_an_owner()
    }

    fn shut_out(&mut self, user: &UserId, seq: Seq) {
        self.shut_out.insert(user.clone(), seq);
        let weight = |user: &UserId| user.as_str().len() + SHUT_OUT_AROUND;
        while self.shut_out.keys().map(weight).sum::<usize>() > SHUT_OUT_BYTES {
            let longest_ago = self.shut_out.iter().min_by_key(|(_, seq)| **seq);
            let Some(longest_ago) = longest_ago.map(|(user, _)| user.clone()) else { return };
            self.shut_out.remove(&longest_ago);
        }
    }

    fn keeps_an_owner(&self) -> Result<(), Rule> {
        let has_owner = self.members.values().any(|member| member.role == Role::Owner);
        if has_owner || self.members.is_empty() { Ok(()) } else { Err(Rule::LastOwner) }
    }

    fn needs(&self, user: &UserId, role: Role) -> Result<Role, Rule> {
        let has = self.role(user).ok_or(Rule::NotMember)?;
        if has >= role { Ok(has) } else { Err(Rule::NotAllowed) }
    }

    /// About what it adds to a frame, in bytes.
    pub(crate) fn weight(&self) -> usize {
        /// Keys and numbers of a member.
        const AROUND: usize = 60;
        let one = |(user, member): (&UserId, &Member)| {
            AROUND + written(user.as_str()) + written(&member.username)
        };
        written(&self.name) + self.members.iter().take(MEMBERS_SHOWN).map(one).sum::<usize>()
    }

    /// What somebody may do here; `None` where he is no member.
    pub fn role(&self, user: &UserId) -> Option<Role> {
        self.members.get(user).map(|member| member.role)
    }

    /// The place before the first entry that a member sees; `None` where he
    /// is no member.
    pub fn sees_after(&self, user: &UserId) -> Option<Seq> {
        let member = self.members.get(user)?;
        Some(match self.history {
            History::All => 0,
            // The entry that brought him in is the first.
            History::SinceJoined => member.since - 1,
        })
    }
}
