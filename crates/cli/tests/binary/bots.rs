//! Bots: their keys on the command line, and what a server lets them do.

use std::process::Output;

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    server::{PASSWORD, Place, Server, text},
    socket::Socket,
};

/// Calls with a key.
async fn call(
    server: &Server,
    method: Method,
    path: &str,
    key: &str,
    body: Option<Value>,
) -> (StatusCode, Value) {
    // Refused where the process has one already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut call = Client::new().request(method, server.url.join(path).unwrap()).bearer_auth(key);
    if let Some(body) = body {
        call = call.json(&body);
    }
    let answer = call.send().await.unwrap();
    (answer.status(), answer.json().await.unwrap_or_default())
}

async fn get(server: &Server, path: &str, key: &str) -> (StatusCode, Value) {
    call(server, Method::GET, path, key, None).await
}

/// Makes a key, and gives its secret and what was told with it.
fn make(place: &Place, more: &[&str]) -> (String, Value) {
    let create = ["user", "key", "create", "helper", "--json"];
    let made = place.run(&[&create[..], more].concat(), "");
    assert!(made.status.success(), "{}", text(&made.stderr));
    let told: Value = serde_json::from_slice(&made.stdout).unwrap();
    (told["key"].as_str().unwrap().to_owned(), told)
}

fn fails(done: &Output, saying: &str) {
    assert!(!done.status.success(), "{}", text(&done.stdout));
    let told = text(&done.stderr);
    assert!(told.contains(saying), "{told}");
}

#[tokio::test]
async fn keys_are_made_listed_and_revoked_beside_the_server() {
    let place = Place::new();
    let server = place.serve(&[]);
    fails(&place.run(&["user", "key", "create", "helper"], ""), "--new adds a bot of this name");
    let (key, told) = make(&place, &["--new", "--expires-in", "90d"]);
    assert!(key.starts_with("aizuchi_") && key.len() == 51, "{key}");
    let life = told["expiresAt"].as_u64().unwrap() - told["createdAt"].as_u64().unwrap();
    assert_eq!(life, 90 * 24 * 60 * 60 * 1_000);
    fails(&place.run(&["user", "key", "create", "helper"], ""), "a key called default");
    fails(&place.run(&["user", "key", "create", "helper", "--new"], ""), "taken");

    let (other, _) = make(&place, &["--name", "at home"]);
    let who = call(&server, Method::POST, "api/introduction", &other, None).await;
    assert_eq!(who, (StatusCode::OK, json!({ "sub": told["sub"], "username": "helper" })));

    let listed = place.run(&["user", "key", "list", "helper", "--json"], "");
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let names: Vec<&Value> = listed.as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["at home", "default"]);
    assert!(listed[0]["lastUsedAt"].is_u64() && listed[1]["lastUsedAt"].is_null(), "{listed}");
    assert!(!listed.to_string().contains(&key[8..]), "a key is shown once");
    let table = text(&place.run(&["user", "key", "list", "helper"], "").stdout);
    assert!(table.contains("at home") && !table.contains(&key[8..]), "{table}");

    assert!(place.run(&["user", "key", "revoke", "helper"], "").status.success());
    let refused = call(&server, Method::POST, "api/introduction", &key, None).await;
    assert_eq!((refused.0, &refused.1["code"]), (StatusCode::UNAUTHORIZED, &json!("unauthorized")));
    let kept = call(&server, Method::POST, "api/introduction", &other, None).await;
    assert_eq!(kept.0, StatusCode::OK);
    fails(&place.run(&["user", "key", "revoke", "helper"], ""), "no key called default");
    fails(&place.run(&["user", "key", "revoke", "nobody"], ""), "nobody is called nobody");
    assert!(!place.log().contains(&key[8..]) && !place.log().contains(&other[8..]));
}

#[tokio::test]
async fn a_revoked_keys_socket_is_closed_and_its_poll_ends() {
    let place = Place::new();
    let server = place.serve(&[]);
    let (key, _) = make(&place, &["--new"]);
    let (other, _) = make(&place, &["--name", "other"]);
    let (mut lost, mut kept) =
        (Socket::with_token(&server, &key).await, Socket::with_token(&server, &other).await);
    let (status, opened) = get(&server, "api/events?after=now&wait=25", &key).await;
    assert_eq!(status, StatusCode::OK, "{opened}");
    let after = opened["after"].as_str().unwrap();
    let next = format!("api/events?after={after}&wait=25");
    let (revoked, ended) = tokio::join!(
        async {
            tokio::task::spawn_blocking(move || {
                let done = place.run(&["user", "key", "revoke", "helper"], "");
                (done, place)
            })
            .await
            .unwrap()
        },
        get(&server, &next, &key)
    );
    assert!(revoked.0.status.success());
    // The poll was under way, or came too late.
    let (status, told) = ended;
    assert!(told["closed"] == 4001 || status == StatusCode::UNAUTHORIZED, "{status} {told}");
    assert_eq!(lost.closed().await, Some(4001));
    kept.send(json!({ "action": "PING" })).await;
    assert_eq!(kept.expect("PING").await["value"], "PONG");

    assert!(revoked.1.run(&["user", "disable", "helper"], "").status.success());
    assert_eq!(kept.closed().await, Some(4001), "whoever is disabled has no keys");
    assert_eq!(get(&server, "api/conversations", &other).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_key_is_no_account() {
    let place = Place::new();
    let server = place.serve(&[]);
    let (key, _) = make(&place, &["--new"]);
    for (method, path, body) in [
        (Method::GET, "api/me", None),
        (Method::DELETE, "api/me", Some(json!({ "password": PASSWORD }))),
        (Method::GET, "api/sessions", None),
        (Method::DELETE, "api/sessions", None),
        (Method::GET, "oauth2/userInfo", None),
        (
            Method::POST,
            "api/auth/password",
            Some(json!({ "current": PASSWORD, "next": "another evening" })),
        ),
    ] {
        let (status, told) = call(&server, method.clone(), path, &key, body).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}: {told}");
    }
    // Nor does anybody sign in as a bot, or take its name.
    for path in ["api/auth/signin", "auth"] {
        for password in ["", PASSWORD, "helper"] {
            let who = json!({ "user": "helper", "password": password });
            let (status, _) = call(&server, Method::POST, path, &key, Some(who)).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
        }
    }
    let who = json!({ "user": "Helper", "password": PASSWORD });
    let (status, _) = call(&server, Method::POST, "api/auth/signup", &key, Some(who)).await;
    assert_eq!(status, StatusCode::CONFLICT);
    for bad in ["aizuchi_", "aizuchi_x", &key[..50], &format!("{key}A"), &key[8..]] {
        assert_eq!(
            get(&server, "api/conversations", bad).await.0,
            StatusCode::UNAUTHORIZED,
            "{bad}"
        );
    }
}

#[tokio::test]
async fn a_webhook_is_set_shown_and_removed_beside_the_server() {
    let place = Place::new();
    let server = place.serve(&[
        "--metrics-listen=127.0.0.1:0",
        "--outbound-allow=10.0.0.0/8",
        "--rate-limits=off",
    ]);
    let hook = |more: &[&str]| place.run(&[&["user", "hook"], more].concat(), "");
    let show = || {
        let shown = hook(&["show", "helper", "--json"]);
        serde_json::from_slice::<Value>(&shown.stdout).unwrap_or_default()
    };
    fails(&hook(&["set", "helper", "https://x.example/"]), "nobody is called helper");
    let (key, told) = make(&place, &["--new"]);
    fails(&hook(&["show", "helper"]), "no webhook");
    for bad in ["ftp://x.example/", "nothing", "https://me@x.example/", "mailto:a@x.example"] {
        fails(&hook(&["set", "helper", bad]), "no https or http address");
    }
    // On this machine, which no server posts to.
    let set = hook(&["set", "helper", "http://localhost:9/secret-place", "--json"]);
    let set: Value = serde_json::from_slice(&set.stdout).unwrap();
    assert!(set["secret"].as_str().unwrap().starts_with("whsec_"), "{set}");
    assert_eq!(show()["failingSince"], Value::Null);
    assert!(show()["secret"].is_null(), "it is shown once");

    let ann = server.sign_up("ann").await;
    let mut anns = Socket::open(&server, &ann).await;
    // It begins with what is said after the server has noticed it.
    for number in 0.. {
        anns.send(json!({ "action": "SENDMSG", "toSub": told["sub"], "message": "hi",
            "clientMsgId": format!("c{number}") }))
            .await;
        anns.expect("ACK").await;
        if show()["failingSince"].is_u64() {
            break;
        }
    }
    let metrics = server.metrics.clone().unwrap();
    let metrics = reqwest::get(metrics).await.unwrap().text().await.unwrap();
    let failed = metrics.lines().find(|line| line.starts_with("aizuchi_webhooks_failed "));
    assert!(failed.is_some_and(|line| !line.ends_with(" 0")), "{metrics}");
    let log = place.log();
    assert!(log.contains("a webhook does not take what it is sent"), "{log}");
    assert!(log.contains("may not be connected to"), "{log}");
    assert!(!log.contains("secret-place") && !log.contains(&key[8..]), "{log}");
    assert!(text(&hook(&["show", "helper"]).stdout).contains("It has not taken all since"));

    assert!(place.run(&["user", "disable", "helper"], "").status.success());
    assert!(show()["disabledAt"].is_u64(), "{}", show());
    assert!(hook(&["remove", "helper"]).status.success());
    fails(&hook(&["remove", "helper"]), "no webhook");
}
