//! Attachments with their bytes.

use super::{Attachment, AttachmentId, Attachments, Objects, Quota, Upload};
use crate::{
    error::PortError,
    ids::{ClientMsgId, ConversationId, UserId},
};

/// What attachments there are, and their bytes: what is removed from the one
/// goes from the other, too.
#[derive(Debug, Clone)]
pub struct Stored<A, O> {
    /// What there is.
    pub attachments: A,
    /// The bytes.
    pub objects: O,
}

impl<A: Attachments, O: Objects> Attachments for Stored<A, O> {
    async fn begin(&self, upload: &Upload, quota: Quota) -> Result<bool, PortError> {
        self.attachments.begin(upload, quota).await
    }

    async fn complete(&self, attachment: &Attachment) -> Result<bool, PortError> {
        self.attachments.complete(attachment).await
    }

    async fn get(&self, id: AttachmentId) -> Result<Option<Upload>, PortError> {
        self.attachments.get(id).await
    }

    async fn send(
        &self,
        owner: &UserId,
        conversation: &ConversationId,
        message: &ClientMsgId,
        ids: &[AttachmentId],
    ) -> Result<Option<Vec<Attachment>>, PortError> {
        self.attachments.send(owner, conversation, message, ids).await
    }

    async fn unsent(&self, owner: &UserId, before: u64) -> Result<Vec<AttachmentId>, PortError> {
        self.attachments.unsent(owner, before).await
    }

    /// Bytes first: should it stop between the two, what is left is found again
    /// by its record.
    async fn remove(&self, id: AttachmentId) -> Result<bool, PortError> {
        self.objects.discard(id).await?;
        self.attachments.remove(id).await
    }
}
