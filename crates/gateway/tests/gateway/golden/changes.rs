//! What changes messages and rooms.

use aizuchi_core::{
    attachments::{Attachment, AttachmentId, Dimensions},
    log::{Body, Edited, Emoji, Entry, Message, Reaction, State},
    outcome::{Event, Seen},
    room::{History, Member, Membership, Newcomer, Role, Room},
};
use aizuchi_wire::{
    ClientFrame,
    client::{
        CreateRoom, DelMsg, EditMsg, Invite, Join, Leave, React, Remove, Rename, SendMsg, SetRole,
    },
    room,
};

use super::{
    client::{CLIENT_MSG_ID, ID},
    server::{plain, profile, seen},
};
use crate::support::user;

const ROOM: &str = "r:0123456789abcdef0123456789abcdef";

/// What clients send, by name.
pub(super) fn said() -> Vec<(&'static str, ClientFrame<'static>)> {
    let (id, named) = (ID.into(), || CLIENT_MSG_ID.into());
    let room = || ROOM.into();
    vec![
        (
            "sendmsg-mentions",
            ClientFrame::SendMsg(SendMsg {
                message: "@Bob, look".into(),
                conversation_id: Some(room()),
                client_msg_id: Some(named()),
                mentions: vec!["bob".into()],
                ..SendMsg::default()
            }),
        ),
        (
            "sendmsg-attachments",
            ClientFrame::SendMsg(SendMsg {
                message: "".into(),
                conversation_id: Some(room()),
                client_msg_id: Some(named()),
                attachments: vec!["000000000000000000000000000000a1".into()],
                ..SendMsg::default()
            }),
        ),
        (
            "editmsg",
            ClientFrame::EditMsg(EditMsg {
                conversation_id: id,
                seq: 2,
                message: "first".into(),
                mentions: vec![],
                client_msg_id: named(),
            }),
        ),
        (
            "delmsg",
            ClientFrame::DelMsg(DelMsg {
                conversation_id: ID.into(),
                seq: 2,
                client_msg_id: named(),
            }),
        ),
        (
            "react",
            ClientFrame::React(React {
                conversation_id: ID.into(),
                seq: 2,
                emoji: "👍".into(),
                on: true,
                client_msg_id: named(),
            }),
        ),
        (
            "createroom",
            ClientFrame::CreateRoom(CreateRoom {
                name: "散歩".into(),
                subs: vec!["bob".into(), "cyd".into()],
                history: room::History::Joined,
                client_msg_id: named(),
            }),
        ),
        (
            "invite",
            ClientFrame::Invite(Invite {
                conversation_id: room(),
                subs: vec!["dan".into()],
                client_msg_id: named(),
            }),
        ),
        (
            "join",
            ClientFrame::Join(Join {
                link: "AbJ6vG0xTSuc4m1fJ3kWqg".into(),
                client_msg_id: named(),
            }),
        ),
        ("leave", ClientFrame::Leave(Leave { conversation_id: room(), client_msg_id: named() })),
        (
            "remove",
            ClientFrame::Remove(Remove {
                conversation_id: room(),
                sub: "bob".into(),
                client_msg_id: named(),
            }),
        ),
        (
            "rename",
            ClientFrame::Rename(Rename {
                conversation_id: room(),
                name: "Walks".into(),
                client_msg_id: named(),
            }),
        ),
        (
            "setrole",
            ClientFrame::SetRole(SetRole {
                conversation_id: room(),
                sub: "bob".into(),
                role: room::Role::Admin,
                client_msg_id: named(),
            }),
        ),
    ]
}

/// What the server tells, by name.
pub(super) fn told() -> Vec<(&'static str, Event)> {
    let direct = |body| event(ID, body);
    let room = |change| event(ROOM, Body::Membership(change));
    vec![
        (
            "editmsg",
            direct(Body::Edit { target: 2, text: "first".into(), mentions: [user("bob")].into() }),
        ),
        ("delmsg", direct(Body::Deletion { target: 2 })),
        (
            "react",
            direct(Body::Reaction { target: 2, emoji: Emoji::parse("👍").unwrap(), on: false }),
        ),
        (
            "membership-created",
            room(Membership::Created {
                name: "散歩".into(),
                history: History::SinceJoined,
                username: "Bob".into(),
                members: newcomers(),
            }),
        ),
        ("membership-invited", room(Membership::Invited { members: newcomers() })),
        ("membership-joined", room(Membership::Joined { username: "Bob".into() })),
        ("membership-left", room(Membership::Left)),
        ("membership-removed", room(Membership::Removed { user: user("cyd") })),
        ("membership-renamed", room(Membership::Renamed { name: "Walks".into() })),
        ("membership-role", room(Membership::RoleSet { user: user("cyd"), role: Role::Owner })),
    ]
}

fn newcomers() -> std::sync::Arc<[Newcomer]> {
    [Newcomer { user: user("cyd"), username: "Cyd".into() }].into()
}

fn event(conversation: &str, body: Body) -> Event {
    let conversation = aizuchi_core::ids::ConversationId::parse(conversation).unwrap();
    let to = conversation.partner_of(&user("bob"));
    Event::Entry { conversation, entry: Entry { body, ..plain(7) }, to }
}

/// A message with all that can have become of it.
pub(super) fn changed() -> Entry {
    let reaction = |seq, name: &str, emoji: &str| Reaction {
        seq,
        user: user(name),
        emoji: Emoji::parse(emoji).unwrap(),
    };
    Entry {
        body: Body::Message(Message {
            text: "@Ada, first".into(),
            reply_to: Some(1),
            mentions: [user("ada")].into(),
            attachments: [attachment()].into(),
        }),
        state: State {
            edited: Some(Edited { seq: 5, at: 1_700_000_000_500 }),
            deleted: false,
            reactions: vec![
                reaction(3, "ada", "👍"),
                reaction(4, "bob", "👍"),
                reaction(6, "bob", "🎉"),
            ],
        },
        ..plain(2)
    }
}

fn attachment() -> Attachment {
    Attachment {
        id: AttachmentId::new(0xa1),
        name: "夏.jpg".into(),
        media_type: "image/jpeg".into(),
        size: 2_048,
        dimensions: Some(Dimensions { width: 640, height: 480 }),
        has_thumbnail: true,
    }
}

/// A message of which nothing is left.
pub(super) fn deleted() -> Entry {
    Entry {
        body: Body::Message(Message::default()),
        state: State { deleted: true, ..State::default() },
        ..plain(3)
    }
}

/// A change of a room, as history shows it.
pub(super) fn renamed() -> Entry {
    Entry { body: Body::Membership(Membership::Renamed { name: "Walks".into() }), ..plain(4) }
}

/// A room in a list; `None` of a role is one that its reader was in.
pub(super) fn room(role: Option<Role>) -> Seen {
    let member = |name: &str, role, since| {
        (user(name), Member { username: name.to_uppercase().into(), role, since })
    };
    let room = Room {
        name: "散歩".into(),
        history: History::All,
        members: [member("ada", Role::Owner, 1), member("bob", Role::Member, 1)].into(),
        changed: 1,
        shut_out: [].into(),
    };
    let mut summary = seen(false).summary;
    summary.conversation = aizuchi_core::ids::ConversationId::parse(ROOM).unwrap();
    summary.room = Some(room.into());
    summary.reads.truncate(usize::from(role.is_some()));
    let members = role.map(|_| vec![profile("ada", "ADA"), profile("bob", "BOB")]);
    Seen { summary, members: members.unwrap_or_default(), role, reset: false }
}
