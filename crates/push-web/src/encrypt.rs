//! Message encryption for Web Push (RFC 8291): `aes128gcm` of RFC 8188 in one
//! record, for a key that browser and server agree on.

use hkdf::Hkdf;
use p256::{PublicKey, SecretKey, ecdh::diffie_hellman, elliptic_curve::sec1::ToSec1Point};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use sha2::Sha256;

/// A record's size, which is that of all there is.
const RECORD: u32 = 4_096;
/// Bytes of the salt.
pub(crate) const SALT: usize = 16;
/// Ends what is said in the last record.
const LAST: u8 = 2;

/// What cannot be encrypted: the browser's key is none, or there is too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the subscription's key is none")]
pub(crate) struct Unfit;

/// Encrypts a text for a browser, padded to `padded` bytes, with a key pair and
/// a salt that are used this once.
pub(crate) fn encrypt(
    text: &[u8],
    padded: usize,
    p256dh: &[u8; 65],
    auth: &[u8; 16],
    ours: &SecretKey,
    salt: [u8; SALT],
) -> Result<Vec<u8>, Unfit> {
    let theirs = PublicKey::from_sec1_bytes(p256dh).map_err(|_| Unfit)?;
    let our_public = ours.public_key().to_sec1_point(false);
    let our_public = our_public.as_bytes();
    let shared = diffie_hellman(ours.to_nonzero_scalar(), theirs.as_affine());

    let info = [b"WebPush: info\0", &p256dh[..], our_public].concat();
    let secret: [u8; 32] = derive(auth, shared.raw_secret_bytes(), &info)?;
    let key: [u8; 16] = derive(&salt, &secret, b"Content-Encoding: aes128gcm\0")?;
    let nonce: [u8; 12] = derive(&salt, &secret, b"Content-Encoding: nonce\0")?;

    let mut record = Vec::with_capacity(padded.max(text.len()) + 17);
    record.extend_from_slice(text);
    record.push(LAST);
    record.resize(record.len().max(padded), 0);
    if record.len() + AES_128_GCM.tag_len() > RECORD as usize {
        return Err(Unfit);
    }
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).map_err(|_| Unfit)?);
    let nonce = Nonce::assume_unique_for_key(nonce);
    key.seal_in_place_append_tag(nonce, Aad::empty(), &mut record).map_err(|_| Unfit)?;

    let mut body = Vec::with_capacity(SALT + 5 + our_public.len() + record.len());
    body.extend_from_slice(&salt);
    body.extend_from_slice(&RECORD.to_be_bytes());
    body.push(u8::try_from(our_public.len()).map_err(|_| Unfit)?);
    body.extend_from_slice(our_public);
    body.append(&mut record);
    Ok(body)
}

fn derive<const N: usize>(salt: &[u8], secret: &[u8], info: &[u8]) -> Result<[u8; N], Unfit> {
    let mut out = [0; N];
    Hkdf::<Sha256>::new(Some(salt), secret).expand(info, &mut out).map_err(|_| Unfit)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

    use super::*;

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        BASE64_URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
    }

    const P256DH: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
    const OURS: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
    const SALTED: &str = "DGv6ra1nlYgDCS1FRnbzlw";

    fn ours() -> SecretKey {
        SecretKey::from_slice(&bytes::<32>(OURS)).unwrap()
    }

    /// The example of RFC 8291, section 5.
    #[test]
    fn it_is_as_the_standard_has_it() {
        let text = b"When I grow up, I want to be a watermelon";
        let body = encrypt(text, 0, &bytes(P256DH), &bytes(AUTH), &ours(), bytes(SALTED)).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZII\
                        gDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXzt\
                        LVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(&body), expected);
    }

    #[test]
    fn texts_of_other_lengths_look_alike() {
        let long = |text: &[u8]| {
            encrypt(text, 256, &bytes(P256DH), &bytes(AUTH), &ours(), bytes(SALTED)).unwrap().len()
        };
        assert_eq!(long(b""), long(&[b'x'; 255]));
        assert_eq!(long(b"") + 1, long(&[b'x'; 256]));
    }

    #[test]
    fn what_is_no_key_or_too_much_is_refused() {
        let sealed = |text: &[u8], p256dh: &[u8; 65]| {
            encrypt(text, 0, p256dh, &bytes(AUTH), &ours(), bytes(SALTED))
        };
        let good = bytes(P256DH);
        assert!(sealed(&[0; 4_079], &good).is_ok());
        assert_eq!(sealed(&[0; 4_080], &good), Err(Unfit));
        for bad in [[0; 65], [4; 65], [0xff; 65]] {
            assert_eq!(sealed(b"x", &bad), Err(Unfit));
        }
        let mut off = good;
        off[64] ^= 1;
        assert_eq!(sealed(b"x", &off), Err(Unfit), "a point that is not on the curve");
    }
}
