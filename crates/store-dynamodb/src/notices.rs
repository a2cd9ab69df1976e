//! How people are told while they are away, as a port.
//!
//! All of it that is one person's is one item, so that whoever is to be told is
//! found by one read for each person. A subscription is an attribute, named by
//! its endpoint's digest, and so is a decision, by its conversation's.

use std::{collections::HashMap, fmt::Write as _, sync::Arc};

use aizuchi_core::{
    accounts::SessionId,
    error::PortError,
    ids::{ConversationId, UserId},
    notices::{DECISIONS, Notices, SUBSCRIPTIONS, Subscriber, Subscription, Wanted},
};

use crate::{
    item::{self, Item},
    keys::{self, Key},
    store::{Inner, Store},
    table::{Change, Reading, Returns, Written},
};

/// What a subscription's attribute is called: this, then a digest.
const SUBSCRIPTION: char = 'e';
/// What a decision's attribute is called: this, then a digest.
const DECISION: char = 'm';
/// The push key's PEM, in its item.
const PEM: &str = "k";

/// The decisions that are written down.
const MENTIONS: u64 = 1;
const NOTHING: u64 = 2;

impl Notices for Store {
    async fn subscribe(&self, user: &UserId, subscription: &Subscription) -> Result<(), PortError> {
        let change = Change::of(Key::notices(user), "SET #e = :e")
            .name("#e", attribute(SUBSCRIPTION, &subscription.endpoint))
            .value(":e", item::bytes(pack(subscription)))
            .returning(Returns::New);
        let item = match self.0.table.change(change).await? {
            Written::Done(item) | Written::Refused(item) => item.unwrap_or_default(),
        };
        self.0.take_away(user, over(subscriptions(&item)?, subscription)).await
    }

    async fn unsubscribe(&self, user: &UserId, endpoint: &str) -> Result<bool, PortError> {
        let change = Change::of(Key::notices(user), "REMOVE #e")
            .name("#e", attribute(SUBSCRIPTION, endpoint))
            .only_if("attribute_exists(#e)");
        Ok(matches!(self.0.table.change(change).await?, Written::Done(_)))
    }

    async fn end_subscriptions(
        &self,
        user: &UserId,
        session: Option<SessionId>,
    ) -> Result<(), PortError> {
        let found = self.0.table.get(&Key::notices(user), Reading::Strong).await?;
        let Some(item) = found else { return Ok(()) };
        let ended = subscriptions(&item)?.into_iter();
        let ended = ended.filter(|one| session.is_none() || one.session == session);
        self.0.take_away(user, ended.collect()).await
    }

    async fn subscribers(
        &self,
        users: &[UserId],
        conversation: &ConversationId,
    ) -> Result<Vec<Subscriber>, PortError> {
        let by_partition: HashMap<Vec<u8>, &UserId> =
            users.iter().map(|user| (keys::user(user), user)).collect();
        let wanted = by_partition.values().map(|user| Key::notices(user)).collect();
        let mut subscribers = Vec::new();
        for item in self.0.table.get_many(wanted, Reading::Eventual).await? {
            let partition = item::need(item::bytes_in(&item, keys::PARTITION)?, keys::PARTITION)?;
            let subscriptions = subscriptions(&item)?;
            if let Some(user) = by_partition.get(partition).filter(|_| !subscriptions.is_empty()) {
                let wanted = decided(&item, conversation)?;
                subscribers.push(Subscriber { user: (*user).clone(), wanted, subscriptions });
            }
        }
        Ok(subscribers)
    }

    async fn wanted(
        &self,
        user: &UserId,
        conversation: &ConversationId,
    ) -> Result<Wanted, PortError> {
        let item = self.0.table.get(&Key::notices(user), Reading::Strong).await?;
        decided(&item.unwrap_or_default(), conversation)
    }

    async fn want(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        wanted: Wanted,
    ) -> Result<(), PortError> {
        let name = attribute(DECISION, conversation.as_str());
        let change = match wanted {
            Wanted::All => Change::of(Key::notices(user), "REMOVE #m").name("#m", name),
            Wanted::Mentions | Wanted::Nothing => {
                let item = self.0.table.get(&Key::notices(user), Reading::Strong).await?;
                let item = item.unwrap_or_default();
                let others = item.keys().filter(|one| one.starts_with(DECISION) && **one != name);
                if others.count() >= DECISIONS {
                    return Err(PortError::Rejected("too many conversations were decided on"));
                }
                let wanted = if wanted == Wanted::Mentions { MENTIONS } else { NOTHING };
                Change::of(Key::notices(user), "SET #m = :m")
                    .name("#m", name)
                    .value(":m", item::number(wanted))
            }
        };
        self.0.table.change(change).await.map(drop)
    }

    async fn push_key(&self, offered: &str) -> Result<Arc<str>, PortError> {
        let key = Key::push_key();
        let found = match self.0.table.get(&key, Reading::Eventual).await? {
            Some(found) => found,
            None => {
                let item = Item::from([(PEM.to_owned(), item::text(offered))]);
                match self.0.table.put_new(&key, item).await? {
                    Written::Done(_) => return Ok(offered.into()),
                    Written::Refused(found) => found.unwrap_or_default(),
                }
            }
        };
        Ok(item::need(item::text_in(&found, PEM)?, PEM)?.into())
    }
}

impl Inner {
    /// Takes subscriptions away, if there are any.
    async fn take_away(&self, user: &UserId, gone: Vec<Subscription>) -> Result<(), PortError> {
        if gone.is_empty() {
            return Ok(());
        }
        let mut update = String::from("REMOVE ");
        for at in 0..gone.len() {
            let comma = if at > 0 { ", " } else { "" };
            let _ = write!(update, "{comma}#e{at}");
        }
        let mut change = Change::of(Key::notices(user), update);
        for (at, one) in gone.iter().enumerate() {
            change = change.name(&format!("#e{at}"), attribute(SUBSCRIPTION, &one.endpoint));
        }
        self.table.change(change).await.map(drop)
    }
}

/// Those that a new one leaves no place for, of all with the new one.
fn over(all: Vec<Subscription>, new: &Subscription) -> Vec<Subscription> {
    let (mut gone, left): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| {
        new.session.is_some() && one.session == new.session && one.endpoint != new.endpoint
    });
    let many = left.len().saturating_sub(SUBSCRIPTIONS);
    gone.extend(left.into_iter().take(many));
    gone
}

fn attribute(kind: char, name: &str) -> String {
    let mut attribute = String::from(kind);
    for byte in keys::digest(&[name]) {
        let _ = write!(attribute, "{byte:02x}");
    }
    attribute
}

/// A person's subscriptions, the oldest first.
fn subscriptions(item: &Item) -> Result<Vec<Subscription>, PortError> {
    let mut all = Vec::new();
    for name in item.keys().filter(|name| name.starts_with(SUBSCRIPTION)) {
        let bytes = item::need(item::bytes_in(item, name)?, name)?;
        all.push(item::need(unpack(bytes), "e")?);
    }
    all.sort_by(|a, b| (a.created_at, &a.endpoint).cmp(&(b.created_at, &b.endpoint)));
    Ok(all)
}

fn decided(item: &Item, conversation: &ConversationId) -> Result<Wanted, PortError> {
    Ok(match item::number_in(item, &attribute(DECISION, conversation.as_str()))? {
        Some(MENTIONS) => Wanted::Mentions,
        Some(NOTHING) => Wanted::Nothing,
        _ => Wanted::All,
    })
}

/// The first byte of a subscription. Bits that are not listed are 0.
const PREVIEW: u8 = 1;
const HAS_SESSION: u8 = 1 << 1;

fn pack(one: &Subscription) -> Vec<u8> {
    let mut bytes = vec![0];
    bytes.extend_from_slice(&one.created_at.to_be_bytes());
    bytes.extend_from_slice(&one.auth);
    bytes.extend_from_slice(&one.p256dh);
    if one.preview {
        bytes[0] |= PREVIEW;
    }
    if let Some(SessionId(session)) = one.session {
        bytes[0] |= HAS_SESSION;
        bytes.extend_from_slice(&session.to_be_bytes());
    }
    bytes.extend_from_slice(one.endpoint.as_bytes());
    bytes
}

fn unpack(bytes: &[u8]) -> Option<Subscription> {
    let (flags, rest) = bytes.split_first()?;
    let (created_at, rest) = rest.split_first_chunk()?;
    let (auth, rest) = rest.split_first_chunk()?;
    let (p256dh, mut rest) = rest.split_first_chunk()?;
    let mut session = None;
    if flags & HAS_SESSION != 0 {
        let (id, endpoint) = rest.split_first_chunk()?;
        session = Some(SessionId(u128::from_be_bytes(*id)));
        rest = endpoint;
    }
    let endpoint = str::from_utf8(rest).ok()?.into();
    (flags & !(PREVIEW | HAS_SESSION) == 0).then_some(Subscription {
        endpoint,
        p256dh: *p256dh,
        auth: *auth,
        preview: flags & PREVIEW != 0,
        session,
        created_at: u64::from_be_bytes(*created_at),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_written_is_refused() {
        let one = Subscription {
            endpoint: "https://push/1".into(),
            p256dh: [4; 65],
            auth: [7; 16],
            preview: true,
            session: Some(SessionId(5)),
            created_at: 1,
        };
        let good = pack(&one);
        assert_eq!(unpack(&good), Some(one));
        let strange = [&[4][..], &good[1..]].concat();
        for bad in [&[][..], &good[..20], &good[..89], &good[..95], &strange, &[0xff; 200]] {
            assert_eq!(unpack(bad), None);
        }
    }
}
