//! A socket's client, with no more manners than the transport has.

use aizuchi_core::ids::{ConversationId, UserId};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, handshake::client::Request},
};

pub(crate) struct Socket<S = TcpStream>(pub(crate) WebSocketStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    pub(crate) async fn open(request: Request, stream: S) -> Self {
        let (socket, _) = client_async(request, stream).await.unwrap();
        Self(socket)
    }

    pub(crate) async fn sends(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    pub(crate) async fn says(&mut self, frame: &Value) {
        self.sends(frame.to_string().into()).await;
    }

    /// The next frame.
    pub(crate) async fn hears(&mut self) -> Value {
        let message = self.0.next().await.unwrap().unwrap();
        let Message::Text(text) = message else { panic!("no frame: {message:?}") };
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) async fn asks(&mut self, frame: &Value) -> Value {
        self.says(frame).await;
        self.hears().await
    }

    /// Whether it still serves.
    pub(crate) async fn lives(&mut self) {
        assert_eq!(self.asks(&json!({ "action": "PING" })).await["value"], "PONG");
    }

    /// Reads to the end: the code of the close.
    pub(crate) async fn is_closed(&mut self) -> u16 {
        let mut code = None;
        loop {
            match self.0.next().await {
                Some(Ok(Message::Close(close))) => code = close.map(|close| close.code.into()),
                Some(Ok(_)) => {}
                None | Some(Err(Error::ConnectionClosed | Error::AlreadyClosed)) => break,
                Some(Err(error)) if code.is_none() => panic!("no close came: {error}"),
                Some(Err(_)) => break,
            }
        }
        code.unwrap()
    }

    /// Leaves, and waits until the server saw it.
    pub(crate) async fn leaves(mut self) {
        self.0.close(None).await.unwrap();
        while let Some(Ok(_)) = self.0.next().await {}
    }
}

/// A message to somebody, named by its number.
pub(crate) fn message(to: &str, number: usize, text: &str) -> Value {
    json!({ "action": "SENDMSG", "toSub": to, "message": text,
        "clientMsgId": format!("m{number}") })
}

/// The id of the conversation of two people.
pub(crate) fn direct(a: &str, b: &str) -> String {
    ConversationId::direct(&user(a), &user(b)).unwrap().to_string()
}

pub(crate) fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}
