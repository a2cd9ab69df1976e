//! What an operator sees of a running server.

use aizuchi_wire::CloseCode;
use serde_json::{Value, json};

use crate::{
    server::{Place, Server},
    socket::Socket,
};

async fn get(server: &Server, path: &str) -> (u16, String) {
    let answer = reqwest::get(server.url.join(path).unwrap()).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn figure(metrics: &str, name: &str) -> u64 {
    let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.unwrap_or_else(|| panic!("no {name}: {metrics}")).parse().unwrap()
}

#[tokio::test]
async fn metrics_are_on_a_listener_of_their_own() {
    let place = Place::new();
    let server = place.serve(&["--metrics-listen=127.0.0.1:0"]);
    let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
    let mut anns = Socket::open(&server, &ann).await;
    anns.send(json!({
        "action": "SENDMSG", "toSub": bob.me().sub, "message": "hi", "clientMsgId": "c1"
    }))
    .await;
    anns.expect("ACK").await;
    let url = server.metrics.clone().unwrap();
    let metrics = reqwest::get(url).await.unwrap().text().await.unwrap();
    assert_eq!(figure(&metrics, "aizuchi_sockets"), 1);
    assert_eq!(figure(&metrics, "aizuchi_messages_total"), 1);
    assert!(figure(&metrics, "process_resident_memory_bytes") > 1 << 20);
    assert_ne!(get(&server, "/metrics").await.1, metrics);
    assert_eq!(get(&server, "/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(get(&server, "/readyz").await, (200, "ready\n".to_owned()));
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let place = Place::new();
    let server = place.serve(&["--drain-timeout=10m"]);
    let ann = server.sign_up("ann").await;
    // One that answers a close, and one that never reads, for which a drain waits.
    let mut prompt = Socket::open(&server, &ann).await;
    let _deaf = Socket::open(&server, &ann).await;
    server.terminate();
    assert_eq!(prompt.closed().await, Some(CloseCode::GoingAway.number()));
    server.terminate();
    assert_eq!(server.wait().code(), Some(130));
}

#[tokio::test]
async fn another_issuer_signs_people_in() {
    let (home, abroad) = (Place::new(), Place::new());
    let issuer = home.serve(&[]);
    let url = format!("--issuer={}", issuer.url.as_str().trim_end_matches('/'));
    let server = abroad.serve(&[&url, "--issuer-client-id=aizuchi-web"]);

    let config: Value = serde_json::from_str(&get(&server, "/config.json").await.1).unwrap();
    assert_eq!(config["auth"]["kind"], "oidc");
    assert_eq!(config["auth"]["clientId"], "aizuchi-web");
    let authorize = config["auth"]["authorizeUrl"].as_str().unwrap();
    assert!(authorize.starts_with(issuer.url.join("oauth2/authorize?").unwrap().as_str()));
    let (ann, bob) = (issuer.sign_up("ann").await, issuer.sign_up("bob").await);
    let mut anns = Socket::open(&server, &ann).await;
    let mut bobs = Socket::open(&server, &bob).await;
    anns.send(json!({
        "action": "SENDMSG", "toSub": bob.me().sub, "message": "hi", "clientMsgId": "c1"
    }))
    .await;
    assert_eq!(bobs.expect("SENDMSG").await["fromSub"], *ann.me().sub);
    let foreign = aizuchi_client::Service::new(server.url.clone()).unwrap();
    assert!(foreign.sign_up("cleo", "a long night").await.is_err());
}
