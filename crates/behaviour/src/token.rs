//! Access tokens, taken apart and put together wrongly.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::Value;

/// A token's header, claims and signature, as written.
pub(crate) struct Token<'a> {
    pub(crate) header: &'a str,
    pub(crate) claims: &'a str,
    pub(crate) signature: &'a str,
}

impl<'a> Token<'a> {
    pub(crate) fn read(token: &'a str) -> Self {
        let mut parts = token.split('.');
        let mut part = || parts.next().expect("a token of three parts");
        Self { header: part(), claims: part(), signature: part() }
    }

    pub(crate) fn header(&self) -> Value {
        read(self.header)
    }

    pub(crate) fn claims(&self) -> Value {
        read(self.claims)
    }

    /// Whom the token is about: its claim `aizuchi_id` where it has one.
    pub(crate) fn user(&self) -> String {
        let claims = self.claims();
        let id = claims.get("aizuchi_id").unwrap_or(&claims["sub"]);
        id.as_str().expect("a token is about somebody").to_owned()
    }
}

fn read(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A part of a token as it is written.
pub(crate) fn written(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

/// A token that says the same, signed with a key that no server trusts.
pub(crate) fn signed_elsewhere(header: &Value, claims: &Value) -> String {
    let key = SigningKey::from_slice(&[7; 32]).unwrap();
    let signed = format!("{}.{}", written(header), written(claims));
    let signature: Signature = key.sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}
