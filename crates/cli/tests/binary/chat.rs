//! Two people chat, and nothing of it is lost.

use std::time::{Duration, Instant};

use aizuchi_client::{
    Client, Event, Service,
    event::{Command, Link, To},
};
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
async fn a_client_outlives_its_connections_and_nobody_sees_it_go() {
    let (place, max_age) = (Place::new(), Duration::from_secs(4));
    let server = place.serve(&["--max-age", "4s", "--rate-limits", "off"]);
    let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
    let mut endpoint = Service::new(server.url.clone()).unwrap().endpoint().await.unwrap();
    endpoint.keep.renew_after = max_age / 2;
    let (bobs_sub, watched) = (bob.me().sub.clone(), vec![ann.me().sub.clone()]);
    let (anns, mut anns_events) = Client::start(ann, endpoint.clone());
    let (bobs, mut bobs_events) = Client::start(bob, endpoint);
    while anns_events.recv().await != Some(Event::Link(Link::Online)) {}
    bobs.command(Command::Watch { subs: watched }).await.unwrap();

    let (began, mut said) = (Instant::now(), 0_u64);
    while began.elapsed() < max_age * 2 {
        said += 1;
        anns.send(To::Person(bobs_sub.clone()), format!("message {said}")).await.unwrap();
        loop {
            match bobs_events.recv().await.unwrap() {
                Event::Message(message) => {
                    assert_eq!((message.seq, message.text), (said, format!("message {said}")));
                    break;
                }
                gone @ (Event::Link(Link::Offline { .. })
                | Event::Presence { online: false, .. }) => {
                    panic!("{gone:?} after {:?}", began.elapsed())
                }
                _ => {}
            }
        }
        while let Ok(event) = anns_events.try_recv() {
            assert!(!matches!(event, Event::Link(Link::Offline { .. })), "{event:?}");
        }
    }
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
