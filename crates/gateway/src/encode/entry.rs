//! Entries of the log as frames, and as parts of frames.

use aizuchi_core::{
    attachments::Attachment,
    ids::{ConversationId, MessageId, UserId},
    limits::REACTORS_SHOWN,
    log::{Body, Entry, State},
    registry::Level,
    room::{History, Membership, Newcomer, Role},
};
use aizuchi_wire::{
    self as wire, LevelZeroFrame, ServerFrame, Text, level_zero,
    server::{self, EntryKind},
};
use bytes::Bytes;

/// What a text takes of a frame at most, in bytes. None that came in a frame takes
/// more than half of it; one that was imported may, of control characters, which
/// JSON writes with six bytes each.
const TEXT_BYTES: usize = 64 * 1024;

/// An entry that is new, to those whom it concerns.
pub(super) fn new(
    level: Level,
    conversation: &ConversationId,
    entry: &Entry,
    to: Option<&UserId>,
) -> Bytes {
    let to_sub = to.map(|user| user.as_str().into());
    if level == Level::Zero {
        let text = entry.body.message().map(|message| &*message.text).unwrap_or_default();
        return LevelZeroFrame::SendMsg(level_zero::SendMsg {
            message: fitting(text).into(),
            from_sub: entry.author.as_str().into(),
            to_sub: to_sub.unwrap_or_default(),
            timestamp: entry.timestamp,
        })
        .encode()
        .into();
    }
    let conversation_id = conversation.as_str().into();
    let message = folded(entry);
    let frame = match &entry.body {
        Body::Message(_) => {
            ServerFrame::SendMsg(server::SendMsg { conversation_id, to_sub, message })
        }
        Body::Edit { .. } => ServerFrame::EditMsg(server::Entry { conversation_id, message }),
        Body::Deletion { .. } => ServerFrame::DelMsg(server::Entry { conversation_id, message }),
        Body::Reaction { .. } => ServerFrame::React(server::Entry { conversation_id, message }),
        Body::Membership(_) => ServerFrame::Membership(server::Entry { conversation_id, message }),
    };
    frame.encode().into()
}

/// A message as a level 0 page knows it. There is none of what is deleted, or
/// has no text.
pub(super) fn level_zero<'a>(
    entry: &'a Entry,
    members: Option<&'a [UserId; 2]>,
) -> Option<level_zero::Message<'a>> {
    let message = entry.body.message().filter(|message| !message.text.is_empty())?;
    let to = members.map(|[a, b]| if *a == entry.author { b } else { a });
    Some(level_zero::Message {
        message_id: name(entry.message_id),
        message: fitting(&message.text).into(),
        from_sub: entry.author.as_str().into(),
        to_sub: to.map(|user| user.as_str().into()).unwrap_or_default(),
        timestamp: entry.timestamp,
    })
}

/// An entry in a `SYNC`, which says of each what it is.
pub fn raw<'a>(conversation: &'a ConversationId, entry: &'a Entry) -> server::Entry<'a> {
    let kind = Some(kind(&entry.body));
    let message = server::Message { kind, ..folded(entry) };
    server::Entry { conversation_id: conversation.as_str().into(), message }
}

/// An entry with all that it says. What is no message says so.
pub(super) fn folded(entry: &Entry) -> server::Message<'_> {
    let State { edited, deleted, .. } = &entry.state;
    let plain = server::Message {
        kind: Some(kind(&entry.body)).filter(|kind| *kind != EntryKind::Message),
        message_id: name(entry.message_id),
        seq: entry.seq,
        message: Text::default(),
        from_sub: entry.author.as_str().into(),
        timestamp: entry.timestamp,
        sent_at: entry.sent_at,
        client_msg_id: entry.client_msg_id.as_ref().map(|id| id.as_str().into()),
        reply_to: None,
        mentions: Vec::new(),
        attachments: Vec::new(),
        edited_at: edited.map(|edited| edited.at),
        deleted: *deleted,
        reactions: reactions(&entry.state),
        target: entry.body.target(),
        emoji: None,
        on: None,
        change: None,
    };
    match &entry.body {
        Body::Message(message) => server::Message {
            message: fitting(&message.text).into(),
            reply_to: message.reply_to,
            mentions: subs(&message.mentions),
            attachments: message.attachments.iter().map(attachment).collect(),
            ..plain
        },
        Body::Edit { text, mentions, .. } => {
            server::Message { message: fitting(text).into(), mentions: subs(mentions), ..plain }
        }
        Body::Deletion { .. } => plain,
        Body::Reaction { emoji, on, .. } => {
            server::Message { emoji: Some(emoji.as_str().into()), on: Some(*on), ..plain }
        }
        Body::Membership(change) => {
            server::Message { change: Some(room_change(&entry.author, change)), ..plain }
        }
    }
}

/// As much of a text as a frame takes beside all else.
fn fitting(text: &str) -> &str {
    const ESCAPED: usize = r"\u0001".len();
    if text.len() <= TEXT_BYTES / ESCAPED {
        return text;
    }
    let mut left = TEXT_BYTES;
    let over = text.char_indices().find(|(_, letter)| {
        let takes = match letter {
            '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
            '\0'..' ' => ESCAPED,
            letter => letter.len_utf8(),
        };
        let fits = takes <= left;
        left = left.saturating_sub(takes);
        !fits
    });
    over.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

fn attachment(of: &Attachment) -> server::Attachment<'_> {
    server::Attachment {
        id: of.id.to_string().into(),
        name: (&*of.name).into(),
        media_type: (&*of.media_type).into(),
        size: of.size,
        width: of.dimensions.map(|dimensions| dimensions.width),
        height: of.dimensions.map(|dimensions| dimensions.height),
        has_thumbnail: of.has_thumbnail,
    }
}

fn kind(body: &Body) -> EntryKind {
    match body {
        Body::Message(_) => EntryKind::Message,
        Body::Edit { .. } => EntryKind::Edit,
        Body::Deletion { .. } => EntryKind::Deletion,
        Body::Reaction { .. } => EntryKind::Reaction,
        Body::Membership(_) => EntryKind::Membership,
    }
}

fn reactions(state: &State) -> Vec<server::Reactions<'_>> {
    state
        .by_emoji()
        .into_iter()
        .map(|(emoji, users)| server::Reactions {
            emoji: emoji.as_str().into(),
            count: u32::try_from(users.len()).unwrap_or(u32::MAX),
            subs: users.iter().take(REACTORS_SHOWN).map(|user| user.as_str().into()).collect(),
        })
        .collect()
}

fn room_change<'a>(author: &'a UserId, change: &'a Membership) -> server::RoomChange<'a> {
    let himself = |username: &'a str| server::Member {
        sub: author.as_str().into(),
        username: username.into(),
    };
    match change {
        Membership::Created { name, history, username, members } => server::RoomChange::Created {
            name: (&**name).into(),
            history: match history {
                History::All => wire::History::All,
                History::SinceJoined => wire::History::Joined,
            },
            members: std::iter::once(himself(username)).chain(people(members)).collect(),
        },
        Membership::Invited { members } => {
            server::RoomChange::Invited { members: people(members).collect() }
        }
        Membership::Joined { username } => {
            server::RoomChange::Joined { members: vec![himself(username)] }
        }
        Membership::Left => server::RoomChange::Left,
        Membership::Removed { user } => server::RoomChange::Removed { sub: user.as_str().into() },
        Membership::Renamed { name } => server::RoomChange::Renamed { name: (&**name).into() },
        Membership::RoleSet { user, role: to } => {
            server::RoomChange::Role { sub: user.as_str().into(), role: role(*to) }
        }
    }
}

pub(super) fn role(role: Role) -> wire::Role {
    match role {
        Role::Member => wire::Role::Member,
        Role::Admin => wire::Role::Admin,
        Role::Owner => wire::Role::Owner,
    }
}

fn people(members: &[Newcomer]) -> impl Iterator<Item = server::Member<'_>> {
    members.iter().map(|one| server::Member {
        sub: one.user.as_str().into(),
        username: (&*one.username).into(),
    })
}

fn subs(users: &[UserId]) -> Vec<Text<'_>> {
    users.iter().map(|user| user.as_str().into()).collect()
}

fn name(id: MessageId) -> Text<'static> {
    id.to_string().into()
}
