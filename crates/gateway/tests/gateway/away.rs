//! Who is told of a message that no connection shows him.

use std::{
    future::ready,
    sync::{Arc, Mutex},
};

use aizuchi_core::{
    chat::{Caller, Chat, Policy, Ports},
    directory::Directory as _,
    ids::{ConnectionId, UserId},
    notices::Unseen,
    outcome::Recipient,
    registry::Level,
};
use aizuchi_gateway::{Gateway, Notify, Push, local::Hub, notify::Notified};
use bytes::Bytes;
use pollster::block_on;
use serde_json::json;

use crate::support::{TestPorts, World, user};

/// Writes down who is told.
#[derive(Default)]
struct Heard(Mutex<Vec<Unseen>>);

impl Notify for Heard {
    fn notify(&self, unseen: Unseen) -> Notified<'_> {
        self.0.lock().unwrap().push(unseen);
        Box::pin(ready(()))
    }
}

impl Heard {
    /// Who was told since the last time, and of what.
    fn take(&self) -> Vec<(Vec<UserId>, String)> {
        let told = std::mem::take(&mut *self.0.lock().unwrap());
        told.into_iter().map(|one| (one.away, one.text.to_string())).collect()
    }
}

fn world() -> (World, Arc<Heard>) {
    let ports = TestPorts::new(None);
    let hub = ports.registry().hub().clone();
    let heard = Arc::new(Heard::default());
    let gateway = Gateway::new(Chat::new(ports, Policy::default()), hub);
    let world = World { gateway: Arc::new(gateway.notifying(Arc::clone(&heard) as _)) };
    for (id, name) in [("ada", "Ada"), ("bob", "Bob")] {
        world.sign_up(id, name);
    }
    (world, heard)
}

#[test]
fn who_has_no_connection_is_told() {
    let (world, heard) = world();
    let ada = world.phone("ada");
    ada.writes("bob", "are you there?", "c1");
    assert_eq!(heard.take(), [(vec![user("bob")], "are you there?".to_owned())]);
    let again = heard.0.lock().unwrap().len();
    ada.writes("bob", "are you there?", "c1");
    assert_eq!(heard.0.lock().unwrap().len(), again, "a resend is no new message");
}

#[test]
fn who_reads_elsewhere_is_not_told() {
    let (world, heard) = world();
    let (ada, bob) = (world.phone("ada"), world.phone("bob"));
    let tablet = world.phone("bob");
    ada.writes("bob", "hello", "c1");
    bob.leaves();
    ada.writes("bob", "hello", "c2");
    assert_eq!(heard.take(), []);
    tablet.leaves();
    ada.writes("bob", "hello", "c3");
    assert_eq!(heard.take().len(), 1);
}

#[test]
fn nobody_is_told_of_what_is_no_message() {
    let (world, heard) = world();
    let ada = world.phone("ada");
    ada.writes("bob", "hello", "c1");
    heard.take();
    for frame in [
        json!({ "action": "READ", "conversationId": "d:ada:bob", "seq": 1 }),
        json!({ "action": "TYPING", "conversationId": "d:ada:bob", "on": true }),
        json!({ "action": "SENDMSG", "toSub": "nobody", "message": "x", "clientMsgId": "c2" }),
        json!({ "action": "SENDMSG", "toSub": "bob", "message": "", "clientMsgId": "c3" }),
    ] {
        ada.says(&frame);
    }
    assert_eq!(heard.take(), []);
}

#[test]
fn a_message_by_a_call_tells_as_one_by_a_socket_does() {
    let (world, heard) = world();
    let caller = Caller {
        connection: ConnectionId::parse("http:1").unwrap(),
        user: user("ada"),
        level: Level::One,
        session: None,
    };
    let frame =
        json!({ "action": "SENDMSG", "toSub": "bob", "message": "hello", "clientMsgId": "c1" });
    block_on(world.gateway.call(&caller, &frame.to_string()));
    assert_eq!(heard.take(), [(vec![user("bob")], "hello".to_owned())]);
}

/// A transport on which some connections have gone without a word.
struct Leaky {
    hub: Hub,
    gone: Mutex<Vec<ConnectionId>>,
}

impl Push for Leaky {
    async fn push(&self, frame: Bytes, to: Vec<Recipient>) -> Vec<Recipient> {
        let gone = self.gone.lock().unwrap().clone();
        let (gone, there) = to.into_iter().partition(|to| gone.contains(&to.connection));
        self.hub.push(frame, there).await;
        gone
    }

    async fn room(&self, _connection: &ConnectionId) {}
}

#[test]
fn who_turns_out_to_be_gone_is_told() {
    let ports = TestPorts::new(None);
    let hub = ports.registry().hub().clone();
    let heard = Arc::new(Heard::default());
    let chat = Chat::new(ports, Policy::default());
    let push = Leaky { hub: hub.clone(), gone: Mutex::default() };
    let gateway = Gateway::new(chat, push).notifying(Arc::clone(&heard) as _);
    let people = World::new();
    for (id, name) in [("ada", "Ada"), ("bob", "Bob")] {
        people.sign_up(id, name);
        let profile = block_on(people.gateway.chat().ports().person(&user(id))).unwrap().unwrap().0;
        let directory = gateway.chat().ports().directory();
        block_on(directory.remember(&profile)).unwrap();
    }
    let open = |id: &str| {
        let line = hub.open(user(id), Level::One, None, 0);
        block_on(gateway.connect(&line.caller, None)).unwrap();
        line
    };
    let (ada, phone, tablet) = (open("ada"), open("bob"), open("bob"));
    let says = |text: &str| {
        let frame = json!({ "action": "SENDMSG", "toSub": "bob", "message": text,
            "clientMsgId": text });
        let request = gateway.decode(&ada.caller, &frame.to_string());
        let in_flight = block_on(gateway.handle(&ada.caller, request)).unwrap();
        block_on(gateway.finish(in_flight));
        heard.take()
    };
    let lose = |id: &ConnectionId| gateway.connections().gone.lock().unwrap().push(id.clone());
    assert_eq!(says("1"), []);
    lose(&phone.caller.connection);
    assert_eq!(says("2"), [], "the tablet shows it");
    lose(&tablet.caller.connection);
    assert_eq!(says("3"), [(vec![user("bob")], "3".to_owned())]);
}
