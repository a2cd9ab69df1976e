//! What attachments there are, as a port.

use aizuchi_core::{
    attachments::{
        Attachment, AttachmentId, Attachments, Dimensions, Quota, State, UNSENT_MS, Upload,
    },
    error::PortError,
    ids::{ClientMsgId, ConversationId, UserId},
};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use crate::{
    database::Database,
    rows::{signed, unsigned},
};

const BEGUN: i64 = 0;
const COMPLETE: i64 = 1;
const SENT: i64 = 2;

impl Attachments for Database {
    async fn begin(&self, upload: &Upload, quota: Quota) -> Result<bool, PortError> {
        let upload = upload.clone();
        self.write(move |db| begin(db, &upload, quota)).await
    }

    async fn complete(&self, attachment: &Attachment) -> Result<bool, PortError> {
        let one = attachment.clone();
        let job = move |db: &Connection| {
            let changed = db
                .prepare_cached(
                    "UPDATE attachment
                     SET media_type = ?2, size = ?3, width = ?4, height = ?5, thumbnail = ?6,
                         state = 1
                     WHERE id = ?1 AND state = 0",
                )?
                .execute(params![
                    one.id.to_bytes(),
                    one.media_type,
                    signed(one.size),
                    one.dimensions.map(|found| found.width),
                    one.dimensions.map(|found| found.height),
                    one.has_thumbnail,
                ])?;
            Ok(changed > 0)
        };
        self.write(job).await
    }

    async fn get(&self, id: AttachmentId) -> Result<Option<Upload>, PortError> {
        self.query(move |db| get(db, id)).await
    }

    async fn send(
        &self,
        owner: &UserId,
        conversation: &ConversationId,
        message: &ClientMsgId,
        ids: &[AttachmentId],
    ) -> Result<Option<Vec<Attachment>>, PortError> {
        let (owner, conversation, ids) = (owner.clone(), conversation.clone(), ids.to_vec());
        let message = message.clone();
        self.write(move |db| send(db, &owner, &conversation, &message, &ids)).await
    }

    async fn unsent(&self, owner: &UserId, before: u64) -> Result<Vec<AttachmentId>, PortError> {
        let owner = owner.clone();
        let job = move |db: &Connection| {
            db.prepare_cached(
                "SELECT id FROM attachment WHERE owner = ?1 AND created_at < ?2 AND state < 2",
            )?
            .query_map((owner.as_str(), i64::try_from(before).unwrap_or(i64::MAX)), id)?
            .collect()
        };
        self.query(job).await
    }

    async fn remove(&self, id: AttachmentId) -> Result<bool, PortError> {
        let job = move |db: &Connection| {
            let gone = db
                .prepare_cached("DELETE FROM attachment WHERE id = ?1")?
                .execute([id.to_bytes()])?;
            Ok(gone > 0)
        };
        self.write(job).await
    }
}

impl Database {
    /// Attachments that may go, the oldest first and at most `most`: those that
    /// were not sent within their time, and all that were begun before `before`.
    /// Times are ms since the epoch.
    pub async fn stale_attachments(
        &self,
        now: u64,
        before: u64,
        most: usize,
    ) -> Result<Vec<AttachmentId>, PortError> {
        let job = move |db: &Connection| {
            db.prepare_cached(
                "SELECT id FROM attachment
                 WHERE created_at < ?1 OR (created_at < ?2 AND state < 2)
                 ORDER BY created_at LIMIT ?3",
            )?
            .query_map(
                (
                    signed(before),
                    signed(now.saturating_sub(UNSENT_MS)),
                    i64::try_from(most).unwrap_or(i64::MAX),
                ),
                id,
            )?
            .collect()
        };
        self.query(job).await
    }
}

fn id(row: &Row<'_>) -> Result<AttachmentId> {
    row.get(0).map(AttachmentId::from_bytes)
}

fn begin(db: &Connection, upload: &Upload, quota: Quota) -> Result<bool> {
    let owner = upload.owner.as_str();
    let bytes: i64 = db
        .prepare_cached(
            "SELECT coalesce(sum(counted), 0) FROM attachment
             WHERE owner = ?1 AND created_at >= ?2",
        )?
        .query_row((owner, signed(quota.since)), |row| row.get(0))?;
    let unsent: i64 = db
        .prepare_cached("SELECT count(*) FROM attachment WHERE owner = ?1 AND state < 2")?
        .query_row([owner], |row| row.get(0))?;
    let one = &upload.attachment;
    let fits = unsigned(bytes).saturating_add(one.size) <= quota.bytes;
    if !fits || usize::try_from(unsent).unwrap_or(usize::MAX) >= quota.unsent {
        return Ok(false);
    }
    db.prepare_cached(
        "INSERT INTO attachment (id, owner, conversation, name, media_type, size, counted,
                                 thumbnail, created_at, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 0, ?7, 0)",
    )?
    .execute(params![
        one.id.to_bytes(),
        owner,
        upload.conversation.as_str(),
        one.name,
        one.media_type,
        signed(one.size),
        signed(upload.created_at),
    ])?;
    Ok(true)
}

fn send(
    db: &Connection,
    owner: &UserId,
    conversation: &ConversationId,
    message: &ClientMsgId,
    ids: &[AttachmentId],
) -> Result<Option<Vec<Attachment>>> {
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        let found = get(db, *id)?.filter(|one| one.may_be_of(owner, conversation, message));
        let Some(found) = found else { return Ok(None) };
        all.push(found.attachment);
    }
    for id in ids {
        db.prepare_cached(
            "UPDATE attachment SET state = 2, message = ?2 WHERE id = ?1 AND state = 1",
        )?
        .execute(params![id.to_bytes(), message.as_str()])?;
    }
    Ok(Some(all))
}

fn get(db: &Connection, id: AttachmentId) -> Result<Option<Upload>> {
    db.prepare_cached(
        "SELECT owner, conversation, name, media_type, size, width, height, thumbnail,
                created_at, state, message
         FROM attachment WHERE id = ?1",
    )?
    .query_row([id.to_bytes()], |row| read(id, row))
    .optional()
}

fn read(id: AttachmentId, row: &Row<'_>) -> Result<Upload> {
    let strange = |column, kind| {
        rusqlite::Error::FromSqlConversionFailure(column, kind, "no attachment has it".into())
    };
    use rusqlite::types::Type;
    let dimensions = Option::zip(row.get(5)?, row.get(6)?);
    Ok(Upload {
        attachment: Attachment {
            id,
            name: row.get(2)?,
            media_type: row.get(3)?,
            size: unsigned(row.get(4)?),
            dimensions: dimensions.map(|(width, height)| Dimensions { width, height }),
            has_thumbnail: row.get(7)?,
        },
        owner: UserId::parse(row.get_ref(0)?.as_str()?).map_err(|_| strange(0, Type::Text))?,
        conversation: ConversationId::parse(row.get_ref(1)?.as_str()?)
            .map_err(|_| strange(1, Type::Text))?,
        created_at: unsigned(row.get(8)?),
        state: match row.get(9)? {
            BEGUN => State::Begun,
            COMPLETE => State::Complete,
            SENT => {
                let message = row.get_ref(10)?.as_str()?;
                State::Sent(ClientMsgId::parse(message).map_err(|_| strange(10, Type::Text))?)
            }
            _ => return Err(strange(9, Type::Integer)),
        },
    })
}
