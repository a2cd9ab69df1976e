//! `aizuchi user`, while the server runs.

use aizuchi_client::Service;
use aizuchi_wire::{CloseCode, ErrorCode};
use serde_json::Value;

use crate::{
    server::{PASSWORD, Place, Server, text},
    socket::Socket,
};

async fn refusal(server: &Server, name: &str, password: &str) -> Option<ErrorCode> {
    let service = Service::new(server.url.clone()).unwrap();
    service.sign_in(name, password).await.err().and_then(|error| error.code())
}

#[tokio::test]
async fn who_is_disabled_is_out_at_once_and_may_come_back_when_enabled() {
    let place = Place::new();
    let server = place.serve(&[]);
    let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
    let mut anns = Socket::open(&server, &ann).await;
    let mut bobs = Socket::open(&server, &bob).await;

    assert!(place.run(&["user", "disable", "ANN"], "").status.success());
    assert_eq!(anns.closed().await, Some(CloseCode::SessionEnded.number()));
    assert!(refusal(&server, "ann", PASSWORD).await.is_some());

    assert!(place.run(&["user", "enable", "ann"], "").status.success());
    assert_eq!(refusal(&server, "ann", PASSWORD).await, None);
    // Nobody else was meant.
    bobs.send(serde_json::json!({ "action": "PING" })).await;
    assert_eq!(bobs.expect("PING").await["value"], "PONG");
}

#[tokio::test]
async fn who_is_deleted_is_out_at_once_and_for_good() {
    let place = Place::new();
    let server = place.serve(&[]);
    let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
    let mut anns = Socket::open(&server, &ann).await;
    let mut bobs = Socket::open(&server, &bob).await;
    let to_ann = |id: &str| serde_json::json!({ "action": "SENDMSG", "toSub": ann.me().sub, "message": "hi", "clientMsgId": id });
    bobs.send(to_ann("m1")).await;
    bobs.expect("ACK").await;

    let other = place.run(&["user", "delete", "ann"], "bob\n");
    assert!(!other.status.success(), "another name was typed");
    assert!(place.run(&["user", "delete", "ann"], "ann\n").status.success());
    assert_eq!(anns.closed().await, Some(CloseCode::SessionEnded.number()));
    assert_eq!(refusal(&server, "ann", PASSWORD).await, Some(ErrorCode::Unauthorized));
    bobs.send(to_ann("m2")).await;
    assert_eq!(bobs.expect("ERROR").await["code"], "not_found");

    assert!(!place.run(&["user", "delete", "ann", "--yes"], "").status.success(), "twice");
    let add = ["user", "add", "Ann", "--password-stdin"];
    assert!(!place.run(&add, "a long night\n").status.success(), "nobody gets the name");
    let listed = place.run(&["user", "list", "--json"], "");
    let people: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(people.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn people_are_added_listed_and_given_new_passwords() {
    let place = Place::new();
    let server = place.serve(&[]);
    let added = place.run(&["user", "add", "Cleo", "--password-stdin", "--json"], "a long night\n");
    assert!(added.status.success(), "{}", text(&added.stderr));
    let cleo: Value = serde_json::from_slice(&added.stdout).unwrap();
    assert_eq!(refusal(&server, "cleo", "a long night").await, None);

    let listed = place.run(&["user", "list", "--json"], "");
    let people: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(people, serde_json::json!([cleo]));
    let table = text(&place.run(&["user", "list"], "").stdout);
    assert!(table.contains("Cleo") && table.contains(cleo["sub"].as_str().unwrap()), "{table}");

    let reset = place.run(&["user", "reset-password", "cleo", "--password-stdin"], PASSWORD);
    assert!(reset.status.success());
    assert_eq!(refusal(&server, "cleo", "a long night").await, Some(ErrorCode::Unauthorized));
    assert_eq!(refusal(&server, "cleo", PASSWORD).await, None);
}

#[test]
fn what_cannot_be_done_is_said_and_fails() {
    let place = Place::new();
    let fails = |arguments: &[&str], input: &str, because: &str| {
        let output = place.run(arguments, input);
        let error = text(&output.stderr);
        assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?}");
        assert!(error.starts_with("error: ") && error.contains(because), "{error}");
    };
    fails(&["user", "list"], "", "holds no database");
    drop(place.serve(&[]));
    let add = |name| ["user", "add", name, "--password-stdin"];
    fails(&add("ann"), "short\n", "ann: A password is 8 to 256 characters long.");
    fails(&add("a b"), "long enough\n", "a b: ");
    fails(&["user", "disable", "nobody"], "", "nobody: Nobody has this name.");
    assert!(place.run(&add("ann"), "long enough\n").status.success());
    fails(&add("Ann"), "long enough\n", "Ann: This name is taken.");
}
