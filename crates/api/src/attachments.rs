//! Attachments: bytes come in, are seen for what they are, and go out to members.

mod download;
mod range;
mod work;

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use aizuchi_core::{
    attachments::{
        Append, Attachment, AttachmentId, Attachments, Incoming, Objects, Quota, State as Stage,
        Stored, UNSENT, UNSENT_MS, Upload, clean_name,
    },
    chat::Ports,
    clock::Clock,
    identity::{Identity, TokenVerifier},
    ids::{ConversationId, Ids, UserId},
    outcome::Refusal,
};
use aizuchi_gateway::{Gateway, Push};
use aizuchi_identity::http::{ApiError, Origins, bearer, cross_origin};
use aizuchi_wire::ErrorCode;
use axum::{
    Json, Router,
    body::Bytes,
    extract::{
        DefaultBodyLimit, Path, Query, State,
        rejection::{BytesRejection, JsonRejection, QueryRejection},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::refused;

/// The largest piece of an upload, in bytes.
pub const PIECE_BYTES: usize = 1024 * 1024;
/// Longest name that is looked at, in bytes; a longer one is refused.
const SAID_BYTES: usize = 4 * 1024;
/// Of what was never sent, as many are removed when its owner comes again.
const STALE_AT_ONCE: usize = 10;

const NOTHING: Refusal = Refusal::NotFound("There is no such attachment.");

/// What the operator decides about attachments.
#[derive(Debug, Clone, Copy)]
pub struct FileSettings {
    /// The largest file, in bytes.
    pub max_bytes: u64,
    /// All files of one person, in bytes.
    pub quota_bytes: u64,
    /// For how long files are kept; for ever where it is `None`.
    pub retention: Option<Duration>,
    /// The largest picture that is shown in place, in pixels. Reading one takes
    /// up to four bytes for each.
    pub pixels: u64,
    /// Pictures that are read at once.
    pub readers: NonZeroUsize,
}

/// Attachments, their bytes, and what is decided about them.
#[derive(Debug)]
pub struct Files<A, O> {
    stored: Stored<A, O>,
    settings: FileSettings,
    readers: Arc<Semaphore>,
}

impl<A: Attachments, O: Objects> Files<A, O> {
    /// These attachments, served by these settings.
    pub fn new(stored: Stored<A, O>, settings: FileSettings) -> Self {
        let readers = Arc::new(Semaphore::new(settings.readers.get()));
        Self { stored, settings, readers }
    }

    /// What was begun before this is kept no longer, in ms since the epoch.
    fn kept_since(&self, now: u64) -> u64 {
        let kept = self.settings.retention.map(|kept| kept.as_millis());
        kept.map_or(0, |kept| now.saturating_sub(u64::try_from(kept).unwrap_or(u64::MAX)))
    }
}

/// What the handlers share.
struct Shared<P, U, V, A, O> {
    gateway: Arc<Gateway<P, U>>,
    verifier: V,
    files: Arc<Files<A, O>>,
}

type Told<P, U, V, A, O> = State<Arc<Shared<P, U, V, A, O>>>;

/// The calls about attachments, for pages of these origins and for callers
/// without one.
pub fn attachments_router<P, U, V, A, O>(
    gateway: Arc<Gateway<P, U>>,
    verifier: V,
    origins: Arc<Origins>,
    files: Arc<Files<A, O>>,
) -> Router
where
    P: Ports,
    U: Push,
    V: TokenVerifier,
    A: Attachments,
    O: Objects,
{
    let calls = Router::new()
        .route("/api/attachments", post(begin::<P, U, V, A, O>))
        .route(
            "/api/attachments/{id}",
            get(download::whole::<P, U, V, A, O>).delete(cancel::<P, U, V, A, O>),
        )
        .route("/api/attachments/{id}/thumbnail", get(download::thumbnail::<P, U, V, A, O>))
        .route(
            "/api/attachments/{id}/upload",
            get(resume::<P, U, V, A, O>)
                .post(append::<P, U, V, A, O>)
                .layer(DefaultBodyLimit::max(PIECE_BYTES)),
        )
        .route("/api/attachments/{id}/complete", post(complete::<P, U, V, A, O>))
        .with_state(Arc::new(Shared { gateway, verifier, files }));
    cross_origin(calls, origins)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Begin {
    conversation_id: String,
    name: String,
    size: u64,
}

/// `{"conversationId","name","size"}` → 201 and how the bytes are to come.
async fn begin<P: Ports, U: Push, V: TokenVerifier, A: Attachments, O: Objects>(
    State(shared): Told<P, U, V, A, O>,
    headers: HeaderMap,
    asked: Result<Json<Begin>, JsonRejection>,
) -> Result<Response, ApiError> {
    let caller = shared.caller(&headers).await?;
    let said = asked.ok().filter(|Json(said)| said.name.len() <= SAID_BYTES);
    let Some(Json(Begin { conversation_id, name, size })) = said else {
        let wrong = "A file has a conversationId, a name of at most 4 KB and a size.";
        return Err(refused(&Refusal::Invalid(wrong)));
    };
    let conversation = ConversationId::parse(&conversation_id)
        .map_err(|_| refused(&Refusal::Invalid("This is no conversation's id.")))?;
    shared.admit_member(&caller.user, &conversation).await?;
    let FileSettings { max_bytes, quota_bytes, .. } = shared.files.settings;
    if size == 0 {
        return Err(refused(&Refusal::Invalid("The file is empty.")));
    }
    if size > max_bytes {
        let largest = format!("A file may have at most {max_bytes} bytes here.");
        return Err(ApiError::new(ErrorCode::TooLarge, largest));
    }
    let now = shared.now();
    shared.forget_unsent(&caller.user, now).await?;
    let ports = shared.gateway.chat().ports();
    let id = AttachmentId::new(ports.ids().random());
    let attachment = Attachment {
        id,
        name: clean_name(&name),
        media_type: aizuchi_media::UNKNOWN.into(),
        size,
        dimensions: None,
        has_thumbnail: false,
    };
    let upload = Upload {
        attachment,
        owner: caller.user,
        conversation,
        created_at: now,
        state: Stage::Begun,
    };
    let since = shared.files.kept_since(now);
    let quota = Quota { bytes: quota_bytes, unsent: UNSENT, since };
    if !shared.files.stored.begin(&upload, quota).await.map_err(port)? {
        let full = "You have no room for this file. Delete others first.";
        return Err(refused(&Refusal::TooLarge(full)));
    }
    let told = shared.how(&upload).await?;
    Ok((StatusCode::CREATED, uncached(), Json(told)).into_response())
}

/// → how the rest of the bytes is to come.
async fn resume<P: Ports, U: Push, V: TokenVerifier, A: Attachments, O: Objects>(
    State(shared): Told<P, U, V, A, O>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let upload = shared.own(&headers, &id).await?;
    begun(&upload)?;
    Ok((uncached(), Json(shared.how(&upload).await?)).into_response())
}

#[derive(Debug, Deserialize)]
struct At {
    offset: u64,
}

/// A piece, which begins at `?offset=` → `{"received"}`.
async fn append<P: Ports, U: Push, V: TokenVerifier, A: Attachments, O: Objects>(
    State(shared): Told<P, U, V, A, O>,
    headers: HeaderMap,
    Path(id): Path<String>,
    at: Result<Query<At>, QueryRejection>,
    piece: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let upload = shared.own(&headers, &id).await?;
    begun(&upload)?;
    let Ok(Query(At { offset })) = at else {
        return Err(refused(&Refusal::Invalid("The offset is missing.")));
    };
    let Ok(piece) = piece else {
        return Err(refused(&Refusal::TooLarge("A piece has at most 1 MiB.")));
    };
    let end = offset.checked_add(piece.len() as u64);
    if piece.is_empty() || end.is_none_or(|end| end > upload.attachment.size) {
        return Err(refused(&Refusal::Invalid("The piece is no part of this file.")));
    }
    let taken = shared.files.stored.objects.append(upload.attachment.id, offset, piece.into());
    match taken.await.map_err(port)? {
        Append::At(received) => {
            Ok((uncached(), Json(json!({ "received": received }))).into_response())
        }
        Append::Elsewhere(received) => {
            let sentence = format!("The next piece begins at {received}.");
            Err(ApiError::new(ErrorCode::Conflict, sentence))
        }
    }
}

/// → what it is, now that all of it is there.
async fn complete<P: Ports, U: Push, V: TokenVerifier, A: Attachments, O: Objects>(
    State(shared): Told<P, U, V, A, O>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let upload = shared.own(&headers, &id).await?;
    let attachment = match upload.state {
        Stage::Begun => shared.files.complete(&upload.attachment).await?,
        Stage::Complete | Stage::Sent(_) => upload.attachment,
    };
    Ok((uncached(), Json(encode(&attachment))).into_response())
}

/// Takes back what was not sent.
async fn cancel<P: Ports, U: Push, V: TokenVerifier, A: Attachments, O: Objects>(
    State(shared): Told<P, U, V, A, O>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let upload = shared.own(&headers, &id).await?;
    if matches!(upload.state, Stage::Sent(_)) {
        return Err(refused(&Refusal::Forbidden("It was sent. Delete its message.")));
    }
    shared.files.stored.remove(upload.attachment.id).await.map_err(port)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

impl<P: Ports, U: Push, V: TokenVerifier, A: Attachments, O: Objects> Shared<P, U, V, A, O> {
    fn now(&self) -> u64 {
        self.gateway.chat().ports().clock().now_ms()
    }

    /// Who calls, unless too often.
    async fn caller(&self, headers: &HeaderMap) -> Result<Identity, ApiError> {
        let caller = bearer(&self.verifier, headers).await?;
        self.gateway.chat().admit(&caller.user).await.map_err(|refusal| refused(&refusal))?;
        Ok(caller)
    }

    async fn admit_member(
        &self,
        user: &UserId,
        conversation: &ConversationId,
    ) -> Result<(), ApiError> {
        let admitted = self.gateway.chat().admit_member(user, conversation).await;
        admitted.map_err(|refusal| refused(&refusal))
    }

    /// One that is still kept.
    async fn find(&self, id: &str) -> Result<Upload, ApiError> {
        let id = AttachmentId::parse(id).ok_or_else(|| refused(&NOTHING))?;
        let found = self.files.stored.get(id).await.map_err(port)?;
        let since = self.files.kept_since(self.now());
        found.filter(|one| one.created_at >= since).ok_or_else(|| refused(&NOTHING))
    }

    /// One of the caller's own. Others' are to him as if they were not there.
    async fn own(&self, headers: &HeaderMap, id: &str) -> Result<Upload, ApiError> {
        let caller = self.caller(headers).await?;
        let found = self.find(id).await?;
        if found.owner == caller.user { Ok(found) } else { Err(refused(&NOTHING)) }
    }

    /// How the bytes of one are to come.
    async fn how(&self, upload: &Upload) -> Result<Value, ApiError> {
        let Attachment { id, name, size, .. } = &upload.attachment;
        let objects = &self.files.stored.objects;
        let incoming = objects.open(*id, *size).await.map_err(port)?;
        let mut told = json!({ "id": id.to_string(), "name": &**name, "size": size });
        match incoming {
            Incoming::Here => {
                let received = objects.received(*id).await.map_err(port)?;
                told["received"] = received.into();
                told["pieceBytes"] = PIECE_BYTES.into();
            }
            Incoming::There { url, headers, lives_ms } => {
                let headers: serde_json::Map<String, Value> =
                    headers.into_iter().map(|(name, value)| (name, value.into())).collect();
                told["put"] = json!({ "url": url, "headers": headers, "expiresInMs": lives_ms });
            }
        }
        Ok(told)
    }

    /// Removes some of what somebody began long ago and never sent, so that it
    /// does not count for ever where nobody sweeps.
    async fn forget_unsent(&self, owner: &UserId, now: u64) -> Result<(), ApiError> {
        let before = now.saturating_sub(UNSENT_MS);
        let stale = self.files.stored.unsent(owner, before).await.map_err(port)?;
        for id in stale.into_iter().take(STALE_AT_ONCE) {
            self.files.stored.remove(id).await.map_err(port)?;
        }
        Ok(())
    }
}

fn begun(upload: &Upload) -> Result<(), ApiError> {
    if upload.state == Stage::Begun {
        return Ok(());
    }
    Err(ApiError::new(ErrorCode::Conflict, "It is complete already."))
}

fn port(cause: aizuchi_core::error::PortError) -> ApiError {
    refused(&cause.into())
}

fn uncached() -> [(header::HeaderName, &'static str); 1] {
    [(header::CACHE_CONTROL, "no-store")]
}

/// As it lies in a message.
fn encode(one: &Attachment) -> Value {
    let mut told = json!({
        "id": one.id.to_string(),
        "name": &*one.name,
        "mediaType": &*one.media_type,
        "size": one.size,
        "hasThumbnail": one.has_thumbnail,
    });
    if let Some(dimensions) = one.dimensions {
        told["width"] = dimensions.width.into();
        told["height"] = dimensions.height.into();
    }
    told
}
