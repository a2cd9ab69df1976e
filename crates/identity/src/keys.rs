//! The built-in pool's signing keys: ES256, made at the first start.

use aizuchi_core::accounts::SigningKey;
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey,
    jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash},
};
use p256::{
    SecretKey,
    pkcs8::{EncodePrivateKey, LineEnding},
};

use crate::secret::random;

/// A signing key that cannot be used; the cause is for the operator.
#[derive(Debug, thiserror::Error)]
#[error("a signing key in the store is broken")]
pub struct BrokenKey(#[source] Box<dyn std::error::Error + Send + Sync>);

impl BrokenKey {
    fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// A key pair of this moment. Its name is its thumbprint (RFC 7638).
pub(crate) fn generate(now: u64) -> Result<SigningKey, BrokenKey> {
    // All but one in 2^32 numbers of 256 bits are keys.
    let secret = loop {
        if let Ok(secret) = SecretKey::from_slice(&random::<32>()) {
            break secret;
        }
    };
    let pem =
        secret.to_pkcs8_pem(LineEnding::LF).map_err(|error| BrokenKey::new(error.to_string()))?;
    let (_, jwk) = key_pair(&pem)?;
    let kid = jwk.thumbprint(ThumbprintHash::SHA256).map_err(BrokenKey::new)?;
    Ok(SigningKey { kid: kid.into(), pem: pem.as_str().into(), created_at: now })
}

fn key_pair(pem: &str) -> Result<(EncodingKey, Jwk), BrokenKey> {
    let private = EncodingKey::from_ec_pem(pem.as_bytes()).map_err(BrokenKey::new)?;
    let public = Jwk::from_encoding_key(&private, Algorithm::ES256).map_err(BrokenKey::new)?;
    Ok((private, public))
}

/// The keys in use.
pub(crate) struct Keys {
    /// Signs.
    pub(crate) private: EncodingKey,
    /// The name of the one that signs.
    pub(crate) kid: String,
    /// Every public half.
    pub(crate) public: JwkSet,
}

impl Keys {
    /// Takes the keys of the store, newest first. `None` where there are none.
    pub(crate) fn load(stored: &[SigningKey]) -> Result<Option<Self>, BrokenKey> {
        let Some(newest) = stored.first() else { return Ok(None) };
        let mut public = JwkSet::default();
        for key in stored {
            let (_, mut jwk) = key_pair(&key.pem)?;
            jwk.common.key_id = Some(key.kid.to_string());
            jwk.common.public_key_use = Some(PublicKeyUse::Signature);
            public.keys.push(jwk);
        }
        let (private, _) = key_pair(&newest.pem)?;
        Ok(Some(Self { private, kid: newest.kid.to_string(), public }))
    }
}

/// A public key that verifies tokens of one algorithm.
#[derive(Clone)]
pub(crate) struct VerifyingKey {
    pub(crate) kid: Option<String>,
    pub(crate) algorithm: Algorithm,
    pub(crate) key: DecodingKey,
}

impl VerifyingKey {
    /// Takes a key of a JWKS if it verifies signatures of an allowed algorithm.
    ///
    /// The algorithm is the key's, never the token's word.
    pub(crate) fn of(jwk: &Jwk) -> Option<Self> {
        use jsonwebtoken::jwk::{AlgorithmParameters as Kind, EllipticCurve, KeyAlgorithm as Alg};

        if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
            return None;
        }
        let algorithm = match (&jwk.algorithm, jwk.common.key_algorithm) {
            (Kind::RSA(_), None | Some(Alg::RS256)) => Algorithm::RS256,
            (Kind::OctetKeyPair(pair), None | Some(Alg::EdDSA))
                if pair.curve == EllipticCurve::Ed25519 =>
            {
                Algorithm::EdDSA
            }
            (Kind::EllipticCurve(curve), None | Some(Alg::ES256))
                if curve.curve == EllipticCurve::P256 =>
            {
                Algorithm::ES256
            }
            _ => return None,
        };
        let key = DecodingKey::from_jwk(jwk).ok()?;
        Some(Self { kid: jwk.common.key_id.clone(), algorithm, key })
    }
}

/// Whether a key is long enough: RSA of 2048 bits or more, or a curve.
pub(crate) fn strong(jwk: &Jwk) -> bool {
    match &jwk.algorithm {
        // 256 bytes in base64, of which leading zeros are left out.
        jsonwebtoken::jwk::AlgorithmParameters::RSA(key) => key.n.len() >= 341,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_key_signs_and_all_are_public() {
        let keys = [generate(2).unwrap(), generate(1).unwrap()];
        let loaded = Keys::load(&keys).unwrap().unwrap();
        assert_eq!(loaded.kid, *keys[0].kid);
        let kids: Vec<_> = loaded.public.keys.iter().map(|key| key.common.key_id.clone()).collect();
        assert_eq!(kids, [Some(keys[0].kid.to_string()), Some(keys[1].kid.to_string())]);
        let json = serde_json::to_string(&loaded.public).unwrap();
        assert!(!json.contains(r#""d""#), "no private part: {json}");
        assert!(loaded.public.keys.iter().all(|jwk| VerifyingKey::of(jwk).is_some()));
    }

    #[test]
    fn no_key_is_none_and_a_broken_one_is_told() {
        assert!(Keys::load(&[]).unwrap().is_none());
        let broken = SigningKey { kid: "a".into(), pem: "no pem".into(), created_at: 1 };
        assert!(Keys::load(&[broken]).is_err());
    }

    #[test]
    fn only_allowed_kinds_of_key_verify() {
        let accepted = |json| VerifyingKey::of(&serde_json::from_value(json).unwrap()).is_some();
        let (n, e) = ("sXchDaQebSXKcvLFdmy3", "AQAB");
        assert!(accepted(serde_json::json!({"kty":"RSA","n":n,"e":e})));
        assert!(accepted(serde_json::json!({"kty":"RSA","n":n,"e":e,"alg":"RS256","use":"sig"})));
        assert!(!accepted(serde_json::json!({"kty":"RSA","n":n,"e":e,"use":"enc"})));
        assert!(!accepted(serde_json::json!({"kty":"RSA","n":n,"e":e,"alg":"RS512"})));
        let ec = |curve| serde_json::json!({"kty":"EC","crv":curve,"x":n,"y":n});
        assert!(accepted(ec("P-256")));
        assert!(!accepted(ec("P-384")));
        let okp = |curve| serde_json::json!({"kty":"OKP","crv":curve,"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        assert!(accepted(okp("Ed25519")));
        assert!(!accepted(okp("X25519")));
        assert!(!accepted(serde_json::json!({"kty":"oct","k":"c2VjcmV0"})));
    }
}
