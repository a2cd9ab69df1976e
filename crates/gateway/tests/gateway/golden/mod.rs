//! Golden frames: `fixtures/wire` holds one of every kind, for all who speak
//! the protocol. Here they are made by the real encoders, and read by the real
//! decoder. With `REWRITE_FIXTURES` set they are written anew.

mod changes;
mod client;
mod errors;
mod server;

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::PathBuf,
};

use aizuchi_core::registry::Level;
use aizuchi_wire::{ClientFrame, Envelope, ErrorCode};
use serde_json::Value;

use self::client::Said;
use crate::support::{World, user};

/// A frame and its place in the folder.
struct Golden {
    direction: &'static str,
    level: Level,
    name: String,
    /// As it is sent.
    frame: String,
}

impl Golden {
    fn file_name(&self) -> String {
        format!("{}-{}-{}.json", self.direction, self.level(), self.name)
    }

    fn level(&self) -> u8 {
        match self.level {
            Level::Zero => 0,
            Level::One => 1,
        }
    }

    /// What the file holds.
    fn text(&self) -> String {
        let Self { direction, name, frame, .. } = self;
        let level = self.level();
        format!(
            "{{\n  \"name\": \"{name}\",\n  \"direction\": \"{direction}\",\n  \
             \"level\": {level},\n  \"frame\": {frame}\n}}\n"
        )
    }

    fn value(&self) -> Value {
        serde_json::from_str(&self.frame).unwrap()
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire")
}

fn goldens() -> Vec<Golden> {
    let said = client::said().into_iter().map(|said| Golden {
        direction: "client",
        level: said.level,
        name: said.name.to_owned(),
        frame: said.text(),
    });
    said.chain(server::told()).chain(errors::told()).collect()
}

/// A frame of every kind that clients send.
pub(crate) fn frames_of_clients() -> Vec<String> {
    client::said().iter().map(Said::text).collect()
}

#[test]
fn the_files_are_what_is_sent() {
    let expected: BTreeMap<String, String> =
        goldens().iter().map(|golden| (golden.file_name(), golden.text())).collect();
    assert_eq!(expected.len(), goldens().len(), "each has a name of its own");
    if env::var_os("REWRITE_FIXTURES").is_some() {
        rewrite(&expected);
    }
    let there: BTreeMap<String, String> = fs::read_dir(folder())
        .unwrap()
        .map(|file| {
            let file = file.unwrap();
            let text = fs::read_to_string(file.path()).unwrap();
            (file.file_name().into_string().unwrap(), text)
        })
        .collect();
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&there), names(&expected), "a file is missing, or one too many");
    for (name, text) in &there {
        assert_eq!(text, &expected[name], "{name}");
        let file: Value = serde_json::from_str(text).unwrap();
        assert!(file["frame"]["action"].is_string(), "{name}");
    }
}

fn rewrite(files: &BTreeMap<String, String>) {
    fs::remove_dir_all(folder()).unwrap();
    fs::create_dir_all(folder()).unwrap();
    for (name, text) in files {
        fs::write(folder().join(name), text).unwrap();
    }
}

#[test]
fn there_is_one_of_every_kind() {
    let actions = |direction: &str, level: Level| -> BTreeSet<String> {
        let goldens = goldens();
        let these = goldens.iter().filter(|one| one.direction == direction && one.level == level);
        these.map(|one| one.value()["action"].as_str().unwrap().to_owned()).collect()
    };
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let zero: BTreeSet<String> = set(&["GETMSG", "GREETING", "PING", "SENDMSG", "STATUS"]);
    assert_eq!(actions("client", Level::Zero), zero);
    let mut every = actions("client", Level::One);
    every.extend(zero);
    assert_eq!(every, set(ClientFrame::ACTIONS));
    assert_eq!(
        actions("server", Level::Zero),
        set(&["ERROR", "GETMSG", "GREETING", "ISONLINE", "PARTNERINFO", "PING", "SENDMSG"])
    );
    assert_eq!(
        actions("server", Level::One),
        set(&[
            "ACK",
            "BLOCK",
            "CONVERSATIONS",
            "DELMSG",
            "EDITMSG",
            "ERROR",
            "GETMSG",
            "ISONLINE",
            "MEMBERSHIP",
            "PARTNERINFO",
            "PING",
            "REACT",
            "READ",
            "SEARCH",
            "SENDMSG",
            "SYNC",
            "TYPING",
            "UNBLOCK"
        ])
    );
    let codes: BTreeSet<String> =
        goldens().iter().filter_map(|one| Some(one.value()["code"].as_str()?.to_owned())).collect();
    assert_eq!(codes, set(&ErrorCode::ALL.map(ErrorCode::as_str)));
}

#[test]
fn what_clients_send_is_understood() {
    for said in client::said() {
        let text = said.text();
        let Said { name, level, frame, request_id } = said;
        let envelope = Envelope::read(&text).unwrap();
        let read = ClientFrame::decode(&text, &envelope).unwrap();
        assert_eq!(format!("{read:?}"), format!("{frame:?}"), "{name}");
        assert_eq!(envelope.request_id.as_deref(), request_id, "{name}");

        let world = World::new();
        let phone = world.connect("ada", level, Some(user("bob"))).unwrap();
        phone.says_text(&text);
        for heard in phone.hears() {
            assert_ne!(heard["code"], "invalid_request", "{name}: {heard}");
        }
    }
}
