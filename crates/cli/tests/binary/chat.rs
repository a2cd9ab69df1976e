//! Two people chat, and nothing of it is lost.

use serde_json::{Value, json};

use crate::{
    server::{PASSWORD, Place},
    socket::Socket,
};

fn message(to: &str, text: &str, id: &str) -> Value {
    json!({ "action": "SENDMSG", "toSub": to, "message": text, "clientMsgId": id })
}

#[tokio::test]
async fn what_was_said_is_there_after_a_restart_and_a_resend_adds_nothing() {
    let place = Place::new();
    let server = place.serve(&[]);
    let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
    let bobs_sub = &*bob.me().sub;
    let mut anns = Socket::open(&server, &ann).await;
    let mut bobs = Socket::open(&server, &bob).await;

    anns.send(message(bobs_sub, "hello 🌙", "c1")).await;
    let ack = anns.expect("ACK").await;
    assert_eq!(ack["seq"], 1);
    let delivered = bobs.expect("SENDMSG").await;
    assert_eq!(delivered["message"], "hello 🌙");
    assert_eq!(delivered["fromSub"], *ann.me().sub);
    assert_eq!(delivered["messageId"], ack["messageId"]);

    server.terminate();
    let going_away = Some(1001);
    assert_eq!((anns.closed().await, bobs.closed().await), (going_away, going_away));
    assert!(server.wait().success());

    let server = place.serve(&[]);
    let (ann, bob) = (server.sign_in("ann").await, server.sign_in("bob").await);
    let mut anns = Socket::open(&server, &ann).await;
    let mut bobs = Socket::open(&server, &bob).await;
    bobs.send(json!({ "action": "GETMSG", "conversationId": ack["conversationId"] })).await;
    let page = bobs.expect("GETMSG").await;
    assert_eq!(page["messages"][0]["message"], "hello 🌙");
    assert_eq!(page["messages"][0]["messageId"], ack["messageId"]);
    anns.send(message(bobs_sub, "hello 🌙", "c1")).await;
    assert_eq!(anns.expect("ACK").await["messageId"], ack["messageId"]);
    anns.send(message(bobs_sub, "and good night", "c2")).await;
    assert_eq!(anns.expect("ACK").await["seq"], 2);
}

#[tokio::test]
async fn no_log_holds_a_secret_or_a_message() {
    let place = Place::new();
    let server = place.serve(&["--log-level", "debug", "--log-format", "json"]);
    let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
    let token = ann.token().await.unwrap();
    let mut anns = Socket::open(&server, &ann).await;
    anns.send(message(&bob.me().sub, "between us", "c1")).await;
    anns.expect("ACK").await;
    anns.send(json!({ "action": "nonsense between us" })).await;
    anns.expect("ERROR").await;
    server.terminate();
    assert!(server.wait().success());
    let log = place.log();
    assert!(log.lines().count() > 1, "{log}");
    for line in log.lines() {
        let _: Value = serde_json::from_str(line).unwrap();
    }
    for secret in [PASSWORD, &token, "between us"] {
        assert!(!log.contains(secret), "{log}");
    }
}
