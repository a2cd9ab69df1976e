//! How sockets and connections end.

use std::{io::ErrorKind, time::Duration};

use aizuchi_core::accounts::SessionId;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Instant, timeout},
};

use crate::support::{Server, run, user};

const SECOND: u64 = 1_000;
const HANDSHAKE: &[u8] = b"GET /ws?level=1&Authorizer=bob HTTP/1.1\r\nhost: x\r\n\
    connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
    sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

#[test]
fn an_idle_socket_is_closed_and_one_that_speaks_is_not() {
    run(async || {
        let server = Server::with(|options| options.settings.idle = Duration::from_secs(60)).await;
        let (mut ada, mut bob) = (server.socket("ada").await, server.socket("bob").await);
        server.ports().clock.advance(59 * SECOND);
        bob.lives().await;
        server.ports().clock.advance(SECOND);
        tokio::time::pause();
        assert_eq!(ada.is_closed().await, 4003);
        bob.lives().await;
    });
}

#[test]
fn the_transports_ping_is_a_sign_of_life() {
    run(async || {
        use futures_util::StreamExt;
        let server = Server::with(|options| options.settings.idle = Duration::from_secs(60)).await;
        let (mut ada, mut bob) = (server.socket("ada").await, server.socket("bob").await);
        server.ports().clock.advance(59 * SECOND);
        bob.sends(tokio_tungstenite::tungstenite::Message::Ping("".into())).await;
        assert!(bob.0.next().await.unwrap().unwrap().is_pong());
        server.ports().clock.advance(SECOND);
        tokio::time::pause();
        assert_eq!(ada.is_closed().await, 4003);
        bob.lives().await;
    });
}

#[test]
fn an_old_socket_is_closed_though_it_speaks() {
    run(async || {
        let server = Server::with(|options| options.settings.age = Duration::from_secs(600)).await;
        let mut ada = server.socket("ada").await;
        server.ports().clock.advance(599 * SECOND);
        ada.lives().await;
        server.ports().clock.advance(SECOND);
        let mut bob = server.socket("bob").await;
        tokio::time::pause();
        assert_eq!(ada.is_closed().await, 4004);
        bob.lives().await;
    });
}

#[test]
fn of_too_many_sockets_the_oldest_gives_way() {
    run(async || {
        let server = Server::with(|options| options.settings.max_connections_per_user = 2).await;
        let mut first = server.socket("ada").await;
        let mut second = server.socket("ada").await;
        let mut bob = server.socket("bob").await;
        let mut third = server.socket("ada").await;
        assert_eq!(first.is_closed().await, 4005);
        for socket in [&mut second, &mut third, &mut bob] {
            socket.lives().await;
        }
    });
}

#[test]
fn the_end_of_a_session_is_the_end_of_its_sockets() {
    run(async || {
        let server = Server::start().await;
        let mut of_seven = server.socket("ada.7").await;
        let mut of_eight = server.socket("ada.8").await;
        let mut bob = server.socket("bob.7").await;
        server.hub().close_sessions(&user("ada"), Some(SessionId(7)));
        assert_eq!(of_seven.is_closed().await, 4001);
        of_eight.lives().await;
        server.hub().close_sessions(&user("ada"), None);
        assert_eq!(of_eight.is_closed().await, 4001);
        bob.lives().await;
    });
}

#[test]
fn a_client_that_goes_without_a_word_is_gone() {
    run(async || {
        let server = Server::start().await;
        let mut bob = server.socket("bob").await;
        let ada = server.socket("ada").await;
        assert_eq!(bob.asks(&json!({ "action": "WATCH", "subs": ["ada"] })).await["value"], "1");
        drop(ada);
        assert_eq!(bob.hears().await["value"], "0");
    });
}

#[test]
fn a_client_that_does_not_answer_a_close_is_left() {
    run(async || {
        let server = Server::start().await;
        let mut bob = server.socket("bob").await;
        let ada = server.socket("ada").await;
        assert_eq!(bob.asks(&json!({ "action": "WATCH", "subs": ["ada"] })).await["value"], "1");
        server.hub().close_sessions(&user("ada"), None);
        tokio::time::pause();
        assert_eq!(bob.hears().await["value"], "0");
        drop(ada);
    });
}

#[test]
fn whoever_goes_away_during_the_handshake_is_not_there() {
    run(async || {
        let server = Server::start().await;
        let mut ada = server.socket("ada").await;
        ada.says(&json!({ "action": "WATCH", "subs": ["bob"] })).await;
        assert_eq!(ada.hears().await["value"], "0");
        let tokens = &server.token_gate;
        for round in 1..=20 {
            // He asks, and is gone while his token is looked at, or just after.
            tokens.shut();
            let mut stream = server.tcp().await;
            stream.write_all(HANDSHAKE).await.unwrap();
            tokens.reached(1 + round).await;
            if round % 2 == 0 {
                drop(stream);
                tokens.open();
            } else {
                tokens.open();
                drop(stream);
            }
        }
        while server.hub().open_lines() > 1 {
            tokio::task::yield_now().await;
        }
        ada.says(&json!({ "action": "WATCH", "subs": ["bob"], "requestId": "at last" })).await;
        let answer = loop {
            let frame = ada.hears().await;
            if frame["requestId"] == "at last" {
                break frame;
            }
        };
        assert_eq!(answer["value"], "0");
    });
}

#[test]
fn connections_that_do_not_ask_are_closed() {
    run(async || {
        let server = Server::start().await;
        // Nothing, half a head, and the second request of two, of which half came.
        let began: [&[u8]; 3] = [
            b"",
            b"GET /healthz HTTP/1.1\r\nhost: x\r\n",
            b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\nGET /heal",
        ];
        for sent in began {
            let mut stream = server.tcp().await;
            stream.write_all(sent).await.unwrap();
            tokio::time::pause();
            let began = Instant::now();
            let mut answer = Vec::new();
            // An end is an end, with a reset or without.
            let _ = stream.read_to_end(&mut answer).await;
            assert!(began.elapsed() < Duration::from_secs(15), "of paused time");
            tokio::time::resume();
        }
        assert_eq!(server.get("/healthz").await.status(), 200);
    });
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    run(async || {
        let server = Server::start().await;
        let mut stream = server.tcp().await;
        let half = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhello";
        stream.write_all(half).await.unwrap();
        tokio::time::pause();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
        assert!(answer.contains(r#""code":"unavailable""#), "{answer}");
    });
}

#[test]
fn a_client_that_asks_and_never_reads_is_left() {
    run(async || {
        let server = Server::start().await;
        let mut stream = server.tcp().await;
        let mut asked = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 60000\r\n\r\n".to_vec();
        asked.resize(asked.len() + 60_000, b'x');
        // Questions, until neither side's buffers take more.
        let ask = async { while stream.write_all(&asked).await.is_ok() {} };
        assert!(timeout(Duration::from_secs(1), ask).await.is_err());
        tokio::time::pause();
        let began = Instant::now();
        let is_there = || match stream.try_write(b"x") {
            Ok(_) => true,
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        };
        while is_there() {
            assert!(began.elapsed() < Duration::from_secs(600), "of paused time");
            tokio::time::sleep(Duration::from_secs(10)).await;
        }
    });
}

#[test]
fn a_head_that_has_no_end_is_refused() {
    run(async || {
        let server = Server::start().await;
        let mut stream = server.tcp().await;
        let head = format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx: {}", "x".repeat(20_000));
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // What was sent and not read makes the end a reset.
        let _ = stream.read_to_end(&mut answer).await;
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 431 "));
    });
}
