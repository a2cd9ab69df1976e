//! How the server stops.

use std::time::Duration;

use aizuchi_gateway::local::Pushed;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::Instant,
};
use tokio_tungstenite::{client_async, tungstenite::Error};

use crate::support::{Server, message, run, user};

#[test]
fn sockets_are_told_to_come_back() {
    run(async || {
        let server = Server::start().await;
        let (mut ada, mut bob) = (server.socket("ada").await, server.socket("bob").await);
        server.shut_down();
        assert_eq!(ada.is_closed().await, 1001);
        assert_eq!(bob.is_closed().await, 1001);
        server.serving.await.unwrap().unwrap();
        assert!(TcpStream::connect(server.address).await.is_err());
    });
}

#[test]
fn what_waits_is_written_before_the_close() {
    run(async || {
        let server = Server::start().await;
        let mut ada = server.socket("ada").await;
        let lines = server.hub().lines_of(&user("ada"));
        assert_eq!(lines[0].outbox.push("\"the last\"".into()), Pushed::Queued);
        server.shut_down();
        assert_eq!(ada.hears().await, json!("the last"));
        assert_eq!(ada.is_closed().await, 1001);
        server.serving.await.unwrap().unwrap();
    });
}

#[test]
fn messages_in_flight_are_waited_for() {
    run(async || {
        let server = Server::start().await;
        let mut ada = server.socket("ada").await;
        let log = &server.ports().log.gate;
        log.shut();
        ada.says(&message("bob", 1, "hello")).await;
        log.reached(1).await;
        server.shut_down();
        assert_eq!(ada.is_closed().await, 1001);
        assert!(!server.serving.is_finished(), "the log has not answered");
        log.open();
        server.serving.await.unwrap().unwrap();
        assert_eq!(server.app.gateway().metrics().messages.get(), 1);
    });
}

#[test]
fn a_request_in_progress_is_answered() {
    run(async || {
        let server = Server::start().await;
        let mut ada = server.socket("ada").await;
        server.gate.shut();
        let asking = tokio::spawn(server.call("GET", "/gate").send());
        server.gate.reached(1).await;
        server.shut_down();
        assert_eq!(ada.is_closed().await, 1001);
        server.gate.open();
        let answer = asking.await.unwrap().unwrap();
        assert_eq!(answer.headers()["connection"], "close");
        assert_eq!(answer.text().await.unwrap(), "passed");
        server.serving.await.unwrap().unwrap();
    });
}

#[test]
fn a_socket_that_was_being_opened_is_refused() {
    run(async || {
        let server = Server::start().await;
        let mut bob = server.socket("bob").await;
        server.token_gate.shut();
        let seen = server.token_gate.came();
        let opening = client_async(server.socket_request("ada"), server.tcp().await);
        let opening = tokio::spawn(opening);
        server.token_gate.reached(seen + 1).await;
        server.shut_down();
        assert_eq!(bob.is_closed().await, 1001);
        server.token_gate.open();
        let Err(Error::Http(answer)) = opening.await.unwrap() else { panic!("it is open") };
        assert_eq!(answer.status(), 503);
        assert_eq!(server.hub().open_lines(), 0);
        server.serving.await.unwrap().unwrap();
    });
}

#[test]
fn connections_at_rest_do_not_hold_the_server_up() {
    run(async || {
        let server = Server::start().await;
        let mut silent = server.tcp().await;
        let mut kept = server.tcp().await;
        kept.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"ok\n") {
            assert_ne!(kept.read_buf(&mut answer).await.unwrap(), 0);
        }
        server.shut_down();
        // In real time: the drain's would be over with the test's own limit.
        assert_eq!(silent.read(&mut [0]).await.unwrap(), 0);
        assert_eq!(kept.read(&mut [0]).await.unwrap(), 0);
        server.serving.await.unwrap().unwrap();
    });
}

#[test]
fn those_who_are_stuck_are_left_when_the_time_is_over() {
    const DRAIN: Duration = Duration::from_secs(3);
    run(async || {
        let server = Server::with(|options| options.settings.drain = DRAIN).await;
        server.gate.shut();
        let stuck = tokio::spawn(server.call("GET", "/gate").send());
        server.gate.reached(1).await;
        let deaf = server.socket("ada").await;
        let mut half = server.tcp().await;
        half.write_all(b"GET /healthz HTTP/1.1\r\n").await.unwrap();
        tokio::time::pause();
        let began = Instant::now();
        server.shut_down();
        server.serving.await.unwrap().unwrap();
        // The paused time goes from timer to timer.
        assert!(began.elapsed() < 2 * DRAIN);
        assert!(!stuck.is_finished());
        drop(deaf);
    });
}
