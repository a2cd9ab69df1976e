//! What people have decided about others.
//!
//! A block is an item in the partition of who made it. The items of both people
//! say only that there may be one ([`person::APART`]), for good, so that a
//! message between people without any costs no read beside that of its
//! receiver. That is written before the block, and so holds whenever one does.
//!
//! Who hides from everybody sees nobody: what his connections watch is written
//! down as such, so that nobody has to ask about him; see [`crate::registry`].

use std::collections::{HashMap, HashSet};

use aizuchi_core::{
    directory::Profile,
    error::PortError,
    ids::{ConnectionId, ConversationId, UserId},
    registry::{Connection, Presence},
    relations::{Audience, BLOCKED, Relations, Report, Standing},
};

use crate::{
    item::{self, Item},
    keys::{self, BLOCK, EXPIRES, Key, PARTITION, SORT},
    person::{self, Person},
    store::{Inner, Store},
    table::{Change, Query, Reading, Returns, Sorts, Written},
};

/// Who is blocked; whom a report is about.
const WHOM: &str = "u";
/// Who reports.
const BY: &str = "b";
/// The conversation that a report is about.
const CONVERSATION: &str = "c";
/// The place in it.
const PLACE: &str = "q";
/// Why.
const REASON: &str = "r";
/// How long a report is kept, in ms.
const REPORT_MS: u64 = 365 * 24 * 60 * 60 * 1_000;

impl Relations for Store {
    async fn block(&self, user: &UserId, other: &UserId) -> Result<(), PortError> {
        let key = Key::blocked(user, other);
        if self.0.table.get(&key, Reading::Strong).await?.is_some() {
            return Ok(());
        }
        self.0.may_be_apart(other, "SET k = :k").await?;
        let own = self.0.may_be_apart(user, "SET k = :k ADD b :k").await?;
        // How many were ever made; only past the limit is it asked how many hold.
        let ever = item::number_in(&own, person::BLOCKS)?.unwrap_or_default();
        if ever > BLOCKED as u64 && self.blocked(user).await?.len() >= BLOCKED {
            return Err(PortError::Rejected("too many people are blocked"));
        }
        let whom = Item::from([(WHOM.to_owned(), item::text(other.as_str()))]);
        self.0.table.put(&key, whom).await
    }

    async fn unblock(&self, user: &UserId, other: &UserId) -> Result<(), PortError> {
        self.0.table.delete(&Key::blocked(user, other)).await
    }

    async fn blocked(&self, user: &UserId) -> Result<Vec<UserId>, PortError> {
        let query = Query { sorts: Sorts::Prefix(vec![BLOCK]), ..Query::of(keys::user(user)) };
        let found = self.0.table.query_all(query).await?;
        let mut all = found.iter().map(|item| id(item, WHOM)).collect::<Result<Vec<_>, _>>()?;
        all.sort();
        Ok(all)
    }

    async fn are_apart(&self, a: &UserId, b: &UserId) -> Result<bool, PortError> {
        if a == b {
            return Ok(false);
        }
        let either = vec![Key::blocked(a, b), Key::blocked(b, a)];
        Ok(!self.0.table.get_many(either, Reading::Strong).await?.is_empty())
    }

    async fn apart_from(
        &self,
        user: &UserId,
        others: &[UserId],
    ) -> Result<HashSet<UserId>, PortError> {
        let mut either = HashMap::with_capacity(2 * others.len());
        for other in others.iter().filter(|other| *other != user) {
            either.insert(Key::blocked(user, other), other);
            either.insert(Key::blocked(other, user), other);
        }
        let wanted = either.keys().cloned().collect();
        let mut apart = HashSet::new();
        for item in self.0.table.get_many(wanted, Reading::Eventual).await? {
            let part =
                |name| Ok::<_, PortError>(item::need(item::bytes_in(&item, name)?, name)?.to_vec());
            let key = Key { partition: part(PARTITION)?, sort: part(SORT)? };
            apart.extend(either.get(&key).map(|other| (*other).clone()));
        }
        Ok(apart)
    }

    async fn standing(&self, users: &[UserId]) -> Result<Vec<Standing>, PortError> {
        let all = self.presences(users).await?;
        Ok(all.into_iter().map(|(_, standing)| standing).collect())
    }

    async fn set_audience(&self, user: &UserId, audience: Audience) -> Result<(), PortError> {
        let change = match person::audience_number(audience) {
            Some(number) => {
                Change::of(Key::person(user), "SET v = :v").value(":v", item::number(number))
            }
            None => Change::of(Key::person(user), "REMOVE v"),
        };
        let written = self.0.table.change(change.returning(Returns::New)).await?;
        let (Written::Done(item) | Written::Refused(item)) = written;
        let person = self.0.met(user, &item.unwrap_or_default())?;
        for held in &person.connections {
            let (people, hides) = (held.watched.numbered(), audience == Audience::Nobody);
            self.0.begin_watching((user, hides), &held.id, held.level, people).await?;
        }
        Ok(())
    }

    /// Kept for a year.
    async fn report(&self, report: &Report) -> Result<(), PortError> {
        let mut apart = [0; 8];
        getrandom::fill(&mut apart).map_err(|error| PortError::unavailable("chance", error))?;
        let expires = report.at.saturating_add(REPORT_MS) / 1_000;
        let mut item = Item::from([
            (BY.to_owned(), item::text(report.by.as_str())),
            (WHOM.to_owned(), item::text(report.about.as_str())),
            (REASON.to_owned(), item::text(&*report.reason)),
            (EXPIRES.to_owned(), item::number(expires)),
        ]);
        if let Some(conversation) = &report.conversation {
            item.insert(CONVERSATION.to_owned(), item::text(conversation.as_str()));
        }
        if let Some(seq) = report.seq {
            item.insert(PLACE.to_owned(), item::number(seq));
        }
        self.0.table.put(&Key::report(report.at, apart), item).await
    }

    async fn reports(&self, limit: usize) -> Result<Vec<Report>, PortError> {
        let mut reports = Vec::new();
        let mut query = Query { forward: false, ..Query::of(keys::reports()) };
        while reports.len() < limit {
            query.limit = Some(limit - reports.len());
            let found = self.0.table.query(query.clone()).await?;
            for item in &found.items {
                reports.push(read_report(item)?);
            }
            let Some(more) = found.more else { break };
            query.from = Some(more);
        }
        Ok(reports)
    }
}

impl Store {
    /// Who somebody is, and how he stands, with one read; `None` where nobody
    /// has this id. Eventual.
    pub async fn addressee(&self, user: &UserId) -> Result<Option<(Profile, Standing)>, PortError> {
        let person = self.0.known(user).await?;
        Ok(person.profile(user).map(|profile| (profile, person.standing)))
    }

    /// Whether these users are there, and how they stand, in their order, with
    /// one read of each. Eventual.
    pub async fn presences(
        &self,
        users: &[UserId],
    ) -> Result<Vec<(Presence, Standing)>, PortError> {
        let now = self.0.now_ms();
        let told = |person: &Person| (person.presence(now), person.standing);
        if let [user] = users {
            return Ok(vec![told(&self.0.person(user, Reading::Eventual).await?)]);
        }
        let mut keys: Vec<_> = users.iter().map(Key::person).collect();
        keys.sort_unstable_by(|a, b| a.partition.cmp(&b.partition));
        keys.dedup();
        let found = self.0.table.get_many(keys, Reading::Eventual).await?;
        let mut people = HashMap::with_capacity(found.len());
        for item in &found {
            let partition = item::need(item::bytes_in(item, PARTITION)?, PARTITION)?;
            people.insert(partition.to_vec(), item);
        }
        let one = |user: &UserId| match people.get(&keys::user(user)) {
            Some(item) => Ok(told(&self.0.met(user, item)?)),
            None => Ok(Default::default()),
        };
        users.iter().map(one).collect()
    }

    /// As [`aizuchi_core::registry::Registry::watch`]; answers with how the
    /// watcher stands, which it reads anyway.
    pub async fn watch_people(
        &self,
        id: &ConnectionId,
        user: &UserId,
        watched: &[UserId],
    ) -> Result<Standing, PortError> {
        self.0.replace_watched(id, user, watched).await
    }

    /// How somebody stands, and the connections that watch him, but for those of
    /// people who hide from everybody, with one read.
    pub async fn watchers_of(
        &self,
        user: &UserId,
    ) -> Result<(Standing, Vec<Connection>), PortError> {
        self.0.watchers_of(user).await
    }

    /// Every connection of these users, but of those who are apart from `user`.
    /// Reads each user once, strongly, and a block only where there may be one.
    pub async fn connections_near(
        &self,
        user: &UserId,
        users: &[&UserId],
    ) -> Result<Vec<Connection>, PortError> {
        let mut connections = Vec::new();
        for other in users {
            let person = self.0.person(other, Reading::Strong).await?;
            if *other != user && person.standing.apart && self.are_apart(user, other).await? {
                continue;
            }
            connections.extend(self.0.living(person, other));
        }
        Ok(connections)
    }
}

impl Inner {
    /// Writes down that somebody may be apart from somebody.
    async fn may_be_apart(&self, user: &UserId, update: &str) -> Result<Item, PortError> {
        let change = Change::of(Key::person(user), update)
            .value(":k", item::number(1))
            .returning(Returns::New);
        let (Written::Done(item) | Written::Refused(item)) = self.table.change(change).await?;
        Ok(item.unwrap_or_default())
    }
}

fn id(item: &Item, name: &str) -> Result<UserId, PortError> {
    let id = item::need(item::text_in(item, name)?, name)?;
    UserId::parse(id).map_err(|_| item::strange(name, "no id of a person"))
}

fn read_report(item: &Item) -> Result<Report, PortError> {
    let sort = item::need(item::bytes_in(item, SORT)?, SORT)?;
    let (at, _) = item::need(sort.split_first_chunk(), SORT)?;
    let conversation = item::text_in(item, CONVERSATION)?.map(ConversationId::parse).transpose();
    Ok(Report {
        at: u64::from_be_bytes(*at),
        by: id(item, BY)?,
        about: id(item, WHOM)?,
        conversation: conversation
            .map_err(|_| item::strange(CONVERSATION, "no id of a conversation"))?,
        seq: item::number_in(item, PLACE)?,
        reason: item::need(item::text_in(item, REASON)?, REASON)?.into(),
    })
}
