//! The directory: names for ids, and ids for names.
//!
//! Reads are eventual, at half the units. Whom such a read does not know is
//! looked for again strongly: he may have signed up a moment ago.

use aizuchi_core::{
    accounts::fold,
    directory::{Directory, Profile},
    error::PortError,
    ids::UserId,
    registry::Presence,
    relations::Standing,
};

use crate::{
    item::{self, Item},
    keys::Key,
    person::{self, Person},
    store::{Inner, Store},
    table::{Change, Reading, Returns, Written},
};

/// Whose name it is, in a name's item; absent where it is nobody's any more.
pub(crate) const OWNER: &str = "u";
/// Since when a name is nobody's any more, in ms since the epoch.
const RETIRED: &str = "r";

impl Directory for Store {
    async fn by_id(&self, user: &UserId) -> Result<Option<Profile>, PortError> {
        if let Some(profile) = self.0.profiles.get(user, self.0.now_ms()) {
            return Ok(Some(profile));
        }
        Ok(self.0.known(user).await?.profile(user))
    }

    async fn by_name(&self, name: &str) -> Result<Option<Profile>, PortError> {
        let folded = fold(name);
        let key = Key::name(&folded);
        let found = match self.0.table.get(&key, Reading::Eventual).await? {
            Some(found) => Some(found),
            None => self.0.table.get(&key, Reading::Strong).await?,
        };
        let Some(found) = found else { return Ok(None) };
        let Some(owner) = item::text_in(&found, OWNER)? else { return Ok(None) };
        let owner = UserId::parse(owner).map_err(|_| item::strange(OWNER, "no id of a person"))?;
        let person = self.0.known(&owner).await?;
        // A name that was given up while its item stayed behind is nobody's.
        Ok(person.profile(&owner).filter(|_| person.folded == Some(folded)))
    }

    async fn remember(&self, profile: &Profile) -> Result<(), PortError> {
        let Profile { user, username } = profile;
        let folded = fold(username);
        // The name first: a name without its person is nobody's, whereas a
        // person whose name is not found would stay so.
        let owner = || item::text(user.as_str());
        let change = Change::of(Key::name(&folded), "SET u = :u")
            .only_if("attribute_not_exists(r)")
            .value(":u", owner());
        if let Written::Refused(_) = self.0.table.change(change).await? {
            return Err(PortError::Conflict);
        }
        let change = Change::of(Key::person(user), "SET u = :u, n = :n, f = :f")
            .only_if("attribute_not_exists(g)")
            .value(":u", item::text(user.as_str()))
            .value(":n", item::text(&**username))
            .value(":f", item::text(&*folded))
            .returning(Returns::Old);
        let Written::Done(before) = self.0.table.change(change).await? else {
            let change = Change::of(Key::name(&folded), "REMOVE u");
            let change = change.only_if("u = :u").value(":u", owner());
            self.0.table.change(change).await?;
            return Err(PortError::Conflict);
        };
        let before = before.unwrap_or_default();
        self.0.profiles.put(profile.clone(), self.0.now_ms());
        match item::text_in(&before, person::FOLDED)? {
            Some(old) if old != folded => {
                let owned = (OWNER, item::text(user.as_str()));
                self.0.table.delete_where(&Key::name(old), owned).await
            }
            _ => Ok(()),
        }
    }

    async fn delete(&self, user: &UserId, at: u64) -> Result<(), PortError> {
        let person = self.0.person(user, Reading::Strong).await?;
        // The name first: whoever tries again finds it at the person.
        if let Some(folded) = person.folded {
            let change = Change::of(Key::name(&folded), "SET r = :r REMOVE u")
                .only_if("u = :u")
                .value(":r", item::number(at))
                .value(":u", item::text(user.as_str()));
            // Where it is another's by now, it stays his.
            let (Written::Done(_) | Written::Refused(_)) = self.0.table.change(change).await?;
        }
        let change =
            Change::of(Key::person(user), "SET g = if_not_exists(g, :g), u = :u REMOVE n, f, l, v")
                .value(":g", item::number(at))
                .value(":u", item::text(user.as_str()));
        self.0.table.change(change).await?;
        self.0.profiles.forget(user);
        Ok(())
    }

    async fn is_deleted(&self, user: &UserId) -> Result<bool, PortError> {
        Ok(self.0.person(user, Reading::Strong).await?.deleted)
    }

    async fn is_retired(&self, name: &str) -> Result<bool, PortError> {
        let found = self.0.table.get(&Key::name(&fold(name)), Reading::Strong).await?;
        Ok(found.is_some_and(|found| found.contains_key(RETIRED)))
    }
}

impl Store {
    /// Who somebody is, whether he is there and how he stands, with one read; `None` where
    /// nobody has this id. Eventual, like [`Directory::by_id`] and
    /// [`aizuchi_core::registry::Registry::presence`].
    pub async fn person(
        &self,
        user: &UserId,
    ) -> Result<Option<(Profile, Presence, Standing)>, PortError> {
        let person = self.0.known(user).await?;
        let presence = person.presence(self.0.now_ms());
        Ok(person.profile(user).map(|profile| (profile, presence, person.standing)))
    }
}

impl Inner {
    /// A person, read again strongly where he seems to have no name.
    pub(crate) async fn known(&self, user: &UserId) -> Result<Person, PortError> {
        let person = self.person(user, Reading::Eventual).await?;
        match person.name {
            Some(_) => Ok(person),
            None => self.person(user, Reading::Strong).await,
        }
    }

    /// A person; the default of whom nothing is known.
    pub(crate) async fn person(
        &self,
        user: &UserId,
        reading: Reading,
    ) -> Result<Person, PortError> {
        let found = self.table.get(&Key::person(user), reading).await?;
        self.met(user, &found.unwrap_or_default())
    }

    /// Takes a person's item apart, and remembers his name, or that he has none
    /// any more.
    pub(crate) fn met(&self, user: &UserId, item: &Item) -> Result<Person, PortError> {
        let person = Person::read(item)?;
        match person.profile(user) {
            Some(profile) => self.profiles.put(profile, self.now_ms()),
            None if person.deleted => self.profiles.forget(user),
            None => {}
        }
        Ok(person)
    }
}

#[cfg(test)]
mod tests {
    use aizuchi_testkit::block_on;

    use super::*;
    use crate::{Settings, support};

    #[test]
    fn a_name_that_was_given_up_leaves_nothing_behind() {
        let table = support::table();
        let store = block_on(async { Store::new(table, Settings::default()) });
        let remember = |id: &str, name: &str| {
            let profile = Profile { user: UserId::parse(id).unwrap(), username: name.into() };
            block_on(store.remember(&profile)).unwrap();
        };
        let owner = |name| {
            let item = block_on(store.0.table.get(&Key::name(name), Reading::Strong)).unwrap();
            item.map(|item| item::text_in(&item, OWNER).unwrap().unwrap().to_owned())
        };
        remember("u-1", "Ada");
        remember("u-1", "ADA");
        assert_eq!(owner("ada").as_deref(), Some("u-1"), "it is the same name");
        remember("u-1", "Countess");
        assert_eq!(owner("ada"), None);
        // Another took it meanwhile: it is his.
        remember("u-2", "Countess");
        remember("u-1", "Ada");
        assert_eq!(owner("countess").as_deref(), Some("u-2"));
        assert_eq!(owner("ada").as_deref(), Some("u-1"));
    }
}
