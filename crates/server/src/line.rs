//! One socket, from its upgrade to its end.
//!
//! A single task reads, waits for the log and writes, so that a socket costs
//! one task and no lock between its halves. Each turn takes first what the log
//! answered, then what the client sent, and writes when neither has more, so
//! that many answers leave in one write.
//!
//! Messages are handed to the log as they come and answered as they become
//! durable, several in flight. Any other frame waits for those before it, so
//! that a client finds in its history what it sent before it asked.

use std::{
    collections::VecDeque,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
    time::Instant,
};

use aizuchi_core::{chat::Ports, clock::Clock, identity::TokenVerifier};
use aizuchi_gateway::local::{Line, Rate, Taken};
use aizuchi_wire::CloseCode;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::{OnUpgrade, Parts};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    task::yield_now,
    time::timeout,
};
use tokio_rustls::server::TlsStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        self, Message, Utf8Bytes,
        error::CapacityError,
        protocol::{CloseFrame, Role, WebSocketConfig},
    },
};

use crate::{
    App,
    accept::Slot,
    settings::{
        CLOSE_TIMEOUT, HEAD_TIMEOUT, IN_FLIGHT, LARGE, READ_BUFFER, READ_BYTES, READS_A_WRITE,
        WRITE_BUFFER, WRITE_TIMEOUT,
    },
};

/// Takes a line's socket out of HTTP's hands and serves it, in a task of its
/// own: this one has room for the handshake, which that one need not keep.
pub(crate) async fn open<P: Ports, V: TokenVerifier>(
    app: Arc<App<P, V>>,
    line: Arc<Line>,
    upgrade: OnUpgrade,
    slot: Option<Slot>,
) {
    let Ok(Ok(upgraded)) = timeout(HEAD_TIMEOUT, upgrade).await else {
        return app.gateway.disconnect(&line.caller).await;
    };
    // The transport itself, without the layers that HTTP had around it.
    let tasks = app.tasks.clone();
    match upgraded.downcast::<TokioIo<TcpStream>>() {
        Ok(Parts { io, read_buf, .. }) => {
            let socket = socket(io.into_inner(), read_buf).await;
            tasks.spawn(serve(app, line, socket, slot));
        }
        Err(upgraded) => match upgraded.downcast::<TokioIo<TlsStream<TcpStream>>>() {
            Ok(Parts { io, read_buf, .. }) => {
                let socket = socket(io.into_inner(), read_buf).await;
                tasks.spawn(serve(app, line, socket, slot));
            }
            Err(_) => {
                tracing::error!("a socket over an unknown transport");
                app.gateway.disconnect(&line.caller).await;
            }
        },
    }
}

/// A WebSocket over a transport on which some of it was read already. Only
/// what was read is kept, not the buffer that the head came in.
async fn socket<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    read_already: Bytes,
) -> WebSocketStream<S> {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_message_size(Some(READ_BYTES))
        .max_frame_size(Some(READ_BYTES));
    if read_already.is_empty() {
        return WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await;
    }
    let read = read_already.to_vec();
    WebSocketStream::from_partially_read(stream, read, Role::Server, Some(config)).await
}

/// What a turn brought.
enum Turn {
    /// A message was answered.
    Answered(Size),
    /// Something came from the client; `None` is the end.
    Heard(Option<Result<Message, tungstenite::Error>>),
    /// Something is to be written.
    Write(Taken),
}

type InFlight = VecDeque<Pin<Box<dyn Future<Output = Size> + Send>>>;

/// Whether [`IN_FLIGHT`] such messages are more than may wait for a receiver.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Size {
    Small,
    Large,
}

/// Serves a line until its end, whatever that is, and unregisters it.
#[expect(clippy::manual_async_fn, reason = "an async fn keeps its arguments twice for its life")]
fn serve<P: Ports, V: TokenVerifier, S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    app: Arc<App<P, V>>,
    line: Arc<Line>,
    mut socket: WebSocketStream<S>,
    slot: Option<Slot>,
) -> impl Future<Output = ()> + Send {
    async move {
        let mut in_flight = InFlight::new();
        let mut pace = Pace { rate: app.settings.flood, began: Instant::now(), full_at: 0 };
        let mut reads = 0;
        loop {
            let turn = poll_fn(|cx| {
                if let Some(first) = in_flight.front_mut()
                    && let Poll::Ready(size) = first.as_mut().poll(cx)
                {
                    return Poll::Ready(Turn::Answered(size));
                }
                if reads == READS_A_WRITE {
                    if let Poll::Ready(taken) = line.outbox.poll_take(cx) {
                        return Poll::Ready(Turn::Write(taken));
                    }
                    // Nothing waits: not every frame has an answer.
                    reads = 0;
                }
                if in_flight.len() < IN_FLIGHT
                    && line.outbox.has_room()
                    && let Poll::Ready(heard) = socket.poll_next_unpin(cx)
                {
                    return Poll::Ready(Turn::Heard(heard));
                }
                line.outbox.poll_take(cx).map(Turn::Write)
            });
            match turn.await {
                Turn::Answered(size) => take_off(&mut in_flight, size).await,
                Turn::Heard(Some(Ok(_))) if !pace.keeps_up() => {
                    close(&mut socket, CloseCode::Flooding).await;
                    break;
                }
                Turn::Heard(Some(Ok(Message::Text(text)))) => {
                    reads += 1;
                    let hearing = hear(&app, &line, &text, &mut in_flight);
                    if !write_while(hearing, &mut socket, &line).await {
                        break;
                    }
                }
                Turn::Heard(Some(Ok(Message::Binary(_)))) => {
                    close(&mut socket, CloseCode::NotText).await;
                    break;
                }
                // A ping is answered by the transport, a pong and a close need no answer here.
                Turn::Heard(Some(Ok(_))) => {
                    reads += 1;
                    line.heard(app.gateway.chat().ports().clock().now_ms());
                }
                Turn::Heard(Some(Err(tungstenite::Error::Capacity(
                    CapacityError::MessageTooLong { .. },
                )))) => {
                    close(&mut socket, CloseCode::TooLarge).await;
                    break;
                }
                Turn::Heard(None | Some(Err(_))) => break,
                Turn::Write(Taken::Frames(frames)) => {
                    reads = 0;
                    if !write(&mut socket, frames).await {
                        break;
                    }
                }
                Turn::Write(Taken::Closed(code)) => {
                    close(&mut socket, code).await;
                    break;
                }
            }
        }
        // The client need not wait for what follows.
        drop(socket);
        // What was handed to the log is stored and delivered, its sender there or not.
        settle(&mut in_flight).await;
        Box::pin(app.gateway.disconnect(&line.caller)).await;
        drop(slot);
    }
}

/// Takes off the first message, which was answered. After a large one the
/// receivers have their turn to write it: a batch of them, durable all at once,
/// would make slow readers of those who only had no time.
async fn take_off(in_flight: &mut InFlight, size: Size) {
    in_flight.pop_front();
    if in_flight.is_empty() {
        // An idle socket keeps no memory for a busy time.
        *in_flight = InFlight::new();
    }
    if size == Size::Large {
        yield_now().await;
    }
}

/// Waits until all are answered.
async fn settle(in_flight: &mut InFlight) {
    while let Some(first) = in_flight.front_mut() {
        let size = first.await;
        take_off(in_flight, size).await;
    }
}

/// How fast frames come from a client, in a time that only goes forward.
struct Pace {
    rate: Option<Rate>,
    began: Instant,
    /// In ms since it began.
    full_at: u64,
}

impl Pace {
    /// Counts a frame. False where there are far too many.
    fn keeps_up(&mut self) -> bool {
        let Some(rate) = self.rate else { return true };
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let taken = rate.take(self.full_at, now);
        self.full_at = taken.unwrap_or(self.full_at);
        taken.is_ok()
    }
}

/// Does what a frame asks.
async fn hear<P: Ports, V: TokenVerifier>(
    app: &Arc<App<P, V>>,
    line: &Arc<Line>,
    text: &str,
    in_flight: &mut InFlight,
) {
    line.heard(app.gateway.chat().ports().clock().now_ms());
    let request = app.gateway.decode(&line.caller, text);
    if !request.is_append() {
        settle(in_flight).await;
    }
    // Boxed, so that an idle task is not as large as the largest handler.
    if let Some(message) = Box::pin(app.gateway.handle(&line.caller, request)).await {
        let app = Arc::clone(app);
        let size = if text.len() < LARGE { Size::Small } else { Size::Large };
        in_flight.push_back(Box::pin(async move {
            app.gateway.finish(message).await;
            size
        }));
    }
}

/// Waits for answers, and writes meanwhile those that are there: one of many
/// frames waits for its first to be written. False where the socket is of no
/// more use.
async fn write_while<S: AsyncRead + AsyncWrite + Unpin>(
    answering: impl Future<Output = ()>,
    socket: &mut WebSocketStream<S>,
    line: &Line,
) -> bool {
    let mut answering = pin!(answering);
    loop {
        let taken = poll_fn(|cx| {
            if answering.as_mut().poll(cx).is_ready() {
                return Poll::Ready(None);
            }
            line.outbox.poll_take(cx).map(Some)
        });
        match taken.await {
            None => return true,
            Some(Taken::Frames(frames)) => {
                if !write(socket, frames).await {
                    return false;
                }
                // Receivers have their turn here too.
                yield_now().await;
            }
            Some(Taken::Closed(code)) => {
                close(socket, code).await;
                return false;
            }
        }
    }
}

/// Writes frames with one flush. False where the socket is of no more use.
async fn write<S: AsyncRead + AsyncWrite + Unpin>(
    socket: &mut WebSocketStream<S>,
    frames: VecDeque<Bytes>,
) -> bool {
    let writing = async {
        for frame in frames {
            // Every frame was encoded as JSON text.
            let text = Utf8Bytes::try_from(frame).unwrap_or_default();
            socket.feed(Message::Text(text)).await?;
        }
        socket.flush().await
    };
    matches!(timeout(WRITE_TIMEOUT, writing).await, Ok(Ok(())))
}

/// Sends a close, and gives the client a moment for its own.
async fn close<S: AsyncRead + AsyncWrite + Unpin>(
    socket: &mut WebSocketStream<S>,
    code: CloseCode,
) {
    let reason = Utf8Bytes::from_static(code.name());
    let frame = CloseFrame { code: code.number().into(), reason };
    let closing = async {
        if socket.close(Some(frame)).await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    };
    // A client that does not answer is left.
    let _ = timeout(CLOSE_TIMEOUT, closing).await;
}
