//! Sessions, as far as this table has seen them: an item each in their person's
//! partition, which goes when the session's refresh token is no longer good.
//!
//! One that was ended stays until then, and stands in the way of its every use.

use aizuchi_core::{
    accounts::{COARSE_MS, SessionId, Visit, Visits, Whereabouts},
    error::PortError,
    ids::UserId,
};

use crate::{
    item::{self, Item},
    keys::{self, Key, SORT},
    store::Store,
    table::{Change, Query, Reading, Sorts, Written},
};

/// Browser and system.
const DEVICE: &str = "d";
/// The network.
const PLACE: &str = "n";
/// When its person signed in, in ms since the epoch.
const CREATED: &str = "c";
/// When it was used last, in ms since the epoch.
const USED: &str = "t";
/// When its refresh token is no longer good, in ms since the epoch.
const UNTIL: &str = "e";
/// When it was ended, in ms since the epoch.
const ENDED: &str = "z";

impl Visits for Store {
    /// A read where it was used lately from the same place, a read and a write
    /// otherwise.
    async fn note(&self, user: &UserId, visit: &Visit) -> Result<bool, PortError> {
        let key = Key::visit(user, visit.id);
        if let Some(found) = self.0.table.get(&key, Reading::Strong).await? {
            if found.contains_key(ENDED) {
                return Ok(false);
            }
            let known = read(visit.id, &found)?;
            let lately = visit.last_used_at < known.last_used_at.saturating_add(COARSE_MS);
            if lately && visit.from.or(&known.from) == known.from {
                return Ok(true);
            }
        }
        let mut update = "SET t = :t, e = :e, x = :x".to_owned();
        let mut change = Change::of(key, "")
            .only_if("attribute_not_exists(z)")
            .value(":t", item::number(visit.last_used_at))
            .value(":e", item::number(visit.expires_at))
            .value(":x", item::number(expires(visit.expires_at)));
        if let Some(at) = visit.created_at {
            update.push_str(", c = if_not_exists(c, :c)");
            change = change.value(":c", item::number(at));
        }
        for (name, placeholder, text) in
            [(DEVICE, ":d", &visit.from.device), (PLACE, ":n", &visit.from.place)]
        {
            if let Some(text) = text {
                update.push_str(&format!(", {name} = {placeholder}"));
                change = change.value(placeholder, item::text(&**text));
            }
        }
        Ok(matches!(self.0.table.change(change.updating(update)).await?, Written::Done(_)))
    }

    async fn visits(&self, user: &UserId, now: u64) -> Result<Vec<Visit>, PortError> {
        let query =
            Query { sorts: Sorts::Prefix(vec![keys::VISIT]), ..Query::of(keys::user(user)) };
        let mut visits = Vec::new();
        for found in self.0.table.query_all(query).await? {
            if found.contains_key(ENDED) {
                continue;
            }
            let sort = item::need(item::bytes_in(&found, SORT)?, SORT)?;
            let id = sort.get(1..).and_then(|id| id.try_into().ok());
            let id =
                id.map(u128::from_be_bytes).ok_or_else(|| item::strange(SORT, "no session"))?;
            visits.push(read(SessionId(id), &found)?);
        }
        visits.retain(|visit| visit.expires_at > now);
        visits.sort_by_key(|visit| std::cmp::Reverse((visit.last_used_at, visit.id)));
        Ok(visits)
    }

    async fn end_visit(&self, user: &UserId, id: SessionId, at: u64) -> Result<bool, PortError> {
        let change = Change::of(Key::visit(user, id), "SET z = :z REMOVE d, n")
            .only_if("attribute_exists(t) AND attribute_not_exists(z)")
            .value(":z", item::number(at));
        Ok(matches!(self.0.table.change(change).await?, Written::Done(_)))
    }
}

/// When an item may go, in seconds since the epoch.
fn expires(ms: u64) -> u64 {
    ms.div_ceil(1_000)
}

fn read(id: SessionId, found: &Item) -> Result<Visit, PortError> {
    let text = |name| Ok::<_, PortError>(item::text_in(found, name)?.map(Into::into));
    Ok(Visit {
        id,
        from: Whereabouts { device: text(DEVICE)?, place: text(PLACE)? },
        created_at: item::number_in(found, CREATED)?,
        last_used_at: item::need(item::number_in(found, USED)?, USED)?,
        expires_at: item::need(item::number_in(found, UNTIL)?, UNTIL)?,
    })
}
