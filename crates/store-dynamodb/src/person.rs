//! A person's item: who he is, when he was seen last, his connections, and
//! which of his sessions have ended.
//!
//! It is one item, so that coming, going and being told that one was the first
//! or the last are one write each. Every connection is an attribute of its own
//! (a map, see [`connection`]), so that none of these writes reads first.

pub(crate) mod connection;
pub(crate) mod profiles;
pub(crate) mod watched;

use aizuchi_core::{
    accounts::SessionId,
    directory::Profile,
    error::PortError,
    ids::{ConnectionId, UserId},
    registry::Presence,
    relations::{Audience, Standing},
};

use self::connection::Held;
use crate::{
    item::{self, Item},
    lease,
};

/// His id, where he has a name or was restored.
pub(crate) const ID: &str = "u";
/// His name, as it was typed.
pub(crate) const NAME: &str = "n";
/// His name, folded.
pub(crate) const FOLDED: &str = "f";
/// When a connection of his ended last, in ms since the epoch.
pub(crate) const LAST_SEEN: &str = "l";

/// Since when he is gone, in ms since the epoch, where he deleted his account.
pub(crate) const DELETED: &str = "g";

/// That he may block somebody, or somebody him: there where it ever was so.
pub(crate) const APART: &str = "k";
/// How often he blocked somebody.
pub(crate) const BLOCKS: &str = "b";
/// Who may see whether he is there; absent where everybody may.
const AUDIENCE: &str = "v";

const CONTACTS: u64 = 1;
const NOBODY: u64 = 2;

/// An audience as it is written, if it is.
pub(crate) fn audience_number(audience: Audience) -> Option<u64> {
    match audience {
        Audience::Everybody => None,
        Audience::Contacts => Some(CONTACTS),
        Audience::Nobody => Some(NOBODY),
    }
}

fn standing(item: &Item) -> Result<Standing, PortError> {
    let audience = match item::number_in(item, AUDIENCE)? {
        None => Audience::Everybody,
        Some(CONTACTS) => Audience::Contacts,
        Some(NOBODY) => Audience::Nobody,
        Some(_) => return Err(item::strange(AUDIENCE, "no audience")),
    };
    Ok(Standing { audience, apart: item.contains_key(APART) })
}

/// What a connection's attribute is called: this, then its id.
const CONNECTION: char = 'c';
/// What an ended session's attribute is called: this, then its 32 digits.
const ENDED: char = 'z';

/// The attribute of a connection.
pub(crate) fn connection_name(id: &ConnectionId) -> String {
    format!("{CONNECTION}{id}")
}

/// The attribute of an ended session, which holds when it may be forgotten, in
/// ms since the epoch.
pub(crate) fn ended_name(session: SessionId) -> String {
    format!("{ENDED}{session}")
}

/// A person's item, taken apart. The default is of whom nothing is known.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Person {
    /// His name, as it was typed.
    pub(crate) name: Option<String>,
    /// His name, folded.
    pub(crate) folded: Option<String>,
    /// When a connection of his ended last, in ms since the epoch.
    pub(crate) last_seen: Option<u64>,
    /// Whether he deleted his account.
    pub(crate) deleted: bool,
    /// How he stands to others.
    pub(crate) standing: Standing,
    /// His connections, as they came up.
    pub(crate) connections: Vec<Held>,
    /// The attributes of ended sessions, and when they may be forgotten.
    pub(crate) ended: Vec<(String, u64)>,
}

impl Person {
    /// Takes an item apart.
    pub(crate) fn read(item: &Item) -> Result<Self, PortError> {
        let mut person = Self {
            name: item::text_in(item, NAME)?.map(Into::into),
            folded: item::text_in(item, FOLDED)?.map(Into::into),
            last_seen: item::number_in(item, LAST_SEEN)?,
            deleted: item.contains_key(DELETED),
            standing: standing(item)?,
            ..Self::default()
        };
        for (name, value) in item {
            if let Some(id) = name.strip_prefix(CONNECTION) {
                person.connections.push(Held::read(id, value)?);
            } else if name.starts_with(ENDED) {
                let until = item::number_in(item, name)?;
                person.ended.extend(until.map(|until| (name.clone(), until)));
            }
        }
        person.connections.sort_by(|a, b| (a.connected_at, &a.id).cmp(&(b.connected_at, &b.id)));
        Ok(person)
    }

    /// His profile, if he has a name.
    pub(crate) fn profile(&self, user: &UserId) -> Option<Profile> {
        let name = self.name.as_deref().filter(|_| !self.deleted)?;
        Some(Profile { user: user.clone(), username: name.into() })
    }

    /// The connection of this name.
    pub(crate) fn connection(&self, id: &ConnectionId) -> Option<&Held> {
        self.connections.iter().find(|held| held.id == *id)
    }

    /// Whether he is there, now (ms since the epoch).
    ///
    /// A connection whose lease is over was heard of last when it was renewed
    /// last, or later.
    pub(crate) fn presence(&self, now: u64) -> Presence {
        if self.deleted {
            return Presence::default();
        }
        let online = self.connections.iter().any(|held| held.is_fresh(now));
        let lost = self.connections.iter().map(|held| held.lease.saturating_sub(lease::LEASE_MS));
        Presence { online, last_seen: self.last_seen.max(lost.max()).filter(|_| !online) }
    }

    /// Whether he has a connection with a lease beside this one.
    pub(crate) fn has_another(&self, id: &ConnectionId, now: u64) -> bool {
        self.connections.iter().any(|held| held.id != *id && held.is_fresh(now))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;
    use crate::person::connection::tests::held;

    fn with(connections: &[Held]) -> Item {
        let attribute = |held: &Held| (connection_name(&held.id), held.to_attribute());
        connections.iter().map(attribute).collect()
    }

    #[test]
    fn an_item_is_taken_apart() {
        let session = SessionId(7);
        let (late, early) = (held("b", 2_000), held("a", 1_000));
        let mut item = with(&[late.clone(), early.clone()]);
        item.insert(NAME.into(), AttributeValue::S("Ada".into()));
        item.insert(FOLDED.into(), AttributeValue::S("ada".into()));
        item.insert(LAST_SEEN.into(), AttributeValue::N("12".into()));
        item.insert(AUDIENCE.into(), AttributeValue::N("1".into()));
        item.insert(APART.into(), AttributeValue::N("1".into()));
        item.insert(ended_name(session), AttributeValue::N("99".into()));
        let person = Person::read(&item).unwrap();
        assert_eq!(
            person,
            Person {
                name: Some("Ada".into()),
                folded: Some("ada".into()),
                last_seen: Some(12),
                deleted: false,
                standing: Standing { audience: Audience::Contacts, apart: true },
                connections: vec![early, late],
                ended: vec![(ended_name(session), 99)],
            }
        );
        assert_eq!(Person::read(&Item::new()).unwrap(), Person::default());
    }

    #[test]
    fn a_broken_item_is_told() {
        for name in [AUDIENCE, LAST_SEEN, "z00000000000000000000000000000007", "cabc", "c"] {
            let item = [(name.into(), AttributeValue::S("x".into()))].into();
            assert!(Person::read(&item).is_err(), "{name}");
        }
    }

    #[test]
    fn whose_lease_is_over_was_seen_when_it_was_renewed() {
        let connections = [held("a", 1_000), held("b", 2_000)];
        let mut person = Person { connections: connections.into(), ..Person::default() };
        let over = 2_000 + lease::LEASE_MS;
        assert_eq!(person.presence(over - 1), Presence { online: true, last_seen: None });
        assert_eq!(person.presence(over), Presence { online: false, last_seen: Some(2_000) });
        person.last_seen = Some(3_000);
        assert_eq!(person.presence(over).last_seen, Some(3_000));
    }
}
