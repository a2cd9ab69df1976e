//! `CREATEROOM`, `INVITE`, `LEAVE`, `REMOVE`, `RENAME` and `SETROLE`: change a
//! room. Who may do what is [`Room::after`]'s, where the store appends.

use std::{collections::HashSet, sync::Arc};

use super::append::{Decided, RoomChange};
use crate::{
    chat::{Caller, Chat, Members, Ports},
    ids::{ConversationId, UserId},
    limits::{INVITED_AT_ONCE, ROOM_NAME_BYTES},
    log::Body,
    outcome::Refusal,
    room::{History, Membership, Newcomer, Room, Rule},
};

impl<P: Ports> Chat<P> {
    pub(super) async fn create_room(
        &self,
        caller: &Caller,
        name: Arc<str>,
        history: History,
        members: &[UserId],
    ) -> Result<Decided, Refusal> {
        let name = named(&name)?;
        let members = self.newcomers(caller, members).await?;
        let username = self.profile(&caller.user).await?.username;
        let change = Membership::Created { name, history, username, members };
        changed(caller, None, change)
    }

    pub(super) async fn change_room(
        &self,
        caller: &Caller,
        id: &ConversationId,
        change: RoomChange,
    ) -> Result<Decided, Refusal> {
        let Members::Room(room) = self.members(&caller.user, id).await? else {
            return Err(Rule::NoRoom.into());
        };
        let change = match change {
            RoomChange::Invite(users) if users.is_empty() => {
                return Err(Refusal::Invalid("Say whom you invite."));
            }
            RoomChange::Invite(users) => {
                Membership::Invited { members: self.newcomers(caller, &users).await? }
            }
            RoomChange::Leave => Membership::Left,
            RoomChange::Remove(user) => Membership::Removed { user },
            RoomChange::Rename(name) => Membership::Renamed { name: named(&name)? },
            RoomChange::SetRole(user, role) => Membership::RoleSet { user, role },
        };
        changed(caller, Some(room), change)
    }

    /// People who exist, each once and without the caller, with their names.
    async fn newcomers(
        &self,
        caller: &Caller,
        users: &[UserId],
    ) -> Result<Arc<[Newcomer]>, Refusal> {
        if users.len() > INVITED_AT_ONCE {
            return Err(Refusal::Invalid("At most 50 people can be invited at once."));
        }
        let mut seen = HashSet::from([&caller.user]);
        let mut newcomers = Vec::with_capacity(users.len());
        for user in users.iter().filter(|user| seen.insert(user)) {
            let addressee = self.ports.addressee(user).await?;
            let (profile, standing) =
                addressee.ok_or(Refusal::NotFound("There is nobody with this id."))?;
            self.let_pass(&caller.user, user, standing).await?;
            newcomers.push(Newcomer { user: user.clone(), username: profile.username });
        }
        Ok(newcomers.into())
    }
}

/// Refuses early what the store would refuse: it says so at less cost.
pub(super) fn changed(
    caller: &Caller,
    room: Option<Arc<Room>>,
    change: Membership,
) -> Result<Decided, Refusal> {
    let seq = room.as_ref().map_or(1, |room| room.changed + 1);
    let after = Room::after(room.as_deref(), &caller.user, seq, &change)?;
    let members = Members::Room(room.unwrap_or_else(|| Arc::new(after)));
    Ok(Decided { body: Body::Membership(change), members })
}

/// A room's name without what nobody sees.
fn named(name: &str) -> Result<Arc<str>, Refusal> {
    let name = name.trim();
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(Refusal::Invalid("A room needs a name, in one line."));
    }
    if name.len() > ROOM_NAME_BYTES {
        return Err(Refusal::TooLarge("The name of the room is too long."));
    }
    Ok(name.into())
}

impl From<Rule> for Refusal {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::NoRoom => Self::NotFound("There is no such conversation."),
            Rule::Exists => Self::Conflict("The room is there already."),
            Rule::NotMember => Self::Forbidden("You are not in this conversation."),
            Rule::NotAllowed => Self::Forbidden("Your role in this room does not allow that."),
            Rule::NoSuchMember => Self::NotFound("That person is not in this room."),
            Rule::LastOwner => {
                Self::Conflict("A room needs an owner. Make somebody else an owner first.")
            }
            Rule::Full => Self::Conflict("At most 1,000 people can be in a room."),
            Rule::TooManyRooms => Self::Conflict("One can be in at most 500 rooms."),
            Rule::ShutOut => {
                Self::Forbidden("You were put out of this room. Ask somebody in it to invite you.")
            }
            Rule::NoChange => Self::Conflict("It is so already."),
        }
    }
}
