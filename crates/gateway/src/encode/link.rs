//! A link's secret, as people hold it.

use aizuchi_core::links::LinkSecret;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

/// The text of a secret: 22 characters of base64url.
pub fn link_text(secret: LinkSecret) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(secret.0.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::link_secret;

    #[test]
    fn a_secret_has_one_spelling() {
        for secret in [0, 1, u128::MAX, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef] {
            let text = link_text(LinkSecret(secret));
            assert_eq!(text.len(), 22);
            assert!(link_secret(&text).is_ok_and(|read| read.0 == secret));
        }
        // The last has bits that no secret has.
        for wrong in [
            "",
            "AAAA",
            "AAAAAAAAAAAAAAAAAAAAAA==",
            "AAAAAAAAAAAAAAAAAAAA/A",
            "AAAAAAAAAAAAAAAAAAAAAB",
        ] {
            assert!(link_secret(wrong).is_err(), "{wrong}");
        }
    }
}
