//! The web application, whether or not the server was built with it.

use reqwest::Response;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{Server, run};

async fn told(answer: Response) -> (u16, String) {
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[test]
fn the_path_of_a_page_is_the_page() {
    run(async || {
        let server = Server::start().await;
        let page = told(server.get("/").await).await;
        assert!(page.1.contains("<html") || page.1.contains("make build"), "{}", page.1);
        for path in ["/c/bob", "/signed-in", "/settings/", "/c/%E7%9B%B8%E6%A7%8C?x=1.2"] {
            assert_eq!(told(server.get(path).await).await, page, "{path}");
        }
    });
}

#[test]
fn what_is_missing_is_no_page() {
    run(async || {
        let server = Server::start().await;
        for path in ["/nothing.js", "/assets/nothing", "/assets/nothing.css", "/.git/config"] {
            assert_eq!(told(server.get(path).await).await, (404, String::new()), "{path}");
        }
    });
}

#[test]
fn an_unknown_call_is_told_so() {
    run(async || {
        let server = Server::start().await;
        for method in ["GET", "POST", "DELETE"] {
            for path in ["/api", "/api/", "/api/nothing", "/api/auth/nothing"] {
                let answer = server.call(method, path).send().await.unwrap();
                assert_eq!(answer.status(), 404, "{method} {path}");
                let body: Value = answer.json().await.unwrap();
                assert_eq!(body["code"], "not_found");
            }
        }
    });
}

#[test]
fn a_head_is_a_get_without_its_body() {
    run(async || {
        let server = Server::start().await;
        for path in ["/", "/c/bob", "/nothing.js", "/healthz"] {
            let get = server.get(path).await;
            let head = server.call("HEAD", path).send().await.unwrap();
            assert_eq!(head.status(), get.status(), "{path}");
            for name in ["content-type", "content-length", "etag", "cache-control"] {
                assert_eq!(head.headers().get(name), get.headers().get(name), "{path}: {name}");
            }
            assert_eq!(head.bytes().await.unwrap(), "");
        }
    });
}

#[test]
fn the_page_is_only_read() {
    run(async || {
        let server = Server::start().await;
        for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
            let answer = server.call(method, "/c/bob").send().await.unwrap();
            assert_eq!(answer.status(), 405, "{method}");
        }
    });
}

/// Paths that no well-behaved client would send, as they are.
#[test]
fn no_path_leads_out() {
    run(async || {
        let server = Server::start().await;
        for path in [
            "/../../../crates/server/Cargo.toml",
            "/..%2f..%2f..%2fcrates%2fserver%2fCargo.toml",
            "/assets/../../package.json",
            "/%2e%2e/package.json",
            "/..\\package.json",
            "//etc/passwd",
            "/%2fetc/passwd",
            "/assets/..%5c..%5cpackage.json",
        ] {
            let mut stream = server.tcp().await;
            let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            for secret in ["[package]", "\"name\":", "root:"] {
                assert!(!answer.contains(secret), "{path}: {answer}");
            }
            assert!(answer.starts_with("HTTP/1.1 "), "{path}: {answer}");
        }
        assert_eq!(server.get("/healthz").await.status(), 200);
    });
}
