//! A socket that speaks raw frames.

use std::{collections::VecDeque, io, sync::Arc};

use futures_util::{SinkExt, StreamExt};
use rustls_platform_verifier::BuilderVerifierExt;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue},
};
use url::Url;

use crate::{
    people::{Person, is_sentence},
    target::PATIENCE,
};

/// The largest frame from a client, in bytes.
pub(crate) const INBOUND: usize = 32 * 1024;
/// The largest frame from the server, in bytes.
const OUTBOUND: usize = 128 * 1024;

/// All that the server says to a page of level 0.
const OF_LEVEL_ZERO: [&str; 7] =
    ["PING", "PARTNERINFO", "ISONLINE", "GETMSG", "SENDMSG", "GREETING", "ERROR"];

/// Why somebody was refused: the closed list.
const CODES: [&str; 8] = [
    "invalid_request",
    "unauthorized",
    "forbidden",
    "not_found",
    "conflict",
    "too_large",
    "rate_limited",
    "unavailable",
];

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Which vocabulary a connection speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    Zero,
    One,
}

/// A connection. What came and was not asked for yet waits in order of arrival.
pub struct Socket {
    stream: WebSocketStream<Box<dyn Stream>>,
    inbox: VecDeque<Value>,
    whose: String,
    level: Level,
    asked: usize,
}

/// Opens a socket, or gives the status of the refusal.
pub(crate) async fn open(
    url: &str,
    query: &[(&str, &str)],
    origin: Option<&str>,
) -> Result<Socket, u16> {
    let mut url = Url::parse(url).unwrap();
    url.query_pairs_mut().extend_pairs(query);
    let mut request = url.as_str().into_client_request().unwrap();
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", HeaderValue::from_str(origin).unwrap());
    }
    let opening = async {
        let stream = connect(&url).await.expect("a connection");
        match client_async(request, stream).await {
            Ok((stream, _)) => Ok(stream),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("no handshake: {error}"),
        }
    };
    let stream = timeout(PATIENCE, opening).await.expect("an answer to the handshake")?;
    Ok(Socket { stream, inbox: VecDeque::new(), whose: String::new(), level: Level::One, asked: 0 })
}

async fn connect(url: &Url) -> io::Result<Box<dyn Stream>> {
    let (host, port) = (url.host_str().unwrap(), url.port_or_known_default().unwrap());
    let tcp = TcpStream::connect((host, port)).await?;
    tcp.set_nodelay(true)?;
    if url.scheme() == "ws" {
        return Ok(Box::new(tcp));
    }
    let config = rustls::ClientConfig::builder()
        .with_platform_verifier()
        .expect("certificates to judge the server by")
        .with_no_client_auth();
    let name = host.to_owned().try_into().expect("a name that a certificate can have");
    Ok(Box::new(TlsConnector::from(Arc::new(config)).connect(name, tcp).await?))
}

impl Socket {
    pub(crate) fn of(self, whose: &str, level: Level) -> Self {
        Self { whose: whose.to_owned(), level, ..self }
    }

    /// Sends a frame.
    pub async fn send(&mut self, frame: Value) {
        self.send_text(&frame.to_string()).await;
    }

    /// Sends a text that may be no frame. A connection that is gone shows when
    /// it is read.
    pub(crate) async fn send_text(&mut self, text: &str) {
        let _ = timeout(PATIENCE, self.stream.send(Message::text(text))).await.expect("a way out");
    }

    /// The next frame as it comes; `None` at the connection's end.
    async fn next(&mut self) -> Option<Value> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => return Some(self.read(&text)),
                Some(Ok(Message::Binary(_))) => panic!("{}: a frame is a text", self.whose),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// A frame, which holds what every frame holds.
    fn read(&self, text: &str) -> Value {
        assert!(text.len() <= OUTBOUND, "{}: a frame of {} bytes", self.whose, text.len());
        let frame: Value = serde_json::from_str(text).unwrap_or_else(|_| panic!("no JSON: {text}"));
        let action = frame["action"].as_str().unwrap_or_else(|| panic!("no action: {text}"));
        if self.level == Level::Zero {
            assert!(OF_LEVEL_ZERO.contains(&action), "{}: not of level 0: {text}", self.whose);
        }
        if action == "ERROR" {
            let code = frame["code"].as_str().unwrap_or_default();
            assert!(CODES.contains(&code), "no code of the list: {text}");
            let sentence = frame["error"].as_str().unwrap_or_default();
            assert!(is_sentence(sentence) || sentence == "Invalid request", "{text}");
        }
        frame
    }

    /// The first frame that is so, of those that came and those that come.
    pub(crate) async fn take(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let came = self.inbox.iter().position(&is_it).and_then(|at| self.inbox.remove(at));
        if let Some(frame) = came {
            return frame;
        }
        let waiting = async {
            loop {
                let frame = self.next().await?;
                if is_it(&frame) {
                    return Some(frame);
                }
                self.inbox.push_back(frame);
            }
        };
        match timeout(PATIENCE, waiting).await {
            Ok(Some(frame)) => frame,
            Ok(None) => panic!("{}: closed before {what}; came: {:?}", self.whose, self.inbox),
            Err(_) => panic!("{}: no {what}; came: {:?}", self.whose, self.inbox),
        }
    }

    /// The first frame with this action.
    pub async fn expect(&mut self, action: &str) -> Value {
        self.take(action, |frame| frame["action"] == action).await
    }

    /// A message with this text.
    pub(crate) async fn message(&mut self, text: &str) -> Value {
        let is_it = |frame: &Value| frame["action"] == "SENDMSG" && frame["message"] == text;
        self.take(&format!("SENDMSG {text:.40}"), is_it).await
    }

    /// Waits until somebody is told to be there (`"1"`) or not (`"0"`). Whose
    /// presence it is, is only said at level 1.
    pub(crate) async fn presence(&mut self, of: &str, value: &str) -> Value {
        let level = self.level;
        let is_it = |frame: &Value| {
            let of_him = level == Level::Zero || frame["sub"] == of;
            frame["action"] == "ISONLINE" && of_him && frame["value"] == value
        };
        self.take(&format!("ISONLINE {value}"), is_it).await
    }

    /// Sends a frame, and gives what the server answers, without the
    /// `requestId` that both carry.
    pub(crate) async fn ask(&mut self, frame: Value) -> Value {
        let id = self.request(frame).await;
        self.answer(&id).await
    }

    /// Sends a frame with a `requestId`, which it gives.
    pub(crate) async fn request(&mut self, mut frame: Value) -> String {
        self.asked += 1;
        let id = format!("r{}", self.asked);
        frame["requestId"] = json!(id);
        self.send(frame).await;
        id
    }

    /// An answer to the request of this id.
    pub(crate) async fn answer(&mut self, id: &str) -> Value {
        let mut answer = self.take(&format!("answer to {id}"), |one| one["requestId"] == id).await;
        answer.as_object_mut().unwrap().remove("requestId");
        answer
    }

    /// Sends a frame that is refused with this code.
    pub(crate) async fn is_refused(&mut self, frame: Value, code: &str) {
        let (sent, name) = (frame.to_string(), frame.get("clientMsgId").cloned());
        let error = self.ask(frame).await;
        assert_eq!(error["action"], "ERROR", "{sent}: {error}");
        assert_eq!(error["code"], code, "{sent}: {error}");
        assert_eq!(error.get("clientMsgId"), name.as_ref(), "{sent}: {error}");
    }

    /// Sends a message, and gives its `ACK`.
    pub(crate) async fn say(&mut self, frame: Value) -> Value {
        let ack = self.ask(frame).await;
        assert_eq!(ack["action"], "ACK", "{ack}");
        ack
    }

    /// All messages of a conversation, oldest first.
    pub(crate) async fn history(&mut self, conversation: &str) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        loop {
            let after = all.last().map_or(json!(0), |last| last["seq"].clone());
            let frame = json!({ "action": "GETMSG", "conversationId": conversation,
                "after": after, "limit": 200 });
            let mut page = self.ask(frame).await;
            let messages = page["messages"].as_array_mut().unwrap();
            let advanced = !messages.is_empty();
            all.append(messages);
            if page["hasMore"] == false {
                return all;
            }
            assert!(advanced, "there is more, and it does not come");
        }
    }

    /// Sends a message, and gives its `ACK`; `None` where the connection ends, or
    /// its person is no longer let.
    pub(crate) async fn try_say(&mut self, frame: Value) -> Option<Value> {
        let id = self.request(frame).await;
        let waiting = async {
            loop {
                let frame = self.next().await?;
                if frame["requestId"] == id {
                    return Some(frame).filter(|answer| answer["action"] == "ACK");
                }
                self.inbox.push_back(frame);
            }
        };
        timeout(PATIENCE, waiting).await.expect("an answer, or an end")
    }

    /// Waits for the connection's end.
    pub(crate) async fn is_closed(&mut self) {
        let waiting = async {
            while let Some(frame) = self.next().await {
                self.inbox.push_back(frame);
            }
        };
        timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{}: no end", self.whose));
    }

    /// Writes to somebody until that is refused with this code, which it is soon.
    pub(crate) async fn is_soon_refused(&mut self, to: &Person, code: &str) {
        for _ in 0..10 {
            let answer = self.ask(to.is_told("are you there?")).await;
            if answer["action"] == "ERROR" {
                assert_eq!(answer["code"], code, "{answer}");
                return;
            }
        }
        panic!("{} still writes to {}", self.whose, to.name);
    }

    /// Waits until the server has answered a `PING`.
    pub async fn ping(&mut self) {
        self.send(json!({ "action": "PING" })).await;
        assert_eq!(self.expect("PING").await["value"], "PONG");
    }

    /// What came and was not asked for, once a `PING` is answered.
    pub(crate) async fn rest(&mut self) -> Vec<Value> {
        self.ping().await;
        self.inbox.drain(..).collect()
    }

    /// Asserts that nothing else came.
    pub(crate) async fn heard_all(&mut self) {
        let rest = self.rest().await;
        assert!(rest.is_empty(), "{} heard more: {rest:?}", self.whose);
    }

    /// Whether an `ERROR` of this code comes, or the connection's end.
    pub(crate) async fn is_refused_or_closed(&mut self, code: &str) -> bool {
        let waiting = async {
            loop {
                match self.next().await {
                    Some(frame) if frame["action"] == "ERROR" => return frame["code"] == code,
                    Some(frame) => self.inbox.push_back(frame),
                    None => return true,
                }
            }
        };
        timeout(PATIENCE, waiting).await.unwrap_or(false)
    }

    /// Says goodbye.
    pub async fn leave(mut self) {
        let leaving = async {
            // It may be closed already.
            let _ = self.stream.close(None).await;
            while self.next().await.is_some() {}
        };
        timeout(PATIENCE, leaving).await.expect("an end");
    }
}

/// Asserts that a frame says this; it may say more.
#[track_caller]
pub(crate) fn says(frame: &Value, expected: &Value) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&frame[name], value, "{name} of {frame}");
    }
}

/// The places of entries or messages, as they come.
pub(crate) fn seqs<'a>(entries: impl IntoIterator<Item = &'a Value>) -> Vec<u64> {
    entries.into_iter().map(|entry| entry["seq"].as_u64().expect("a seq")).collect()
}

/// The texts of messages, as they come.
pub(crate) fn texts(messages: &Value) -> Vec<&str> {
    let messages = messages.as_array().unwrap_or_else(|| panic!("no list: {messages}"));
    messages.iter().map(|one| one["message"].as_str().unwrap()).collect()
}
