//! `GET /ws`: who may open a socket. Whoever may not is told before the upgrade.

use std::sync::Arc;

use aizuchi_core::{
    chat::Ports,
    clock::Clock,
    directory::{Directory, Profile},
    identity::{Identity, TokenError, TokenVerifier},
    ids::UserId,
    registry::Level,
};
use aizuchi_gateway::local::Line;
use aizuchi_wire::{CloseCode, ErrorCode};
use axum::{
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use hyper::upgrade::OnUpgrade;
use serde::Deserialize;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::{App, accept::Slot, line, people::error};

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

pub(crate) async fn handshake<P: Ports, V: TokenVerifier>(
    State(app): State<Arc<App<P, V>>>,
    request: Request,
) -> Response {
    let (mut head, _) = request.into_parts();
    let (upgrade, slot) = (head.extensions.remove::<OnUpgrade>(), head.extensions.remove::<Slot>());
    let key = match upgrade_key(&head.headers) {
        Ok(key) => derive_accept_key(key.as_bytes()),
        Err(refusal) => return *refusal,
    };
    if !origin_allowed(&app, &head.headers) {
        return error(ErrorCode::Forbidden, "Pages of this origin may not connect.", None);
    }
    let asked = Query::<Asked>::try_from_uri(&head.uri).map(|Query(asked)| asked);
    let Ok(asked) = asked else {
        return error(ErrorCode::InvalidRequest, "The address is not understood.", None);
    };
    let protocols = protocols(&head.headers);
    let in_protocol = protocols.iter().find_map(|one| one.strip_prefix(TOKEN_PROTOCOL));
    let Some(token) = in_protocol.or(asked.authorizer.as_deref()).filter(|token| !token.is_empty())
    else {
        return error(ErrorCode::Unauthorized, "A token is missing.", None);
    };
    let identity = match app.verifier.verify(token).await {
        Ok(identity) => identity,
        Err(cause) => return refuse_token(&cause),
    };
    if asked.self_sub.as_deref().is_some_and(|claimed| claimed != identity.user.as_str()) {
        return error(ErrorCode::Forbidden, "selfSub is not the token's user.", None);
    }
    let level = if asked.level.as_deref() == Some("1") { Level::One } else { Level::Zero };
    // A page without a partner sends an empty or a made-up one; it watches nobody then.
    let partner = asked.sub.filter(|_| level == Level::Zero);
    let partner = partner.and_then(|sub| UserId::parse(&sub).ok());
    let Some(upgrade) = upgrade else {
        return error(ErrorCode::InvalidRequest, "This connection cannot be upgraded.", None);
    };
    let answered = protocols.contains(&PROTOCOL);
    match open(&app, identity, level, partner).await {
        Ok(line) => {
            let app_of_line = Arc::clone(&app);
            app.tasks.spawn(async move {
                line::run(app_of_line, line, upgrade).await;
                drop(slot);
            });
            switching(&key, answered)
        }
        Err(refusal) => *refusal,
    }
}

/// Registers a line, and makes room for it where its user has too many.
async fn open<P: Ports, V: TokenVerifier>(
    app: &App<P, V>,
    identity: Identity,
    level: Level,
    partner: Option<UserId>,
) -> Result<Arc<Line>, Box<Response>> {
    let ports = app.gateway.chat().ports();
    let Identity { user, username, session, .. } = identity;
    let unavailable = || {
        let sentence = "The server cannot do this at the moment. Please try again.";
        Box::new(error(ErrorCode::Unavailable, sentence, None))
    };
    let profile = Profile { user, username };
    if let Err(cause) = ports.directory().remember(&profile).await {
        tracing::error!(error = %cause, "the directory failed");
        return Err(unavailable());
    }
    let lines = app.hub().lines_of(&profile.user);
    let too_many = (lines.len() + 1).saturating_sub(app.settings.max_connections_per_user);
    for oldest in &lines[..too_many.min(lines.len())] {
        oldest.outbox.close(CloseCode::TooManyConnections);
    }
    let line = app.hub().open(profile.user, level, session, ports.clock().now_ms());
    if let Err(refusal) = app.gateway.connect(&line.caller, partner).await {
        app.gateway.disconnect(&line.caller).await;
        tracing::warn!(%refusal, "a connection was refused");
        let (code, sentence) = aizuchi_gateway::encode::told(&refusal);
        return Err(Box::new(error(code, sentence, None)));
    }
    Ok(line)
}

/// The key of a WebSocket request, or what is wrong with it.
fn upgrade_key(headers: &HeaderMap) -> Result<&str, Box<Response>> {
    let has = |name, token: &str| {
        headers
            .get_all(name)
            .iter()
            .filter_map(|value: &HeaderValue| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|part| part.trim().eq_ignore_ascii_case(token))
    };
    let version = headers.get(header::SEC_WEBSOCKET_VERSION);
    if !has(header::CONNECTION, "upgrade") || !has(header::UPGRADE, "websocket") {
        let mut response =
            error(ErrorCode::InvalidRequest, "This address is for WebSockets.", None);
        *response.status_mut() = StatusCode::UPGRADE_REQUIRED;
        response.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        return Err(Box::new(response));
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY).and_then(|key| key.to_str().ok());
    match key.filter(|_| version.is_some_and(|version| version == "13")) {
        Some(key) => Ok(key),
        None => {
            let sentence = "Only version 13 of the WebSocket protocol is spoken here.";
            Err(Box::new(error(ErrorCode::InvalidRequest, sentence, None)))
        }
    }
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

/// Browsers name the page's origin; other clients name none. The server's own
/// is that of its public address, or that by which this request reached it.
fn origin_allowed<P, V>(app: &App<P, V>, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    let settings = &app.settings;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let origin_host = origin.parse::<Uri>().ok().and_then(|uri| uri.authority().cloned());
    origin == settings.public_url.origin().ascii_serialization()
        || settings.allowed_origins.iter().any(|allowed| allowed == origin)
        || origin_host.is_some_and(|authority| Some(authority.as_str()) == host)
}

fn refuse_token(cause: &TokenError) -> Response {
    match cause {
        TokenError::Expired => error(ErrorCode::Unauthorized, "The token has expired.", None),
        TokenError::Refused(why) => {
            tracing::debug!(why, "a token was refused");
            error(ErrorCode::Unauthorized, "The token is not valid here.", None)
        }
        TokenError::Unavailable(failure) => {
            let cause = std::error::Error::source(failure).map(ToString::to_string);
            tracing::error!(error = %failure, cause, "tokens cannot be verified");
            error(ErrorCode::Unavailable, "Tokens cannot be verified at the moment.", None)
        }
    }
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
