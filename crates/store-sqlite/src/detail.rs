//! What entries and rooms hold beside texts, as JSON in the journal. What is
//! written stays readable: a field that is new has a default.

use std::sync::Arc;

use aizuchi_core::{
    attachments::{Attachment, AttachmentId, Dimensions},
    ids::{InvalidId, Seq, UserId},
    log::{Body, Edited, Emoji, Message, Reaction, State},
    room::{History, Member, Membership, Newcomer, Role, Room},
};
use serde::{Deserialize, Serialize};

/// What is there is none of these.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Id(#[from] InvalidId),
    #[error("not an emoji")]
    Emoji,
    #[error("not an attachment")]
    Attachment,
}

/// A message's, beside its text and what it answers.
#[derive(Default, Serialize, Deserialize)]
struct Said {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<File>,
}

#[derive(Serialize, Deserialize)]
struct File {
    id: String,
    name: Arc<str>,
    #[serde(rename = "type")]
    media_type: Arc<str>,
    size: u64,
    /// Width and height.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pixels: Option<(u32, u32)>,
    #[serde(default)]
    thumbnail: bool,
}

impl From<&Attachment> for File {
    fn from(attachment: &Attachment) -> Self {
        Self {
            id: attachment.id.to_string(),
            name: Arc::clone(&attachment.name),
            media_type: Arc::clone(&attachment.media_type),
            size: attachment.size,
            pixels: attachment.dimensions.map(|of| (of.width, of.height)),
            thumbnail: attachment.has_thumbnail,
        }
    }
}

impl File {
    fn attachment(self) -> Result<Attachment, Unreadable> {
        Ok(Attachment {
            id: AttachmentId::parse(&self.id).ok_or(Unreadable::Attachment)?,
            name: self.name,
            media_type: self.media_type,
            size: self.size,
            dimensions: self.pixels.map(|(width, height)| Dimensions { width, height }),
            has_thumbnail: self.thumbnail,
        })
    }
}

/// An edit's: the row of the message that it changes.
#[derive(Serialize, Deserialize)]
struct Edit {
    entry: u64,
}

#[derive(Serialize, Deserialize)]
struct React {
    emoji: String,
    on: bool,
}

/// The detail of an entry that is to be written; `of` is its target's row.
pub(crate) fn of_body(body: &Body, of: Option<u64>) -> Option<String> {
    match body {
        Body::Message(message) => of_message(message),
        Body::Edit { .. } => of.map(|entry| json(&Edit { entry })),
        Body::Deletion { .. } => None,
        Body::Reaction { emoji, on, .. } => {
            Some(json(&React { emoji: emoji.as_str().to_owned(), on: *on }))
        }
        Body::Membership(change) => Some(json(&Change::from(change))),
    }
}

pub(crate) fn of_message(message: &Message) -> Option<String> {
    let said = Said {
        mentions: message.mentions.iter().map(ToString::to_string).collect(),
        attachments: message.attachments.iter().map(File::from).collect(),
    };
    let is_plain = said.mentions.is_empty() && said.attachments.is_empty();
    (!is_plain).then(|| json(&said))
}

/// A message from its parts.
pub(crate) fn message(
    text: &str,
    reply_to: Option<Seq>,
    detail: Option<&str>,
) -> Result<Message, Unreadable> {
    let Said { mentions, attachments } = match detail {
        Some(detail) => serde_json::from_str(detail)?,
        None => Said::default(),
    };
    let attachments = attachments.into_iter().map(File::attachment);
    Ok(Message {
        text: text.into(),
        reply_to,
        mentions: users(&mentions)?,
        attachments: attachments.collect::<Result<_, Unreadable>>()?,
    })
}

/// The row that an edit changes, if there was one.
pub(crate) fn edited(detail: Option<&str>) -> Result<Option<u64>, Unreadable> {
    let detail: Option<Edit> = detail.map(serde_json::from_str).transpose()?;
    Ok(detail.map(|edit| edit.entry))
}

pub(crate) fn reaction(target: Seq, detail: &str) -> Result<Body, Unreadable> {
    let React { emoji, on } = serde_json::from_str(detail)?;
    let emoji = Emoji::parse(&emoji).ok_or(Unreadable::Emoji)?;
    Ok(Body::Reaction { target, emoji, on })
}

pub(crate) fn membership(detail: &str) -> Result<Body, Unreadable> {
    let change: Change = serde_json::from_str(detail)?;
    Ok(Body::Membership(change.membership()?))
}

/// What later entries made of a message. That it is deleted is its kind.
#[derive(Default, Serialize, Deserialize)]
struct Folded {
    /// The edit's place and time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    edited: Option<(Seq, u64)>,
    /// Place, person and emoji of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reactions: Vec<(Seq, String, String)>,
}

pub(crate) fn of_state(state: &State) -> Option<String> {
    let reaction = |one: &Reaction| (one.seq, one.user.to_string(), one.emoji.as_str().to_owned());
    let folded = Folded {
        edited: state.edited.map(|Edited { seq, at }| (seq, at)),
        reactions: state.reactions.iter().map(reaction).collect(),
    };
    let is_plain = folded.edited.is_none() && folded.reactions.is_empty();
    (!is_plain).then(|| json(&folded))
}

pub(crate) fn state(state: Option<&str>, deleted: bool) -> Result<State, Unreadable> {
    let folded: Folded = match state {
        Some(state) => serde_json::from_str(state)?,
        None => Folded::default(),
    };
    let reaction = |(seq, user, emoji): &(Seq, String, String)| {
        let emoji = Emoji::parse(emoji).ok_or(Unreadable::Emoji)?;
        Ok(Reaction { seq: *seq, user: UserId::parse(user)?, emoji })
    };
    Ok(State {
        edited: folded.edited.map(|(seq, at)| Edited { seq, at }),
        deleted,
        reactions: folded.reactions.iter().map(reaction).collect::<Result<_, Unreadable>>()?,
    })
}

/// Id and name.
type Person = (String, Arc<str>);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Change {
    Created { name: Arc<str>, history: HistoryName, username: Arc<str>, members: Vec<Person> },
    Invited(Vec<Person>),
    Joined(Arc<str>),
    Left,
    Removed(String),
    Renamed(Arc<str>),
    Role(String, RoleName),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum HistoryName {
    All,
    Joined,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RoleName {
    Member,
    Admin,
    Owner,
}

impl From<&Membership> for Change {
    fn from(change: &Membership) -> Self {
        match change {
            Membership::Created { name, history, username, members } => Self::Created {
                name: Arc::clone(name),
                history: (*history).into(),
                username: Arc::clone(username),
                members: people(members),
            },
            Membership::Invited { members } => Self::Invited(people(members)),
            Membership::Joined { username } => Self::Joined(Arc::clone(username)),
            Membership::Left => Self::Left,
            Membership::Removed { user } => Self::Removed(user.to_string()),
            Membership::Renamed { name } => Self::Renamed(Arc::clone(name)),
            Membership::RoleSet { user, role } => Self::Role(user.to_string(), (*role).into()),
        }
    }
}

impl Change {
    fn membership(self) -> Result<Membership, Unreadable> {
        Ok(match self {
            Self::Created { name, history, username, members } => Membership::Created {
                name,
                history: history.into(),
                username,
                members: newcomers(members)?,
            },
            Self::Invited(members) => Membership::Invited { members: newcomers(members)? },
            Self::Joined(username) => Membership::Joined { username },
            Self::Left => Membership::Left,
            Self::Removed(user) => Membership::Removed { user: UserId::parse(&user)? },
            Self::Renamed(name) => Membership::Renamed { name },
            Self::Role(user, role) => {
                Membership::RoleSet { user: UserId::parse(&user)?, role: role.into() }
            }
        })
    }
}

/// A room: its members' ids, names, roles, and the places that brought them in;
/// the ids of those who were put out, and the places.
#[derive(Serialize, Deserialize)]
struct RoomRow {
    name: Arc<str>,
    history: HistoryName,
    changed: Seq,
    members: Vec<(String, Arc<str>, RoleName, Seq)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    shut_out: Vec<(String, Seq)>,
}

pub(crate) fn of_room(room: &Room) -> String {
    let member = |(user, member): (&UserId, &Member)| {
        (user.to_string(), Arc::clone(&member.username), member.role.into(), member.since)
    };
    json(&RoomRow {
        name: Arc::clone(&room.name),
        history: room.history.into(),
        changed: room.changed,
        members: room.members.iter().map(member).collect(),
        shut_out: room.shut_out.iter().map(|(user, seq)| (user.to_string(), *seq)).collect(),
    })
}

pub(crate) fn room(text: &str) -> Result<Room, Unreadable> {
    let RoomRow { name, history, changed, members, shut_out } = serde_json::from_str(text)?;
    let member = |(user, username, role, since): (String, Arc<str>, RoleName, Seq)| {
        Ok((UserId::parse(&user)?, Member { username, role: role.into(), since }))
    };
    let members = members.into_iter().map(member).collect::<Result<_, Unreadable>>()?;
    let gone = |(user, seq): (String, Seq)| Ok((UserId::parse(&user)?, seq));
    let shut_out = shut_out.into_iter().map(gone).collect::<Result<_, Unreadable>>()?;
    Ok(Room { name, history: history.into(), changed, members, shut_out })
}

fn people(members: &[Newcomer]) -> Vec<Person> {
    members.iter().map(|one| (one.user.to_string(), Arc::clone(&one.username))).collect()
}

fn newcomers(members: Vec<Person>) -> Result<Arc<[Newcomer]>, Unreadable> {
    let newcomer =
        |(user, username): Person| Ok(Newcomer { user: UserId::parse(&user)?, username });
    members.into_iter().map(newcomer).collect()
}

fn users(users: &[String]) -> Result<Arc<[UserId]>, Unreadable> {
    users.iter().map(|user| Ok(UserId::parse(user)?)).collect()
}

fn json(value: &impl Serialize) -> String {
    #[expect(clippy::expect_used, reason = "texts, numbers and lists always serialise")]
    serde_json::to_string(value).expect("this is always JSON")
}

impl From<History> for HistoryName {
    fn from(history: History) -> Self {
        match history {
            History::All => Self::All,
            History::SinceJoined => Self::Joined,
        }
    }
}

impl From<HistoryName> for History {
    fn from(name: HistoryName) -> Self {
        match name {
            HistoryName::All => Self::All,
            HistoryName::Joined => Self::SinceJoined,
        }
    }
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Member => Self::Member,
            Role::Admin => Self::Admin,
            Role::Owner => Self::Owner,
        }
    }
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Member => Self::Member,
            RoleName::Admin => Self::Admin,
            RoleName::Owner => Self::Owner,
        }
    }
}
