//! A WebSocket for the load path.
//!
//! Why not the client's own: the generator shares two cores with the server,
//! and whatever it spends is missing there. So one read takes all frames that
//! are waiting and hands them out where they lie, one write carries all frames
//! that are due, and no frame is copied or unmasked. The mask key is zero,
//! which is a legal key and spares the generator the masking.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf},
    net::TcpStream,
};
use url::Url;

use super::BenchError;

/// Room for a whole outbound message of the server and as much again.
pub(super) const SCRATCH_BYTES: usize = 256 * 1024;
const MAX_HEAD_BYTES: usize = 8 * 1024;

const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

pub(super) struct Socket {
    stream: TcpStream,
    /// What was read and is no whole frame yet.
    rest: Vec<u8>,
    out: Vec<u8>,
}

impl Socket {
    /// Connects at level 1, authenticated by `token`.
    pub(super) async fn open(url: &Url, token: &str) -> Result<Self, BenchError> {
        let address = || BenchError::Address(url.clone());
        let (Some(host), Some(port), "ws") =
            (url.host_str(), url.port_or_known_default(), url.scheme())
        else {
            return Err(address());
        };
        let mut stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
        stream.set_nodelay(true)?;
        let path = url.path();
        let request = format!(
            "GET {path}?level=1 HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: YWl6dWNoaS1iZW5jaC0wMA==\r\n\
             Sec-WebSocket-Protocol: aizuchi.1, aizuchi.token.{token}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut head = Vec::new();
        let end = loop {
            if stream.read_buf(&mut head).await? == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            if let Some(at) = head.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if head.len() > MAX_HEAD_BYTES {
                return Err(BenchError::Framing("an endless head"));
            }
        };
        let status = String::from_utf8_lossy(&head[..end]);
        if !status.starts_with("HTTP/1.1 101 ") {
            let line = status.lines().next().unwrap_or_default();
            return Err(BenchError::Upgrade(line.to_owned()));
        }
        let rest = head.split_off(end);
        Ok(Self { stream, rest, out: Vec::new() })
    }

    /// Puts a frame, as [`frame`] makes it, behind those that wait for `flush`.
    pub(super) fn queue(&mut self, frame: &[u8]) {
        self.out.extend_from_slice(frame);
    }

    /// Writes what waits, as far as it goes at once.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.out.is_empty() {
            match self.stream.try_write(&self.out) {
                Ok(written) if written == self.out.len() => self.out.clear(),
                Ok(written) => drop(self.out.drain(..written)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    ready!(self.stream.poll_write_ready(cx))?;
                }
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Hands out all texts of one read. `Ready` means that there may be more.
    pub(super) fn poll_texts(
        &mut self,
        cx: &mut Context<'_>,
        scratch: &mut [u8],
        mut text: impl FnMut(&[u8]) -> Result<(), BenchError>,
    ) -> Poll<Result<(), BenchError>> {
        let kept = self.rest.len();
        scratch[..kept].copy_from_slice(&self.rest);
        let mut buffer = ReadBuf::new(scratch);
        buffer.set_filled(kept);
        let has_frame = matches!(split(buffer.filled()), Ok(Some(_)));
        if !has_frame {
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
            if buffer.filled().len() == kept {
                return Poll::Ready(Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()));
            }
        }
        let filled = buffer.filled();
        let mut at = 0;
        while let Some(frame) = split(&filled[at..])? {
            let payload = &filled[at + frame.head..at + frame.len];
            match frame.opcode {
                TEXT => text(payload)?,
                PING => self.out.extend(masked(PONG, payload)),
                CLOSE => return Poll::Ready(Err(closed(payload))),
                PONG => {}
                _ => return Poll::Ready(Err(BenchError::Framing("an unexpected opcode"))),
            }
            at += frame.len;
        }
        self.rest.clear();
        self.rest.extend_from_slice(&filled[at..]);
        Poll::Ready(Ok(()))
    }

    /// Sends one frame and waits until it is gone. For the unmeasured path.
    pub(super) async fn send(&mut self, text: &str) -> Result<(), BenchError> {
        self.queue(&frame(text.as_bytes()));
        Ok(std::future::poll_fn(|cx| self.poll_flush(cx)).await?)
    }

    /// The next text. For paths where one frame at a time is expected.
    pub(super) async fn next(&mut self) -> Result<Vec<u8>, BenchError> {
        loop {
            if let Some(frame) = split(&self.rest)? {
                let taken: Vec<u8> = self.rest.drain(..frame.len).collect();
                let payload = &taken[frame.head..];
                match frame.opcode {
                    TEXT => return Ok(payload.to_vec()),
                    PING => self.stream.write_all(&masked(PONG, payload)).await?,
                    CLOSE => return Err(closed(payload)),
                    PONG => {}
                    _ => return Err(BenchError::Framing("an unexpected opcode")),
                }
            } else if self.stream.read_buf(&mut self.rest).await? == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
        }
    }

    /// The next text that holds `part`, passing over all others.
    pub(super) async fn next_with(&mut self, part: &str) -> Result<Vec<u8>, BenchError> {
        loop {
            let text = self.next().await?;
            if text.windows(part.len()).any(|window| window == part.as_bytes()) {
                return Ok(text);
            }
            if text.starts_with(br#"{"action":"ERROR""#) {
                return Err(BenchError::Unfinished(String::from_utf8_lossy(&text).into_owned()));
            }
        }
    }

    /// Gives back what an idle connection needs no more.
    pub(super) fn shrink(&mut self) {
        self.rest.shrink_to_fit();
        self.out = Vec::new();
    }

    /// A second handle to the same connection, for a thread that only writes.
    pub(super) fn writer(&self) -> io::Result<std::net::TcpStream> {
        use std::os::fd::AsFd;
        Ok(self.stream.as_fd().try_clone_to_owned()?.into())
    }
}

/// A text frame, ready to be written.
pub(super) fn frame(text: &[u8]) -> Vec<u8> {
    masked(TEXT, text)
}

fn masked(opcode: u8, payload: &[u8]) -> Vec<u8> {
    const MASKED: u8 = 0x80;
    let mut frame = Vec::with_capacity(payload.len() + 14);
    frame.push(0x80 | opcode);
    match payload.len() {
        len @ ..126 => frame.push(MASKED | len as u8),
        len @ 126..=0xffff => {
            frame.push(MASKED | 126);
            frame.extend_from_slice(&(len as u16).to_be_bytes());
        }
        len => {
            frame.push(MASKED | 127);
            frame.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload);
    frame
}

#[derive(Debug, PartialEq, Eq)]
struct Frame {
    opcode: u8,
    head: usize,
    /// Head and payload.
    len: usize,
}

/// The first frame, if it is whole.
fn split(bytes: &[u8]) -> Result<Option<Frame>, BenchError> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    if first & 0xf0 != 0x80 {
        return Err(BenchError::Framing("a fragment, or a reserved bit"));
    }
    let (head, payload) = match (second, rest) {
        (0x80.., _) => return Err(BenchError::Framing("a masked frame")),
        (126, [a, b, ..]) => (4, usize::from(u16::from_be_bytes([*a, *b]))),
        (127, [0, 0, 0, 0, 0, a, b, c, ..]) => (10, u32::from_be_bytes([0, *a, *b, *c]) as usize),
        (127, [_, _, _, _, _, _, _, _, ..]) => return Err(BenchError::Framing("a giant frame")),
        (126 | 127, _) => return Ok(None),
        (len, _) => (2, usize::from(*len)),
    };
    if head + payload > SCRATCH_BYTES / 2 + 16 {
        return Err(BenchError::Framing("a frame larger than the contract allows"));
    }
    let frame = Frame { opcode: first & 0x0f, head, len: head + payload };
    Ok((bytes.len() >= frame.len).then_some(frame))
}

fn closed(payload: &[u8]) -> BenchError {
    match payload {
        [a, b, ..] => BenchError::Closed(u16::from_be_bytes([*a, *b])),
        _ => BenchError::Closed(1005),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server_frame(payload: &[u8]) -> Vec<u8> {
        let mut frame = frame(payload);
        let key_at = frame.len() - payload.len() - 4;
        frame.drain(key_at..key_at + 4);
        frame[1] &= 0x7f;
        frame
    }

    #[test]
    fn frames_of_every_length_are_split_where_they_end() {
        for len in [0, 1, 125, 126, 127, 65_535, 65_536, 128 * 1024] {
            let one = server_frame(&vec![b'x'; len]);
            let mut two = one.clone();
            two.extend_from_slice(&one[..1]);
            let found = split(&two).unwrap().unwrap();
            assert_eq!((found.opcode, found.len), (TEXT, one.len()));
            assert_eq!(found.len - found.head, len);
            for cut in [0, 1, 2, 3, 9, one.len() - 1] {
                assert!(split(&one[..cut.min(one.len() - 1)]).unwrap().is_none());
            }
        }
    }

    #[test]
    fn what_a_server_may_not_send_is_no_frame() {
        for bytes in
            [&[0x01, 0x00][..], &[0xc1, 0x00], &[0x81, 0x80], &[0x81, 127, 1, 0, 0, 0, 0, 0, 0, 0]]
        {
            assert!(matches!(split(bytes), Err(BenchError::Framing(_))));
        }
    }
}
