//! One line, and what it stands for.

use std::sync::Arc;

use aizuchi_core::{
    accounts::{User, Username},
    archive::Person,
    ids::{ClientMsgId, MessageId, UserId},
    log::{Entry, State},
};
use aizuchi_identity::NO_PASSWORD;
use serde::{Deserialize, Serialize};

use super::says::Says;

/// A line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub(super) enum Line {
    Head(Head),
    Person(PersonLine),
    Account(AccountLine),
    Conversation(ConversationLine),
    Entry(EntryLine),
    End(EndLine),
    Tail(TailLine),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) format: String,
    pub(super) version: u32,
}

/// A person: an [`aizuchi_core::archive::Person`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PersonLine {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Arc<str>>,
    /// Whether the name leads to him.
    found: bool,
    /// In ms since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seen: Option<u64>,
}

/// An account of a user pool, the built-in one or Cognito's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AccountLine {
    pub(crate) id: String,
    pub(crate) name: String,
    /// A PHC string; Cognito gives none away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) password_hash: Option<Arc<str>>,
    /// In ms since the epoch.
    pub(crate) created_at: u64,
    /// In ms since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) disabled_at: Option<u64>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConversationLine {
    pub(super) id: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EntryLine {
    seq: u64,
    message_id: String,
    author: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_msg_id: Option<String>,
    timestamp: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<i64>,
    #[serde(flatten)]
    says: Says,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndLine {
    /// How many entries came before.
    pub(super) entries: u64,
    /// Every read cursor, ascending by reader.
    pub(super) cursors: Vec<(String, u64)>,
}

/// What a file holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) people: u64,
    pub(crate) accounts: u64,
    pub(crate) conversations: u64,
    pub(crate) entries: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TailLine {
    pub(super) people: u64,
    pub(super) accounts: u64,
    pub(super) conversations: u64,
    pub(super) entries: u64,
    /// Of all bytes before this line, in hexadecimal digits.
    pub(super) sha256: String,
}

impl TailLine {
    pub(super) fn new(counts: Counts, sha256: String) -> Self {
        let Counts { people, accounts, conversations, entries } = counts;
        Self { people, accounts, conversations, entries, sha256 }
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            people: self.people,
            accounts: self.accounts,
            conversations: self.conversations,
            entries: self.entries,
        }
    }
}

impl From<Person> for PersonLine {
    fn from(person: Person) -> Self {
        Self {
            id: person.user.to_string(),
            name: person.username,
            found: person.is_found,
            last_seen: person.last_seen,
        }
    }
}

impl PersonLine {
    pub(super) fn person(self) -> Result<Person, String> {
        Ok(Person {
            user: parse(UserId::parse(&self.id))?,
            username: self.name,
            is_found: self.found,
            last_seen: self.last_seen,
        })
    }
}

impl From<User> for AccountLine {
    fn from(user: User) -> Self {
        Self {
            id: user.id.to_string(),
            name: user.username.shown().to_string(),
            password_hash: Some(user.password_hash).filter(|hash| **hash != *NO_PASSWORD),
            created_at: user.created_at,
            disabled_at: user.disabled_at,
        }
    }
}

impl AccountLine {
    /// An account of the built-in pool.
    pub(crate) fn user(self) -> Result<User, String> {
        Ok(User {
            id: parse(UserId::parse(&self.id))?,
            username: parse(Username::parse(&self.name))?,
            password_hash: self.password_hash.unwrap_or_else(|| NO_PASSWORD.into()),
            created_at: self.created_at,
            disabled_at: self.disabled_at,
        })
    }
}

impl From<&Entry> for EntryLine {
    fn from(entry: &Entry) -> Self {
        Self {
            seq: entry.seq,
            message_id: entry.message_id.to_string(),
            author: entry.author.to_string(),
            client_msg_id: entry.client_msg_id.as_ref().map(ToString::to_string),
            timestamp: entry.timestamp,
            sent_at: entry.sent_at,
            says: Says::from(&entry.body),
        }
    }
}

impl EntryLine {
    pub(super) fn entry(self) -> Result<Entry, String> {
        let entry = Entry {
            seq: self.seq,
            message_id: MessageId::parse(&self.message_id).ok_or("not a valid message id")?,
            author: parse(UserId::parse(&self.author))?,
            client_msg_id: parse(
                self.client_msg_id.as_deref().map(ClientMsgId::parse).transpose(),
            )?,
            timestamp: self.timestamp,
            sent_at: self.sent_at,
            body: self.says.body()?,
            state: State::default(),
        };
        parse(entry.body.check_limits())?;
        Ok(entry)
    }
}

pub(super) fn parse<T, E: ToString>(parsed: Result<T, E>) -> Result<T, String> {
    parsed.map_err(|error| error.to_string())
}
