//! One request: an entry for one back end.

use aizuchi_core::{hooks::Webhook, ids::ConversationId, log::Entry};
use aizuchi_gateway::encode;
use aizuchi_outbound::{Answer, OutboundError, Request};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header::CONTENT_TYPE};
use serde_json::json;
use url::Url;

use crate::sign::sign;

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// Why a request was not taken, in an operator's words.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotTaken {
    #[error("it answers {0}")]
    Status(StatusCode),
    #[error("it answers 410: it wants no more")]
    Gone,
    #[error(transparent)]
    NoAnswer(#[from] OutboundError),
}

/// The request for an entry, at this ms since the epoch; `None` where the
/// webhook's address is none.
pub(crate) fn request(
    hook: &Webhook,
    conversation: &ConversationId,
    entry: &Entry,
    now: u64,
) -> Option<Request> {
    let told = encode::raw(conversation, entry);
    let id = told.message.message_id.to_string();
    let body = json!({ "type": "entry", "bot": hook.user.as_str(), "entry": told }).to_string();
    let seconds = now / 1_000;
    let signature = sign(&hook.secret, &id, seconds, body.as_bytes());
    let headers = HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (ID, HeaderValue::try_from(id).ok()?),
        (TIMESTAMP, HeaderValue::from(seconds)),
        (SIGNATURE, HeaderValue::try_from(signature).ok()?),
    ]);
    let url = Url::parse(&hook.url).ok()?;
    Some(Request { method: Method::POST, url, headers, body: body.into() })
}

/// Whether an answer says that the request was taken. Redirects do not.
pub(crate) fn taken(answer: Result<Answer, OutboundError>) -> Result<(), NotTaken> {
    let status = answer?.status;
    match status {
        StatusCode::GONE => Err(NotTaken::Gone),
        status if status.is_success() => Ok(()),
        status => Err(NotTaken::Status(status)),
    }
}
