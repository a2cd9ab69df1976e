//! What people have decided about others, as a port.
//!
//! Each message asks whether its two people are apart. So decisions are also in
//! memory, all of them: they are few, and this process alone writes them.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, UserId},
    relations::{Audience, BLOCKED, REPORTS, Relations, Report, Standing},
};
use rusqlite::{Connection, Row, params};

use crate::{
    database::Database,
    rows::{signed, unsigned},
};

const CONTACTS: i64 = 1;
const NOBODY: i64 = 2;

/// The decisions, in memory. Changed by the writer's thread, in the order of
/// the writes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Decisions(Arc<RwLock<Known>>);

#[derive(Debug, Default)]
struct Known {
    blocked: HashMap<UserId, BTreeSet<UserId>>,
    /// By how many somebody is blocked, where he is.
    blockers: HashMap<UserId, usize>,
    /// Of those whom not everybody may see.
    audiences: HashMap<UserId, Audience>,
}

impl Decisions {
    /// Those that a database holds.
    pub(crate) fn load(journal: &Connection) -> rusqlite::Result<Self> {
        let mut known = Known::default();
        let mut pairs = journal.prepare("SELECT sub, other FROM block")?;
        let mut pairs = pairs.query([])?;
        while let Some(row) = pairs.next()? {
            if let (Some(user), Some(other)) = (user(row, 0)?, user(row, 1)?) {
                known.block(user, other);
            }
        }
        let mut audiences = journal.prepare("SELECT sub, audience FROM audience")?;
        let mut audiences = audiences.query([])?;
        while let Some(row) = audiences.next()? {
            if let Some(user) = user(row, 0)? {
                known.set_audience(user, audience(row.get(1)?));
            }
        }
        Ok(Self(Arc::new(RwLock::new(known))))
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn block(&mut self, user: UserId, other: UserId) {
        if self.blocked.entry(user).or_default().insert(other.clone()) {
            *self.blockers.entry(other).or_default() += 1;
        }
    }

    fn unblock(&mut self, user: &UserId, other: &UserId) {
        let Some(all) = self.blocked.get_mut(user) else { return };
        if !all.remove(other) {
            return;
        }
        if all.is_empty() {
            self.blocked.remove(user);
        }
        if let Some(blockers) = self.blockers.get_mut(other) {
            *blockers -= 1;
            if *blockers == 0 {
                self.blockers.remove(other);
            }
        }
    }

    fn blocks(&self, user: &UserId, other: &UserId) -> bool {
        self.blocked.get(user).is_some_and(|all| all.contains(other))
    }

    fn set_audience(&mut self, user: UserId, audience: Audience) {
        if audience == Audience::Everybody {
            self.audiences.remove(&user);
        } else {
            self.audiences.insert(user, audience);
        }
    }

    fn standing(&self, user: &UserId) -> Standing {
        Standing {
            audience: self.audiences.get(user).copied().unwrap_or_default(),
            apart: self.blocked.contains_key(user) || self.blockers.contains_key(user),
        }
    }
}

impl Relations for Database {
    async fn block(&self, user: &UserId, other: &UserId) -> Result<(), PortError> {
        let (user, other, known) = (user.clone(), other.clone(), self.decisions().clone());
        let job = move |db: &Connection| {
            let others: i64 = db
                .prepare_cached("SELECT count(*) FROM block WHERE sub = ?1 AND other <> ?2")?
                .query_row((user.as_str(), other.as_str()), |row| row.get(0))?;
            if others >= i64::try_from(BLOCKED).unwrap_or(i64::MAX) {
                return Ok(false);
            }
            db.prepare_cached("INSERT OR IGNORE INTO block (sub, other) VALUES (?1, ?2)")?
                .execute((user.as_str(), other.as_str()))?;
            known.write().block(user, other);
            Ok(true)
        };
        if self.write(job).await? {
            Ok(())
        } else {
            Err(PortError::Rejected("too many people are blocked"))
        }
    }

    async fn unblock(&self, user: &UserId, other: &UserId) -> Result<(), PortError> {
        let (user, other, known) = (user.clone(), other.clone(), self.decisions().clone());
        let job = move |db: &Connection| {
            db.prepare_cached("DELETE FROM block WHERE sub = ?1 AND other = ?2")?
                .execute((user.as_str(), other.as_str()))?;
            known.write().unblock(&user, &other);
            Ok(())
        };
        self.write(job).await
    }

    async fn blocked(&self, user: &UserId) -> Result<Vec<UserId>, PortError> {
        Ok(self.decisions().read().blocked.get(user).into_iter().flatten().cloned().collect())
    }

    async fn are_apart(&self, a: &UserId, b: &UserId) -> Result<bool, PortError> {
        let known = self.decisions().read();
        Ok(known.blocks(a, b) || known.blocks(b, a))
    }

    async fn standing(&self, users: &[UserId]) -> Result<Vec<Standing>, PortError> {
        let known = self.decisions().read();
        Ok(users.iter().map(|user| known.standing(user)).collect())
    }

    async fn set_audience(&self, user: &UserId, audience: Audience) -> Result<(), PortError> {
        let (user, known) = (user.clone(), self.decisions().clone());
        let job = move |db: &Connection| {
            let written = match audience {
                Audience::Everybody => None,
                Audience::Contacts => Some(CONTACTS),
                Audience::Nobody => Some(NOBODY),
            };
            match written {
                None => db
                    .prepare_cached("DELETE FROM audience WHERE sub = ?1")?
                    .execute([user.as_str()])?,
                Some(written) => db
                    .prepare_cached(
                        "INSERT OR REPLACE INTO audience (sub, audience) VALUES (?1, ?2)",
                    )?
                    .execute((user.as_str(), written))?,
            };
            known.write().set_audience(user, audience);
            Ok(())
        };
        self.write(job).await
    }

    async fn report(&self, report: &Report) -> Result<(), PortError> {
        let report = report.clone();
        let job = move |db: &Connection| {
            db.prepare_cached(
                "INSERT INTO report (at, by, about, conversation, seq, reason)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                signed(report.at),
                report.by.as_str(),
                report.about.as_str(),
                report.conversation.as_ref().map(ConversationId::as_str),
                report.seq.map(signed),
                report.reason,
            ])?;
            let last = db.last_insert_rowid();
            db.prepare_cached("DELETE FROM report WHERE id <= ?1")?
                .execute([last - i64::try_from(REPORTS).unwrap_or(i64::MAX)])?;
            Ok(())
        };
        self.write(job).await
    }

    async fn reports(&self, limit: usize) -> Result<Vec<Report>, PortError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let job = move |db: &Connection| {
            let mut reports = Vec::new();
            let mut rows = db.prepare_cached(
                "SELECT at, by, about, conversation, seq, reason FROM report
                 ORDER BY id DESC LIMIT ?1",
            )?;
            let mut rows = rows.query([limit])?;
            while let Some(row) = rows.next()? {
                reports.extend(read_report(row)?);
            }
            Ok(reports)
        };
        self.query(job).await
    }
}

fn audience(written: i64) -> Audience {
    match written {
        CONTACTS => Audience::Contacts,
        NOBODY => Audience::Nobody,
        _ => Audience::Everybody,
    }
}

/// The id in a column. One that is none was not written here, and means nobody.
fn user(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<UserId>> {
    let id: String = row.get(column)?;
    Ok(UserId::parse(&id).ok())
}

fn read_report(row: &Row<'_>) -> rusqlite::Result<Option<Report>> {
    let (Some(by), Some(about)) = (user(row, 1)?, user(row, 2)?) else { return Ok(None) };
    let conversation: Option<String> = row.get(3)?;
    let seq: Option<i64> = row.get(4)?;
    Ok(Some(Report {
        at: unsigned(row.get(0)?),
        by,
        about,
        conversation: conversation.and_then(|id| ConversationId::parse(&id).ok()),
        seq: seq.map(unsigned),
        reason: row.get(5)?,
    }))
}
