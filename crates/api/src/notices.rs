//! How people are told while they are away: which browsers, and of what.

use std::sync::Arc;

use aizuchi_core::{
    chat::Ports,
    clock::Clock,
    identity::{Identity, TokenVerifier},
    ids::ConversationId,
    notices::{ENDPOINT_BYTES, Notices, Pusher, Subscription, Wanted},
    outcome::Refusal,
};
use aizuchi_gateway::{Gateway, Push};
use aizuchi_identity::http::{ApiError, Origins, bearer, cross_origin};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, put},
};
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::refused;

/// Largest body, in bytes: an endpoint with every character escaped, and keys.
const BODY_BYTES: usize = 16 * 1024;

/// Browsers write it without padding; libraries do not always.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What the handlers share.
struct Shared<P, U, V, N, W> {
    gateway: Arc<Gateway<P, U>>,
    verifier: V,
    notices: N,
    pusher: W,
}

type Told<P, U, V, N, W> = State<Arc<Shared<P, U, V, N, W>>>;

/// The calls about notifications, for pages of these origins and for callers
/// without one: subscriptions are kept in `notices`, and pushed to by `pusher`.
pub fn notices_router<P, U, V, N, W>(
    gateway: Arc<Gateway<P, U>>,
    verifier: V,
    origins: Arc<Origins>,
    notices: N,
    pusher: W,
) -> Router
where
    P: Ports,
    U: Push,
    V: TokenVerifier,
    N: Notices,
    W: Pusher,
{
    let subscriptions = put(subscribe::<P, U, V, N, W>).delete(unsubscribe::<P, U, V, N, W>);
    let wanted = get(wanted::<P, U, V, N, W>).put(want::<P, U, V, N, W>);
    let calls = Router::new()
        .route("/api/push/key", get(key::<P, U, V, N, W>))
        .route("/api/push/subscriptions", subscriptions)
        .route("/api/conversations/{id}/notifications", wanted)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .with_state(Arc::new(Shared { gateway, verifier, notices, pusher }));
    cross_origin(calls, origins)
}

impl<P: Ports, U: Push, V: TokenVerifier, N, W> Shared<P, U, V, N, W> {
    /// Who calls, unless too often.
    async fn caller(&self, headers: &HeaderMap) -> Result<Identity, ApiError> {
        let caller = bearer(&self.verifier, headers).await?;
        let admitted = self.gateway.chat().admit(&caller.user).await;
        admitted.map_err(|refusal| refused(&refusal))?;
        Ok(caller)
    }
}

fn invalid(sentence: &'static str) -> ApiError {
    refused(&Refusal::Invalid(sentence))
}

/// What a body is, in place of the reader's own words, which quote it.
fn read<T>(body: Result<Json<T>, JsonRejection>) -> Result<T, ApiError> {
    match body {
        Ok(Json(body)) => Ok(body),
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Err(refused(&Refusal::TooLarge("The body is too large.")))
        }
        Err(_) => Err(invalid("The body is not the JSON this call takes.")),
    }
}

async fn key<P: Ports, U: Push, V: TokenVerifier, N: Notices, W: Pusher>(
    State(shared): Told<P, U, V, N, W>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    shared.caller(&headers).await?;
    let key = shared.pusher.public_key().await.map_err(|cause| refused(&cause.into()))?;
    Ok(Json(json!({ "key": &*key })).into_response())
}

/// As a browser's `PushSubscription.toJSON()` has it, and whether texts are shown.
#[derive(Deserialize)]
struct Subscribed {
    endpoint: String,
    keys: Keys,
    #[serde(default = "shown")]
    preview: bool,
}

fn shown() -> bool {
    true
}

#[derive(Deserialize)]
struct Keys {
    p256dh: String,
    auth: String,
}

async fn subscribe<P: Ports, U: Push, V: TokenVerifier, N: Notices, W: Pusher>(
    State(shared): Told<P, U, V, N, W>,
    headers: HeaderMap,
    body: Result<Json<Subscribed>, JsonRejection>,
) -> Result<StatusCode, ApiError> {
    let caller = shared.caller(&headers).await?;
    let Subscribed { endpoint, keys, preview } = read(body)?;
    if endpoint.len() > ENDPOINT_BYTES {
        return Err(refused(&Refusal::TooLarge("The endpoint is too long.")));
    }
    if !shared.pusher.sends_to(&endpoint) {
        return Err(invalid("The endpoint is not the address of a push service."));
    }
    let p256dh = bytes(&keys.p256dh).filter(|point: &[u8; 65]| point[0] == UNCOMPRESSED);
    let (Some(p256dh), Some(auth)) = (p256dh, bytes(&keys.auth)) else {
        return Err(invalid("The keys are not those of a subscription."));
    };
    let subscription = Subscription {
        endpoint: endpoint.into(),
        p256dh,
        auth,
        preview,
        session: caller.session,
        created_at: shared.gateway.chat().ports().clock().now_ms(),
    };
    let kept = shared.notices.subscribe(&caller.user, &subscription).await;
    kept.map_err(|cause| refused(&cause.into()))?;
    Ok(StatusCode::NO_CONTENT)
}

/// How a point begins that is written in full.
const UNCOMPRESSED: u8 = 4;

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    BASE64.decode(text).ok()?.try_into().ok()
}

#[derive(Deserialize)]
struct Unsubscribed {
    endpoint: String,
}

/// One that is not there is gone as well.
async fn unsubscribe<P: Ports, U: Push, V: TokenVerifier, N: Notices, W: Pusher>(
    State(shared): Told<P, U, V, N, W>,
    headers: HeaderMap,
    body: Result<Json<Unsubscribed>, JsonRejection>,
) -> Result<StatusCode, ApiError> {
    let caller = shared.caller(&headers).await?;
    let Unsubscribed { endpoint } = read(body)?;
    let gone = shared.notices.unsubscribe(&caller.user, &endpoint).await;
    gone.map_err(|cause| refused(&cause.into()))?;
    Ok(StatusCode::NO_CONTENT)
}

/// What somebody wants of a conversation, as it is written.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Written {
    All,
    Mentions,
    None,
}

#[derive(Serialize, Deserialize)]
struct Decision {
    notifications: Written,
}

impl From<Written> for Wanted {
    fn from(written: Written) -> Self {
        match written {
            Written::All => Self::All,
            Written::Mentions => Self::Mentions,
            Written::None => Self::Nothing,
        }
    }
}

impl From<Wanted> for Written {
    fn from(wanted: Wanted) -> Self {
        match wanted {
            Wanted::All => Self::All,
            Wanted::Mentions => Self::Mentions,
            Wanted::Nothing => Self::None,
        }
    }
}

/// The conversation of this name. It is one's own decision about it, and tells
/// nothing of it; yet of two people's, nobody else has one.
fn conversation(id: &str, caller: &Identity) -> Result<ConversationId, ApiError> {
    let conversation = ConversationId::parse(id)
        .map_err(|_| refused(&Refusal::NotFound("There is no such conversation.")))?;
    match conversation.direct_members() {
        Some(members) if !members.contains(&caller.user) => {
            Err(refused(&Refusal::Forbidden("You are not in this conversation.")))
        }
        _ => Ok(conversation),
    }
}

async fn wanted<P: Ports, U: Push, V: TokenVerifier, N: Notices, W: Pusher>(
    State(shared): Told<P, U, V, N, W>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let caller = shared.caller(&headers).await?;
    let conversation = conversation(&id, &caller)?;
    let wanted = shared.notices.wanted(&caller.user, &conversation).await;
    let wanted = wanted.map_err(|cause| refused(&cause.into()))?;
    Ok(Json(Decision { notifications: wanted.into() }).into_response())
}

async fn want<P: Ports, U: Push, V: TokenVerifier, N: Notices, W: Pusher>(
    State(shared): Told<P, U, V, N, W>,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Result<Json<Decision>, JsonRejection>,
) -> Result<StatusCode, ApiError> {
    let caller = shared.caller(&headers).await?;
    let conversation = conversation(&id, &caller)?;
    let Decision { notifications } = read(body)?;
    let done = shared.notices.want(&caller.user, &conversation, notifications.into()).await;
    done.map_err(|cause| refused(&cause.into()))?;
    Ok(StatusCode::NO_CONTENT)
}
