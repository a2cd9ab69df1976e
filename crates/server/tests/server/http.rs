//! What is asked without a socket.

use aizuchi_core::directory::{Directory, Profile};
use aizuchi_gateway::local::Rates;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::support::{Server, direct, message, run, user};

fn of(token: &str, call: RequestBuilder) -> RequestBuilder {
    call.bearer_auth(token)
}

async fn json(answer: Response) -> Value {
    answer.json().await.unwrap()
}

#[test]
fn it_is_ready_until_it_stops() {
    run(async || {
        let server = Server::start().await;
        assert_eq!(server.get("/readyz").await.status(), 200);
        assert_eq!(server.get("/healthz").await.text().await.unwrap(), "ok\n");
        // One connection stays in progress, so that there is somebody to ask.
        server.gate.shut();
        let held = tokio::spawn(server.call("GET", "/gate").send());
        server.gate.reached(1).await;
        let mut ada = server.socket("ada").await;
        server.shut_down();
        assert_eq!(ada.is_closed().await, 1001);
        assert!(server.call("GET", "/readyz").send().await.is_err());
        server.gate.open();
        assert_eq!(held.await.unwrap().unwrap().status(), 200);
    });
}

#[test]
fn the_application_is_told_where_things_are() {
    run(async || {
        let server = Server::start().await;
        let answer = server.get("/config.json").await;
        assert_eq!(answer.headers()["cache-control"], "no-cache");
        let config = json!({ "socketUrl": "/ws", "httpUrl": "/", "auth": { "kind": "builtin" },
            "tokenIn": "subprotocol", "idleReleaseSeconds": 0 });
        assert_eq!(json(answer).await, config);
    });
}

#[test]
fn people_are_found_by_name_and_id() {
    run(async || {
        let server = Server::start().await;
        for path in ["/api/users?name=BOB", "/api/users?name=bob", "/api/users/bob"] {
            let answer = of("ada", server.call("GET", path)).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{path}");
            assert_eq!(json(answer).await, json!({ "sub": "bob", "username": "BOB" }));
        }
    });
}

#[test]
fn a_lookup_that_fails_says_why() {
    run(async || {
        let server = Server::start().await;
        for (path, status, code) in [
            ("/api/users?name=nobody", 404, "not_found"),
            ("/api/users?name=", 404, "not_found"),
            ("/api/users/nobody", 404, "not_found"),
            ("/api/users/%00", 404, "not_found"),
            ("/api/users", 400, "invalid_request"),
        ] {
            let answer = of("ada", server.call("GET", path)).send().await.unwrap();
            assert_eq!(answer.status(), status, "{path}");
            assert_eq!(json(answer).await["code"], code, "{path}");
        }
    });
}

#[test]
fn people_are_shown_to_people_only() {
    run(async || {
        let server = Server::start().await;
        for path in ["/api/users?name=BOB", "/api/users/bob", "/api/users/nobody", "/api/users"] {
            let answer = server.get(path).await;
            assert_eq!(answer.headers()["www-authenticate"], "Bearer");
            assert_eq!(
                (answer.status().as_u16(), json(answer).await["code"].take()),
                (401, "unauthorized".into())
            );
            for token in ["forged", "old"] {
                let answer = of(token, server.call("GET", path)).send().await.unwrap();
                assert_eq!(answer.status(), 401, "{path} with a token that is {token}");
            }
        }
    });
}

#[test]
fn too_many_lookups_are_told_when_to_come_back() {
    run(async || {
        let server = Server::with(|options| options.rates = Some(Rates::default())).await;
        for n in 0..=300 {
            let profile = Profile { user: user(&format!("p{n}")), username: "P".into() };
            server.ports().directory.remember(&profile).await.unwrap();
        }
        let look = |n: usize| of("ada", server.call("GET", &format!("/api/users/p{n}"))).send();
        for n in 0..300 {
            assert_eq!(look(n).await.unwrap().status(), 200);
        }
        // So long that asking itself is allowed again.
        server.ports().clock.advance(60_000);
        let answer = look(300).await.unwrap();
        assert_eq!(answer.status(), 429);
        assert_eq!(answer.headers()["retry-after"], "3540");
        assert_eq!(json(answer).await["retryAfterMs"], 3_540_000);
    });
}

#[test]
fn calls_from_other_origins_are_for_those_that_are_known() {
    run(async || {
        let server = Server::start().await;
        let from = |origin: &'static str| {
            of("ada", server.call("GET", "/api/users/bob")).header("origin", origin).send()
        };
        for origin in ["https://chat.example", "https://shop.example"] {
            let answer = from(origin).await.unwrap();
            assert_eq!(answer.status(), 200);
            assert_eq!(answer.headers()["access-control-allow-origin"], origin);
        }
        let preflight = server.call("OPTIONS", "/api/users/bob");
        let preflight = preflight.header("origin", "https://shop.example");
        let answer = preflight.header("access-control-request-method", "GET").send().await.unwrap();
        assert_eq!(answer.status(), 204);
        assert_eq!(answer.headers()["access-control-allow-methods"], "GET, POST, PUT, DELETE");
        let answer = from("https://evil.example").await.unwrap();
        assert!(!answer.headers().contains_key("access-control-allow-origin"));
        assert_eq!(answer.status(), 403);
    });
}

#[test]
fn every_answer_carries_the_headers_of_safety() {
    run(async || {
        let server = Server::start().await;
        for (method, path, status) in [
            ("GET", "/healthz", 200),
            ("GET", "/config.json", 200),
            ("GET", "/echo", 405),
            ("POST", "/healthz", 405),
            ("POST", "/", 405),
            ("GET", "/ws", 426),
            ("GET", "/api/users/bob", 401),
            ("GET", "/api/nothing", 404),
            ("GET", "/assets/nothing.js", 404),
        ] {
            let answer = server.call(method, path).send().await.unwrap();
            assert_eq!(answer.status(), status, "{method} {path}");
            assert_safe(&answer);
            // Nobody looks into what a script or picture that is not there says.
            if status >= 400 && !path.starts_with("/assets") {
                let error = json(answer).await;
                assert!(error["code"].is_string() && error["error"].is_string(), "{error}");
            }
        }
        // The page, or what stands for it where the server was built without.
        assert_safe(&server.get("/").await);
    });
}

fn assert_safe(answer: &Response) {
    let headers = answer.headers();
    let policy = headers["content-security-policy"].to_str().unwrap();
    for directive in [
        "default-src 'none'",
        "script-src 'self';",
        "connect-src 'self' wss://chat.example;",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(directive), "{policy}");
    }
    assert_eq!(headers["strict-transport-security"], "max-age=31536000");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["x-frame-options"], "DENY");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
    assert!(headers.contains_key("permissions-policy"));
}

#[test]
fn a_body_has_a_limit() {
    run(async || {
        let server = Server::start().await;
        let echo = |size| server.call("POST", "/echo").body("x".repeat(size)).send();
        assert_eq!(echo(64 * 1024).await.unwrap().status(), 200);
        assert_eq!(echo(64 * 1024 + 1).await.unwrap().status(), 413);
    });
}

#[test]
fn an_address_is_forwarded_by_trusted_proxies_only() {
    run(async || {
        let asked = async |server: &Server| {
            let call = server.call("GET", "/address").header("x-forwarded-for", "192.0.2.1");
            call.send().await.unwrap().text().await.unwrap()
        };
        let alone = Server::start().await;
        assert_eq!(asked(&alone).await, "127.0.0.1");
        let behind = Server::with(|options| {
            options.settings.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        })
        .await;
        assert_eq!(asked(&behind).await, "192.0.2.1");
        let direct = behind.get("/address").await.text().await.unwrap();
        assert_eq!(direct, "127.0.0.1");
    });
}

#[test]
fn a_sync_without_a_line_goes_on_where_it_ended() {
    run(async || {
        let server = Server::start().await;
        let mut bob = server.socket("bob").await;
        for number in 1..=50 {
            bob.asks(&message("ada", number, &"x".repeat(30_000))).await;
        }
        let (mut seqs, mut calls, mut more) = (Vec::<u64>::new(), 0, true);
        while more {
            let cursors = json!({ direct("ada", "bob"): seqs.last().copied().unwrap_or(0) });
            let frame = json!({ "action": "SYNC", "since": "0", "cursors": cursors });
            let call = of("ada", server.call("POST", "/api/frames")).body(frame.to_string());
            let answer = json(call.send().await.unwrap()).await;
            let events = answer["events"].as_array().unwrap();
            for entry in events.iter().flat_map(|frame| frame["entries"].as_array().unwrap()) {
                seqs.push(entry["seq"].as_u64().unwrap());
            }
            (more, calls) = (events.last().unwrap()["more"].as_bool().unwrap(), calls + 1);
        }
        assert_eq!(seqs, (1..=50).collect::<Vec<_>>());
        assert_eq!(calls, 2, "an answer has its limit");
    });
}
