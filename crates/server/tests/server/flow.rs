//! Many frames: order, pressure, and those who do not read.

use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpSocket;

use crate::support::{Server, Socket, direct, message, run, user};

#[test]
fn messages_in_flight_are_acknowledged_in_order() {
    run(async || {
        let server = Server::start().await;
        let (mut ada, mut bob) = (server.socket("ada").await, server.socket("bob").await);
        let log = &server.ports().log.gate;
        log.shut();
        for n in 1..=200 {
            ada.says(&message("bob", n, "hello")).await;
        }
        // So many are handed to the log before the first is answered, and no more.
        log.reached(64).await;
        bob.lives().await;
        assert_eq!(log.came(), 64);
        // Nor is more read because something was written.
        let conversation = direct("ada", "bob");
        bob.says(&json!({ "action": "TYPING", "conversationId": conversation, "on": true })).await;
        assert_eq!(ada.hears().await["action"], "TYPING");
        bob.lives().await;
        assert_eq!(log.came(), 64);
        log.open();
        for n in 1..=200 {
            let ack = ada.hears().await;
            assert_eq!(ack["action"], "ACK", "{ack}");
            assert_eq!((&ack["clientMsgId"], &ack["seq"]), (&format!("m{n}").into(), &n.into()));
            assert_eq!(bob.hears().await["seq"], n);
        }
    });
}

#[test]
fn a_burst_of_large_messages_reaches_whoever_reads() {
    run(async || {
        let server = Server::start().await;
        let (mut ada, mut bob) = (server.socket("ada").await, server.socket("bob").await);
        let reading = tokio::spawn(async move {
            for n in 1..=64 {
                assert_eq!(bob.hears().await["seq"], n);
            }
        });
        // All become durable at once, and are together more than may wait for him.
        let log = &server.ports().log.gate;
        log.shut();
        for n in 1..=64 {
            ada.says(&message("bob", n, &"x".repeat(30_000))).await;
        }
        log.reached(64).await;
        log.open();
        reading.await.unwrap();
    });
}

#[test]
fn a_burst_that_another_frame_waits_for_does_too() {
    run(async || {
        let server = Server::start().await;
        let (mut ada, mut bob) = (server.socket("ada").await, server.socket("bob").await);
        let reading = tokio::spawn(async move {
            for n in 1..=63 {
                assert_eq!(bob.hears().await["seq"], n);
            }
        });
        // All become durable at once, and are together more than may wait for him.
        let log = &server.ports().log.gate;
        log.shut();
        for n in 1..=63 {
            ada.says(&message("bob", n, &"x".repeat(30_000))).await;
        }
        ada.says(&json!({ "action": "CONVERSATIONS" })).await;
        log.reached(63).await;
        log.open();
        reading.await.unwrap();
    });
}

#[test]
fn a_history_has_what_was_sent_before_it_was_asked_for() {
    run(async || {
        let server = Server::start().await;
        let mut ada = server.socket("ada").await;
        let log = &server.ports().log.gate;
        log.shut();
        // In one write, so that the server has all before the log answers.
        let history = json!({ "action": "GETMSG", "conversationId": direct("ada", "bob") });
        for frame in [message("bob", 1, "hello"), history, json!({ "action": "PING" })] {
            ada.0.feed(frame.to_string().into()).await.unwrap();
        }
        ada.0.flush().await.unwrap();
        log.reached(1).await;
        log.open();
        assert_eq!(ada.hears().await["action"], "ACK");
        assert_eq!(ada.hears().await["messages"][0]["message"], "hello");
        assert_eq!(ada.hears().await["value"], "PONG");
    });
}

#[test]
fn a_sync_of_several_megabytes_arrives_whole() {
    const MESSAGES: usize = 200;
    run(async || {
        let server = Server::start().await;
        let mut bob = server.socket("bob").await;
        let text = "x".repeat(30_000);
        for n in 1..=MESSAGES {
            assert_eq!(bob.asks(&message("ada", n, &text)).await["action"], "ACK");
        }
        let mut ada = server.socket("ada").await;
        let conversation = direct("ada", "bob");
        ada.says(&json!({ "action": "SYNC", "cursors": { (conversation): 0 } })).await;
        let mut seqs = Vec::new();
        loop {
            let frame = ada.hears().await;
            assert_eq!(frame["action"], "SYNC", "{frame}");
            let entries = frame["entries"].as_array().unwrap();
            assert!(entries.iter().all(|entry| entry["message"] == text.as_str()));
            seqs.extend(entries.iter().map(|entry| entry["seq"].as_u64().unwrap()));
            if frame["more"] == false {
                break;
            }
        }
        assert_eq!(seqs, (1..=MESSAGES as u64).collect::<Vec<_>>());
        ada.lives().await;
    });
}

#[test]
fn whoever_does_not_read_is_closed_and_forgotten() {
    run(async || {
        let server = Server::start().await;
        let mut bob = server.socket("bob").await;
        // Small, so that little fits between the two.
        let receiving = TcpSocket::new_v4().unwrap();
        receiving.set_recv_buffer_size(4_096).unwrap();
        let stream = receiving.connect(server.address).await.unwrap();
        let mut ada = Socket::open(server.socket_request("ada"), stream).await;
        let line = {
            let lines = server.hub().lines_of(&user("ada"));
            Arc::downgrade(&lines[0])
        };
        let watching = bob.asks(&json!({ "action": "WATCH", "subs": ["ada"] })).await;
        assert_eq!(watching["value"], "1");
        // More than what waits may be and what the system may hold together.
        let text = "x".repeat(30_000);
        for n in 1..=600 {
            assert_eq!(bob.asks(&message("ada", n, &text)).await["action"], "ACK");
        }
        // The time to write is over at once.
        tokio::time::pause();
        assert_eq!(bob.hears().await["value"], "0");
        assert!(line.upgrade().is_none(), "nothing is kept of it");
        bob.lives().await;
        // What was written before is hers, and whole.
        while let Some(Ok(frame)) = ada.0.next().await {
            let frame: Value = serde_json::from_str(frame.to_text().unwrap()).unwrap();
            assert_eq!(frame["message"], text.as_str());
        }
    });
}

#[test]
fn whoever_reads_late_is_told_why_he_is_closed() {
    run(async || {
        let server = Server::start().await;
        let mut bob = server.socket("bob").await;
        let mut ada = server.socket("ada").await;
        let lines = server.hub().lines_of(&user("ada"));
        let frame = bytes::Bytes::from("\"".to_owned() + &"x".repeat(100_000) + "\"");
        // All in one turn, so that nothing of it can be written meanwhile.
        let pushed = || lines[0].outbox.push(frame.clone());
        while pushed() == aizuchi_gateway::local::Pushed::Queued {}
        assert_eq!(ada.is_closed().await, 4002);
        bob.lives().await;
    });
}

#[test]
fn whoever_writes_without_reading_stops_only_himself() {
    run(async || {
        let server = Server::start().await;
        let mut bob = server.socket("bob").await;
        let text = "x".repeat(30_000);
        for n in 1..=10 {
            assert_eq!(bob.asks(&message("ada", n, &text)).await["action"], "ACK");
        }
        let (mut write, mut read) = server.socket("ada").await.0.split();
        let asked = 100;
        let history = json!({ "action": "GETMSG", "conversationId": direct("ada", "bob") });
        let asking = async {
            for _ in 0..asked {
                write.send(history.to_string().into()).await.unwrap();
            }
        };
        asking.await;
        bob.lives().await;
        for _ in 0..asked {
            let frame = read.next().await.unwrap().unwrap();
            let frame: Value = serde_json::from_str(frame.to_text().unwrap()).unwrap();
            assert_eq!(frame["action"], "GETMSG");
        }
    });
}
