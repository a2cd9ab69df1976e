//! `aizuchi backup` and `aizuchi restore`.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::{Value, json};

use crate::{
    server::{Place, text},
    socket::Socket,
};

#[tokio::test]
async fn a_backup_of_a_running_server_is_restored_elsewhere() {
    let (place, other) = (Place::new(), Place::new());
    let server = place.serve(&[]);
    let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
    let mut anns = Socket::open(&server, &ann).await;
    let say = |text: &str| json!({ "action": "SENDMSG", "toSub": bob.me().sub, "message": text, "clientMsgId": text });
    anns.send(say("before")).await;
    let ack = anns.expect("ACK").await;

    let copy = place.data().with_file_name("copy.db");
    let copied = place.run(&["backup", "--json", copy.to_str().unwrap()], "");
    let report: Value = serde_json::from_slice(&copied.stdout).unwrap();
    let counts = ["accounts", "conversations", "entries"].map(|name| report[name].as_u64());
    assert_eq!(counts, [Some(2), Some(1), Some(1)]);
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    anns.send(say("after")).await;
    assert_eq!(anns.expect("ACK").await["seq"], 2);

    let restored = other.run(&["restore", copy.to_str().unwrap()], "");
    assert!(restored.status.success(), "{}", text(&restored.stderr));
    let server = other.serve(&[]);
    let ann = server.sign_in("ann").await;
    let mut anns = Socket::open(&server, &ann).await;
    let log = anns.history(&ack["conversationId"]).await;
    assert_eq!(log.len(), 1);
    assert_eq!((&log[0]["message"], &log[0]["messageId"]), (&json!("before"), &ack["messageId"]));
    anns.send(say("before")).await;
    assert_eq!(anns.expect("ACK").await["messageId"], ack["messageId"]);
    anns.send(say("after")).await;
    assert_eq!(anns.expect("ACK").await["seq"], 2);
}

#[test]
fn nothing_is_overwritten_and_nonsense_is_no_backup() {
    let place = Place::new();
    let fails = |arguments: &[&str], because: &str| {
        let output = place.run(arguments, "");
        let error = text(&output.stderr);
        assert!(!output.status.success() && error.starts_with("error: "), "{arguments:?}");
        assert!(error.contains(because), "{error}");
    };
    let target = place.file("taken.db", "mine");
    fails(&["backup", target.to_str().unwrap()], "holds no database");
    fails(&["restore", target.to_str().unwrap()], "taken.db");
    fails(&["restore", "/nowhere.db"], "/nowhere.db");
    drop(place.serve(&[]));
    fails(&["backup", target.to_str().unwrap()], "nothing is overwritten");
    assert_eq!(fs::read_to_string(&target).unwrap(), "mine");
    let directory = target.parent().unwrap().to_str().unwrap();
    assert!(place.run(&["backup", directory], "").status.success());
    let names = fs::read_dir(directory).unwrap().map(|one| one.unwrap().file_name());
    let mut names = names.map(|name| name.into_string().unwrap());
    let copy = names.find(|name| name.starts_with("aizuchi-2")).unwrap();
    fails(&["restore", &format!("{directory}/{copy}")], "nothing is overwritten");
}
