//! What the built-in pool signs: access tokens and id tokens, ES256.

use std::time::Duration;

use aizuchi_core::{accounts::SessionId, ids::UserId};
use jsonwebtoken::{Algorithm, Header, encode, jwk::JwkSet};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    keys::Keys,
    secret::{base64url, uuid},
};

/// Whom a token is about, and for whom it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) user: &'a UserId,
    pub(crate) username: &'a str,
    pub(crate) client: &'a str,
    pub(crate) session: SessionId,
}

/// A token could not be signed.
#[derive(Debug, thiserror::Error)]
#[error("a token could not be signed")]
pub struct SigningError(#[from] jsonwebtoken::errors::Error);

#[derive(Serialize)]
struct AccessClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    client_id: &'a str,
    username: &'a str,
    token_use: &'static str,
    sid: String,
    jti: String,
    iat: u64,
    exp: u64,
}

#[derive(Serialize)]
struct IdClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    #[serde(rename = "cognito:username")]
    cognito_username: &'a str,
    preferred_username: &'a str,
    token_use: &'static str,
    sid: String,
    jti: String,
    /// Binds it to the access token that came with it.
    at_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    auth_time: u64,
    iat: u64,
    exp: u64,
}

/// Signs tokens.
pub(crate) struct TokenIssuer {
    keys: Keys,
    header: Header,
    issuer: String,
}

impl TokenIssuer {
    pub(crate) fn new(keys: Keys, issuer: &str) -> Self {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(keys.kid.clone());
        Self { keys, header, issuer: issuer.to_owned() }
    }

    /// The public halves.
    pub(crate) fn public(&self) -> &JwkSet {
        &self.keys.public
    }

    /// An access token, good from `now` (ms since the epoch) for `lifetime`.
    pub(crate) fn access(
        &self,
        subject: Subject<'_>,
        now: u64,
        lifetime: Duration,
    ) -> Result<String, SigningError> {
        let iat = now / 1000;
        let claims = AccessClaims {
            iss: &self.issuer,
            sub: subject.user.as_str(),
            client_id: subject.client,
            username: subject.username,
            token_use: "access",
            sid: subject.session.to_string(),
            jti: uuid(),
            iat,
            exp: iat + lifetime.as_secs(),
        };
        self.sign(&claims)
    }

    /// The id token that goes with `access_token`.
    pub(crate) fn id(
        &self,
        subject: Subject<'_>,
        access_token: &str,
        nonce: Option<&str>,
        now: u64,
        lifetime: Duration,
    ) -> Result<String, SigningError> {
        let iat = now / 1000;
        let digest = Sha256::digest(access_token);
        let claims = IdClaims {
            iss: &self.issuer,
            sub: subject.user.as_str(),
            aud: subject.client,
            cognito_username: subject.username,
            preferred_username: subject.username,
            token_use: "id",
            sid: subject.session.to_string(),
            jti: uuid(),
            at_hash: base64url(&digest[..16]),
            nonce,
            auth_time: iat,
            iat,
            exp: iat + lifetime.as_secs(),
        };
        self.sign(&claims)
    }

    fn sign(&self, claims: &impl Serialize) -> Result<String, SigningError> {
        Ok(encode(&self.header, claims, &self.keys.private)?)
    }
}
