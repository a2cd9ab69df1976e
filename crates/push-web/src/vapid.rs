//! The server's own key, and what it signs (RFC 8292).

use std::{fmt, sync::Arc};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use p256::{
    SecretKey,
    ecdsa::{Signature, SigningKey, signature::Signer},
    elliptic_curve::sec1::ToSec1Point,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding},
};
use serde::Serialize;
use url::Url;

/// A key in the store that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the push key in the store is broken")]
pub struct InvalidKey;

/// A key pair of this moment.
pub(crate) fn generate() -> SecretKey {
    // All but one in 2^32 numbers of 256 bits are keys.
    loop {
        if let Ok(secret) = SecretKey::from_slice(&random::<32>()) {
            return secret;
        }
    }
}

/// A key pair of this moment, as it is kept.
pub(crate) fn generate_pem() -> Result<String, InvalidKey> {
    let pem = generate().to_pkcs8_pem(LineEnding::LF).map_err(|_| InvalidKey)?;
    Ok(pem.as_str().to_owned())
}

/// Fresh randomness of the operating system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::expect_used, reason = "without randomness every secret could be guessed")]
    getrandom::fill(&mut bytes).expect("the operating system gives no randomness");
    bytes
}

/// The server's key.
pub(crate) struct Vapid {
    key: SigningKey,
    public: Arc<str>,
}

impl fmt::Debug for Vapid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vapid").field("public", &self.public).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    /// In seconds since the epoch.
    exp: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
}

const HEADER: &str = r#"{"typ":"JWT","alg":"ES256"}"#;

impl Vapid {
    /// The key of this PEM.
    pub(crate) fn read(pem: &str) -> Result<Self, InvalidKey> {
        let secret = SecretKey::from_pkcs8_pem(pem).map_err(|_| InvalidKey)?;
        let public = secret.public_key().to_sec1_point(false);
        let public = BASE64_URL_SAFE_NO_PAD.encode(public.as_bytes()).into();
        Ok(Self { key: secret.into(), public })
    }

    /// Its public half: base64url of the point, not compressed.
    pub(crate) fn public(&self) -> &Arc<str> {
        &self.public
    }

    /// The `Authorization` of a push to this endpoint, good until `until`
    /// (seconds since the epoch), in the name of `contact`.
    pub(crate) fn authorization(
        &self,
        endpoint: &Url,
        until: u64,
        contact: Option<&str>,
    ) -> String {
        let audience = endpoint.origin().ascii_serialization();
        let claims = Claims { aud: &audience, exp: until, sub: contact };
        // Texts and a number are always JSON.
        let claims = serde_json::to_vec(&claims).unwrap_or_default();
        let mut token = BASE64_URL_SAFE_NO_PAD.encode(HEADER);
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature: Signature = self.key.sign(token.as_bytes());
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature.to_bytes(), &mut token);
        format!("vapid t={token}, k={}", self.public)
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::{VerifyingKey, signature::Verifier};
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_is_signed_says_for_whom_and_how_long() {
        let vapid = Vapid::read(&generate_pem().unwrap()).unwrap();
        let endpoint = Url::parse("https://push.example:8443/a/secret?path").unwrap();
        let authorization =
            vapid.authorization(&endpoint, 1_700_000_000, Some("mailto:a@b.example"));
        let (token, key) = authorization.split_once(", k=").unwrap();
        assert_eq!(key, &**vapid.public());
        let token = token.strip_prefix("vapid t=").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let (header, claims) = signed.split_once('.').unwrap();
        let json = |part| -> Value {
            serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        assert_eq!(json(header), json!({ "typ": "JWT", "alg": "ES256" }));
        assert_eq!(
            json(claims),
            json!({ "aud": "https://push.example:8443", "exp": 1_700_000_000,
                "sub": "mailto:a@b.example" })
        );
        let point = BASE64_URL_SAFE_NO_PAD.decode(key).unwrap();
        assert_eq!(point.len(), 65);
        let key = VerifyingKey::from_sec1_bytes(&point).unwrap();
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
        let signature = Signature::from_slice(&signature).unwrap();
        key.verify(signed.as_bytes(), &signature).unwrap();
    }

    #[test]
    fn a_key_is_the_same_after_it_was_kept() {
        let pem = generate_pem().unwrap();
        assert_eq!(Vapid::read(&pem).unwrap().public(), Vapid::read(&pem).unwrap().public());
        assert_ne!(pem, generate_pem().unwrap());
        assert_eq!(Vapid::read("no key").unwrap_err(), InvalidKey);
        assert!(!format!("{:?}", Vapid::read(&pem).unwrap()).contains("PRIVATE"));
    }
}
