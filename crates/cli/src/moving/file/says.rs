//! What an entry says, as fields of its line.

use std::sync::Arc;

use aizuchi_core::{
    attachments::{Attachment, AttachmentId, Dimensions},
    ids::UserId,
    log::{Body, Emoji, Message},
    room::{History, Membership, Newcomer, Role},
};
use serde::{Deserialize, Serialize};

use super::line::parse;

/// A message has a `message` and no `entry`; whatever else there is has an
/// `entry` that says what.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Says {
    Other(Other),
    Message(Said),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Said {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply_to: Option<u64>,
    message: Arc<str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<File>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum Other {
    Edit {
        target: u64,
        message: Arc<str>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<String>,
    },
    Deletion {
        target: u64,
    },
    Reaction {
        target: u64,
        emoji: String,
        on: bool,
    },
    Created {
        name: Arc<str>,
        history: HistoryName,
        username: Arc<str>,
        members: Vec<Person>,
    },
    Invited {
        members: Vec<Person>,
    },
    Joined {
        username: Arc<str>,
    },
    Left,
    Removed {
        user: String,
    },
    Renamed {
        name: Arc<str>,
    },
    Role {
        user: String,
        role: RoleName,
    },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct File {
    id: String,
    name: Arc<str>,
    media_type: Arc<str>,
    size: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pixels: Option<(u32, u32)>,
    #[serde(default)]
    has_thumbnail: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    id: String,
    name: Arc<str>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum HistoryName {
    All,
    Joined,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RoleName {
    Member,
    Admin,
    Owner,
}

impl From<&Body> for Says {
    fn from(body: &Body) -> Self {
        Self::Other(match body {
            Body::Message(message) => return Self::Message(Said::from(message)),
            Body::Edit { target, text, mentions } => {
                Other::Edit { target: *target, message: Arc::clone(text), mentions: ids(mentions) }
            }
            Body::Deletion { target } => Other::Deletion { target: *target },
            Body::Reaction { target, emoji, on } => {
                Other::Reaction { target: *target, emoji: emoji.as_str().to_owned(), on: *on }
            }
            Body::Membership(change) => Other::from(change),
        })
    }
}

impl Says {
    pub(super) fn body(self) -> Result<Body, String> {
        match self {
            Self::Message(said) => said.message().map(Body::Message),
            Self::Other(other) => other.body(),
        }
    }
}

impl From<&Message> for Said {
    fn from(message: &Message) -> Self {
        Self {
            reply_to: message.reply_to,
            message: Arc::clone(&message.text),
            mentions: ids(&message.mentions),
            attachments: message.attachments.iter().map(File::from).collect(),
        }
    }
}

impl Said {
    fn message(self) -> Result<Message, String> {
        let attachments = self.attachments.into_iter().map(File::attachment);
        Ok(Message {
            text: self.message,
            reply_to: self.reply_to,
            mentions: users(&self.mentions)?,
            attachments: attachments.collect::<Result<_, _>>()?,
        })
    }
}

impl From<&Membership> for Other {
    fn from(change: &Membership) -> Self {
        match change {
            Membership::Created { name, history, username, members } => Self::Created {
                name: Arc::clone(name),
                history: match history {
                    History::All => HistoryName::All,
                    History::SinceJoined => HistoryName::Joined,
                },
                username: Arc::clone(username),
                members: people(members),
            },
            Membership::Invited { members } => Self::Invited { members: people(members) },
            Membership::Joined { username } => Self::Joined { username: Arc::clone(username) },
            Membership::Left => Self::Left,
            Membership::Removed { user } => Self::Removed { user: user.to_string() },
            Membership::Renamed { name } => Self::Renamed { name: Arc::clone(name) },
            Membership::RoleSet { user, role } => Self::Role {
                user: user.to_string(),
                role: match role {
                    Role::Member => RoleName::Member,
                    Role::Admin => RoleName::Admin,
                    Role::Owner => RoleName::Owner,
                },
            },
        }
    }
}

impl Other {
    fn body(self) -> Result<Body, String> {
        let change = match self {
            Self::Edit { target, message, mentions } => {
                return Ok(Body::Edit { target, text: message, mentions: users(&mentions)? });
            }
            Self::Deletion { target } => return Ok(Body::Deletion { target }),
            Self::Reaction { target, emoji, on } => {
                let emoji = Emoji::parse(&emoji).ok_or("not an emoji")?;
                return Ok(Body::Reaction { target, emoji, on });
            }
            Self::Created { name, history, username, members } => Membership::Created {
                name,
                history: match history {
                    HistoryName::All => History::All,
                    HistoryName::Joined => History::SinceJoined,
                },
                username,
                members: newcomers(members)?,
            },
            Self::Invited { members } => Membership::Invited { members: newcomers(members)? },
            Self::Joined { username } => Membership::Joined { username },
            Self::Left => Membership::Left,
            Self::Removed { user } => Membership::Removed { user: parse(UserId::parse(&user))? },
            Self::Renamed { name } => Membership::Renamed { name },
            Self::Role { user, role } => Membership::RoleSet {
                user: parse(UserId::parse(&user))?,
                role: match role {
                    RoleName::Member => Role::Member,
                    RoleName::Admin => Role::Admin,
                    RoleName::Owner => Role::Owner,
                },
            },
        };
        Ok(Body::Membership(change))
    }
}

impl From<&Attachment> for File {
    fn from(of: &Attachment) -> Self {
        Self {
            id: of.id.to_string(),
            name: Arc::clone(&of.name),
            media_type: Arc::clone(&of.media_type),
            size: of.size,
            pixels: of.dimensions.map(|pixels| (pixels.width, pixels.height)),
            has_thumbnail: of.has_thumbnail,
        }
    }
}

impl File {
    fn attachment(self) -> Result<Attachment, String> {
        Ok(Attachment {
            id: AttachmentId::parse(&self.id).ok_or("not an id of an attachment")?,
            name: self.name,
            media_type: self.media_type,
            size: self.size,
            dimensions: self.pixels.map(|(width, height)| Dimensions { width, height }),
            has_thumbnail: self.has_thumbnail,
        })
    }
}

fn people(members: &[Newcomer]) -> Vec<Person> {
    let person =
        |one: &Newcomer| Person { id: one.user.to_string(), name: Arc::clone(&one.username) };
    members.iter().map(person).collect()
}

fn newcomers(members: Vec<Person>) -> Result<Arc<[Newcomer]>, String> {
    let newcomer =
        |one: Person| Ok(Newcomer { user: parse(UserId::parse(&one.id))?, username: one.name });
    members.into_iter().map(newcomer).collect()
}

fn ids(users: &[UserId]) -> Vec<String> {
    users.iter().map(ToString::to_string).collect()
}

fn users(ids: &[String]) -> Result<Arc<[UserId]>, String> {
    ids.iter().map(|id| parse(UserId::parse(id))).collect()
}
