//! A WebSocket to the server: `ws` and `wss`, the token in the subprotocol list.

use std::{io, sync::Arc, time::Duration};

use aizuchi_wire::limits::OUTBOUND_BYTES;
use futures_util::{SinkExt, StreamExt};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, rustls};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        self, Message, client::IntoClientRequest, http::HeaderValue, protocol::WebSocketConfig,
    },
};
use url::Url;

/// For the connection and its handshakes together.
const OPEN_TIMEOUT: Duration = Duration::from_secs(15);
/// For one frame to leave. A server that takes none for so long is gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(15);
const READ_BUFFER_BYTES: usize = 4 * 1024;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

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
    /// Connects to `url` at level 1, authenticated by `token`.
    pub async fn open(url: &Url, token: &str) -> Result<Self, OpenError> {
        timeout(OPEN_TIMEOUT, Self::connect(url, token)).await.map_err(|_| OpenError::Timeout)?
    }

    async fn connect(url: &Url, token: &str) -> Result<Self, OpenError> {
        let address = || OpenError::Address(url.clone());
        let host = url.host_str().ok_or_else(address)?;
        let port = url.port_or_known_default().ok_or_else(address)?;
        let mut url_at_level = url.clone();
        url_at_level.query_pairs_mut().append_pair("level", "1");
        let mut request = url_at_level.as_str().into_client_request().map_err(|_| address())?;
        let protocols = format!("aizuchi.1, aizuchi.token.{token}");
        let protocols = HeaderValue::from_str(&protocols).map_err(|_| OpenError::Refused(401))?;
        request.headers_mut().insert("sec-websocket-protocol", protocols);

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
