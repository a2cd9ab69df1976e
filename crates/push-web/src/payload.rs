//! What a browser is told.

use aizuchi_core::notices::Unseen;
use serde::Serialize;

use crate::limits::{NAME_CHARS, PREVIEW_CHARS};

/// As the application's service worker reads it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    conversation_id: &'a str,
    seq: u64,
    /// Who said it.
    from: &'a str,
    /// His name.
    name: &'a str,
    /// What he said, if that is shown.
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'a str,
    /// Whether the reader is named in it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    mentioned: bool,
}

/// What a browser is told of a message by somebody of this name, in JSON.
pub(crate) fn payload(unseen: &Unseen, name: &str, preview: bool, mentioned: bool) -> Vec<u8> {
    // With the most of everything it is within `PAYLOAD_BYTES`.
    let payload = Payload {
        conversation_id: unseen.conversation.as_str(),
        seq: unseen.seq,
        from: unseen.author.as_str(),
        name: first(name, NAME_CHARS),
        text: if preview { first(&unseen.text, PREVIEW_CHARS) } else { "" },
        mentioned,
    };
    // Texts, a number and a flag are always JSON.
    serde_json::to_vec(&payload).unwrap_or_default()
}

/// The first characters of a text.
fn first(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use aizuchi_core::ids::{ConversationId, UserId};
    use serde_json::{Value, json};

    use super::*;
    use crate::limits::PAYLOAD_BYTES;

    fn unseen(text: &str) -> Unseen {
        let [ada, bob] = ["ada", "bob"].map(|id| UserId::parse(id).unwrap());
        Unseen {
            conversation: ConversationId::direct(&ada, &bob).unwrap(),
            seq: 7,
            author: ada,
            text: text.into(),
            mentioned: [].into(),
            away: vec![bob],
        }
    }

    fn told(text: &str, preview: bool, mentioned: bool) -> Value {
        let json = payload(&unseen(text), "Ada", preview, mentioned);
        assert!(json.len() <= PAYLOAD_BYTES);
        serde_json::from_slice(&json).unwrap()
    }

    #[test]
    fn a_browser_is_told_where_who_and_what() {
        let mut expected =
            json!({ "conversationId": "d:ada:bob", "seq": 7, "from": "ada", "name": "Ada" });
        assert_eq!(told("hello", false, false), expected);
        assert_eq!(told("", true, false), expected);
        expected["text"] = "hello".into();
        assert_eq!(told("hello", true, false), expected);
        expected["mentioned"] = true.into();
        assert_eq!(told("hello", true, true), expected);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let told = |text: &str| told(text, true, false)["text"].as_str().map(str::to_owned);
        assert_eq!(told(&"槌".repeat(500)), Some("槌".repeat(PREVIEW_CHARS)));
        assert_eq!(told(&"𝒂".repeat(500)), Some("𝒂".repeat(PREVIEW_CHARS)));
        assert_eq!(told(&"\u{1}".repeat(500)), Some("\u{1}".repeat(PREVIEW_CHARS)));
    }

    #[test]
    fn the_most_of_everything_is_not_too_much() {
        // Of a control character six are written, and ids have none.
        let [author, other] = ["\"", "\u{10ffff}"].map(|one| one.repeat(128 / one.len()));
        let [author, other] = [author, other].map(|id| UserId::parse(&id).unwrap());
        let conversation = ConversationId::direct(&author, &other).unwrap();
        let text = "\u{1}".repeat(PREVIEW_CHARS + 1);
        let much = Unseen { conversation, author, seq: u64::MAX, ..unseen(&text) };
        let json = payload(&much, &"\u{1}".repeat(NAME_CHARS + 1), true, true);
        assert!((2_800..=PAYLOAD_BYTES).contains(&json.len()), "{}", json.len());
    }
}
