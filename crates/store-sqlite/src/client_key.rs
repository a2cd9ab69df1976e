//! A `clientMsgId` as the files hold it.

use std::fmt::Write;

use aizuchi_core::ids::{ClientMsgId, InvalidId};

/// First byte of the 16 bytes of a UUID in its usual spelling.
const UUID: u8 = 0;
/// First byte of any other text.
const TEXT: u8 = 1;
/// Where the spelling has its hyphens.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];
/// Where the two digits of each byte begin.
const DIGITS: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
/// The spelling's length.
const SPELT: usize = 36;

/// The bytes of a `clientMsgId`: different for different ids, and for UUIDs
/// half as long as their text and in their order, so that those of version 7
/// come in ascending and the index grows at its end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum ClientKey {
    Uuid([u8; 17]),
    Text(Box<[u8]>),
}

impl ClientKey {
    pub(crate) fn of(id: &ClientMsgId) -> Self {
        let text = id.as_str().as_bytes();
        uuid(text).map_or_else(|| Self::Text([&[TEXT], text].concat().into()), Self::Uuid)
    }

    /// From the bytes of a key.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        match <[u8; 17]>::try_from(bytes) {
            Ok(uuid) if uuid[0] == UUID => Self::Uuid(uuid),
            _ => Self::Text(bytes.into()),
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Uuid(bytes) => bytes,
            Self::Text(bytes) => bytes,
        }
    }
}

/// The `clientMsgId` that has these bytes.
pub(crate) fn decode(bytes: &[u8]) -> Result<ClientMsgId, InvalidId> {
    const INVALID: InvalidId = InvalidId("client key");
    match bytes.split_first() {
        Some((&UUID, uuid)) if uuid.len() == 16 => {
            let mut text = String::with_capacity(SPELT);
            for byte in uuid {
                if HYPHENS.contains(&text.len()) {
                    text.push('-');
                }
                // Writing into a string does not fail.
                let _ = write!(text, "{byte:02x}");
            }
            ClientMsgId::parse(&text)
        }
        Some((&TEXT, text)) => ClientMsgId::parse(std::str::from_utf8(text).map_err(|_| INVALID)?),
        _ => Err(INVALID),
    }
}

/// The key of a UUID in the one spelling that `decode` writes.
fn uuid(text: &[u8]) -> Option<[u8; 17]> {
    let text: &[u8; SPELT] = text.try_into().ok()?;
    if HYPHENS.iter().any(|at| text[*at] != b'-') {
        return None;
    }
    let mut bytes = [UUID; 17];
    for (byte, at) in bytes[1..].iter_mut().zip(DIGITS) {
        *byte = digit(text[at])? << 4 | digit(text[at + 1])?;
    }
    Some(bytes)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, proptest};

    use super::*;

    fn there_and_back(text: &str) -> usize {
        let id = ClientMsgId::parse(text).unwrap();
        let key = ClientKey::of(&id);
        assert_eq!(decode(key.as_bytes()), Ok(id));
        assert_eq!(ClientKey::from_bytes(key.as_bytes()), key);
        key.as_bytes().len()
    }

    #[test]
    fn uuids_are_short_and_everything_comes_back() {
        assert_eq!(there_and_back("018bcfe5-6800-7000-8000-0000000000ff"), 17);
        assert_eq!(there_and_back("018BCFE5-6800-7000-8000-0000000000FF"), 37);
        assert_eq!(there_and_back("018bcfe5-6800-7000-8000-0000000000fg"), 37);
        assert_eq!(there_and_back("018bcfe506800-7000-8000-0000000000ff"), 37);
        assert_eq!(there_and_back("0123456789abcdef"), 17);
        assert_eq!(there_and_back("相槌"), 7);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for bytes in [&b""[..], b"\0short", b"\x01", b"\x02text", b"\x01\xff"] {
            assert!(decode(bytes).is_err(), "{bytes:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn any_id_comes_back(text in "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[!-~é相😀]{1,16}") {
            there_and_back(&text);
        }
    }
}
