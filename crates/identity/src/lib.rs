//! Who somebody is: token verification and the built-in user pool with its hosted pages.

mod ended;
pub mod http;
mod jwks;
mod keys;
pub mod limits;
mod password;
pub mod pool;
mod secret;
pub mod settings;
mod tokens;
pub mod verify;

pub use self::{
    ended::{NoSockets, SessionEvents},
    jwks::IssuerSettings,
    keys::BrokenKey,
    password::InvalidPassword,
    pool::{OpenError, Pool, PoolError},
    settings::{FIRST_PARTY, Lifetimes, OAuthClient, Settings},
    tokens::SigningError,
    verify::Verifier,
};
