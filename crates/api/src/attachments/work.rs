//! Seeing what a file is, and keeping it.

use std::{sync::Arc, time::Duration};

use aizuchi_core::attachments::{Attachment, Attachments, Dimensions, First, Keep, Objects, Whole};
use aizuchi_identity::http::ApiError;
use aizuchi_media::{Format, Kind, Limits, Picture, SNIFFED, UNKNOWN, read, sniff};
use aizuchi_wire::ErrorCode;
use tokio::{task::spawn_blocking, time::timeout};

use super::{Files, port};

/// Waiting for others' pictures, and reading this one.
const READING: Duration = Duration::from_secs(10);

impl<A: Attachments, O: Objects> Files<A, O> {
    /// Completes one of which all bytes are there.
    pub(super) async fn complete(&self, begun: &Attachment) -> Result<Attachment, ApiError> {
        let objects = &self.stored.objects;
        let received = objects.received(begun.id).await.map_err(port)?;
        if received != begun.size {
            let sentence = format!("{received} of {} bytes are there.", begun.size);
            return Err(ApiError::new(ErrorCode::Conflict, sentence));
        }
        let first = self.first(begun, SNIFFED as u64).await?;
        let mut attachment = begun.clone();
        let mut keep = Keep { whole: Whole::AsItCame(Arc::clone(&first.version)), thumbnail: None };
        match sniff(&first.bytes) {
            Kind::File(media_type) => attachment.media_type = media_type.into(),
            Kind::Picture(format) => {
                let all = self.first(begun, begun.size).await?;
                if all.version != first.version || all.bytes.len() as u64 != begun.size {
                    return Err(changed());
                }
                if let Some(picture) = self.picture(format, all.bytes).await? {
                    attachment.media_type = format.media_type().into();
                    attachment.size = picture.bytes.len() as u64;
                    let Picture { width, height, .. } = picture;
                    attachment.dimensions = Some(Dimensions { width, height });
                    attachment.has_thumbnail = picture.thumbnail.is_some();
                    keep =
                        Keep { whole: Whole::Instead(picture.bytes), thumbnail: picture.thumbnail };
                } else {
                    attachment.media_type = UNKNOWN.into();
                }
            }
        }
        objects.keep(begun.id, keep).await.map_err(port)?;
        if self.stored.complete(&attachment).await.map_err(port)? {
            Ok(attachment)
        } else {
            Err(changed())
        }
    }

    async fn first(&self, one: &Attachment, most: u64) -> Result<First, ApiError> {
        let first = self.stored.objects.first(one.id, most).await.map_err(port)?;
        first.ok_or_else(changed)
    }

    /// The picture in these bytes, where there is one. Only so many are read at
    /// once. One that takes too long keeps its place among them until it ends,
    /// since nothing stops it.
    async fn picture(&self, format: Format, bytes: Vec<u8>) -> Result<Option<Picture>, ApiError> {
        let limits = Limits::of_pixels(self.settings.pixels);
        let readers = Arc::clone(&self.readers);
        let reading = async {
            let Ok(place) = readers.acquire_owned().await else { return Ok(None) };
            let work = move || {
                let _place = place;
                read(format, &bytes, limits)
            };
            // A decoder that panics has found no picture.
            match spawn_blocking(work).await {
                Ok(Ok(picture)) => Ok(Some(picture)),
                Ok(Err(error)) => {
                    tracing::debug!(%error, "a file that begins like a picture is none");
                    Ok(None)
                }
                Err(_) => Ok(None),
            }
        };
        let late = "Too many pictures are being read. Please try again.";
        timeout(READING, reading)
            .await
            .unwrap_or_else(|_| Err(ApiError::new(ErrorCode::Unavailable, late)))
    }
}

fn changed() -> ApiError {
    ApiError::new(ErrorCode::Conflict, "The file has changed meanwhile. Please try again.")
}
