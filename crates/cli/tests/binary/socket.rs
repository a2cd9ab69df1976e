//! A socket that speaks raw frames.

use aizuchi_client::Account;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::server::{PATIENCE, Server};

pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// A level 1 connection.
    pub(crate) async fn open(server: &Server, account: &Account) -> Self {
        Self::with_token(server, &account.token().await.unwrap()).await
    }

    /// The same, with whatever may open one.
    pub(crate) async fn with_token(server: &Server, token: &str) -> Self {
        let url = format!("ws://{}/ws?level=1", server.address());
        let mut request = url.into_client_request().unwrap();
        let protocols = format!("aizuchi.1, aizuchi.token.{token}").parse().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", protocols);
        Self(connect_async(request).await.unwrap().0)
    }

    pub(crate) async fn send(&mut self, frame: Value) {
        self.try_send(frame).await.unwrap();
    }

    /// Sends on a connection that may be gone.
    pub(crate) async fn try_send(
        &mut self,
        frame: Value,
    ) -> Result<(), tokio_tungstenite::tungstenite::Error> {
        self.0.send(Message::text(frame.to_string())).await
    }

    /// The next frame, or `None` once the connection is gone; then with its close code.
    pub(crate) async fn next(&mut self) -> Result<Value, Option<u16>> {
        loop {
            let message = timeout(PATIENCE, self.0.next()).await.expect("a frame or the end");
            match message {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Err(frame.map(|frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// The next frame with this action; others before it are passed over.
    pub(crate) async fn expect(&mut self, action: &str) -> Value {
        loop {
            let frame = self.next().await.expect("an open connection");
            if frame["action"] == action {
                return frame;
            }
        }
    }

    /// The close code.
    pub(crate) async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }

    /// All messages of a conversation, from its beginning.
    pub(crate) async fn history(&mut self, conversation: &Value) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        loop {
            let after = all.last().map_or(json!(0), |last| last["seq"].clone());
            let asked = json!({ "action": "GETMSG", "conversationId": conversation, "after": after, "limit": 200 });
            self.send(asked).await;
            let mut page = self.expect("GETMSG").await;
            all.append(page["messages"].as_array_mut().unwrap());
            if page["hasMore"] == false {
                return all;
            }
        }
    }
}
