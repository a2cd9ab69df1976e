//! What attachments there are, as a port.
//!
//! An attachment is an item of its own. Beside it, one item for each owner
//! counts his bytes by the week in which they were begun, so that a week that
//! is kept no longer is left out as a whole, and names what he has not sent.
//! It is changed by compare-and-swap. Should a process die between the two, an
//! owner may be counted too much for one attachment, and never too little for
//! one that is kept; what is named there as unsent is looked at before it goes.

use std::fmt::Write as _;

use aizuchi_core::{
    attachments::{Attachment, AttachmentId, Attachments, Dimensions, Quota, State, Upload},
    error::PortError,
    ids::{ClientMsgId, ConversationId, UserId},
};

use crate::{
    item::{self, Item},
    keys::Key,
    pause::Pause,
    store::{Inner, Store},
    table::{Change, Reading, Written},
};

const OWNER: &str = "o";
const CONVERSATION: &str = "c";
const NAME: &str = "n";
const MEDIA_TYPE: &str = "m";
const SIZE: &str = "z";
const WIDTH: &str = "w";
const HEIGHT: &str = "h";
const THUMBNAIL: &str = "t";
const CREATED_AT: &str = "a";
const STATE: &str = "q";
/// What its owner's device calls the message that has it.
const MESSAGE: &str = "d";
/// What it counts of what its owner may have.
const COUNTED: &str = "k";

const BEGUN: u64 = 0;
const COMPLETE: u64 = 1;
const SENT: u64 = 2;

/// Of an owner's item: how often it was changed.
const CHANGES: &str = "v";
/// Then the number of a week.
const WEEK: char = 'b';
/// Then an attachment that is not sent.
const UNSENT: char = 'f';
const WEEK_MS: u64 = 7 * 24 * 60 * 60 * 1_000;
/// How often an owner's item is tried before others' changes have won.
const TRIES: usize = 8;

impl Attachments for Store {
    async fn begin(&self, upload: &Upload, quota: Quota) -> Result<bool, PortError> {
        let id = upload.attachment.id;
        let owner = Key::attachments_of(&upload.owner);
        let mut written = false;
        let mut pause = Pause::default();
        for _ in 0..TRIES {
            let known = self.0.table.get(&owner, Reading::Strong).await?.unwrap_or_default();
            // An earlier try may have been done and its answer lost.
            if written && known.contains_key(&unsent(id)) {
                return Ok(true);
            }
            if !fits(&known, upload.attachment.size, quota)? {
                if written {
                    self.0.table.delete(&Key::attachment(id)).await?;
                }
                return Ok(false);
            }
            if !written {
                self.0.table.put_new(&Key::attachment(id), pack(upload)).await?;
                written = true;
            }
            let change = counting(owner.clone(), &known, upload, quota)?;
            if let Written::Done(_) = self.0.table.change(change).await? {
                return Ok(true);
            }
            pause.wait().await;
        }
        self.0.table.delete(&Key::attachment(id)).await?;
        Err(PortError::Conflict)
    }

    async fn complete(&self, attachment: &Attachment) -> Result<bool, PortError> {
        let mut update = String::from("SET #m = :m, #z = :z, #q = :complete, #t = :t");
        if attachment.dimensions.is_some() {
            update.push_str(", #w = :w, #h = :h");
        }
        let mut change = Change::of(Key::attachment(attachment.id), update)
            .name("#m", MEDIA_TYPE)
            .name("#z", SIZE)
            .name("#q", STATE)
            .name("#t", THUMBNAIL)
            .value(":m", item::text(&*attachment.media_type))
            .value(":z", item::number(attachment.size))
            .value(":t", item::number(u64::from(attachment.has_thumbnail)))
            .value(":complete", item::number(COMPLETE))
            .value(":begun", item::number(BEGUN))
            .only_if("#q = :begun");
        if let Some(Dimensions { width, height }) = attachment.dimensions {
            change = change
                .name("#w", WIDTH)
                .name("#h", HEIGHT)
                .value(":w", item::number(width.into()))
                .value(":h", item::number(height.into()));
        }
        Ok(matches!(self.0.table.change(change).await?, Written::Done(_)))
    }

    async fn get(&self, id: AttachmentId) -> Result<Option<Upload>, PortError> {
        let found = self.0.table.get(&Key::attachment(id), Reading::Strong).await?;
        found.map(|item| unpack(id, &item)).transpose()
    }

    async fn send(
        &self,
        owner: &UserId,
        conversation: &ConversationId,
        message: &ClientMsgId,
        ids: &[AttachmentId],
    ) -> Result<Option<Vec<Attachment>>, PortError> {
        let found = self.0.attachments(ids).await?;
        let good = |one: &&Upload| one.may_be_of(owner, conversation, message);
        let one =
            |id: &AttachmentId| found.iter().find(|one| one.attachment.id == *id).filter(good);
        let Some(all) = ids.iter().map(one).collect::<Option<Vec<_>>>() else { return Ok(None) };
        let mut fresh = Vec::new();
        for one in all.iter().filter(|one| one.state == State::Complete) {
            let id = one.attachment.id;
            if fresh.contains(&id) {
                continue;
            }
            let change = Change::of(Key::attachment(id), "SET #q = :sent, #d = :message")
                .name("#q", STATE)
                .name("#d", MESSAGE)
                .value(":sent", item::number(SENT))
                .value(":complete", item::number(COMPLETE))
                .value(":message", item::text(message.as_str()))
                .only_if("#q = :complete OR #d = :message");
            match self.0.table.change(change).await? {
                Written::Done(_) => fresh.push(id),
                // Gone meanwhile, or another message's.
                Written::Refused(_) => return Ok(None),
            }
        }
        self.0.no_longer_unsent(owner, &fresh).await?;
        Ok(Some(all.into_iter().map(|one| one.attachment.clone()).collect()))
    }

    async fn unsent(&self, owner: &UserId, before: u64) -> Result<Vec<AttachmentId>, PortError> {
        let key = Key::attachments_of(owner);
        let known = self.0.table.get(&key, Reading::Strong).await?.unwrap_or_default();
        let mut stale = Vec::new();
        for name in known.keys() {
            let id = name.strip_prefix(UNSENT).and_then(AttachmentId::parse);
            let created_at = item::number_in(&known, name).ok().flatten();
            stale.extend(id.filter(|_| created_at.is_some_and(|at| at < before)));
        }
        let found = self.0.attachments(&stale).await?;
        let (unsent, over): (Vec<_>, Vec<_>) = stale.into_iter().partition(|id| {
            found.iter().any(|one| one.attachment.id == *id && !matches!(one.state, State::Sent(_)))
        });
        self.0.no_longer_unsent(owner, &over).await?;
        Ok(unsent)
    }

    async fn remove(&self, id: AttachmentId) -> Result<bool, PortError> {
        let Some(gone) = self.0.table.take(&Key::attachment(id)).await? else { return Ok(false) };
        let Upload { owner, created_at, .. } = unpack(id, &gone)?;
        let counted = item::need(item::number_in(&gone, COUNTED)?, COUNTED)?;
        let key = Key::attachments_of(&owner);
        let change = Change::of(key, "SET #b = #b - :size, #v = #v + :one REMOVE #f")
            .name("#b", week(created_at))
            .name("#v", CHANGES)
            .name("#f", unsent(id))
            .value(":size", item::number(counted))
            .value(":one", item::number(1))
            .only_if("attribute_exists(#b)");
        if let Written::Refused(_) = self.0.table.change(change).await? {
            self.0.no_longer_unsent(&owner, &[id]).await?;
        }
        Ok(true)
    }
}

impl Inner {
    /// Those of these that are there, in any order.
    async fn attachments(&self, ids: &[AttachmentId]) -> Result<Vec<Upload>, PortError> {
        let mut once = ids.to_vec();
        once.sort_unstable();
        once.dedup();
        let keys: Vec<Key> = once.iter().map(|id| Key::attachment(*id)).collect();
        let mut found = Vec::with_capacity(keys.len());
        for item in self.table.get_many(keys.clone(), Reading::Strong).await? {
            let partition = item::bytes_in(&item, crate::keys::PARTITION)?;
            let at = keys.iter().position(|key| Some(&*key.partition) == partition);
            if let Some(at) = at {
                found.push(unpack(once[at], &item)?);
            }
        }
        Ok(found)
    }

    async fn no_longer_unsent(
        &self,
        owner: &UserId,
        ids: &[AttachmentId],
    ) -> Result<(), PortError> {
        if ids.is_empty() {
            return Ok(());
        }
        let mut update = String::from("REMOVE ");
        for at in 0..ids.len() {
            let comma = if at > 0 { ", " } else { "" };
            let _ = write!(update, "{comma}#f{at}");
        }
        let mut change = Change::of(Key::attachments_of(owner), update);
        for (at, id) in ids.iter().enumerate() {
            change = change.name(&format!("#f{at}"), unsent(*id));
        }
        self.table.change(change).await.map(drop)
    }
}

fn week(at: u64) -> String {
    format!("{WEEK}{}", at / WEEK_MS)
}

fn unsent(id: AttachmentId) -> String {
    format!("{UNSENT}{id}")
}

/// The weeks of an owner's item.
fn weeks(known: &Item) -> impl Iterator<Item = (u64, &String)> {
    known.keys().filter_map(|name| Some((name.strip_prefix(WEEK)?.parse().ok()?, name)))
}

fn fits(known: &Item, size: u64, quota: Quota) -> Result<bool, PortError> {
    let mut bytes = size;
    for (_, name) in weeks(known).filter(|(week, _)| *week >= quota.since / WEEK_MS) {
        bytes = bytes.saturating_add(item::number_in(known, name)?.unwrap_or_default());
    }
    let unsent = known.keys().filter(|name| name.starts_with(UNSENT)).count();
    Ok(bytes <= quota.bytes && unsent < quota.unsent)
}

/// Counts one more, if nothing has changed since, and lets go of old weeks.
fn counting(owner: Key, known: &Item, upload: &Upload, quota: Quota) -> Result<Change, PortError> {
    let over: Vec<&String> = weeks(known)
        .filter(|(week, _)| *week < quota.since / WEEK_MS)
        .map(|(_, name)| name)
        .collect();
    let mut update = String::from("SET #v = :next, #f = :at ADD #b :size");
    for at in 0..over.len() {
        let _ = write!(update, "{} #o{at}", if at == 0 { " REMOVE" } else { "," });
    }
    let seen = item::number_in(known, CHANGES)?;
    let mut change = Change::of(owner, update)
        .name("#v", CHANGES)
        .name("#f", unsent(upload.attachment.id))
        .name("#b", week(upload.created_at))
        .value(":next", item::number(seen.unwrap_or_default().wrapping_add(1)))
        .value(":at", item::number(upload.created_at))
        .value(":size", item::number(upload.attachment.size));
    for (at, name) in over.into_iter().enumerate() {
        change = change.name(&format!("#o{at}"), name.clone());
    }
    Ok(match seen {
        None => change.only_if("attribute_not_exists(#v)"),
        Some(seen) => change.value(":seen", item::number(seen)).only_if("#v = :seen"),
    })
}

fn pack(upload: &Upload) -> Item {
    let one = &upload.attachment;
    Item::from(
        [
            (OWNER, item::text(upload.owner.as_str())),
            (CONVERSATION, item::text(upload.conversation.as_str())),
            (NAME, item::text(&*one.name)),
            (MEDIA_TYPE, item::text(&*one.media_type)),
            (SIZE, item::number(one.size)),
            (COUNTED, item::number(one.size)),
            (THUMBNAIL, item::number(0)),
            (CREATED_AT, item::number(upload.created_at)),
            (STATE, item::number(BEGUN)),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    )
}

fn unpack(id: AttachmentId, item: &Item) -> Result<Upload, PortError> {
    let text = |name| item::need(item::text_in(item, name)?, name);
    let number = |name| item::need(item::number_in(item, name)?, name);
    let side = |name| {
        let side = item::number_in(item, name)?;
        Ok::<_, PortError>(side.and_then(|side| u32::try_from(side).ok()))
    };
    let dimensions = side(WIDTH)?.zip(side(HEIGHT)?);
    Ok(Upload {
        attachment: Attachment {
            id,
            name: text(NAME)?.into(),
            media_type: text(MEDIA_TYPE)?.into(),
            size: number(SIZE)?,
            dimensions: dimensions.map(|(width, height)| Dimensions { width, height }),
            has_thumbnail: number(THUMBNAIL)? != 0,
        },
        owner: item::need(UserId::parse(text(OWNER)?).ok(), OWNER)?,
        conversation: item::need(ConversationId::parse(text(CONVERSATION)?).ok(), CONVERSATION)?,
        created_at: number(CREATED_AT)?,
        state: match number(STATE)? {
            BEGUN => State::Begun,
            COMPLETE => State::Complete,
            SENT => State::Sent(item::need(ClientMsgId::parse(text(MESSAGE)?).ok(), MESSAGE)?),
            _ => return Err(item::strange(STATE, "no state")),
        },
    })
}
