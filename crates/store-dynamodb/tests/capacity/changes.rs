//! Edits, deletions, reactions, and rooms.

use aizuchi_core::{
    chat::Caller,
    directory::Profile,
    ids::{ConversationId, MessageId},
    registry::Level,
};
use aizuchi_testkit::block_on;
use serde_json::{Value, json};

use super::{
    actions::{budget, frame, twice},
    sheet::Sheet,
    world::{Measured, Process, World},
};

/// Measures all of it. Both have a connection.
pub(crate) fn measure(world: &World, sheet: &mut Sheet, [ada, bob]: [&Caller; 2]) {
    messages(world, sheet, [ada, bob]);
    room_of_five(world, sheet, [ada, bob]);
    room_of_hundred(world, sheet, [ada, bob]);
}

/// The frame with a name that its device gives it.
fn named(world: &World, mut frame: Value) -> Value {
    frame["clientMsgId"] = json!(world.client_id());
    frame
}

fn messages(world: &World, sheet: &mut Sheet, [ada, bob]: [&Caller; 2]) {
    let process = world.process();
    let two = ConversationId::direct(&world.ada.user, &world.bob.user).unwrap();
    let said = || {
        let sent = process.measure(process.frame(ada, &world.message(&bob.user, Level::One)));
        sent.frame(ada, "ACK")["seq"].clone()
    };
    let act = async |process: &Process, frame: &Value| process.frame(ada, frame).await;
    let told = |action: &'static str| {
        move |frame: &Value, measured: &Measured| {
            assert_eq!(measured.frame(bob, action)["target"], frame["seq"]);
        }
    };
    let edit = |world: &World| {
        let text = world.message(&bob.user, Level::One)["message"].clone();
        let edit = json!({"action": "EDITMSG", "conversationId": two.as_str(), "seq": said(),
                          "message": text});
        named(world, edit)
    };
    twice(world, sheet, budget("EDITMSG", 5.0, 3.5), edit, act, told("EDITMSG"));
    let react = |seq: Value, on: bool| {
        let react = json!({"action": "REACT", "conversationId": two.as_str(), "seq": seq,
                           "emoji": "👍", "on": on});
        named(world, react)
    };
    twice(world, sheet, ("REACT", None), |_| react(said(), true), act, told("REACT"));
    let back = |_: &World| {
        let seq = said();
        block_on(process.frame(ada, &react(seq.clone(), true)));
        react(seq, false)
    };
    twice(world, sheet, ("REACT, taken back", None), back, act, told("REACT"));
    let delete = |world: &World| {
        let delete = json!({"action": "DELMSG", "conversationId": two.as_str(), "seq": said()});
        named(world, delete)
    };
    twice(world, sheet, ("DELMSG", None), delete, act, told("DELMSG"));
}

/// People whom everybody knows.
fn people(world: &World, count: usize) -> Vec<Profile> {
    let process = world.process();
    let person = |number: usize| {
        let person = world.person(&format!("person {number}"));
        let caller = world.caller(&person, Level::One);
        block_on(process.connect(&caller, &person, None));
        block_on(process.disconnect(&caller));
        person
    };
    (0..count).map(person).collect()
}

fn subs(people: &[Profile]) -> Vec<&str> {
    people.iter().map(|person| person.user.as_str()).collect()
}

fn create(world: &World, people: &[Profile]) -> Value {
    named(world, json!({"action": "CREATEROOM", "name": "散歩", "subs": subs(people)}))
}

/// The room that somebody created.
fn room(caller: &Caller, measured: &Measured) -> String {
    measured.frame(caller, "ACK")["conversationId"].as_str().unwrap().to_owned()
}

fn say(world: &World, room: &str) -> Value {
    let text = world.message(&world.ada.user, Level::One)["message"].clone();
    named(world, json!({"action": "SENDMSG", "conversationId": room, "message": text}))
}

fn room_of_five(world: &World, sheet: &mut Sheet, [ada, bob]: [&Caller; 2]) {
    let mut others = people(world, 3);
    others.push(world.bob.clone());
    let act = async |process: &Process, frame: &Value| process.frame(ada, frame).await;
    let creation = |world: &World| create(world, &others);
    twice(world, sheet, ("CREATEROOM of 5", None), creation, act, |_, measured| {
        measured.frame(bob, "MEMBERSHIP");
    });
    let process = world.process();
    let five = room(ada, &process.measure(process.frame(ada, &creation(world))));
    let arrived = |_: &Value, measured: &Measured| {
        measured.frame(bob, "SENDMSG");
    };
    let row = ("send in a room of 5", None);
    twice(world, sheet, row, |world| say(world, &five), act, arrived);
    let read = |world: &World| {
        let sent = process.measure(process.frame(ada, &say(world, &five)));
        json!({"action": "READ", "conversationId": five, "seq": sent.frame(ada, "ACK")["seq"]})
    };
    let by_bob = async |process: &Process, frame: &Value| process.frame(bob, frame).await;
    twice(world, sheet, ("READ in a room of 5", None), read, by_bob, |_, measured| {
        measured.frame(ada, "READ");
    });
    block_on(process.frame(ada, &say(world, &five)));
    let page = json!({"action": "GETMSG", "conversationId": five, "limit": 1});
    frame(world, sheet, ("the newest message of a room of 5", None), bob, page, |measured| {
        measured.frame(bob, "GETMSG");
    });
    // He is in three rooms that were created, all of them unread.
    let list = json!({"action": "CONVERSATIONS"});
    frame(world, sheet, ("CONVERSATIONS, three rooms among them", None), bob, list, |measured| {
        let all = measured.frame(bob, "CONVERSATIONS")["conversations"].as_array().unwrap();
        assert!(all.iter().filter(|one| one["name"].is_string()).count() == 3, "{all:?}");
    });
    let invite = |world: &World| {
        let one = people(world, 1);
        named(world, json!({"action": "INVITE", "conversationId": five, "subs": subs(&one)}))
    };
    twice(world, sheet, ("INVITE of one to a room of 5", None), invite, act, |_, measured| {
        measured.frame(bob, "MEMBERSHIP");
    });
    join(world, sheet, "join a room of 5", &five);
}

fn room_of_hundred(world: &World, sheet: &mut Sheet, [ada, bob]: [&Caller; 2]) {
    let process = world.process();
    let others = people(world, 98);
    let creation = create(world, std::slice::from_ref(&world.bob));
    let hundred = room(ada, &process.measure(process.frame(ada, &creation)));
    for part in others.chunks(49) {
        let invite = json!({"action": "INVITE", "conversationId": hundred, "subs": subs(part)});
        block_on(process.frame(ada, &named(world, invite)));
    }
    let act = async |process: &Process, frame: &Value| process.frame(ada, frame).await;
    let row = ("send in a room of 100", None);
    twice(
        world,
        sheet,
        row,
        |world| say(world, &hundred),
        act,
        |_, measured| {
            measured.frame(bob, "SENDMSG");
        },
    );
    join(world, sheet, "join a room of 100", &hundred);
}

/// What the store takes for it.
fn join(world: &World, sheet: &mut Sheet, action: &'static str, room: &str) {
    let room = ConversationId::parse(room).unwrap();
    let joins = async |process: &Process, who: &(Profile, MessageId)| {
        process.join(&room, &who.0, who.1).await;
    };
    let newcomer = |world: &World| {
        let id = MessageId::parse(&world.client_id()).unwrap();
        (people(world, 1).remove(0), id)
    };
    twice(world, sheet, (action, None), newcomer, joins, |_, _| ());
}
