//! Keys of bots: an item each under its hash, so that a call reads one, and one
//! in its bot's partition under its name, which says which hash it has.

use aizuchi_core::{
    accounts::TokenHash,
    bots::{ApiKey, Bots, KEYS, KeyName},
    error::PortError,
    ids::UserId,
};

use crate::{
    item::{self, Item},
    keys::{self, Key},
    store::Store,
    table::{Change, Query, Reading, Sorts, Written},
};

/// Whose it is.
const OWNER: &str = "u";
/// What its operator calls it.
const NAME: &str = "n";
/// When it was made, in ms since the epoch.
const CREATED: &str = "c";
/// When it expires, in ms since the epoch.
const UNTIL: &str = "e";
/// When it was used last, in ms since the epoch.
const USED: &str = "t";
/// The hash, in both items.
const HASH: &str = "h";

impl Bots for Store {
    async fn add_key(&self, key: &ApiKey) -> Result<(), PortError> {
        let by_name = Key::named_bot_key(&key.user, key.name.as_str());
        if self.0.table.get(&by_name, Reading::Strong).await?.is_some() {
            return Err(PortError::Conflict);
        }
        if self.hashes(&key.user).await?.len() >= KEYS {
            return Err(PortError::Rejected("too many keys"));
        }
        // The name first: of any number at once one has it. A name without its
        // key is nobody's access, whereas a key without a name could not be revoked.
        let hash = || (HASH.to_owned(), item::bytes(key.hash.0));
        if let Written::Refused(_) = self.0.table.put_new(&by_name, Item::from([hash()])).await? {
            return Err(PortError::Conflict);
        }
        let mut attributes = Item::from([
            hash(),
            (OWNER.to_owned(), item::text(key.user.as_str())),
            (NAME.to_owned(), item::text(key.name.as_str())),
            (CREATED.to_owned(), item::number(key.created_at)),
        ]);
        attributes.extend(key.expires_at.map(|at| (UNTIL.to_owned(), item::number(at))));
        attributes.extend(key.last_used_at.map(|at| (USED.to_owned(), item::number(at))));
        self.0.table.put(&Key::bot_key(key.hash), attributes).await
    }

    /// Half a unit where it is found. One that is not may have been made a
    /// moment ago; one that was revoked may be found for that long.
    async fn key(&self, hash: TokenHash) -> Result<Option<ApiKey>, PortError> {
        let key = Key::bot_key(hash);
        let found = match self.0.table.get(&key, Reading::Eventual).await? {
            Some(found) => Some(found),
            None => self.0.table.get(&key, Reading::Strong).await?,
        };
        found.as_ref().map(read).transpose()
    }

    async fn keys(&self, user: &UserId) -> Result<Vec<ApiKey>, PortError> {
        let wanted = self.hashes(user).await?.into_iter().map(Key::bot_key).collect();
        let found = self.0.table.get_many(wanted, Reading::Strong).await?;
        let mut keys = found.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        keys.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(keys)
    }

    async fn key_used(&self, hash: TokenHash, at: u64) -> Result<(), PortError> {
        let change = Change::of(Key::bot_key(hash), "SET t = :t")
            .only_if("attribute_exists(h)")
            .value(":t", item::number(at));
        self.0.table.change(change).await.map(drop)
    }

    async fn revoke_key(
        &self,
        user: &UserId,
        name: &KeyName,
        _at: u64,
    ) -> Result<Option<ApiKey>, PortError> {
        let by_name = Key::named_bot_key(user, name.as_str());
        let Some(named) = self.0.table.get(&by_name, Reading::Strong).await? else {
            return Ok(None);
        };
        let hash = hash_in(&named)?;
        let found = self.0.table.get(&Key::bot_key(hash), Reading::Strong).await?;
        // The key first: without it the name is no access.
        self.0.table.delete(&Key::bot_key(hash)).await?;
        self.0.table.delete_where(&by_name, (HASH, item::bytes(hash.0))).await?;
        found.as_ref().map(read).transpose()
    }
}

impl Store {
    /// The hashes of a bot's keys.
    async fn hashes(&self, user: &UserId) -> Result<Vec<TokenHash>, PortError> {
        let query =
            Query { sorts: Sorts::Prefix(vec![keys::BOT_KEY]), ..Query::of(keys::user(user)) };
        self.0.table.query_all(query).await?.iter().map(hash_in).collect()
    }
}

fn hash_in(item: &Item) -> Result<TokenHash, PortError> {
    let hash = item::bytes_in(item, HASH)?.and_then(|hash| hash.try_into().ok());
    item::need(hash.map(TokenHash), HASH)
}

fn read(item: &Item) -> Result<ApiKey, PortError> {
    let user = item::need(item::text_in(item, OWNER)?, OWNER)?;
    let name = item::need(item::text_in(item, NAME)?, NAME)?;
    Ok(ApiKey {
        hash: hash_in(item)?,
        user: UserId::parse(user).map_err(|_| item::strange(OWNER, "no id of a person"))?,
        name: KeyName::parse(name).map_err(|_| item::strange(NAME, "no name of a key"))?,
        created_at: item::need(item::number_in(item, CREATED)?, CREATED)?,
        expires_at: item::number_in(item, UNTIL)?,
        last_used_at: item::number_in(item, USED)?,
    })
}
