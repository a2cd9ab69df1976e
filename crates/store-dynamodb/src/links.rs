//! The links into rooms, as a port.
//!
//! A link is an item of its own, found by its digest, which the table lets go of
//! by itself a while after it expired. Beside it, one item for each room names
//! those that are live, so that they can be counted and listed. Both change in
//! one transaction; the room's item by compare-and-swap.
//!
//! | item | attributes |
//! | --- | --- |
//! | a link | `i` its id; `r` its room; `b` who made it; `a` when; `e` until when; `q` once taken back |
//! | a room's | `v` how often one was made; `i` and an id: until when, since when, the digest, who made it |

use std::fmt::Write as _;

use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, UserId},
    links::{KEPT_MS, LINKS, Link, LinkDigest, LinkId, Links},
};

use crate::{
    item::{self, Item},
    keys::{EXPIRES, Key},
    pause::Pause,
    store::{Inner, Store},
    table::{Change, Reading, Write},
};

const ID: &str = "i";
const ROOM: &str = "r";
const CREATED_BY: &str = "b";
const CREATED_AT: &str = "a";
const EXPIRES_AT: &str = "e";
const REVOKED: &str = "q";
/// Of a room's item: how often a link was made.
const CHANGES: &str = "v";
/// How often a room's item is tried before others' changes have won.
const TRIES: usize = 8;

impl Links for Store {
    async fn make(&self, link: &Link, digest: LinkDigest) -> Result<bool, PortError> {
        let key = Key::links_of(&link.room);
        let mut pause = Pause::default();
        for _ in 0..TRIES {
            let known = self.0.table.get(&key, Reading::Strong).await?.unwrap_or_default();
            let all = listed(&link.room, &known)?;
            // An earlier try may have been done and its answer lost.
            if all.iter().any(|one| one.link.id == link.id) {
                return Ok(true);
            }
            let (live, over): (Vec<_>, Vec<_>) =
                all.into_iter().partition(|one| one.link.is_live(link.created_at));
            if live.len() >= LINKS {
                return Ok(false);
            }
            let writes = vec![
                Write::New(Key::link(digest), pack(link)),
                Write::Change(naming(key.clone(), &known, link, digest, &over)?),
            ];
            if self.0.table.write_all(writes).await? {
                return Ok(true);
            }
            pause.wait().await;
        }
        Err(PortError::Conflict)
    }

    async fn find(&self, digest: LinkDigest) -> Result<Option<Link>, PortError> {
        let found = self.0.table.get(&Key::link(digest), Reading::Strong).await?;
        found.as_ref().map(unpack).transpose()
    }

    async fn of_room(&self, room: &ConversationId, now: u64) -> Result<Vec<Link>, PortError> {
        let all = self.0.links_of(room).await?.into_iter().map(|one| one.link);
        let mut links: Vec<_> = all.filter(|link| link.is_live(now)).collect();
        links.sort_by_key(|link| (link.created_at, link.id));
        Ok(links)
    }

    async fn revoke(&self, room: &ConversationId, id: LinkId, now: u64) -> Result<bool, PortError> {
        let all = self.0.links_of(room).await?;
        let it = all.into_iter().find(|one| one.link.id == id && one.link.is_live(now));
        let Some(Listed { digest, .. }) = it else { return Ok(false) };
        let gone = Change::of(Key::links_of(room), "REMOVE #i")
            .name("#i", name(id))
            .only_if("attribute_exists(#i)");
        let revoked = Change::of(Key::link(digest), format!("SET {REVOKED} = :q"))
            .value(":q", item::number(1))
            .only_if(format!("attribute_exists({ROOM})"));
        self.0.table.write_all(vec![Write::Change(gone), Write::Change(revoked)]).await
    }
}

/// A link that its room's item names.
struct Listed {
    link: Link,
    digest: LinkDigest,
}

impl Inner {
    async fn links_of(&self, room: &ConversationId) -> Result<Vec<Listed>, PortError> {
        let item = self.table.get(&Key::links_of(room), Reading::Strong).await?;
        listed(room, &item.unwrap_or_default())
    }
}

fn name(id: LinkId) -> String {
    format!("{ID}{id}")
}

/// The links that a room's item names.
fn listed(room: &ConversationId, item: &Item) -> Result<Vec<Listed>, PortError> {
    let mut all = Vec::new();
    for name in item.keys() {
        let Some(id) = name.strip_prefix(ID).and_then(LinkId::parse) else { continue };
        let bytes = item::need(item::bytes_in(item, name)?, name)?;
        all.push(item::need(read(room, id, bytes), name)?);
    }
    Ok(all)
}

fn read(room: &ConversationId, id: LinkId, bytes: &[u8]) -> Option<Listed> {
    let (expires_at, rest) = bytes.split_first_chunk()?;
    let (created_at, rest) = rest.split_first_chunk()?;
    let (digest, maker) = rest.split_first_chunk()?;
    let link = Link {
        id,
        room: room.clone(),
        created_by: UserId::parse(str::from_utf8(maker).ok()?).ok()?,
        created_at: u64::from_be_bytes(*created_at),
        expires_at: u64::from_be_bytes(*expires_at),
        revoked: false,
    };
    Some(Listed { link, digest: LinkDigest(*digest) })
}

/// Names one more, if none was made since, and those no longer that are over.
fn naming(
    key: Key,
    known: &Item,
    link: &Link,
    digest: LinkDigest,
    over: &[Listed],
) -> Result<Change, PortError> {
    let mut update = String::from("SET v = :next, #i = :i");
    for at in 0..over.len() {
        let _ = write!(update, "{} #o{at}", if at == 0 { " REMOVE" } else { "," });
    }
    let mut bytes = [link.expires_at.to_be_bytes(), link.created_at.to_be_bytes()].concat();
    bytes.extend_from_slice(&digest.0);
    bytes.extend_from_slice(link.created_by.as_str().as_bytes());
    let seen = item::number_in(known, CHANGES)?;
    let mut change = Change::of(key, update)
        .name("#i", name(link.id))
        .value(":i", item::bytes(bytes))
        .value(":next", item::number(seen.unwrap_or_default().wrapping_add(1)));
    for (at, one) in over.iter().enumerate() {
        change = change.name(&format!("#o{at}"), name(one.link.id));
    }
    Ok(match seen {
        None => change.only_if("attribute_not_exists(v)"),
        Some(seen) => change.value(":seen", item::number(seen)).only_if("v = :seen"),
    })
}

fn pack(link: &Link) -> Item {
    let lives_until = link.expires_at.saturating_add(KEPT_MS) / 1_000;
    Item::from(
        [
            (ID, item::bytes(link.id.0.to_be_bytes())),
            (ROOM, item::text(link.room.as_str())),
            (CREATED_BY, item::text(link.created_by.as_str())),
            (CREATED_AT, item::number(link.created_at)),
            (EXPIRES_AT, item::number(link.expires_at)),
            (EXPIRES, item::number(lives_until + 1)),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    )
}

fn unpack(item: &Item) -> Result<Link, PortError> {
    let text = |name| item::need(item::text_in(item, name)?, name);
    let number = |name| item::need(item::number_in(item, name)?, name);
    let id = item::need(item::bytes_in(item, ID)?, ID)?;
    Ok(Link {
        id: LinkId(u128::from_be_bytes(item::need(id.try_into().ok(), ID)?)),
        room: item::need(ConversationId::parse(text(ROOM)?).ok(), ROOM)?,
        created_by: item::need(UserId::parse(text(CREATED_BY)?).ok(), CREATED_BY)?,
        created_at: number(CREATED_AT)?,
        expires_at: number(EXPIRES_AT)?,
        revoked: item.contains_key(REVOKED),
    })
}
