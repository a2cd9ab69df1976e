//! People, out of the table and into it.

use std::collections::HashMap;

use aizuchi_core::{accounts::fold, archive::Person, error::PortError, ids::UserId};

use crate::{
    directory::OWNER,
    item::{self, Item},
    keys::{self, Key},
    person,
    store::Inner,
    table::{Change, Reading},
};

impl Inner {
    /// The people that these items are.
    pub(super) async fn people(&self, items: &[Item]) -> Result<Vec<Person>, PortError> {
        let now = self.now_ms();
        let mut people = Vec::with_capacity(items.len());
        for item in items {
            let id = item::need(item::text_in(item, person::ID)?, person::ID)?;
            let user = UserId::parse(id).map_err(|_| item::strange(person::ID, "no id"))?;
            let known = person::Person::read(item)?;
            let last_seen = known.presence(now).last_seen.or(known.last_seen);
            if known.name.is_some() || last_seen.is_some() {
                people.push((user, known, last_seen));
            }
        }
        let names = people.iter().filter_map(|(_, known, _)| known.folded.as_deref());
        let owners = self.owners(names.map(Key::name).collect()).await?;
        let person = |(user, known, last_seen): (UserId, person::Person, _)| {
            let owner = known.folded.and_then(|name| owners.get(&Key::name(&name).partition));
            let is_found = owner.is_some_and(|owner| owner == user.as_str());
            Person { user, username: known.name.map(Into::into), is_found, last_seen }
        };
        Ok(people.into_iter().map(person).collect())
    }

    /// Whose these names are, by their partitions.
    async fn owners(&self, names: Vec<Key>) -> Result<HashMap<Vec<u8>, String>, PortError> {
        let mut names = names;
        // No item may be asked for twice at once.
        names.sort_by(|a, b| a.partition.cmp(&b.partition));
        names.dedup();
        let mut owners = HashMap::with_capacity(names.len());
        for item in self.table.get_many(names, Reading::Strong).await? {
            let partition = item::bytes_in(&item, keys::PARTITION)?.map(<[u8]>::to_vec);
            let owner = item::need(item::text_in(&item, OWNER)?, OWNER)?.to_owned();
            owners.insert(item::need(partition, keys::PARTITION)?, owner);
        }
        Ok(owners)
    }

    pub(super) async fn restore_person(&self, new: &Person) -> Result<bool, PortError> {
        let there = self.person(&new.user, Reading::Strong).await?;
        let mut changed = false;
        if let Some(username) = &new.username {
            let folded = fold(username);
            if there.name.as_deref().is_some_and(|name| fold(name) != folded) {
                return Err(PortError::Conflict);
            }
            let has = there.folded.as_ref() == Some(&folded);
            if new.is_found && !(self.owns(&new.user, &folded).await? && has) {
                let owner = Item::from([(OWNER.to_owned(), item::text(new.user.as_str()))]);
                self.table.put(&Key::name(&folded), owner).await?;
                self.set_person(new, "SET u = :u, n = :n, f = :f", |change| {
                    change.value(":n", item::text(&**username)).value(":f", item::text(folded))
                })
                .await?;
                changed = true;
            } else if there.name.is_none() {
                let named = |change: Change| change.value(":n", item::text(&**username));
                self.set_person(new, "SET u = :u, n = :n", named).await?;
                changed = true;
            }
        }
        if let Some(at) = new.last_seen.filter(|at| there.last_seen.is_none_or(|seen| seen < *at)) {
            let seen = |change: Change| change.value(":l", item::number(at));
            self.set_person(new, "SET u = :u, l = :l", seen).await?;
            changed = true;
        }
        Ok(changed)
    }

    /// Whether a name is this person's; `Conflict` where it is another's, who
    /// has it still.
    async fn owns(&self, user: &UserId, folded: &str) -> Result<bool, PortError> {
        let found = self.table.get(&Key::name(folded), Reading::Strong).await?;
        let Some(owner) = found.as_ref().map(|item| item::text_in(item, OWNER)).transpose()? else {
            return Ok(false);
        };
        let owner = item::need(owner, OWNER)?;
        if owner == user.as_str() {
            return Ok(true);
        }
        let owner = UserId::parse(owner).map_err(|_| item::strange(OWNER, "no id"))?;
        let other = self.person(&owner, Reading::Strong).await?;
        if other.folded.as_deref() == Some(folded) { Err(PortError::Conflict) } else { Ok(false) }
    }

    async fn set_person(
        &self,
        person: &Person,
        update: &str,
        values: impl FnOnce(Change) -> Change,
    ) -> Result<(), PortError> {
        let change = Change::of(Key::person(&person.user), update)
            .value(":u", item::text(person.user.as_str()));
        self.table.change(values(change)).await.map(drop)
    }
}
