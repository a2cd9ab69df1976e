//! Who may open a socket.

use reqwest::{Response, header::HeaderMap};
use serde_json::{Value, json};
use tokio_tungstenite::{client_async, tungstenite::client::IntoClientRequest};

use crate::support::{Server, Socket, run};

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// Asks for a socket, with the request's usual headers but for those that are
/// given; an empty one is left out.
async fn ask(server: &Server, path: &str, headers: &[(&'static str, &str)]) -> Response {
    let mut all = HeaderMap::new();
    for (name, value) in [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", KEY),
    ] {
        all.insert(name, value.parse().unwrap());
    }
    for (name, value) in headers {
        all.insert(*name, value.parse().unwrap());
        if value.is_empty() {
            all.remove(*name);
        }
    }
    server.call("GET", path).headers(all).send().await.unwrap()
}

/// Asserts that it was refused so, in the words of every call.
async fn refused(answer: Response, status: u16, code: &str) {
    assert_eq!(answer.status(), status);
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["code"], code, "{body}");
    assert!(body["error"].as_str().unwrap().ends_with('.'), "{body}");
}

async fn accepted(answer: Response) -> HeaderMap {
    assert_eq!(answer.status(), 101);
    assert_eq!(answer.headers()["sec-websocket-accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    answer.headers().clone()
}

#[test]
fn a_token_comes_in_the_subprotocols() {
    run(async || {
        let server = Server::start().await;
        let mut ada = server.socket("ada").await;
        ada.lives().await;
        let of_level_one = json!({ "action": "CONVERSATIONS" });
        assert_eq!(ada.asks(&of_level_one).await["action"], "CONVERSATIONS");
    });
}

#[test]
fn a_page_of_level_zero_sends_its_token_in_the_query() {
    run(async || {
        let server = Server::start().await;
        let bob = server.socket("bob").await;
        let query = "Authorizer=ada&selfSub=ada&sub=bob&connectionType=chat";
        let url = format!("ws://{}/ws?{query}", server.address);
        let mut ada = Socket::open(url.into_client_request().unwrap(), server.tcp().await).await;
        let of_level_one = json!({ "action": "CONVERSATIONS" });
        assert_eq!(ada.asks(&of_level_one).await["action"], "ERROR");
        bob.leaves().await;
        assert_eq!(ada.hears().await, json!({ "action": "ISONLINE", "value": "0" }));
    });
}

#[test]
fn a_made_up_partner_is_nobody() {
    run(async || {
        let server = Server::start().await;
        for sub in ["", "%00", "nobody"] {
            let path = format!("/ws?Authorizer=ada&sub={sub}");
            accepted(ask(&server, &path, &[]).await).await;
        }
    });
}

#[test]
fn the_protocol_is_answered_where_it_is_offered() {
    run(async || {
        let server = Server::start().await;
        let offered = [("sec-websocket-protocol", "aizuchi.token.ada,aizuchi.1")];
        let headers = accepted(ask(&server, "/ws", &offered).await).await;
        assert_eq!(headers["sec-websocket-protocol"], "aizuchi.1");
        let others = [("sec-websocket-protocol", "chat, aizuchi.2")];
        let headers = accepted(ask(&server, "/ws?Authorizer=ada", &others).await).await;
        assert!(!headers.contains_key("sec-websocket-protocol"));
    });
}

#[test]
fn without_a_good_token_there_is_no_socket() {
    run(async || {
        let server = Server::start().await;
        for path in ["/ws", "/ws?Authorizer=", "/ws?Authorizer=forged", "/ws?Authorizer=old"] {
            refused(ask(&server, path, &[]).await, 401, "unauthorized").await;
        }
        for protocols in ["aizuchi.1", "aizuchi.token.", "aizuchi.1, aizuchi.token.forged"] {
            let headers = [("sec-websocket-protocol", protocols)];
            refused(ask(&server, "/ws?level=1", &headers).await, 401, "unauthorized").await;
        }
        refused(ask(&server, "/ws?Authorizer=unknown", &[]).await, 503, "unavailable").await;
        assert_eq!(server.hub().open_lines(), 0);
    });
}

#[test]
fn nobody_is_taken_for_somebody_else() {
    run(async || {
        let server = Server::start().await;
        let answer = ask(&server, "/ws?Authorizer=ada&selfSub=bob", &[]).await;
        refused(answer, 403, "forbidden").await;
        let answer = ask(&server, "/ws?Authorizer=ada&selfSub=", &[]).await;
        refused(answer, 403, "forbidden").await;
    });
}

#[test]
fn pages_of_unknown_origins_are_refused() {
    run(async || {
        let server = Server::start().await;
        for origin in ["https://evil.example", "null", "https://chat.example.evil.example"] {
            let answer = ask(&server, "/ws?Authorizer=ada", &[("origin", origin)]).await;
            refused(answer, 403, "forbidden").await;
        }
        for origin in ["https://chat.example", "https://shop.example"] {
            accepted(ask(&server, "/ws?Authorizer=ada", &[("origin", origin)]).await).await;
        }
    });
}

#[test]
fn a_request_for_no_socket_is_told_so() {
    run(async || {
        let server = Server::start().await;
        for without in ["connection", "upgrade"] {
            let answer = ask(&server, "/ws?Authorizer=ada", &[(without, "")]).await;
            assert_eq!(answer.headers()["upgrade"], "websocket");
            refused(answer, 426, "invalid_request").await;
        }
        for (name, value) in [
            ("sec-websocket-version", "8"),
            ("sec-websocket-version", ""),
            ("sec-websocket-key", ""),
        ] {
            let answer = ask(&server, "/ws?Authorizer=ada", &[(name, value)]).await;
            refused(answer, 400, "invalid_request").await;
        }
        assert_eq!(server.call("POST", "/ws").send().await.unwrap().status(), 405);
    });
}

#[test]
fn frames_may_come_with_the_request() {
    run(async || {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let server = Server::start().await;
        let mut stream = server.tcp().await;
        // A masked ping of no bytes, right behind the head.
        let head = format!(
            "GET /ws?Authorizer=ada HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\n\
             upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: {KEY}\r\n\r\n"
        );
        let request = [head.as_bytes(), &[0x89, 0x80, 0, 0, 0, 0]].concat();
        stream.write_all(&request).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(&[0x8a, 0x00]) {
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "no pong came");
        }
        assert!(answer.starts_with(b"HTTP/1.1 101 "));
    });
}

#[test]
fn the_client_library_is_content_with_the_answer() {
    run(async || {
        let server = Server::start().await;
        let request = server.socket_request("ada");
        let (_, answer) = client_async(request, server.tcp().await).await.unwrap();
        assert_eq!(answer.headers()["sec-websocket-protocol"], "aizuchi.1");
    });
}
