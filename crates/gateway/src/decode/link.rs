//! A link's secret, as people hold it.

use aizuchi_core::{links::LinkSecret, outcome::Refusal};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

/// The secret that a text is: 22 characters of base64url.
///
/// # Errors
/// Where it is none, which leads nowhere either.
pub fn link_secret(text: &str) -> Result<LinkSecret, Refusal> {
    const LENGTH: usize = 22;
    let bytes = (text.len() == LENGTH).then(|| BASE64_URL_SAFE_NO_PAD.decode(text).ok()).flatten();
    let bytes = bytes.and_then(|bytes| bytes.try_into().ok()).map(u128::from_be_bytes);
    bytes.map(LinkSecret).ok_or(Refusal::NotFound("This is no link into a room."))
}
