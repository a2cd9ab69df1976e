//! A WebSocket to the server: `ws` and `wss`, the token in the subprotocol list
//! or in the query.

use std::{io, sync::Arc, time::Duration};

use aizuchi_wire::limits::OUTBOUND_BYTES;
use futures_util::{SinkExt, StreamExt};
use rustls_platform_verifier::BuilderVerifierExt;
use serde::Deserialize;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, rustls};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        self, Message, client::IntoClientRequest, handshake::client::Request, http::HeaderValue,
        protocol::WebSocketConfig,
    },
};
use url::Url;

use crate::session::Keep;

/// For the connection and its handshakes together.
const OPEN_TIMEOUT: Duration = Duration::from_secs(15);
/// For one frame to leave. A server that takes none for so long is gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(15);
const READ_BUFFER_BYTES: usize = 4 * 1024;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Where an access token travels when a socket opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenIn {
    /// In the subprotocol list, which no access log keeps.
    #[default]
    Subprotocol,
    /// In the query, which is all that API Gateway lets its authorizer read of
    /// a browser's handshake.
    Query,
}

/// Where a server's sockets are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// A `ws` or `wss` address.
    pub url: Url,
    /// Where the token goes.
    pub token_in: TokenIn,
    /// How connections there are kept.
    pub keep: Keep,
}

/// Why a socket could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is no `ws` or `wss` URL with a host.
    #[error("{0} is not the address of a socket")]
    Address(Url),
    /// The server refused the upgrade with this HTTP status.
    #[error("the server refused the connection (HTTP status {0})")]
    Refused(u16),
    /// Nothing came for too long.
    #[error("no connection within {} seconds", OPEN_TIMEOUT.as_secs())]
    Timeout,
    /// No connection.
    #[error("no connection: {0}")]
    Connect(#[from] io::Error),
    /// No certificate store to judge the server by.
    #[error("no certificates to judge the server by: {0}")]
    Certificates(#[from] rustls::Error),
    /// The other side does not speak WebSocket.
    #[error("the other side does not speak WebSocket: {0}")]
    Handshake(Box<tungstenite::Error>),
}

/// What came in.
#[derive(Debug, PartialEq, Eq)]
pub enum Incoming {
    /// A frame's text.
    Text(String),
    /// The end, with the server's close code where it said one.
    Closed(Option<u16>),
}

/// An open connection.
pub struct Socket {
    stream: WebSocketStream<Box<dyn Stream>>,
}

impl Socket {
    /// Connects at level 1, authenticated by `token`.
    pub async fn open(to: &Endpoint, token: &str) -> Result<Self, OpenError> {
        timeout(OPEN_TIMEOUT, Self::connect(to, token)).await.map_err(|_| OpenError::Timeout)?
    }

    async fn connect(to: &Endpoint, token: &str) -> Result<Self, OpenError> {
        let url = &to.url;
        let address = || OpenError::Address(url.clone());
        let host = url.host_str().ok_or_else(address)?;
        let port = url.port_or_known_default().ok_or_else(address)?;
        let request = request(to, token)?;
        let tcp = TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
        tcp.set_nodelay(true)?;
        let stream: Box<dyn Stream> = match url.scheme() {
            "ws" => Box::new(tcp),
            "wss" => Box::new(encrypt(tcp, host).await?),
            _ => return Err(address()),
        };
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .max_message_size(Some(OUTBOUND_BYTES))
            .max_frame_size(Some(OUTBOUND_BYTES));
        match client_async_with_config(request, stream, Some(config)).await {
            Ok((stream, _)) => Ok(Self { stream }),
            Err(tungstenite::Error::Http(answer)) => {
                Err(OpenError::Refused(answer.status().as_u16()))
            }
            Err(tungstenite::Error::Io(error)) => Err(error.into()),
            Err(error) => Err(OpenError::Handshake(Box::new(error))),
        }
    }

    /// Sends a text frame, waiting no longer than the connection may take.
    pub async fn send(&mut self, text: String) -> io::Result<()> {
        timeout(SEND_TIMEOUT, self.stream.send(Message::text(text)))
            .await
            .map_err(|_| io::ErrorKind::TimedOut)?
            .map_err(io::Error::other)
    }

    /// The next text, or the end. May be dropped while it waits.
    pub async fn next(&mut self) -> Incoming {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => return Incoming::Text(text.as_str().to_owned()),
                Some(Ok(Message::Close(frame))) => {
                    return Incoming::Closed(frame.map(|frame| frame.code.into()));
                }
                // Pings are answered underneath; the server sends no binary frames.
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Incoming::Closed(None),
            }
        }
    }

    /// Says goodbye.
    pub async fn close(mut self) {
        // Whether the server hears it changes nothing for a client that leaves.
        let _ = timeout(SEND_TIMEOUT, self.stream.close(None)).await;
    }
}

fn request(to: &Endpoint, token: &str) -> Result<Request, OpenError> {
    let mut url = to.url.clone();
    url.query_pairs_mut().append_pair("level", "1");
    // Offered to a server that agrees to none, a subprotocol would end the handshake.
    let protocols = match to.token_in {
        TokenIn::Subprotocol => Some(format!("aizuchi.1, aizuchi.token.{token}")),
        TokenIn::Query => {
            url.query_pairs_mut().append_pair("Authorizer", token);
            None
        }
    };
    let request = url.as_str().into_client_request();
    let mut request = request.map_err(|_| OpenError::Address(to.url.clone()))?;
    if let Some(protocols) = protocols {
        let protocols = HeaderValue::from_str(&protocols).map_err(|_| OpenError::Refused(401))?;
        request.headers_mut().insert("sec-websocket-protocol", protocols);
    }
    Ok(request)
}

async fn encrypt(tcp: TcpStream, host: &str) -> Result<impl Stream + use<>, OpenError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    let name = rustls::pki_types::ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    Ok(TlsConnector::from(Arc::new(config)).connect(name, tcp).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(token_in: TokenIn) -> (String, Option<String>) {
        let url = "wss://chat.example/live?stage=1".parse().unwrap();
        let to = Endpoint { url, token_in, keep: Keep::default() };
        let request = request(&to, "a.b.c").unwrap();
        let offered = request.headers().get("sec-websocket-protocol");
        let offered = offered.map(|offered| offered.to_str().unwrap().to_owned());
        (request.uri().to_string(), offered)
    }

    #[test]
    fn the_token_goes_where_the_server_looks_for_it() {
        let (uri, offered) = asked(TokenIn::Subprotocol);
        assert_eq!(uri, "wss://chat.example/live?stage=1&level=1");
        assert_eq!(offered.as_deref(), Some("aizuchi.1, aizuchi.token.a.b.c"));
        let (uri, offered) = asked(TokenIn::Query);
        assert_eq!(uri, "wss://chat.example/live?stage=1&level=1&Authorizer=a.b.c");
        assert_eq!(offered, None);
    }
}
