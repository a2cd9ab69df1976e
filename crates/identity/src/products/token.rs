//! A product's token: what it must say, and who holds it then.

use aizuchi_core::{
    identity::{Identity, TokenError},
    ids::UserId,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Header;
use serde::{Deserialize, de::IgnoredAny};

use super::{Keys, Product};
use crate::{
    keys::VerifyingKey,
    limits::{LEEWAY_MS, NAME_CHARS, TRIED_KEYS},
    verify::{Audience, in_ms, refused, signed},
};

/// The claims that are looked at. Whoever else they name is not asked: no
/// `aizuchi_id`, or a product could name anybody's.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    aud: Audience,
    exp: f64,
    iat: f64,
    nbf: Option<f64>,
    name: Option<String>,
    token_use: Option<String>,
    at_hash: Option<IgnoredAny>,
    nonce: Option<IgnoredAny>,
}

/// What a token says of its issuer, before it is known whether that is true.
pub(super) fn claimed_issuer(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Claim {
        iss: String,
    }
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice::<Claim>(&payload).ok().map(|claim| claim.iss)
}

impl Product {
    pub(super) async fn verify(
        &self,
        token: &str,
        header: &Header,
        now: u64,
    ) -> Result<Identity, TokenError> {
        let claims: Claims = match &self.keys {
            Keys::Held(keys) => signed_by(keys, token, header),
            Keys::Fetched(keys) => {
                let keys = keys.holding(|keys| fitting(keys, header).next().is_some()).await?;
                signed_by(&keys, token, header)
            }
        }?;
        self.check(&claims, now)?;
        self.identity(&claims)
    }

    fn check(&self, claims: &Claims, now: u64) -> Result<(), TokenError> {
        let settings = &self.settings;
        if !claims.aud.names(&settings.audience) {
            return Err(refused("for another audience"));
        }
        // A product that signs people in elsewhere by the same key.
        let other_use = claims.token_use.as_deref().is_some_and(|used| used != "access");
        if other_use || claims.at_hash.is_some() || claims.nonce.is_some() {
            return Err(refused("no access token"));
        }
        let (issued, expires) = (in_ms(claims.iat), in_ms(claims.exp));
        let soon = now.saturating_add(LEEWAY_MS);
        if issued > soon || claims.nbf.is_some_and(|nbf| in_ms(nbf) > soon) {
            return Err(refused("not good yet: is the product's clock right?"));
        }
        if expires.saturating_add(LEEWAY_MS) <= now {
            return Err(TokenError::Expired);
        }
        if expires.saturating_sub(issued) > crate::settings::ms(settings.max_life) {
            return Err(refused("it lives longer than its product's tokens may"));
        }
        Ok(())
    }

    fn identity(&self, claims: &Claims) -> Result<Identity, TokenError> {
        let product = &self.settings.name;
        if claims.sub.is_empty() {
            return Err(refused("it names nobody"));
        }
        // A product's name has no colon, so that the first one ends it.
        let user = UserId::parse(&format!("{product}:{}", claims.sub))
            .map_err(|_| refused("its sub cannot be an id"))?;
        let name = claims.name.as_deref().map(str::trim).filter(|name| is_name(name));
        let username =
            name.map_or_else(|| user.as_str().into(), |name| format!("{name}@{product}").into());
        Ok(Identity { user, username, session: None, expires_at: in_ms(claims.exp) })
    }
}

/// The claims, once one of the keys that it may be signed with says so.
fn signed_by(keys: &[VerifyingKey], token: &str, header: &Header) -> Result<Claims, TokenError> {
    let mut failure = refused("signed with an unknown key");
    for key in fitting(keys, header).take(TRIED_KEYS) {
        match signed(token, key) {
            Ok(claims) => return Ok(claims),
            Err(broken) => failure = broken,
        }
    }
    Err(failure)
}

/// The keys that a token may be signed with: those of its algorithm and the name
/// that it says, or without a name, since keys in files often have none.
fn fitting<'a>(
    keys: &'a [VerifyingKey],
    header: &Header,
) -> impl Iterator<Item = &'a VerifyingKey> {
    keys.iter().filter(|key| {
        key.algorithm == header.alg
            && (key.kid.is_none() || header.kid.is_none() || key.kid == header.kid)
    })
}

/// Whether people can be shown it: not one that breaks a line or turns the
/// direction of what stands beside it.
fn is_name(name: &str) -> bool {
    let misleading = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
    };
    !name.is_empty() && name.chars().nth(NAME_CHARS).is_none() && !name.chars().any(misleading)
}
