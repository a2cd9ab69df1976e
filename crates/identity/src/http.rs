//! The HTTP side of identity, as a router that the server mounts: accounts as
//! JSON, level 0's calls, OAuth 2, and the hosted pages.

mod accounts;
mod authorize;
mod body;
mod cognito;
mod cookies;
mod cors;
mod error;
mod level0;
mod oauth;
mod origins;
mod own;
mod pages;
mod rate;
mod relying_party;
mod texts;
mod views;
mod visiting;
mod whereabouts;

use std::sync::Arc;

use aizuchi_core::accounts::Accounts;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{delete, get, post},
};

pub use self::{
    cognito::cognito_router,
    cors::cross_origin,
    error::{ApiError, bearer},
    origins::Origins,
    rate::{Attempt, ClientAddress, NoLimits, RateLimits, RetryAfter},
    relying_party::issuer_router,
};
use crate::{limits::BODY_BYTES, pool::Pool, verify::Verifier};

/// What the handlers share.
pub(crate) struct Front<A> {
    pool: Arc<Pool<A>>,
    verifier: Arc<Verifier>,
    origins: Arc<Origins>,
    limits: Arc<dyn RateLimits>,
}

type Shared<A> = axum::extract::State<Arc<Front<A>>>;

/// Everything under "Accounts", "Level 0" and "Hosted pages and OAuth 2" of the
/// HTTP contract, for the pool of `verifier`.
///
/// The server tells each request's address in a [`ClientAddress`] extension.
pub fn router<A: Accounts>(
    pool: Arc<Pool<A>>,
    verifier: Arc<Verifier>,
    limits: Arc<dyn RateLimits>,
) -> Router {
    let origins = Arc::new(Origins::of(pool.settings()));
    let front = Arc::new(Front { pool, verifier, origins: Arc::clone(&origins), limits });
    let calls = Router::new()
        .route("/api/auth/signup", post(accounts::sign_up))
        .route("/api/auth/signin", post(accounts::sign_in))
        .route("/api/auth/refresh", post(accounts::refresh))
        .route("/api/auth/signout", post(accounts::sign_out))
        .route("/api/auth/password", post(accounts::change_password))
        .route("/api/me", get(accounts::me).delete(own::leave))
        .route("/api/sessions", get(own::sessions).delete(own::end_others))
        .route("/api/sessions/{id}", delete(own::end_session))
        .route("/auth", post(level0::sign_in))
        .route("/auth/refresh", post(level0::refresh))
        .route("/oauth2/token", post(oauth::token))
        .route("/oauth2/revoke", post(oauth::revoke))
        .route("/oauth2/userInfo", get(oauth::user_info).post(oauth::user_info))
        .route("/.well-known/jwks.json", get(oauth::jwks))
        .route("/.well-known/openid-configuration", get(oauth::discovery));
    let pages = Router::new()
        .route("/login", get(pages::login).post(pages::sign_in))
        .route("/signup", get(pages::signup).post(pages::sign_up))
        .route("/oauth2/authorize", get(pages::login))
        .route("/logout", get(pages::logout))
        .route("/login/style.css", get(pages::style));
    cross_origin(calls, origins)
        .merge(pages)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .with_state(front)
}
