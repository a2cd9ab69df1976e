//! What may come over a socket.

use serde_json::json;
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use crate::support::{Server, message, run};

const KIB: usize = 1024;

#[test]
fn a_large_text_is_refused_and_the_socket_stays() {
    run(async || {
        let server = Server::start().await;
        let mut ada = server.socket("ada").await;
        for size in [32 * KIB + 1, 1024 * KIB] {
            ada.sends("x".repeat(size).into()).await;
            let answer = ada.hears().await;
            assert_eq!(
                (&answer["action"], &answer["code"]),
                (&"ERROR".into(), &"too_large".into())
            );
        }
        ada.lives().await;
    });
}

#[test]
fn a_huge_text_ends_the_socket() {
    run(async || {
        let server = Server::start().await;
        let mut ada = server.socket("ada").await;
        ada.sends("x".repeat(1024 * KIB + 1).into()).await;
        assert_eq!(ada.is_closed().await, 1009);
    });
}

#[test]
fn a_huge_text_in_fragments_ends_the_socket() {
    run(async || {
        let server = Server::start().await;
        let mut ada = server.socket("ada").await;
        for n in 0..3 {
            let part = "x".repeat(400 * KIB);
            let kind = OpCode::Data(if n == 0 { Data::Text } else { Data::Continue });
            ada.sends(Message::Frame(Frame::message(part, kind, n == 2))).await;
        }
        assert_eq!(ada.is_closed().await, 1009);
    });
}

#[test]
fn a_binary_frame_ends_the_socket() {
    run(async || {
        let server = Server::start().await;
        let mut ada = server.socket("ada").await;
        ada.sends(Message::Binary(vec![1, 2, 3].into())).await;
        assert_eq!(ada.is_closed().await, 1003);
    });
}

#[test]
fn a_ping_is_answered() {
    run(async || {
        use futures_util::StreamExt;
        let server = Server::start().await;
        let mut ada = server.socket("ada").await;
        ada.sends(Message::Ping("here?".into())).await;
        assert_eq!(ada.0.next().await.unwrap().unwrap(), Message::Pong("here?".into()));
        ada.sends(Message::Pong("here.".into())).await;
        ada.lives().await;
    });
}

#[test]
fn a_text_may_come_in_fragments_with_a_ping_between() {
    run(async || {
        use futures_util::StreamExt;
        let server = Server::start().await;
        let mut ada = server.socket("ada").await;
        let text = message("bob", 1, "相槌").to_string().into_bytes();
        // The cut is in the middle of a character, which is allowed.
        let cut = text.iter().position(|byte| !byte.is_ascii()).unwrap() + 1;
        let first = Frame::message(text[..cut].to_vec(), OpCode::Data(Data::Text), false);
        let last = Frame::message(text[cut..].to_vec(), OpCode::Data(Data::Continue), true);
        ada.sends(Message::Frame(first)).await;
        ada.sends(Message::Ping("between".into())).await;
        ada.sends(Message::Frame(last)).await;
        assert_eq!(ada.0.next().await.unwrap().unwrap(), Message::Pong("between".into()));
        assert_eq!(ada.hears().await["action"], "ACK");
    });
}

#[test]
fn what_is_no_frame_is_told_so_and_the_socket_stays() {
    run(async || {
        let server = Server::start().await;
        let mut ada = server.socket("ada").await;
        for text in ["", "{", "[]", "null", "{\"action\":7}", "\u{0}"] {
            ada.sends(text.into()).await;
            let answer = ada.hears().await;
            assert_eq!(answer["code"], "invalid_request", "{text}: {answer}");
        }
        let unknown = ada.asks(&json!({ "action": "DANCE" })).await;
        assert_eq!(unknown["code"], "invalid_request");
        ada.lives().await;
    });
}

#[test]
fn a_breach_of_the_transport_ends_only_its_socket() {
    run(async || {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let server = Server::start().await;
        let mut bob = server.socket("bob").await;
        let not_masked: &[u8] = &[0x81, 0x01, b'x'];
        let not_utf8: &[u8] = &[0x81, 0x81, 0, 0, 0, 0, 0xff];
        let of_no_kind: &[u8] = &[0x83, 0x80, 0, 0, 0, 0];
        for breach in [not_masked, not_utf8, of_no_kind] {
            let mut stream = server.socket("ada").await.0.into_inner();
            stream.write_all(breach).await.unwrap();
            let mut rest = Vec::new();
            // Whether it ends in peace is the transport's matter.
            let _ = stream.read_to_end(&mut rest).await;
        }
        bob.lives().await;
        assert_eq!(server.hub().open_lines(), 1);
    });
}
