//! Names that a client makes by itself.

use std::time::{SystemTime, UNIX_EPOCH};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The characters that `encodeURIComponent` leaves as they are.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// The id of the conversation of two people. Either side knows it without asking.
pub fn direct_conversation(a: &str, b: &str) -> String {
    let (smaller, larger) = if a <= b { (a, b) } else { (b, a) };
    let [smaller, larger] = [smaller, larger].map(|sub| utf8_percent_encode(sub, COMPONENT));
    format!("d:{smaller}:{larger}")
}

/// A new `clientMsgId`: a UUIDv7, whose beginning is the time, so that the
/// server's index of them grows at its end.
pub fn client_msg_id() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    bytes[..6].copy_from_slice(&now_ms().to_be_bytes()[2..]);
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    let n = u128::from_be_bytes(bytes);
    let hex = format!("{n:032x}");
    Ok([&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"))
}

/// This device's clock, ms since the epoch.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direct_conversation_is_named_alike_by_both() {
        assert_eq!(direct_conversation("b:1", "a b"), "d:a%20b:b%3A1");
        assert_eq!(direct_conversation("a b", "b:1"), "d:a%20b:b%3A1");
        // By bytes, not by letters.
        assert_eq!(direct_conversation("a", "Z"), "d:Z:a");
    }

    #[test]
    fn client_msg_ids_are_uuids_in_order_of_time() {
        let id = client_msg_id().unwrap();
        assert_eq!(id.len(), 36);
        assert_eq!(&id[14..15], "7");
        assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"));
        let time = u64::from_str_radix(&id[..13].replace('-', ""), 16).unwrap();
        assert!(now_ms() - time < 60_000);
        assert_ne!(id, client_msg_id().unwrap());
    }
}
