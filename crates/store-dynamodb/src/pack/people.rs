//! People's ids: a UUID is 16 bytes behind a 0, any other its length and text.

use aizuchi_core::ids::{MessageId, UserId};

use super::{numbers::Reader, uuid};

pub(super) fn put_user(out: &mut Vec<u8>, user: &UserId) {
    match uuid(user.as_str()) {
        Some(uuid) => {
            out.push(0);
            out.extend(uuid.to_be_bytes());
        }
        None => {
            // 1 to 128 bytes.
            out.push(user.as_str().len() as u8);
            out.extend(user.as_str().as_bytes());
        }
    }
}

pub(super) fn user(from: &mut Reader<'_>) -> Result<UserId, &'static str> {
    const NOBODY: &str = "with nobody where somebody is";
    let parsed = match from.0.first() {
        Some(0) => {
            from.byte()?;
            UserId::parse(&MessageId::from_bytes(from.take::<16>()?).to_string())
        }
        _ => UserId::parse(from.text()?),
    };
    parsed.map_err(|_| NOBODY)
}
