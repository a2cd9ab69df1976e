//! The application's calls where another issuer signs people in. Its refresh
//! token lies in the same cookie as the pool's would.

use std::{borrow::Cow, sync::Arc};

use aizuchi_core::{
    accounts::{Visits, Whereabouts},
    clock::Clock,
    directory::Directory,
    error::PortError,
    identity::{TokenError, TokenVerifier},
};
use aizuchi_wire::ErrorCode;
use axum::{
    Json as Answer, Router,
    extract::{DefaultBodyLimit, State},
    response::IntoResponse,
    routing::{get, post},
};
use http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::{
    accounts::{SessionAnswer, UserAnswer, no_store},
    body::Json,
    cookies::{Cookies, put},
    cors::cross_origin,
    error::{ApiError, bearer},
    origins::Origins,
    rate::{Attempt, ClientAddress, RateLimits},
    visiting::{self, Use, Visiting, not_fresh},
    whereabouts::CalledFrom,
};
use crate::{
    ended::SessionEvents,
    limits::{BODY_BYTES, COOKIE_BYTES},
    pool::PoolError,
    relying_party::{ExchangeError, RelyingParty, Tokens},
    settings::{Settings, ms},
    verify::{ENDED, Verifier},
};

/// Where the issuer sends people back to, from signing in and out alike.
const RETURN_PATH: &str = "/signed-in";

/// What a cookie cannot hold as it stands.
const NO_COOKIE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%').add(b',').add(b';').add(b'\\');

/// What the handlers share.
struct Front<D> {
    party: Arc<RelyingParty>,
    verifier: Arc<Verifier>,
    settings: Settings,
    origins: Arc<Origins>,
    clock: Arc<dyn Clock>,
    limits: Arc<dyn RateLimits>,
    visiting: Arc<Visiting<D>>,
}

type Shared<D> = State<Arc<Front<D>>>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Code {
    pub(super) code: String,
    pub(super) verifier: String,
    pub(super) redirect_uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignedOut {
    /// Where the browser signs out of the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end_session: Option<String>,
}

/// Everything under "Another issuer" of the HTTP contract, for the issuer of
/// `verifier`. Of `settings`, the address, the origins and the life of the
/// cookie count. Sessions are noted with `people`.
///
/// The server tells each request's address in a [`ClientAddress`] extension.
pub fn issuer_router<D: Directory + Visits>(
    party: Arc<RelyingParty>,
    people: Arc<D>,
    verifier: Arc<Verifier>,
    settings: Settings,
    clock: Arc<dyn Clock>,
    sockets: Arc<dyn SessionEvents>,
    limits: Arc<dyn RateLimits>,
) -> Router {
    let origins = Arc::new(Origins::of(&settings));
    let visiting = Arc::new(Visiting {
        people,
        verifier: Arc::clone(&verifier),
        clock: Arc::clone(&clock),
        sockets,
        limits: Arc::clone(&limits),
        life: ms(settings.lifetimes.refresh),
    });
    let own = visiting::routes(Arc::clone(&visiting));
    let known = Arc::clone(&origins);
    let front = Front { party, verifier, settings, origins, clock, limits, visiting };
    let calls = Router::new()
        .route("/api/auth/code", post(code))
        .route("/api/auth/refresh", post(refresh))
        .route("/api/auth/signout", post(sign_out))
        .route("/api/me", get(me).delete(leave))
        .with_state(Arc::new(front));
    cross_origin(calls.merge(own), known).layer(DefaultBodyLimit::max(BODY_BYTES))
}

async fn code<D: Directory + Visits>(
    State(front): Shared<D>,
    address: ClientAddress,
    CalledFrom(from): CalledFrom,
    headers: HeaderMap,
    Json(body): Json<Code>,
) -> Result<impl IntoResponse, ApiError> {
    let back = return_uri(&front.origins, &front.settings, &headers)?;
    front.limits.limit(Attempt::Refresh, address.0, "").map_err(PoolError::from)?;
    if body.redirect_uri != back {
        return Err(ApiError::invalid("The redirect URI is not the one of this page."));
    }
    let tokens = front.party.exchange(&body.code, &body.verifier, &body.redirect_uri).await;
    let tokens = tokens.map_err(|error| match error {
        ExchangeError::Refused => PoolError::CodeRefused.into(),
        error => ApiError::from(error),
    })?;
    front.session(tokens, None, (from, Use::Begins)).await
}

async fn refresh<D: Directory + Visits>(
    State(front): Shared<D>,
    address: ClientAddress,
    CalledFrom(from): CalledFrom,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    front.origins.only_own(&headers)?;
    front.limits.limit(Attempt::Refresh, address.0, "").map_err(PoolError::from)?;
    let used = refresh_token(&front.settings, &headers).ok_or(PoolError::SessionOver)?;
    let tokens = front.party.renew(used.clone()).await?;
    front.session(tokens, Some(used), (from, Use::GoesOn)).await.map_err(|error| {
        match error.code() {
            // Tokens that were for this server once, before it was set up anew.
            ErrorCode::Forbidden => PoolError::SessionOver.into(),
            _ => error,
        }
    })
}

/// Ends what can be ended: the refresh token at the issuer, the cookie, and
/// with an access token that names a session, this session's sockets.
async fn sign_out<D: Directory + Visits>(
    State(front): Shared<D>,
    address: ClientAddress,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let back = return_uri(&front.origins, &front.settings, &headers)?;
    front.limits.limit(Attempt::Refresh, address.0, "").map_err(PoolError::from)?;
    if headers.contains_key(AUTHORIZATION) {
        // Whoever has no token, or one that has expired, signs out all the same.
        if let Ok(caller) = bearer(&*front.verifier, &headers).await {
            front.visiting.end_current(&caller).await;
        }
    }
    if let Some(token) = refresh_token(&front.settings, &headers)
        && let Err(error) = front.party.revoke(&token).await
    {
        tracing::warn!(error = &error as &dyn std::error::Error, "cannot revoke a refresh token");
    }
    let mut answer = no_store();
    put(&mut answer, [Cookies(&front.settings).clear_refresh()]);
    let end_session = front.party.end_session_url(&back).map(String::from);
    Ok((answer, Answer(SignedOut { end_session })))
}

/// Deletes the account of whoever has just signed in: his words stay, and he
/// signs in here no more. The issuer keeps him.
async fn leave<D: Directory + Visits>(
    State(front): Shared<D>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let caller = bearer(&*front.verifier, &headers).await?;
    if !front.visiting.is_fresh(&caller).await? {
        return Err(not_fresh());
    }
    front.visiting.delete(&caller.user).await?;
    front.visiting.close_all(&caller.user).await?;
    let mut answer = no_store();
    put(&mut answer, [Cookies(&front.settings).clear_refresh()]);
    Ok((StatusCode::NO_CONTENT, answer))
}

async fn me<D: Directory + Visits>(
    State(front): Shared<D>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let caller = bearer(&*front.verifier, &headers).await?;
    let (sub, username) = (caller.user.to_string(), caller.username.to_string());
    Ok((no_store(), Answer(UserAnswer { sub, username, created_at: None })))
}

impl<D: Directory + Visits> Front<D> {
    /// A session as the pool answers it. `used` is the refresh token that stays
    /// good where the issuer gave no new one.
    async fn session(
        &self,
        tokens: Tokens,
        used: Option<String>,
        (from, is): (Whereabouts, Use),
    ) -> Result<impl IntoResponse + use<D>, ApiError> {
        let caller = self.verifier.verify(&tokens.access).await;
        let caller = caller.map_err(|error| refused(&tokens.access, error))?;
        self.visiting.note(&caller, from, is).await?;
        let left = caller.expires_at.saturating_sub(self.clock.now_ms());
        let answer = SessionAnswer {
            token: tokens.access,
            expires_in: left / 1_000,
            user: UserAnswer {
                sub: caller.user.to_string(),
                username: caller.username.to_string(),
                created_at: None,
            },
        };
        let mut headers = no_store();
        let cookie = tokens.refresh.or(used).and_then(|token| as_cookie(&token));
        put(&mut headers, cookie.map(|token| Cookies(&self.settings).set_refresh(token)));
        Ok((headers, Answer(answer)))
    }
}

/// The one URI that the issuer may send this page's visitors back to.
pub(super) fn return_uri(
    origins: &Origins,
    settings: &Settings,
    headers: &HeaderMap,
) -> Result<String, ApiError> {
    let origin = origins.only_own(headers)?;
    Ok(format!("{}{RETURN_PATH}", origin.unwrap_or(settings.issuer())))
}

/// The cookie's refresh token.
pub(super) fn refresh_token(settings: &Settings, headers: &HeaderMap) -> Option<String> {
    let cookie = Cookies(settings).refresh(headers)?;
    let token = percent_decode_str(&cookie).decode_utf8().ok()?;
    (!token.is_empty()).then(|| token.into_owned())
}

/// Without a cookie the session lasts as long as its first access token.
pub(super) fn as_cookie(token: &str) -> Option<String> {
    let cookie: Cow<'_, str> = utf8_percent_encode(token, NO_COOKIE).into();
    if cookie.len() > COOKIE_BYTES {
        tracing::warn!(bytes = cookie.len(), "the issuer's refresh token does not fit a cookie");
        return None;
    }
    Some(cookie.into_owned())
}

/// The issuer signed somebody in, but its token says nothing to this server.
fn refused(token: &str, error: TokenError) -> ApiError {
    if matches!(error, TokenError::Refused(ENDED)) {
        return PoolError::SessionOver.into();
    }
    let TokenError::Unavailable(error) = error else {
        let mend = if token.split('.').count() == 3 {
            "let --issuer-audience be what its tokens are for"
        } else {
            "it is no JWT: let the issuer give JWTs, for the audience in --issuer-audience"
        };
        tracing::error!(
            error = &error as &dyn std::error::Error,
            mend,
            "the issuer's own access token was refused"
        );
        return ApiError::forbidden(
            "The issuer's access token is not for this server. Whoever runs the server can mend \
             this, by the audience that the issuer gives its tokens.",
        );
    };
    TokenError::Unavailable(error).into()
}

impl From<ExchangeError> for ApiError {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Refused => PoolError::SessionOver.into(),
            ExchangeError::TooMany => PoolError::TooOften { retry_after_ms: 1_000 }.into(),
            ExchangeError::Unavailable(error) => issuer_failed(&error),
        }
    }
}

fn issuer_failed(error: &PortError) -> ApiError {
    tracing::error!(error = error as &dyn std::error::Error, "the issuer failed");
    ApiError::unavailable()
}
