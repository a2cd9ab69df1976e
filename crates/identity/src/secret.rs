//! Random secrets: refresh tokens and authorization codes. Only their hashes
//! are stored, and none of them contains `=`.

use aizuchi_core::accounts::{FamilyId, TokenHash};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Fresh randomness of the operating system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::expect_used, reason = "without randomness every secret could be guessed")]
    getrandom::fill(&mut bytes).expect("the operating system gives no randomness");
    bytes
}

/// A fresh id of 128 random bits.
pub(crate) fn random_id() -> u128 {
    u128::from_le_bytes(random())
}

/// A fresh UUIDv4.
pub(crate) fn uuid() -> String {
    const VERSION: u128 = 0x4 << 76;
    const VARIANT: u128 = 0b10 << 62;
    let id = random_id() & !(0xf << 76) & !(0b11 << 62) | VERSION | VARIANT;
    let hex = format!("{id:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// base64url without padding.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The hash under which a secret is stored and compared.
pub(crate) fn hash(secret: &[u8]) -> TokenHash {
    TokenHash(Sha256::digest(secret).into())
}

/// A refresh token: which family, and the secret that is good for one use.
pub(crate) struct RefreshToken {
    pub(crate) family: FamilyId,
    secret: [u8; 32],
}

impl RefreshToken {
    /// A fresh one of this family.
    pub(crate) fn new(family: FamilyId) -> Self {
        Self { family, secret: random() }
    }

    /// Takes what [`Self::encode`] gave.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 48];
        let length = BASE64_URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        let (family, secret) = bytes.split_first_chunk::<16>()?;
        let secret = secret.try_into().ok()?;
        (length == 48).then_some(Self { family: FamilyId(u128::from_le_bytes(*family)), secret })
    }

    /// 64 characters of base64url.
    pub(crate) fn encode(&self) -> String {
        let mut bytes = [0; 48];
        bytes[..16].copy_from_slice(&self.family.0.to_le_bytes());
        bytes[16..].copy_from_slice(&self.secret);
        base64url(&bytes)
    }

    pub(crate) fn hash(&self) -> TokenHash {
        hash(&self.secret)
    }

    /// The token that replaces this one: the same for the same salt, and not to
    /// be found without both, of which the store has only the salt.
    pub(crate) fn successor(&self, salt: &[u8; 32]) -> Self {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("a key of 32 bytes");
        mac.update(salt);
        Self { family: self.family, secret: mac.finalize().into_bytes().into() }
    }
}

/// A fresh authorization code, and its hash.
pub(crate) fn new_code() -> (String, TokenHash) {
    let secret: [u8; 32] = random();
    (base64url(&secret), hash(&secret))
}

/// The hash of a code that somebody brought; `None` where it is none.
pub(crate) fn code_hash(code: &str) -> Option<TokenHash> {
    let mut secret = [0; 32];
    let length = BASE64_URL_SAFE_NO_PAD.decode_slice(code, &mut secret).ok()?;
    (length == 32).then(|| hash(&secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refresh_token_is_its_text() {
        let token = RefreshToken::new(FamilyId(u128::MAX - 5));
        let text = token.encode();
        assert_eq!(text.len(), 64);
        assert!(!text.contains('='));
        let parsed = RefreshToken::parse(&text).unwrap();
        assert_eq!((parsed.family, parsed.hash()), (token.family, token.hash()));
        for broken in ["", "x", &text[1..], &format!("{text}A"), &text.replace(&text[3..4], "=")] {
            assert!(RefreshToken::parse(broken).is_none(), "{broken}");
        }
    }

    #[test]
    fn a_successor_needs_the_token_and_the_salt() {
        let token = RefreshToken::new(FamilyId(1));
        let next = token.successor(&[1; 32]).hash();
        assert_eq!(token.successor(&[1; 32]).hash(), next);
        assert_ne!(token.successor(&[2; 32]).hash(), next);
        assert_ne!(RefreshToken::new(FamilyId(1)).successor(&[1; 32]).hash(), next);
    }

    #[test]
    fn a_code_is_known_by_its_hash() {
        let (code, hash) = new_code();
        assert!(!code.contains('='));
        assert_eq!(code_hash(&code), Some(hash));
        assert_eq!(code_hash(&code[1..]), None);
    }

    #[test]
    fn a_uuid_looks_like_one() {
        let id = uuid();
        assert_eq!((id.len(), &id[14..15]), (36, "4"), "{id}");
        assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"), "{id}");
        assert_ne!(uuid(), id);
    }
}
