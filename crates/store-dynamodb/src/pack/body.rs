//! What an entry has that is of its kind.

use std::sync::Arc;

use aizuchi_core::{
    ids::Seq,
    log::{Body, Emoji, Message},
    room::{Membership, Newcomer},
};

use super::{
    MESSAGE, OLD_MESSAGE,
    numbers::{Reader, put_text, put_varint},
    people::{put_user, user},
    room::{history_of, put_history, put_role, role_of},
    text,
};

const EDIT: u8 = 3;
const DELETION: u8 = 4;
const REACTION: u8 = 5;
const MEMBERSHIP: u8 = 6;

/// Changes of a room, by their first byte.
const CREATED: u8 = 1;
const INVITED: u8 = 2;
const JOINED: u8 = 3;
const LEFT: u8 = 4;
const REMOVED: u8 = 5;
const RENAMED: u8 = 6;
const ROLE_SET: u8 = 7;

const UNKNOWN: &str = "of a kind that this version does not know";

pub(super) fn kind(body: &Body) -> u8 {
    match body {
        Body::Message(_) => MESSAGE,
        Body::Edit { .. } => EDIT,
        Body::Deletion { .. } => DELETION,
        Body::Reaction { .. } => REACTION,
        Body::Membership(_) => MEMBERSHIP,
    }
}

pub(super) fn put(out: &mut Vec<u8>, body: &Body) {
    match body {
        Body::Message(_) => {}
        Body::Edit { target, .. } | Body::Deletion { target } => put_varint(out, *target),
        Body::Reaction { target, emoji, on } => {
            out.push(u8::from(*on));
            put_varint(out, *target);
            out.extend(emoji.as_str().as_bytes());
        }
        Body::Membership(change) => put_membership(out, change),
    }
}

fn put_membership(out: &mut Vec<u8>, change: &Membership) {
    match change {
        Membership::Created { name, history, username, members } => {
            out.push(CREATED);
            put_history(out, *history);
            put_text(out, name);
            put_text(out, username);
            put_newcomers(out, members);
        }
        Membership::Invited { members } => {
            out.push(INVITED);
            put_newcomers(out, members);
        }
        Membership::Joined { username } => {
            out.push(JOINED);
            put_text(out, username);
        }
        Membership::Left => out.push(LEFT),
        Membership::Removed { user } => {
            out.push(REMOVED);
            put_user(out, user);
        }
        Membership::Renamed { name } => {
            out.push(RENAMED);
            put_text(out, name);
        }
        Membership::RoleSet { user, role } => {
            out.push(ROLE_SET);
            put_role(out, *role);
            put_user(out, user);
        }
    }
}

fn put_newcomers(out: &mut Vec<u8>, members: &[Newcomer]) {
    put_varint(out, members.len() as u64);
    for Newcomer { user, username } in members {
        put_user(out, user);
        put_text(out, username);
    }
}

pub(super) fn read(
    from: &mut Reader<'_>,
    kind: u8,
    is_compressed: bool,
    reply_to: Option<Seq>,
) -> Result<Body, &'static str> {
    Ok(match kind {
        OLD_MESSAGE => {
            let text: Arc<str> =
                if is_compressed { text::expanded(from.0)?.into() } else { from.rest()?.into() };
            Body::said(text, reply_to)
        }
        MESSAGE => Body::Message(Message { reply_to, ..Message::default() }),
        EDIT => Body::Edit { target: from.varint()?, text: "".into(), mentions: Arc::default() },
        DELETION => Body::Deletion { target: from.varint()? },
        REACTION => {
            let (on, target) = (from.byte()? != 0, from.varint()?);
            let emoji = Emoji::parse(from.rest()?).ok_or("with no emoji where one is")?;
            Body::Reaction { target, emoji, on }
        }
        MEMBERSHIP => Body::Membership(membership(from)?),
        _ => return Err(UNKNOWN),
    })
}

fn membership(from: &mut Reader<'_>) -> Result<Membership, &'static str> {
    Ok(match from.byte()? {
        CREATED => Membership::Created {
            history: history_of(from)?,
            name: from.long_text()?.into(),
            username: from.long_text()?.into(),
            members: newcomers(from)?,
        },
        INVITED => Membership::Invited { members: newcomers(from)? },
        JOINED => Membership::Joined { username: from.long_text()?.into() },
        LEFT => Membership::Left,
        REMOVED => Membership::Removed { user: user(from)? },
        RENAMED => Membership::Renamed { name: from.long_text()?.into() },
        ROLE_SET => Membership::RoleSet { role: role_of(from)?, user: user(from)? },
        _ => return Err(UNKNOWN),
    })
}

fn newcomers(from: &mut Reader<'_>) -> Result<Arc<[Newcomer]>, &'static str> {
    let count = from.count()?;
    (0..count)
        .map(|_| Ok(Newcomer { user: user(from)?, username: from.long_text()?.into() }))
        .collect()
}
