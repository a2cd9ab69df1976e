//! The application's calls where an Amazon Cognito user pool keeps the people:
//! those of the built-in pool, and the exchange of the hosted pages' codes.
//!
//! A refresh token is Cognito's own, in a cookie or in a level 0 client's
//! hands; nothing is remembered here between two calls, which may well reach
//! two processes. A pool that does not replace refresh tokens gives none with
//! fresh access tokens, and the one that was used stays.

mod calls;
mod level0;

use std::sync::Arc;

use aizuchi_core::{
    accounts::{Visits, Whereabouts},
    clock::Clock,
    directory::Directory,
    identity::{Identity, TokenError, TokenVerifier},
};
use aizuchi_wire::ErrorCode;
use axum::{
    Json as Answer, Router,
    extract::{DefaultBodyLimit, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderMap, StatusCode};

use super::{
    accounts::{SessionAnswer, UserAnswer, counted, no_store},
    cookies::{Cookies, put},
    cors::cross_origin,
    error::ApiError,
    origins::Origins,
    rate::{Attempt, ClientAddress, RateLimits},
    relying_party::as_cookie,
    visiting::{self, Use, Visiting},
};
use crate::{
    cognito::{Cognito, Failure},
    ended::SessionEvents,
    limits::{BODY_BYTES, COGNITO_RETRY_MS},
    password::Password,
    pool::PoolError,
    relying_party::Tokens,
    settings::{Settings, ms},
    verify::ENDED,
};

/// What the handlers share.
struct Front<D> {
    cognito: Arc<Cognito>,
    directory: Arc<D>,
    settings: Settings,
    origins: Arc<Origins>,
    clock: Arc<dyn Clock>,
    limits: Arc<dyn RateLimits>,
    visiting: Arc<Visiting<D>>,
}

type Shared<D> = State<Arc<Front<D>>>;

/// Everything under "Accounts", "Level 0" and "Another issuer" of the HTTP
/// contract, for the people of a Cognito user pool. Of `settings`, the address,
/// the origins and the life of the cookie count. The names that people gave
/// themselves are written to `directory`, and read from there.
///
/// The front tells each request's address in a [`ClientAddress`] extension.
pub fn cognito_router<D: Directory + Visits>(
    cognito: Arc<Cognito>,
    directory: Arc<D>,
    settings: Settings,
    clock: Arc<dyn Clock>,
    sockets: Arc<dyn SessionEvents>,
    limits: Arc<dyn RateLimits>,
) -> Router {
    let origins = Arc::new(Origins::of(&settings));
    let known = Arc::clone(&origins);
    let visiting = Arc::new(Visiting {
        people: Arc::clone(&directory),
        verifier: Arc::clone(cognito.verifier()),
        clock: Arc::clone(&clock),
        sockets,
        limits: Arc::clone(&limits),
        life: ms(settings.lifetimes.refresh),
    });
    let own = visiting::routes(Arc::clone(&visiting));
    let front = Front { cognito, directory, settings, origins, clock, limits, visiting };
    let routes = Router::new()
        .route("/api/auth/signup", post(calls::sign_up))
        .route("/api/auth/signin", post(calls::sign_in))
        .route("/api/auth/code", post(calls::code))
        .route("/api/auth/refresh", post(calls::refresh))
        .route("/api/auth/signout", post(calls::sign_out))
        .route("/api/auth/password", post(calls::change_password))
        .route("/api/me", get(calls::me).delete(calls::leave))
        .route("/auth", post(level0::sign_in))
        .route("/auth/refresh", post(level0::refresh))
        .with_state(Arc::new(front));
    cross_origin(routes.merge(own), known).layer(DefaultBodyLimit::max(BODY_BYTES))
}

/// Somebody who is signed in, and the name that others see.
struct SignedIn {
    tokens: Tokens,
    identity: Identity,
    name: String,
}

impl<D: Directory + Visits> Front<D> {
    /// Whoever has this name and password, unless too many tries failed.
    async fn limited_sign_in(
        &self,
        address: ClientAddress,
        name: &str,
        password: &str,
    ) -> Result<Tokens, ApiError> {
        let name = counted(name);
        self.limits.limit(Attempt::SignIn, address.0, &name).map_err(PoolError::from)?;
        let tokens = self.credentials(&name, password).await;
        if !matches!(tokens, Err(Failure::Refused)) {
            self.limits.right(address.0, &name);
        }
        Ok(tokens?)
    }

    /// A name that cannot be one is empty here.
    async fn credentials(&self, name: &str, password: &str) -> Result<Tokens, Failure> {
        let password = Password::typed(password).filter(|typed| !typed.as_str().is_empty());
        match password {
            Some(password) if !name.is_empty() => self.cognito.sign_in(name, &password).await,
            _ => Err(Failure::Refused),
        }
    }

    /// Whose the tokens are.
    async fn identity(&self, tokens: &Tokens) -> Result<Identity, ApiError> {
        self.cognito.verifier().verify(&tokens.access).await.map_err(|error| {
            if matches!(error, TokenError::Refused(ENDED)) {
                return PoolError::SessionOver.into();
            }
            tracing::error!(
                error = &error as &dyn std::error::Error,
                mend = "let issuer, keys and client id be those of the pool that is asked",
                "the pool's own access token was refused"
            );
            ApiError::unavailable()
        })
    }

    async fn signed_in(
        &self,
        tokens: Tokens,
        from: Whereabouts,
        is: Use,
    ) -> Result<SignedIn, ApiError> {
        let identity = self.identity(&tokens).await?;
        if let Err(refused) = self.visiting.note(&identity, from, is).await {
            // What would be refused again is of no use to anybody.
            if let Some(token) = tokens.refresh.filter(|_| refused.code() != ErrorCode::Unavailable)
                && let Err(Failure::Unavailable(error)) = self.cognito.revoke(&token).await
            {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "cannot revoke a refresh token"
                );
            }
            return Err(refused);
        }
        let name = self.name(&identity).await;
        Ok(SignedIn { tokens, identity, name })
    }

    /// The name that others see. The token's is its folded form.
    async fn name(&self, identity: &Identity) -> String {
        let known = self.directory.by_id(&identity.user).await.unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot look up a name");
            None
        });
        known.map_or_else(|| Arc::clone(&identity.username), |known| known.username).to_string()
    }

    /// A session as the pool answers it. `used` is the refresh token that stays
    /// good where Cognito gave no new one.
    fn session(&self, status: StatusCode, signed_in: SignedIn, used: Option<String>) -> Response {
        let SignedIn { tokens, identity, name } = signed_in;
        let left = identity.expires_at.saturating_sub(self.clock.now_ms());
        let user = UserAnswer { sub: identity.user.to_string(), username: name, created_at: None };
        let answer = SessionAnswer { token: tokens.access, expires_in: left / 1_000, user };
        let mut headers = no_store();
        self.put_cookie(&mut headers, tokens.refresh.or(used));
        (status, headers, Answer(answer)).into_response()
    }

    fn put_cookie(&self, headers: &mut HeaderMap, token: Option<String>) {
        let cookie = token.and_then(|token| as_cookie(&token));
        put(headers, cookie.map(|token| Cookies(&self.settings).set_refresh(token)));
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NameTaken => PoolError::NameTaken.into(),
            Failure::Refused => PoolError::WrongCredentials.into(),
            Failure::Password => {
                Self::invalid("This password is not allowed here. Choose a longer one.")
            }
            Failure::MoreThanPassword => {
                Self::forbidden("This account signs in on the sign-in page alone.")
            }
            Failure::TooOften => PoolError::TooOften { retry_after_ms: COGNITO_RETRY_MS }.into(),
            Failure::Unavailable(error) => PoolError::Store(error).into(),
        }
    }
}

/// Where what was refused is a refresh token.
fn session_over(failure: Failure) -> ApiError {
    match failure {
        Failure::Refused | Failure::MoreThanPassword => PoolError::SessionOver.into(),
        failure => failure.into(),
    }
}
