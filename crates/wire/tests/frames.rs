//! Frames as text, and back.

use aizuchi_wire::{ClientFrame, DecodeError, Envelope, LevelZeroFrame, ServerFrame, Text};

fn decode(text: &str) -> Result<ClientFrame<'_>, DecodeError> {
    ClientFrame::decode(text, &Envelope::read(text)?)
}

/// Whether a text lies within its frame, uncopied.
fn is_within(part: &str, frame: &str) -> bool {
    frame.as_bytes().as_ptr_range().contains(&part.as_ptr())
}

#[test]
fn a_text_is_borrowed_unless_it_has_escapes() {
    for (message, borrowed) in [("相槌", true), ("a\\nb", false), ("\\u76f8", false)] {
        let text = format!(r#"{{"action":"GREETING","message":"{message}"}}"#);
        let ClientFrame::Greeting(greeting) = decode(&text).unwrap() else { panic!("a greeting") };
        assert_eq!(is_within(&greeting.message, &text), borrowed);
        let read: String = serde_json::from_str(&format!("\"{message}\"")).unwrap();
        assert_eq!(*greeting.message, *read);
    }
}

#[test]
fn optional_and_named_texts_are_borrowed_too() {
    let text = r#"{"action":"SYNC","since":"7","cursors":{"d:a:b":1},"requestId":"r1"}"#;
    let envelope = Envelope::read(text).unwrap();
    assert!(is_within(&envelope.request_id.unwrap(), text));
    let ClientFrame::Sync(sync) = decode(text).unwrap() else { panic!("a sync") };
    assert!(is_within(&sync.since.unwrap(), text));
    assert!(sync.cursors.unwrap().keys().all(|id: &Text<'_>| is_within(id, text)));
}

#[test]
fn what_is_wrong_is_told_apart() {
    assert!(matches!(decode("[]"), Err(DecodeError::NotAFrame)));
    assert!(matches!(decode("{}"), Err(DecodeError::NotAFrame)));
    assert!(matches!(decode(r#"{"action":"DANCE"}"#), Err(DecodeError::UnknownAction)));
    assert!(matches!(decode(r#"{"action":"STATUS"}"#), Err(DecodeError::Fields(_))));
}

#[test]
fn what_a_client_writes_is_read_the_same() {
    for action in ClientFrame::ACTIONS {
        let text = format!(
            r#"{{"action":"{action}","partnerSub":"b","message":"hi","conversationId":"d:a:b","seq":1,"on":true,"subs":["b"],"sub":"b","emoji":"👍","name":"x","role":"admin","query":"hi","link":"l"}}"#
        );
        let frame = decode(&text).unwrap();
        let written = serde_json::to_string(&frame).unwrap();
        assert!(written.starts_with(&format!(r#"{{"action":"{action}""#)));
        assert_eq!(format!("{:?}", decode(&written).unwrap()), format!("{frame:?}"));
    }
}

#[test]
fn what_the_server_writes_is_read_the_same() {
    let level_one = r#"{"action":"SENDMSG","conversationId":"d:a:b","messageId":"m","seq":1,"message":"\"\n","fromSub":"a","timestamp":2,"replyTo":1}"#;
    let frame: ServerFrame<'_> = serde_json::from_str(level_one).unwrap();
    assert_eq!(String::from_utf8(frame.encode()).unwrap(), level_one);
    let level_zero =
        r#"{"action":"SENDMSG","message":"\"\n","fromSub":"a","toSub":"b","timestamp":2}"#;
    let frame: LevelZeroFrame<'_> = serde_json::from_str(level_zero).unwrap();
    assert_eq!(String::from_utf8(frame.encode()).unwrap(), level_zero);
}
