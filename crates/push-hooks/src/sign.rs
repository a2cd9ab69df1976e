//! Signatures, as Standard Webhooks has them.

use aizuchi_core::hooks::HookSecret;
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How a secret begins where it is shown.
pub const SECRET_PREFIX: &str = "whsec_";

/// A secret as its back end keeps it: the prefix and base64.
pub fn secret_text(secret: &HookSecret) -> String {
    format!("{SECRET_PREFIX}{}", BASE64_STANDARD.encode(secret.0))
}

/// The signature of a request: `v1,` and base64 of HMAC-SHA256 over its id, its
/// time (seconds since the epoch) and its body, with dots in between.
pub fn sign(secret: &HookSecret, id: &str, timestamp: u64, body: &[u8]) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret.0).expect("a key of 32 bytes");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As another program computes it.
    #[test]
    fn a_signature_is_the_one_of_the_recipe() {
        let secret = HookSecret(*b"0123456789abcdef0123456789abcdef");
        assert_eq!(secret_text(&secret), "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        let signature = sign(&secret, "msg_1", 1_700_000_000, br#"{"a":1}"#);
        assert_eq!(signature, SIGNATURE);
        assert_ne!(sign(&secret, "msg_1", 1_700_000_001, br#"{"a":1}"#), SIGNATURE);
        assert_ne!(sign(&secret, "msg_2", 1_700_000_000, br#"{"a":1}"#), SIGNATURE);
        assert_ne!(sign(&HookSecret([0; 32]), "msg_1", 1_700_000_000, br#"{"a":1}"#), SIGNATURE);
    }

    const SIGNATURE: &str = "v1,rkwp5YuvdrMkcu0ZhuMsXoTg44mHAr1Q0+FFgFpXsjY=";
}
