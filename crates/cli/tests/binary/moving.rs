//! `aizuchi export` and `aizuchi import`: data directories, a table and a user
//! pool on the emulator.

mod aws;
mod pool;

use std::{fs, io::Write as _, os::unix::fs::PermissionsExt, path::Path, process::Stdio};

use aizuchi_core::{
    archive::{Archive as _, Person},
    ids::{ClientMsgId, ConversationId, MessageId, UserId},
    log::{Body, Entry, LogStore as _, State},
};
use aizuchi_store_sqlite::{DataDir, Database};
use serde_json::json;

use self::aws::Aws;
use crate::{
    server::{Place, text},
    socket::Socket,
};

/// Conversations that nobody typed.
const CONVERSATIONS: u64 = 12;
/// Entries of each.
const ENTRIES: u64 = 300;

/// Puts thousands of entries of every kind into a data directory.
async fn fill(data: &Path) {
    let database = Database::open(&DataDir::create(data).unwrap()).unwrap();
    let user = |id: &str| UserId::parse(id).unwrap();
    for number in 0..CONVERSATIONS {
        let [a, b] = [format!("maker-{number}"), format!("誰か {number}")].map(|id| user(&id));
        let conversation = ConversationId::direct(&a, &b).unwrap();
        let began = 1_600_000_000_000 + (number * 7 % CONVERSATIONS) * 1_000_000;
        let entry = |seq: u64| {
            let text = match seq % 50 {
                0 => "長い文".repeat(3_640),
                7 => "\"\\\n\t\u{1}\u{10ffff} e\u{301} \u{202e}☃".to_owned(),
                _ => format!("entry {seq} of {number}: the kettle is on, come by when you like"),
            };
            let timestamp = began + seq * 700;
            let message_id = MessageId::new(timestamp, u128::from(number << 32 | seq));
            let own = match seq % 3 {
                0 => None,
                1 => ClientMsgId::parse(&format!("device {seq}")).ok(),
                _ => ClientMsgId::parse(&message_id.to_string()).ok(),
            };
            Entry {
                seq,
                message_id,
                author: if seq.is_multiple_of(4) { b.clone() } else { a.clone() },
                client_msg_id: own,
                timestamp: timestamp + seq % 2,
                sent_at: (!seq.is_multiple_of(5)).then_some(timestamp.cast_signed() - 90),
                body: Body::said(text, seq.is_multiple_of(9).then_some(seq - 1)),
                state: State::default(),
            }
        };
        database.restore(&conversation, (1..=ENTRIES).map(entry).collect()).await.unwrap();
        database.read(&conversation, &a, ENTRIES).await.unwrap();
        database.read(&conversation, &b, ENTRIES / 2 + number).await.unwrap();
        let person = Person {
            username: Some(format!("Maker.{number}").into()),
            is_found: true,
            last_seen: Some(began),
            user: a,
        };
        database.restore_person(&person).await.unwrap();
    }
}

/// The lines of a file, but for its accounts and its tail.
fn lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let kinds = [r#"{"kind":"account","#, r#"{"kind":"tail","#];
    let others = text.lines().filter(|line| kinds.iter().all(|kind| !line.starts_with(kind)));
    others.map(str::to_owned).collect()
}

fn sqlite(place: &Place) -> String {
    format!("sqlite:{}", place.data().display())
}

#[tokio::test]
async fn everything_moves_into_a_table_and_back() {
    let (here, there) = (Place::new(), Place::new());
    let server = here.serve(&[]);
    let (ann, bob) = (server.sign_up("ann").await, server.sign_up("bob").await);
    let mut anns = Socket::open(&server, &ann).await;
    let mut bobs = Socket::open(&server, &bob).await;
    let say = |text: &str, id: &str| json!({ "action": "SENDMSG", "toSub": bob.me().sub, "message": text, "clientMsgId": id, "sentAt": 5 });
    for (said, id) in [("こんにちは ☃", "one"), ("x", "two")] {
        anns.send(say(said, id)).await;
        anns.expect("ACK").await;
    }
    anns.send(say("and the last", "three")).await;
    let ack = anns.expect("ACK").await;
    let (conversation, last) = (&ack["conversationId"], &ack["messageId"]);
    bobs.send(json!({ "action": "READ", "conversationId": conversation, "seq": 2 })).await;
    bobs.expect("READ").await;
    anns.send(json!({ "action": "SYNC" })).await;
    let since = anns.expect("SYNC").await["since"].clone();
    server.terminate();
    server.wait();
    fill(&here.data()).await;

    let aws = Aws::new();
    let file = |name: &str| here.data().with_file_name(name);
    let (one, two, three) = (file("one"), file("two"), file("three"));
    let exported = aws.run(&["export", "--json", "--from", &sqlite(&here), path(&one)]);
    assert_eq!(exported["entries"], CONVERSATIONS * ENTRIES + 3);
    assert_eq!((&exported["accounts"], &exported["conversations"]), (&json!(2), &json!(13)));
    assert_eq!(fs::metadata(&one).unwrap().permissions().mode() & 0o777, 0o600);

    let table = format!("dynamodb:{}", aws.table().await);
    cut_off(&aws, &table, &one);
    let imported = aws.run(&["import", "--json", "--to", &table, path(&one)]);
    let tally = |which: &str| imported["entries"][which].as_u64().unwrap();
    assert_eq!(tally("restored") + tally("there"), CONVERSATIONS * ENTRIES + 3);
    assert!(tally("there") > 0 && tally("restored") > 0, "{imported}");
    assert_eq!(imported["accountsLeftOut"], 2);
    let again = aws.run(&["import", "--json", "--to", &table, path(&one)]);
    for what in ["people", "conversations", "entries"] {
        assert_eq!(again[what]["restored"], 0, "{what}");
    }

    aws.run(&["export", "--json", "--from", &table, path(&two)]);
    assert_eq!(lines(&two), lines(&one));
    aws.run(&["import", "--json", "--to", &sqlite(&there), path(&two)]);
    aws.run(&["export", "--json", "--from", &sqlite(&there), path(&three)]);
    assert!(fs::read(&three).unwrap() == fs::read(&two).unwrap(), "byte for byte");

    // The accounts are in the first file alone.
    let accounts = aws.run(&["import", "--json", "--to", &sqlite(&there), path(&one)]);
    assert_eq!(accounts["accounts"]["restored"], 2);
    assert_eq!(accounts["entries"]["restored"], 0);
    let server = there.serve(&[]);
    let ann = server.sign_in("ann").await;
    let mut anns = Socket::open(&server, &ann).await;
    anns.send(json!({ "action": "SYNC", "since": since })).await;
    let synced = anns.expect("SYNC").await;
    let known = &synced["conversations"][0];
    assert_eq!(&known["conversationId"], conversation, "a device that was in step is brought it");
    assert_eq!((&known["lastSeq"], &known["reads"]), (&json!(3), &json!({ &bob.me().sub: 2 })));
    let log = anns.history(conversation).await;
    let said: Vec<_> = log.iter().map(|entry| entry["message"].as_str().unwrap()).collect();
    assert_eq!(said, ["こんにちは ☃", "x", "and the last"]);
    anns.send(say("and the last", "three")).await;
    assert_eq!(&anns.expect("ACK").await["messageId"], last);
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// An import that is killed when it has read two thirds of the file.
fn cut_off(aws: &Aws, table: &str, file: &Path) {
    let bytes = fs::read(file).unwrap();
    let mut command = aws.command(&["import", "--to", table, "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null());
    let mut import = command.spawn().unwrap();
    // It reads no further than it writes, but for what fits in its hands.
    import.stdin.take().unwrap().write_all(&bytes[..bytes.len() / 3 * 2]).unwrap();
    import.kill().unwrap();
    import.wait().unwrap();
}

#[test]
fn a_running_server_keeps_its_data_to_itself() {
    let place = Place::new();
    let _server = place.serve(&[]);
    let target = place.data().with_file_name("export");
    let export = text(&Place::new().run(&["import", "/dev/null"], "").stderr);
    assert!(export.contains("/dev/null is no export of Aizuchi"), "{export}");
    for (arguments, input) in [(["export", path(&target)], ""), (["import", "-"], "")] {
        let output = place.run(&arguments, input);
        let error = text(&output.stderr);
        assert!(!output.status.success() && error.contains("in use by another server"), "{error}");
    }
    assert!(!target.exists());
}

#[test]
fn an_export_goes_through_a_pipe() {
    let (here, there) = (Place::new(), Place::new());
    drop(here.serve(&[]));
    let exported = here.run(&["export"], "");
    assert!(exported.status.success(), "{}", text(&exported.stderr));
    let told = "Exported 0 people, 0 accounts, 0 conversations, 0 entries.\n";
    assert_eq!(text(&exported.stderr), told);
    let file = text(&exported.stdout);
    let imported = there.run(&["import"], &file);
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    let cut = there.run(&["import"], &file[..file.len() - 5]);
    assert!(text(&cut.stderr).starts_with("error: standard input ends before its last line"));
}

#[test]
fn what_cannot_be_moved_is_said() {
    let place = Place::new();
    let file = place.file("other", "mine\n");
    let fails = |arguments: &[&str], status: i32, because: &str| {
        let output = place.run(arguments, "");
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{error}");
        assert!(error.contains(because), "{error}");
    };
    fails(&["export"], 1, "holds no database");
    fails(
        &["export", "--from", "postgres:x"],
        2,
        "a store is sqlite, sqlite:DIR or dynamodb:TABLE",
    );
    fails(&["export", "--from", "dynamodb:x"], 1, "AWS_ACCESS_KEY_ID is not set");
    fails(&["export", "--users", "cognito:eu-west-1_x"], 1, "--users is for a table");
    fails(&["import", path(&file)], 1, "other is no export of Aizuchi");
    fails(&["import", "/nowhere"], 1, "/nowhere cannot be opened");
    assert!(!place.data().exists(), "nothing was made");
}
