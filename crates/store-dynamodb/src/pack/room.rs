//! A room as it lies in its item: its history, name, newest change, and each
//! member's id, name, role and place; then who was put out, and where, if
//! anybody was.

use aizuchi_core::{
    ids::UserId,
    room::{History, Member, Role, Room},
};

use super::{
    numbers::{Reader, put_text, put_varint},
    people::{put_user, user},
};

/// Packs a room.
pub(crate) fn pack_room(room: &Room) -> Vec<u8> {
    let mut out = Vec::new();
    put_history(&mut out, room.history);
    put_text(&mut out, &room.name);
    put_varint(&mut out, room.changed);
    put_varint(&mut out, room.members.len() as u64);
    for (user, member) in &room.members {
        put_user(&mut out, user);
        put_text(&mut out, &member.username);
        put_role(&mut out, member.role);
        put_varint(&mut out, member.since);
    }
    if !room.shut_out.is_empty() {
        put_varint(&mut out, room.shut_out.len() as u64);
    }
    for (user, seq) in &room.shut_out {
        put_user(&mut out, user);
        put_varint(&mut out, *seq);
    }
    out
}

/// The room that was packed.
pub(crate) fn unpack_room(packed: &[u8]) -> Result<Room, &'static str> {
    let mut from = Reader(packed);
    let history = history_of(&mut from)?;
    let name = from.long_text()?.into();
    let changed = from.varint()?;
    let count = from.count()?;
    let mut member = || -> Result<(UserId, Member), &'static str> {
        let user = user(&mut from)?;
        let username = from.long_text()?.into();
        Ok((user, Member { username, role: role_of(&mut from)?, since: from.varint()? }))
    };
    let members = (0..count).map(|_| member()).collect::<Result<_, _>>()?;
    let gone = if from.0.is_empty() { 0 } else { from.count()? };
    let shut_out = (0..gone).map(|_| Ok((user(&mut from)?, from.varint()?)));
    let shut_out = shut_out.collect::<Result<_, &'static str>>()?;
    Ok(Room { name, history, members, changed, shut_out })
}

pub(super) fn put_history(out: &mut Vec<u8>, history: History) {
    out.push(match history {
        History::All => 0,
        History::SinceJoined => 1,
    });
}

pub(super) fn history_of(from: &mut Reader<'_>) -> Result<History, &'static str> {
    match from.byte()? {
        0 => Ok(History::All),
        1 => Ok(History::SinceJoined),
        _ => Err("with a history that this version does not know"),
    }
}

pub(super) fn put_role(out: &mut Vec<u8>, role: Role) {
    out.push(match role {
        Role::Member => 0,
        Role::Admin => 1,
        Role::Owner => 2,
    });
}

pub(super) fn role_of(from: &mut Reader<'_>) -> Result<Role, &'static str> {
    match from.byte()? {
        0 => Ok(Role::Member),
        1 => Ok(Role::Admin),
        2 => Ok(Role::Owner),
        _ => Err("with a role that this version does not know"),
    }
}
