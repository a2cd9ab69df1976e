//! More connections, or frames, than the operator allows.

use aizuchi_gateway::local::Rate;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{Server, run};

/// Whether a new connection is served.
async fn is_served(server: &Server) -> bool {
    let mut stream = server.tcp().await;
    let request = b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let mut answer = Vec::new();
    // A connection that is dropped may fail at either.
    let _ = stream.write_all(request).await;
    let _ = stream.read_to_end(&mut answer).await;
    answer.starts_with(b"HTTP/1.1 200 ")
}

#[test]
fn over_the_limit_a_connection_is_dropped_until_another_ends() {
    run(async || {
        let server = Server::with(|options| options.settings.max_connections = 2).await;
        let mut ada = server.socket("ada").await;
        let bob = server.socket("bob").await;
        assert!(!is_served(&server).await);
        ada.lives().await;
        bob.leaves().await;
        assert!(is_served(&server).await);
        let mut cyd = server.socket("cyd").await;
        assert!(!is_served(&server).await);
        for socket in [&mut ada, &mut cyd] {
            socket.lives().await;
        }
    });
}

#[test]
fn a_refused_socket_takes_no_place() {
    run(async || {
        let server = Server::with(|options| options.settings.max_connections = 1).await;
        for _ in 0..3 {
            assert!(is_served(&server).await);
            let request = server.socket_request("forged");
            let refused = tokio_tungstenite::client_async(request, server.tcp().await).await;
            assert!(refused.is_err());
        }
        server.socket("ada").await.lives().await;
    });
}

#[test]
fn whoever_goes_on_far_too_fast_is_closed() {
    run(async || {
        let flood = Some(Rate { every_ms: 60_000, burst: 5 });
        let server = Server::with(|options| options.settings.flood = flood).await;
        let (mut ada, mut bob) = (server.socket("ada").await, server.socket("bob").await);
        for _ in 0..5 {
            ada.asks(&json!({ "action": "PING" })).await;
        }
        ada.says(&json!({ "action": "PING" })).await;
        assert_eq!(ada.is_closed().await, 4006);
        bob.lives().await;
    });
}
