//! `GET /ws`: who may open a socket. Whoever may not is told before the upgrade.

use std::sync::Arc;

use aizuchi_api::refused;
use aizuchi_core::{
    chat::Ports,
    clock::Clock,
    directory::Profile,
    identity::{Identity, TokenVerifier},
    ids::UserId,
    registry::Level,
};
use aizuchi_gateway::local::Line;
use aizuchi_identity::http::ApiError;
use aizuchi_wire::{CloseCode, ErrorCode};
use axum::{
    Json,
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hyper::upgrade::OnUpgrade;
use serde::Deserialize;
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::{App, accept::Slot, line};

/// The subprotocol of this contract.
const PROTOCOL: &str = "aizuchi.1";
/// The subprotocol that carries a token, so that it is in no access log.
const TOKEN_PROTOCOL: &str = "aizuchi.token.";

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    #[serde(rename = "Authorizer")]
    authorizer: Option<String>,
    self_sub: Option<String>,
    sub: Option<String>,
    level: Option<String>,
}

/// Whoever may not open a socket, and why.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Told as any call is told.
    Api(ApiError),
    /// No WebSocket was asked for.
    UpgradeRequired,
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Api(error) => error.into_response(),
            Self::UpgradeRequired => {
                let error =
                    ApiError::new(ErrorCode::InvalidRequest, "This address is for WebSockets.");
                let upgrade = [(header::UPGRADE, "websocket")];
                (StatusCode::UPGRADE_REQUIRED, upgrade, Json(error)).into_response()
            }
        }
    }
}

pub(crate) async fn handshake<P: Ports, V: TokenVerifier>(
    State(app): State<Arc<App<P, V>>>,
    request: Request,
) -> Result<Response, Refused> {
    let (mut head, _) = request.into_parts();
    let (upgrade, slot) = (head.extensions.remove::<OnUpgrade>(), head.extensions.remove::<Slot>());
    let key = upgrade_key(&head.headers)?;
    if !origin_allowed(&app, &head.headers) {
        return Err(forbidden("Pages of this origin may not connect."));
    }
    let Ok(Query(asked)) = Query::<Asked>::try_from_uri(&head.uri) else {
        return Err(invalid("The address is not understood."));
    };
    let protocols = protocols(&head.headers);
    let in_protocol = protocols.iter().find_map(|one| one.strip_prefix(TOKEN_PROTOCOL));
    let token = in_protocol.or(asked.authorizer.as_deref()).filter(|token| !token.is_empty());
    let Some(token) = token else {
        return Err(ApiError::new(ErrorCode::Unauthorized, "An access token is needed.").into());
    };
    let identity = app.verifier.verify(token).await.map_err(ApiError::from)?;
    if asked.self_sub.as_deref().is_some_and(|claimed| claimed != identity.user.as_str()) {
        return Err(forbidden("selfSub is not the token's user."));
    }
    let level = if asked.level.as_deref() == Some("1") { Level::One } else { Level::Zero };
    // A page without a partner sends an empty or a made-up one; it watches nobody then.
    let partner = asked.sub.filter(|_| level == Level::Zero);
    let partner = partner.and_then(|sub| UserId::parse(&sub).ok());
    let upgrade = upgrade.ok_or_else(|| invalid("This connection cannot be upgraded."))?;
    // In a task of its own, so that a client who goes away meanwhile leaves no
    // line behind: its upgrade fails then, and the line is unregistered.
    let (opened, answer) = oneshot::channel();
    let tasks = app.tasks.clone();
    tasks.spawn(async move {
        match open(&app, identity, level, partner).await {
            Ok(line) => {
                // Whoever no longer waits shows it by the upgrade.
                let _ = opened.send(Ok(()));
                line::open(app, line, upgrade, slot).await;
            }
            Err(refusal) => {
                let _ = opened.send(Err(refusal));
            }
        }
    });
    answer.await.map_err(|_| stopping())??;
    Ok(switching(&derive_accept_key(key.as_bytes()), protocols.contains(&PROTOCOL)))
}

/// Registers a line, and makes room for it where its user has too many.
pub(crate) async fn open<P: Ports, V: TokenVerifier>(
    app: &App<P, V>,
    identity: Identity,
    level: Level,
    partner: Option<UserId>,
) -> Result<Arc<Line>, ApiError> {
    let Identity { user, username, session, .. } = identity;
    let profile = Profile { user, username };
    let chat = app.gateway.chat();
    chat.admit(&profile.user).await.map_err(|refusal| refused(&refusal))?;
    let lines = app.hub().lines_of(&profile.user);
    let too_many = (lines.len() + 1).saturating_sub(app.settings.max_connections_per_user);
    for oldest in &lines[..too_many.min(lines.len())] {
        oldest.outbox.close(CloseCode::TooManyConnections);
    }
    let now = chat.ports().clock().now_ms();
    let line = app.hub().open(profile.user.clone(), level, session, now);
    let came = app.gateway.connect(&line.caller, partner).await;
    let known = match came {
        Ok(()) => chat.introduce(&profile).await,
        Err(refusal) => Err(refusal),
    };
    let refusal = match known {
        // A stop closes the lines that it finds; this one may have come later.
        Ok(()) if app.readiness.get() => return Ok(line),
        Ok(()) => stopping(),
        Err(refusal) => refused(&refusal),
    };
    app.gateway.disconnect(&line.caller).await;
    Err(refusal)
}

/// The key of a WebSocket request, or what is wrong with it.
fn upgrade_key(headers: &HeaderMap) -> Result<&str, Refused> {
    let has = |name, token: &str| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values
            .flat_map(|value| value.split(','))
            .any(|part| part.trim().eq_ignore_ascii_case(token))
    };
    if !has(header::CONNECTION, "upgrade") || !has(header::UPGRADE, "websocket") {
        return Err(Refused::UpgradeRequired);
    }
    let version = headers.get(header::SEC_WEBSOCKET_VERSION);
    let key = headers.get(header::SEC_WEBSOCKET_KEY).and_then(|key| key.to_str().ok());
    key.filter(|_| version.is_some_and(|version| version == "13"))
        .ok_or_else(|| invalid("Only version 13 of the WebSocket protocol is spoken here."))
}

pub(crate) fn stopping() -> ApiError {
    ApiError::new(ErrorCode::Unavailable, "The server is stopping. Try again shortly.")
}

fn invalid(sentence: &str) -> Refused {
    ApiError::new(ErrorCode::InvalidRequest, sentence).into()
}

fn forbidden(sentence: &str) -> Refused {
    ApiError::new(ErrorCode::Forbidden, sentence).into()
}

fn protocols(headers: &HeaderMap) -> Vec<&str> {
    headers
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect()
}

/// Browsers name the page's origin; other clients name none.
fn origin_allowed<P, V>(app: &App<P, V>, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    origin.to_str().is_ok_and(|origin| app.settings.origins.allows(origin))
}

fn switching(accept: &str, with_protocol: bool) -> Response {
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(accept) = HeaderValue::from_str(accept) {
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    if with_protocol {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(PROTOCOL));
    }
    response
}
