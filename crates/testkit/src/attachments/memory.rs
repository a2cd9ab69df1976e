//! Attachments in memory.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use aizuchi_core::{
    attachments::{Attachment, AttachmentId, Attachments, Quota, State, Upload},
    error::PortError,
    ids::{ClientMsgId, ConversationId, UserId},
};

/// Attachments that are forgotten with the process.
#[derive(Debug, Default)]
pub struct MemoryAttachments(Mutex<HashMap<AttachmentId, Kept>>);

#[derive(Debug)]
struct Kept {
    upload: Upload,
    /// What it counts.
    size: u64,
}

impl MemoryAttachments {
    fn all(&self) -> MutexGuard<'_, HashMap<AttachmentId, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attachments for MemoryAttachments {
    async fn begin(&self, upload: &Upload, quota: Quota) -> Result<bool, PortError> {
        let mut all = self.all();
        let own = || all.values().filter(|one| one.upload.owner == upload.owner);
        let counted = own().filter(|one| one.upload.created_at >= quota.since);
        let bytes: u64 = counted.map(|one| one.size).sum();
        let unsent = own().filter(|one| !is_sent(&one.upload)).count();
        let size = upload.attachment.size;
        let fits = bytes.saturating_add(size) <= quota.bytes && unsent < quota.unsent;
        if fits {
            all.insert(upload.attachment.id, Kept { upload: upload.clone(), size });
        }
        Ok(fits)
    }

    async fn complete(&self, attachment: &Attachment) -> Result<bool, PortError> {
        let mut all = self.all();
        let begun = all.get_mut(&attachment.id).filter(|one| one.upload.state == State::Begun);
        let Some(Kept { upload, .. }) = begun else { return Ok(false) };
        upload.attachment = attachment.clone();
        upload.state = State::Complete;
        Ok(true)
    }

    async fn get(&self, id: AttachmentId) -> Result<Option<Upload>, PortError> {
        Ok(self.all().get(&id).map(|one| one.upload.clone()))
    }

    async fn send(
        &self,
        owner: &UserId,
        conversation: &ConversationId,
        message: &ClientMsgId,
        ids: &[AttachmentId],
    ) -> Result<Option<Vec<Attachment>>, PortError> {
        let mut all = self.all();
        let good = |upload: &Upload| upload.may_be_of(owner, conversation, message);
        let one = |id| all.get(id).map(|one| &one.upload).filter(|one| good(one));
        let found: Option<Vec<_>> =
            ids.iter().map(|id| one(id).map(|one| one.attachment.clone())).collect();
        for one in found.iter().flatten() {
            if let Some(Kept { upload, .. }) = all.get_mut(&one.id) {
                upload.state = State::Sent(message.clone());
            }
        }
        Ok(found)
    }

    async fn unsent(&self, owner: &UserId, before: u64) -> Result<Vec<AttachmentId>, PortError> {
        let all = self.all();
        let stale = all
            .values()
            .map(|one| &one.upload)
            .filter(|one| one.owner == *owner && !is_sent(one) && one.created_at < before);
        Ok(stale.map(|one| one.attachment.id).collect())
    }

    async fn remove(&self, id: AttachmentId) -> Result<bool, PortError> {
        Ok(self.all().remove(&id).is_some())
    }
}

fn is_sent(one: &Upload) -> bool {
    matches!(one.state, State::Sent(_))
}
