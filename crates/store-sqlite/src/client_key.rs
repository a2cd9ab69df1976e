//! A `clientMsgId` as the files hold it.

use std::fmt::Write;

use smallvec::SmallVec;

use aizuchi_core::ids::{ClientMsgId, InvalidId};

/// First byte of the 16 bytes of a UUID in its usual spelling.
const UUID: u8 = 0;
/// First byte of any other text.
const TEXT: u8 = 1;
/// Where the spelling has its hyphens.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];
/// The spelling's length.
const SPELT: usize = 36;

/// The bytes of a `clientMsgId`: different for different ids, and for UUIDs
/// half as long as their text and in their order, so that those of version 7
/// come in ascending and the index grows at its end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ClientKey(SmallVec<[u8; 24]>);

impl ClientKey {
    pub(crate) fn of(id: &ClientMsgId) -> Self {
        let mut bytes = SmallVec::new();
        if let Some(uuid) = uuid(id.as_str().as_bytes()) {
            bytes.push(UUID);
            bytes.extend_from_slice(&uuid);
        } else {
            bytes.push(TEXT);
            bytes.extend_from_slice(id.as_str().as_bytes());
        }
        Self(bytes)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        Self(SmallVec::from_slice(bytes))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
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

/// The bytes of a UUID in the one spelling that `decode` writes.
fn uuid(text: &[u8]) -> Option<[u8; 16]> {
    if text.len() != SPELT || HYPHENS.iter().any(|at| text[*at] != b'-') {
        return None;
    }
    let mut bytes = [0; 16];
    let mut digits = text.iter().enumerate().filter(|(at, _)| !HYPHENS.contains(at));
    for byte in &mut bytes {
        let (_, high) = digits.next()?;
        let (_, low) = digits.next()?;
        *byte = digit(*high)? << 4 | digit(*low)?;
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
