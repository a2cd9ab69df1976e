//! Bytes go out, to members alone, and never as a page.

use std::{fmt::Write as _, sync::Arc};

use aizuchi_core::{
    attachments::{Attachment, Attachments, Objects, Part, Served, State as Stage, Upload},
    chat::Ports,
    error::PortError,
    identity::TokenVerifier,
};
use aizuchi_gateway::Push;
use aizuchi_identity::http::ApiError;
use aizuchi_media::THUMBNAIL_TYPE;
use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use serde::Deserialize;
use serde_json::json;

use super::{
    Files, NOTHING, Told, port,
    range::{Asked, asked},
    uncached,
};
use crate::refused;

/// What is read at once, in bytes.
const BLOCK: u64 = 128 * 1024;

/// On every answer with bytes of somebody's: whatever they are, they run nowhere.
const CONTAINED: [(HeaderName, HeaderValue); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    // What an id stands for never changes, and only a member has it.
    (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable")),
];

#[derive(Debug, Deserialize)]
pub(super) struct How {
    /// `link` asks where it is.
    #[serde(rename = "as")]
    form: Option<String>,
}

/// The file; with `?as=link`, `{"url"}` where it is had from, which is `null`
/// where that is here.
pub(super) async fn whole<P: Ports, U: Push, V: TokenVerifier, A: Attachments, O: Objects>(
    shared: Told<P, U, V, A, O>,
    headers: HeaderMap,
    id: Path<String>,
    how: Result<Query<How>, QueryRejection>,
) -> Result<Response, ApiError> {
    serve(shared, headers, id, how, Part::Whole).await
}

/// The small picture, likewise.
pub(super) async fn thumbnail<P: Ports, U: Push, V: TokenVerifier, A: Attachments, O: Objects>(
    shared: Told<P, U, V, A, O>,
    headers: HeaderMap,
    id: Path<String>,
    how: Result<Query<How>, QueryRejection>,
) -> Result<Response, ApiError> {
    serve(shared, headers, id, how, Part::Thumbnail).await
}

async fn serve<P: Ports, U: Push, V: TokenVerifier, A: Attachments, O: Objects>(
    State(shared): Told<P, U, V, A, O>,
    headers: HeaderMap,
    Path(id): Path<String>,
    how: Result<Query<How>, QueryRejection>,
    part: Part,
) -> Result<Response, ApiError> {
    let caller = shared.caller(&headers).await?;
    let Upload { attachment, conversation, state, .. } = shared.find(&id).await?;
    let member = shared.gateway.chat().admit_member(&caller.user, &conversation).await;
    match member {
        Ok(()) => {}
        Err(aizuchi_core::outcome::Refusal::Port(cause)) => return Err(port(cause)),
        // A stranger is not even told that it is there.
        Err(_) => return Err(refused(&NOTHING)),
    }
    let there = part == Part::Whole || attachment.has_thumbnail;
    if state == Stage::Begun || !there {
        return Err(refused(&NOTHING));
    }
    let served = served(&attachment, part);
    let link = shared.files.stored.objects.link(attachment.id, part, &served);
    if how.is_ok_and(|Query(how)| how.form.as_deref() == Some("link")) {
        return Ok((uncached(), Json(json!({ "url": link }))).into_response());
    }
    match link {
        Some(link) => {
            Ok((StatusCode::FOUND, uncached(), [(header::LOCATION, link)]).into_response())
        }
        None => shared.files.send(&attachment, part, &served, &headers).await,
    }
}

impl<A: Attachments, O: Objects> Files<A, O> {
    async fn send(
        self: &Arc<Self>,
        attachment: &Attachment,
        part: Part,
        served: &Served,
        headers: &HeaderMap,
    ) -> Result<Response, ApiError> {
        let id = attachment.id;
        let size = self.stored.objects.size(id, part).await.map_err(port)?;
        let size = size.ok_or_else(|| refused(&NOTHING))?;
        let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
        let (status, from, to) = match asked(range, size) {
            Asked::All => (StatusCode::OK, 0, size),
            Asked::Some(from, to) => (StatusCode::PARTIAL_CONTENT, from, to),
            Asked::Beyond => {
                let there = [(header::CONTENT_RANGE, format!("bytes */{size}"))];
                return Ok((StatusCode::RANGE_NOT_SATISFIABLE, uncached(), there).into_response());
            }
        };
        let files = Arc::clone(self);
        let blocks = stream::unfold(from, move |at| {
            let files = Arc::clone(&files);
            async move {
                let most = BLOCK.min(to.saturating_sub(at));
                if most == 0 {
                    return None;
                }
                let block = files.stored.objects.read(id, part, at, most).await;
                let block = match block {
                    Ok(Some(block)) if !block.is_empty() => Ok(Bytes::from(block)),
                    Ok(_) => Err(PortError::unavailable("an attachment", "it ended too early")),
                    Err(error) => Err(error),
                };
                // After an error nothing is asked for any more.
                let next = block.as_ref().map_or(to, |block| at.saturating_add(block.len() as u64));
                Some((block, next))
            }
        });
        let mut answer = Response::new(Body::from_stream(blocks));
        *answer.status_mut() = status;
        let told = answer.headers_mut();
        told.extend(CONTAINED);
        told.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        told.insert(header::CONTENT_LENGTH, HeaderValue::from(to - from));
        let mut insert = |name, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                told.insert(name, value);
            }
        };
        insert(header::CONTENT_TYPE, &served.media_type);
        insert(header::CONTENT_DISPOSITION, &served.disposition);
        if status == StatusCode::PARTIAL_CONTENT {
            insert(header::CONTENT_RANGE, &format!("bytes {from}-{}/{size}", to - 1));
        }
        Ok(answer)
    }
}

/// Pictures that were read to their end are shown in place, and all else is saved.
fn served(attachment: &Attachment, part: Part) -> Served {
    match part {
        Part::Thumbnail => {
            Served { media_type: THUMBNAIL_TYPE.into(), disposition: "inline".to_owned() }
        }
        Part::Whole => {
            let place = if attachment.dimensions.is_some() { "inline" } else { "attachment" };
            Served {
                media_type: Arc::clone(&attachment.media_type),
                disposition: disposition(place, &attachment.name),
            }
        }
    }
}

/// With the name as RFC 8187 writes it, and once more for who reads no such.
fn disposition(place: &str, name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_') { c } else { '_' }
    };
    let simple: String = name.chars().map(plain).collect();
    let mut all = format!("{place}; filename=\"{simple}\"; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            all.push(char::from(byte));
        } else {
            let _ = write!(all, "%{byte:02X}");
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_no_header() {
        assert_eq!(
            disposition("attachment", "写真 \"a\";\r\nX: y.png"),
            "attachment; filename=\"__ _a____X_ y.png\"; \
             filename*=UTF-8''%E5%86%99%E7%9C%9F%20%22a%22%3B%0D%0AX%3A%20y.png"
        );
    }
}
