//! Who somebody is: token verification and the built-in user pool with its
//! hosted pages.
//!
//! - [`Pool`] is the built-in user pool: what the HTTP side and the command
//!   line alike do with people, sessions and codes, on any
//!   [`Accounts`](aizuchi_core::accounts::Accounts).
//! - [`Verifier`] tells who holds an access token: one of the pool's, or one of
//!   another OpenID Connect issuer's that stands in for it.
//! - [`Products`] vouch for their own users, beside either.
//! - [`WithKeys`] is the same with the keys of bots beside, for calls that are about
//!   the chat and not about an account.
//! - [`RelyingParty`] is the application as a client of that issuer.
//! - [`Cognito`] is an Amazon Cognito user pool, signed in to by its own API
//!   and by its hosted pages.
//! - [`http::router`] is the pool's HTTP side, [`http::issuer_router`] and
//!   [`http::cognito_router`] those of the other two.
//!
//! Invariants: no secret is stored, but for the private halves of the signing
//! keys; no token contains `=`; a session that has ended is refused before its
//! access tokens expire, whichever process ended it; nothing is redirected to
//! but an exactly registered URI.
//!
//! # Wiring
//!
//! With the built-in pool:
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use aizuchi_core::{accounts::Accounts, clock::SystemClock};
//! use aizuchi_identity::{OAuthClient, Pool, SessionEvents, Settings, http};
//!
//! async fn identity(
//!     accounts: Arc<impl Accounts>,
//!     sockets: Arc<dyn SessionEvents>,
//!     limits: Arc<dyn http::RateLimits>,
//! ) -> Result<axum::Router, Box<dyn std::error::Error>> {
//!     let mut settings = Settings::new("http://127.0.0.1:8080".parse()?);
//!     settings.clients.push(OAuthClient::new("web", "http://127.0.0.1:3000/", true)?);
//!     let pool = Pool::open(accounts, settings, Arc::new(SystemClock), sockets).await?;
//!     let pool = Arc::new(pool);
//!     // The same verifier lets sockets in; `http::Origins` tells from where.
//!     let verifier = Arc::new(pool.verifier());
//!     let followed = Arc::clone(&pool);
//!     tokio::spawn(async move { followed.follow().await });
//!     Ok(http::router(pool, verifier, limits))
//! }
//! ```
//!
//! With another issuer there is no pool. [`http::issuer_router`] exchanges its
//! codes and refresh tokens for the application's page:
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use aizuchi_core::{accounts::Visits, clock::SystemClock, directory::Directory};
//! use aizuchi_identity::{
//!     ClientSettings, IssuerSettings, RelyingParty, SessionEvents, Settings, Verifier, http,
//! };
//!
//! async fn identity(
//!     people: Arc<impl Directory + Visits>,
//!     sockets: Arc<dyn SessionEvents>,
//!     limits: Arc<dyn http::RateLimits>,
//! ) -> Result<axum::Router, Box<dyn std::error::Error>> {
//!     let settings = Settings::new("http://127.0.0.1:8080".parse()?);
//!     let tokens = IssuerSettings {
//!         issuer: "https://issuer.example/tenant".to_owned(),
//!         jwks_url: None,
//!         audiences: vec!["client-1".to_owned()],
//!     };
//!     let client =
//!         ClientSettings { id: "client-1".to_owned(), secret: None, scope: "openid".to_owned() };
//!     let clock = Arc::new(SystemClock);
//!     let party = RelyingParty::discover(&tokens.issuer, client, clock.clone()).await?;
//!     let verifier = Verifier::of_issuer(tokens, clock.clone())?;
//!     verifier.fetch_keys().await?;
//!     let (party, verifier) = (Arc::new(party), Arc::new(verifier));
//!     Ok(http::issuer_router(party, people, verifier, settings, clock, sockets, limits))
//! }
//! ```
//!
//! With a Cognito user pool, whose tokens alone need [`Verifier::of_issuer`]
//! with [`CognitoSettings::tokens`]:
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use aizuchi_core::{accounts::Visits, clock::SystemClock, directory::Directory};
//! use aizuchi_identity::{Cognito, CognitoSettings, SessionEvents, Settings, http};
//!
//! fn identity(
//!     directory: Arc<impl Directory + Visits>,
//!     sockets: Arc<dyn SessionEvents>,
//!     limits: Arc<dyn http::RateLimits>,
//! ) -> Result<axum::Router, Box<dyn std::error::Error>> {
//!     let settings = Settings::new("https://page.example".parse()?);
//!     let clock = Arc::new(SystemClock);
//!     let pool = CognitoSettings {
//!         issuer: "https://cognito-idp.ap-northeast-1.amazonaws.com/pool-1".to_owned(),
//!         jwks_url: None,
//!         client_id: "client-1".to_owned(),
//!         api_url: "https://cognito-idp.ap-northeast-1.amazonaws.com/".parse()?,
//!         sign_in_url: "https://name.auth.ap-northeast-1.amazoncognito.com".parse()?,
//!     };
//!     let cognito = Arc::new(Cognito::new(pool, clock.clone())?);
//!     // Others verify with `cognito.verifier()` too.
//!     Ok(http::cognito_router(cognito, directory, settings, clock, sockets, limits))
//! }
//! ```
//!
//! The command line opens a pool on the same store with [`NoSockets`]; a
//! running server learns of what it does by [`Pool::follow`].

mod api_keys;
mod cognito;
mod ended;
pub mod http;
mod jwks;
mod keys;
pub mod limits;
mod password;
pub mod pool;
pub mod products;
mod relying_party;
mod remote;
mod secret;
pub mod settings;
mod tokens;
pub mod verify;

pub use self::{
    api_keys::{KEY_PREFIX, NewBotError, WithKeys, add_bot, make_key},
    cognito::{Cognito, CognitoSettings},
    ended::{Heard, NoSockets, SessionEvents},
    jwks::IssuerSettings,
    keys::BrokenKey,
    password::{InvalidPassword, NO_PASSWORD},
    pool::{OpenError, Pool, PoolError},
    products::{ProductSettings, Products},
    relying_party::{ClientSecret, ClientSettings, Endpoints, ExchangeError, RelyingParty},
    settings::{FIRST_PARTY, Lifetimes, OAuthClient, Settings},
    tokens::SigningError,
    verify::Verifier,
};
