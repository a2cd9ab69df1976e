//! People who are away are told by a running server; and never inside.

use aizuchi_client::Account;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    server::{PATIENCE, Place, Server},
    socket::Socket,
};

const P256DH: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";

async fn call(
    server: &Server,
    of: &Account,
    method: Method,
    path: &str,
    body: Value,
) -> StatusCode {
    let call = Client::new().request(method, server.url.join(path).unwrap());
    let token = of.token().await.unwrap();
    call.bearer_auth(token).json(&body).send().await.unwrap().status()
}

/// Has a browser of somebody's subscribe, at a name that leads to this machine.
async fn subscribe(server: &Server, who: &Account) {
    let body = json!({ "endpoint": "https://localhost/push",
        "keys": { "p256dh": P256DH, "auth": "BTBZMqHH6r4Tts7J_aSIgg" } });
    let put = call(server, who, Method::PUT, "/api/push/subscriptions", body).await;
    assert_eq!(put, StatusCode::NO_CONTENT, "what a name leads to is known later");
}

/// What became of the pushes, once something did.
async fn figures(server: &Server) -> String {
    let url = server.metrics.clone().unwrap();
    let asked = async {
        loop {
            let metrics = reqwest::get(&url).await.unwrap().text().await.unwrap();
            let figures = metrics.lines().filter(|line| line.starts_with("aizuchi_web_pushes_"));
            let figures: Vec<_> = figures.filter(|line| !line.ends_with(" 0")).collect();
            if !figures.is_empty() {
                return figures.join("\n");
            }
        }
    };
    timeout(PATIENCE, asked).await.expect("a push")
}

#[tokio::test]
async fn a_push_to_a_name_of_this_machine_is_not_sent() {
    let place = Place::new();
    let server = place.serve(&["--metrics-listen=127.0.0.1:0", "--outbound-allow=10.0.0.0/8"]);
    let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
    subscribe(&server, &bob).await;
    let mut anns = Socket::open(&server, &ann).await;
    anns.send(json!({
        "action": "SENDMSG", "toSub": bob.me().sub, "message": "hi", "clientMsgId": "c1"
    }))
    .await;
    anns.expect("ACK").await;
    assert_eq!(figures(&server).await, "aizuchi_web_pushes_forbidden 1");
    // What was refused is subscribed no more, and nobody hears where it was.
    let log = place.log();
    assert!(log.contains("may not be connected to"), "{log}");
    assert!(!log.contains("localhost/push"), "{log}");
}

#[tokio::test]
async fn the_key_outlives_the_server() {
    let place = Place::new();
    let key = async |server: &Server, who: &Account| {
        let url = server.url.join("/api/push/key").unwrap();
        let token = who.token().await.unwrap();
        let answer = Client::new().get(url).bearer_auth(token).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["key"].as_str().unwrap().to_owned()
    };
    let server = place.serve(&[]);
    let first = key(&server, &server.sign_up("ann").await).await;
    server.kill();
    let server = place.serve(&[]);
    assert_eq!(key(&server, &server.sign_in("ann").await).await, first);
}
