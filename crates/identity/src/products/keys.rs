//! Public keys as an operator has them: PEM, JWK or JWKS in a file, or the one
//! line that a PEM file has between its first and its last.

use std::{fs::File, io, io::Read as _, path::PathBuf};

use jsonwebtoken::{Algorithm, DecodingKey, jwk::Jwk};
use p256::pkcs8::DecodePublicKey as _;

use super::settings::KeysAt;
use crate::{
    keys::{VerifyingKey, strong},
    limits::{KEY_FILE_BYTES, PRODUCT_KEYS},
};

/// A key that cannot be used, and how to mend it. Never quotes the key: it may
/// be a private one, given by mistake.
#[derive(Debug, thiserror::Error)]
pub enum InvalidKeys {
    /// The file is not there, or not to be read.
    #[error("the keys in {} cannot be read: {cause}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// A private key, which belongs to the product alone.
    #[error(
        "its key is a private one: give the public half alone, and make a new pair, since this \
         one was where it should not be"
    )]
    Private,
    /// Nothing that could verify.
    #[error(
        "its key is none that is used: give a public key for EdDSA (Ed25519), ES256 (P-256) or \
         RS256 (RSA of 2048 bits or more), as PEM, JWK or JWKS"
    )]
    Unusable,
    /// More than there may be.
    #[error("it has more than {PRODUCT_KEYS} keys: remove those that sign no more")]
    TooMany,
}

/// The keys that are held, none of them private or weak.
pub(super) fn held(keys: &KeysAt) -> Result<Vec<VerifyingKey>, InvalidKeys> {
    let keys = match keys {
        KeysAt::Inline(line) => {
            let label = "PUBLIC KEY";
            of_pem(&format!("-----BEGIN {label}-----\n{line}\n-----END {label}-----\n"))
                .map(|key| vec![key])
        }
        KeysAt::File(path) => {
            let mut text = String::new();
            let read = File::open(path)
                .and_then(|file| file.take(KEY_FILE_BYTES).read_to_string(&mut text));
            read.map_err(|cause| InvalidKeys::Unreadable { path: path.clone(), cause })?;
            of_text(&text)
        }
        KeysAt::Url(_) => Ok(Vec::new()),
    }?;
    if keys.len() > PRODUCT_KEYS { Err(InvalidKeys::TooMany) } else { Ok(keys) }
}

fn of_text(text: &str) -> Result<Vec<VerifyingKey>, InvalidKeys> {
    if text.contains("PRIVATE KEY") {
        return Err(InvalidKeys::Private);
    }
    if text.contains("-----BEGIN") {
        let blocks = text.split_inclusive("-----END").collect::<Vec<_>>();
        // What is after the last is the rest of its last line.
        let begun = blocks.iter().filter_map(|block| block.split_once("-----BEGIN "));
        return begun.map(|(_, block)| of_pem(&closed(block))).collect();
    }
    let json: serde_json::Value = serde_json::from_str(text).map_err(|_| InvalidKeys::Unusable)?;
    let all = match json.get("keys").and_then(|keys| keys.as_array()) {
        Some(keys) => keys.clone(),
        None => vec![json],
    };
    if all.is_empty() {
        return Err(InvalidKeys::Unusable);
    }
    all.into_iter().map(of_json).collect()
}

/// A block that was cut at its `-----END`, as PEM again.
fn closed(block: &str) -> String {
    let label = block.split("-----").next().unwrap_or_default();
    format!("-----BEGIN {block} {label}-----\n")
}

fn of_pem(pem: &str) -> Result<VerifyingKey, InvalidKeys> {
    let bytes = pem.as_bytes();
    let (algorithm, key) = if p256::PublicKey::from_public_key_pem(pem.trim()).is_ok() {
        (Algorithm::ES256, DecodingKey::from_ec_pem(bytes))
    } else if let Ok(key) = DecodingKey::from_ed_pem(bytes) {
        (Algorithm::EdDSA, Ok(key))
    } else {
        // The text of 2048 bits, in base64.
        let body = pem.lines().filter(|line| !line.starts_with("-----"));
        let length: usize = body.map(str::len).sum();
        if length < 360 {
            return Err(InvalidKeys::Unusable);
        }
        (Algorithm::RS256, DecodingKey::from_rsa_pem(bytes))
    };
    let key = key.map_err(|_| InvalidKeys::Unusable)?;
    Ok(VerifyingKey { kid: None, algorithm, key })
}

fn of_json(json: serde_json::Value) -> Result<VerifyingKey, InvalidKeys> {
    // Private halves of each kind, and shared secrets.
    if ["d", "p", "q", "k"].iter().any(|part| json.get(part).is_some()) {
        return Err(InvalidKeys::Private);
    }
    let jwk: Jwk = serde_json::from_value(json).map_err(|_| InvalidKeys::Unusable)?;
    VerifyingKey::of(&jwk).filter(|_| strong(&jwk)).ok_or(InvalidKeys::Unusable)
}
