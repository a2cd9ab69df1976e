//! Messages out and in without a JSON document.
//!
//! Every message of a pair is the same frame but for its number, its name and
//! its time, so the frame is made once and patched. What comes back is found by
//! byte search, first where it was found the last time; the text is compared
//! byte by byte always, and one frame in [`SAMPLE`] is decoded and checked whole.

use aizuchi_wire::ServerFrame;

use super::{BenchError, ledger::Broken, socket};

/// One frame in so many is decoded as JSON.
const SAMPLE: u64 = 1_024;
/// Digits of the number that every text begins with.
const NUMBER_LEN: usize = 16;
const ID_LEN: usize = 36;
const TIME_LEN: usize = 13;

/// Where messages go.
#[derive(Debug, Clone, Copy)]
pub(super) enum To<'a> {
    /// To this person.
    Person(&'a str),
    /// Into this room.
    Room(&'a str),
}

/// The messages of one sender to one place.
#[derive(Clone)]
pub(super) struct Template {
    frame: Vec<u8>,
    id_at: usize,
    time_at: usize,
    text_at: usize,
    /// What the id of their conversation begins with.
    kind: &'static str,
}

impl Template {
    /// Messages of `size` bytes; `pair` tells them from those of
    /// other pairs, in the text and in the `clientMsgId`.
    pub(super) fn new(to: To<'_>, pair: u32, size: usize) -> Self {
        // A UUIDv7 in its shape, as the SDKs': time first, so that the server's
        // index sees what it would see, and the number last, to be read back.
        let id = format!("00000000-0000-7{:03x}-8{:03x}-000000000000", pair >> 12, pair & 0xfff);
        let text: String = format!("{:0NUMBER_LEN$} from pair {pair} ", 0)
            .chars()
            .chain("the quick brown fox jumps over the lazy dog ".chars().cycle())
            .take(size.max(NUMBER_LEN))
            .collect();
        let (kind, field, to) = match to {
            To::Person(sub) => ("d:", "toSub", sub),
            To::Room(id) => ("r:", "conversationId", id),
        };
        let to = serde_json::Value::from(to);
        let json = format!(
            r#"{{"action":"SENDMSG","{field}":{to},"message":"{text}","clientMsgId":"{id}","sentAt":{:0TIME_LEN$}}}"#,
            1
        );
        let frame = socket::frame(json.as_bytes());
        let head = frame.len() - json.len();
        let time_at = frame.len() - 1 - TIME_LEN;
        let id_at = time_at - r#"","sentAt":"#.len() - ID_LEN;
        let text_at = head + json.find(&text).unwrap_or_default();
        debug_assert_eq!(&frame[id_at..id_at + ID_LEN], id.as_bytes());
        Self { frame, id_at, time_at, text_at, kind }
    }

    /// The frame of message `number`, sent at `time_ms`.
    pub(super) fn stamp(&mut self, number: u64, time_ms: u64) -> &[u8] {
        decimal(&mut self.frame[self.text_at..self.text_at + NUMBER_LEN], number);
        decimal(&mut self.frame[self.time_at..self.time_at + TIME_LEN], time_ms);
        let id = &mut self.frame[self.id_at..self.id_at + ID_LEN];
        hex(&mut id[..8], time_ms >> 16);
        hex(&mut id[9..13], time_ms & 0xffff);
        hex(&mut id[24..], number);
        &self.frame
    }

    /// What an answer to this pair must look like.
    pub(super) fn expected(&self, text_len: usize, from_sub: &str) -> Expected {
        Expected {
            ack_id: Field::new(r#""clientMsgId":""#),
            ack_seq: Field::new(r#""seq":"#),
            text: Field::new(r#""message":""#),
            text_seq: Field::new(r#""seq":"#),
            id_middle: self.frame[self.id_at + 14..self.id_at + 23].to_vec(),
            text_tail: self.frame
                [self.text_at + NUMBER_LEN..self.text_at + text_len.max(NUMBER_LEN)]
                .to_vec(),
            from_sub: from_sub.to_owned(),
            kind: self.kind,
        }
    }
}

/// A frame of the server that tells about a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Message `number` is durable at `seq`.
    Ack { number: u64, seq: u64 },
    /// Message `number` arrived, at `seq`.
    Arrived { number: u64, seq: u64 },
    /// Something else, which is none of a bench's business (presence, for one).
    Other,
}

/// A key, and where its value was found the last time.
struct Field {
    key: &'static [u8],
    last: usize,
}

impl Field {
    fn new(key: &'static str) -> Self {
        Self { key: key.as_bytes(), last: 0 }
    }

    /// The bytes after the key.
    fn find<'a>(&mut self, frame: &'a [u8]) -> Option<&'a [u8]> {
        let there = frame.get(self.last..).is_some_and(|rest| rest.starts_with(self.key));
        if !there {
            self.last = frame.windows(self.key.len()).position(|window| window == self.key)?;
        }
        Some(&frame[self.last + self.key.len()..])
    }
}

/// Reads the frames that answer a [`Template`].
pub(super) struct Expected {
    ack_id: Field,
    ack_seq: Field,
    text: Field,
    text_seq: Field,
    id_middle: Vec<u8>,
    text_tail: Vec<u8>,
    from_sub: String,
    kind: &'static str,
}

impl Expected {
    /// What a frame tells.
    pub(super) fn read(&mut self, frame: &[u8]) -> Result<Told, BenchError> {
        let foreign =
            || Broken::Foreign(String::from_utf8_lossy(frame).chars().take(300).collect());
        let told = if frame.starts_with(br#"{"action":"ACK""#) {
            let id =
                self.ack_id.find(frame).and_then(|rest| rest.get(..ID_LEN)).ok_or_else(foreign)?;
            if id[14..23] != *self.id_middle {
                return Err(foreign().into());
            }
            let number = parse(&id[24..], 16).ok_or_else(foreign)?;
            let seq = self.ack_seq.find(frame).and_then(leading_number).ok_or_else(foreign)?;
            Told::Ack { number, seq }
        } else if frame.starts_with(br#"{"action":"SENDMSG""#) {
            let rest = self.text.find(frame).ok_or_else(foreign)?;
            let (number, tail) = rest.split_at_checked(NUMBER_LEN).ok_or_else(foreign)?;
            if !tail.starts_with(&self.text_tail) || tail.get(self.text_tail.len()) != Some(&b'"') {
                return Err(foreign().into());
            }
            let number = parse(number, 10).ok_or_else(foreign)?;
            let seq = self.text_seq.find(frame).and_then(leading_number).ok_or_else(foreign)?;
            Told::Arrived { number, seq }
        } else if frame.starts_with(br#"{"action":"ERROR""#) {
            return Err(foreign().into());
        } else {
            Told::Other
        };
        if let Told::Ack { number, .. } | Told::Arrived { number, .. } = told
            && number % SAMPLE == 1
            && !self.is_whole(frame, &told)
        {
            return Err(foreign().into());
        }
        Ok(told)
    }

    /// Whether the frame, decoded as a client would, says the same.
    fn is_whole(&self, frame: &[u8], told: &Told) -> bool {
        match (serde_json::from_slice(frame), told) {
            (Ok(ServerFrame::Ack(ack)), Told::Ack { seq, .. }) => {
                ack.seq == *seq && !ack.message_id.is_empty() && ack.timestamp > 0
            }
            (Ok(ServerFrame::SendMsg(sent)), Told::Arrived { number, seq }) => {
                let message = &sent.message;
                message.seq == *seq
                    && *message.from_sub == *self.from_sub
                    && number_of(&message.message) == Some(*number)
                    && sent.conversation_id.starts_with(self.kind)
                    && !message.message_id.is_empty()
            }
            _ => false,
        }
    }
}

/// The number that a text of the bench begins with.
pub(super) fn number_of(text: &str) -> Option<u64> {
    parse(text.as_bytes().get(..NUMBER_LEN)?, 10)
}

fn decimal(digits: &mut [u8], mut number: u64) {
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

fn hex(digits: &mut [u8], mut number: u64) {
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(number & 15) as usize];
        number >>= 4;
    }
}

fn parse(digits: &[u8], radix: u32) -> Option<u64> {
    let mut number = 0_u64;
    for digit in digits {
        let value = char::from(*digit).to_digit(radix)?;
        number = number.checked_mul(radix.into())?.checked_add(value.into())?;
    }
    Some(number)
}

fn leading_number(bytes: &[u8]) -> Option<u64> {
    let len = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if len == 0 { None } else { parse(&bytes[..len], 10) }
}

#[cfg(test)]
mod tests {
    use aizuchi_wire::{ClientFrame, Envelope, server};

    use super::*;

    fn sent(template: &mut Template, number: u64) -> (String, String) {
        let frame = template.stamp(number, 1_800_000_000_123).to_vec();
        let json = &frame[frame.iter().position(|byte| *byte == b'{').unwrap()..];
        let text = std::str::from_utf8(json).unwrap();
        let envelope = Envelope::read(text).unwrap();
        let ClientFrame::SendMsg(message) = ClientFrame::decode(text, &envelope).unwrap() else {
            panic!("no SENDMSG")
        };
        assert_eq!(message.sent_at, Some(1_800_000_000_123));
        assert_eq!(message.to_sub.as_deref(), Some("b\"ob"));
        (message.client_msg_id.unwrap().to_string(), message.message.to_string())
    }

    fn nothing() -> server::Message<'static> {
        let fields = r#"{"messageId":"m","seq":1,"message":"","fromSub":"a","timestamp":1}"#;
        serde_json::from_str(fields).unwrap()
    }

    fn arrived(text: &str, seq: u64) -> Vec<u8> {
        ServerFrame::SendMsg(server::SendMsg {
            conversation_id: "d:a:b".into(),
            to_sub: Some("bob".into()),
            message: server::Message {
                message_id: "m".into(),
                seq,
                message: text.into(),
                from_sub: "alice".into(),
                timestamp: 1,
                sent_at: Some(1),
                ..nothing()
            },
        })
        .encode()
    }

    #[test]
    fn a_stamped_frame_is_what_a_client_sends_and_comes_back_as_its_number() {
        let mut template = Template::new(To::Person("b\"ob"), 77, 100);
        let mut expected = template.expected(100, "alice");
        for number in [1, 2, 1_025, 9_999_999_999] {
            let (id, text) = sent(&mut template, number);
            assert_eq!((id.len(), text.len()), (36, 100));
            assert!(id.starts_with("01a3185c-507b-7"), "{id}");
            let ack = ServerFrame::Ack(server::Ack {
                client_msg_id: id.as_str().into(),
                conversation_id: "d:a:b".into(),
                message_id: "m".into(),
                seq: number + 5,
                timestamp: 1,
                request_id: None,
            });
            let told = expected.read(&ack.encode()).unwrap();
            assert_eq!(told, Told::Ack { number, seq: number + 5 });
            let told = expected.read(&arrived(&text, number)).unwrap();
            assert_eq!(told, Told::Arrived { number, seq: number });
        }
    }

    #[test]
    fn another_pairs_message_and_a_changed_text_are_found() {
        let mut template = Template::new(To::Person("bob"), 1, 100);
        let mut expected = template.expected(100, "alice");
        let mut other = Template::new(To::Person("b\"ob"), 2, 100);
        let (_, text) = sent(&mut other, 1);
        assert!(expected.read(&arrived(&text, 1)).is_err());
        let frame = template.stamp(2, 1_800_000_000_123).to_vec();
        let json = String::from_utf8(frame[8..].to_vec()).unwrap();
        let text: serde_json::Value = serde_json::from_str(&json).unwrap();
        let text = text["message"].as_str().unwrap();
        assert!(expected.read(&arrived(text, 1)).is_ok());
        assert!(expected.read(&arrived(&text.replace("fox", "box"), 1)).is_err());
        assert!(expected.read(&arrived(&text[..99], 1)).is_err());
        assert!(expected.read(&arrived(&format!("{text}x"), 1)).is_err());
    }
}
