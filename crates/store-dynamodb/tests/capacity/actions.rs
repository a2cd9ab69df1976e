//! Every action, in a process that has just begun and in one that did the same
//! before.

use std::cell::Cell;

use aizuchi_core::{
    chat::Caller,
    directory::Profile,
    ids::{ConversationId, MessageId},
    registry::Level,
};
use aizuchi_store_dynamodb::LEASE_MS;
use aizuchi_testkit::block_on;
use serde_json::{Value, json};

use super::{
    sheet::{Budget, Sheet},
    world::{MINUTE, Measured, Process, World},
};

/// Messages in the log before it is read: more than two pages.
const MESSAGES: usize = 130;

/// Measures all of it.
pub(crate) fn measure(world: &World, sheet: &mut Sheet) {
    comings(world, sheet);
    let (ada, bob) = (world.caller(&world.ada, Level::One), world.caller(&world.bob, Level::One));
    let others = world.process();
    block_on(others.connect(&ada, &world.ada, None));
    block_on(others.connect(&bob, &world.bob, None));
    sends(world, sheet, [&ada, &bob]);
    level_zero(world, sheet);
    reads(world, sheet, [&ada, &bob]);
    syncs(world, sheet, [&ada, &bob]);
    presence(world, sheet, &ada);
    super::changes::measure(world, sheet, [&ada, &bob]);
}

/// The same twice in one process; `prepare` makes what each time needs, before
/// it is measured.
pub(crate) fn twice<T>(
    world: &World,
    sheet: &mut Sheet,
    (action, budget): (&'static str, Option<Budget>),
    prepare: impl Fn(&World) -> T,
    act: impl AsyncFn(&Process, &T),
    check: impl Fn(&T, &Measured),
) {
    let process = world.process();
    let [cold, warm] = [(), ()].map(|()| {
        let prepared = prepare(world);
        let measured = process.measure(act(&process, &prepared));
        check(&prepared, &measured);
        measured.spent
    });
    sheet.note(action, budget, cold, warm);
}

pub(crate) fn budget(
    action: &'static str,
    writes: f64,
    reads: f64,
) -> (&'static str, Option<Budget>) {
    (action, Some(Budget(writes, reads)))
}

/// One frame of `caller`'s, each time the same.
pub(crate) fn frame(
    world: &World,
    sheet: &mut Sheet,
    row: (&'static str, Option<Budget>),
    caller: &Caller,
    frame: Value,
    check: impl Fn(&Measured),
) {
    let act = async |process: &Process, (): &()| process.frame(caller, &frame).await;
    twice(world, sheet, row, |_| (), act, |(), measured| check(measured));
}

fn conversation(world: &World) -> ConversationId {
    ConversationId::direct(&world.ada.user, &world.bob.user).unwrap()
}

fn comings(world: &World, sheet: &mut Sheet) {
    let World { ada, bob, .. } = world;
    let process = world.process();
    let first = world.caller(ada, Level::One);
    let spent = process.measure(process.connect(&first, ada, None)).spent;
    sheet.note("connect, somebody's first ever", None, spent, spent);
    block_on(process.disconnect(&first));
    let first = world.caller(bob, Level::One);
    block_on(process.connect(&first, bob, None));

    // A page of level 0 has ada open, so her coming and going is told.
    let watching = world.caller(bob, Level::Zero);
    block_on(process.connect(&watching, bob, Some(ada)));
    let told = |measured: &Measured, value: &str| {
        assert_eq!(measured.frame(&watching, "ISONLINE")["value"], value);
    };
    let new = |level| move |world: &World| world.caller(&world.ada, level);
    let gone = |partner: Option<&Profile>, level| {
        let partner = partner.cloned();
        move |world: &World| {
            let caller = world.caller(&world.ada, level);
            block_on(world.process().connect(&caller, &world.ada, partner.as_ref()));
            caller
        }
    };
    let connect_one = async |process: &Process, caller: &Caller| {
        process.connect(caller, ada, None).await;
    };
    let connect_zero = async |process: &Process, caller: &Caller| {
        process.connect(caller, ada, Some(bob)).await;
    };
    let disconnect = async |process: &Process, caller: &Caller| process.disconnect(caller).await;
    let leave = |caller: &Caller| block_on(world.process().disconnect(caller));

    let row = budget("connect, level 1", 2.0, 1.0);
    twice(world, sheet, row, new(Level::One), connect_one, |caller, measured| {
        told(measured, "1");
        leave(caller);
    });
    let row = budget("connect, level 0 with a partner", 2.0, 1.0);
    twice(world, sheet, row, new(Level::Zero), connect_zero, |caller, measured| {
        told(measured, "1");
        leave(caller);
    });
    let row = budget("disconnect, level 1", 2.0, 1.0);
    twice(world, sheet, row, gone(None, Level::One), disconnect, |_, measured| {
        told(measured, "0");
    });
    let row = budget("disconnect, level 0 with a partner", 2.0, 1.0);
    twice(world, sheet, row, gone(Some(bob), Level::Zero), disconnect, |_, measured| {
        told(measured, "0");
    });
    block_on(process.disconnect(&watching));
    block_on(process.disconnect(&first));
}

fn sends(world: &World, sheet: &mut Sheet, [ada, bob]: [&Caller; 2]) {
    let process = world.process();
    let first = world.message(&bob.user, Level::One);
    let spent = process.measure(process.frame(ada, &first)).spent;
    sheet.note("the first message of two people", None, spent, spent);
    for number in 1..MESSAGES {
        let (from, to) = if number % 3 == 0 { (bob, ada) } else { (ada, bob) };
        world.wait(MINUTE / 60);
        block_on(process.frame(from, &world.message(&to.user, Level::One)));
    }
    let row = budget("send, level 1", 4.0, 3.0);
    let message = |world: &World| world.message(&bob.user, Level::One);
    let send = async |process: &Process, message: &Value| process.frame(ada, message).await;
    let arrived = |message: &Value, measured: &Measured| {
        let to_bob = measured.frame(bob, "SENDMSG");
        assert_eq!(to_bob["message"], message["message"]);
        assert_eq!(measured.frame(ada, "ACK")["clientMsgId"], message["clientMsgId"]);
    };
    twice(world, sheet, row, message, send, arrived);

    let process = world.process();
    let again = process.measure(process.frame(ada, &first));
    assert_eq!(again.frame(ada, "ACK")["seq"], 1);
    assert_eq!(again.pushed.len(), 1, "nobody is told again");
    sheet.note("send again what was stored", None, again.spent, again.spent);
}

fn reads(world: &World, sheet: &mut Sheet, [ada, bob]: [&Caller; 2]) {
    let id = conversation(world);
    let id = id.as_str();
    let page = |measured: &Measured| {
        let messages = measured.frame(ada, "GETMSG")["messages"].as_array().unwrap();
        assert_eq!(messages.len(), 50);
        assert!(messages.iter().all(|one| one["message"].as_str().unwrap().len() == 600));
    };
    let newest = json!({"action": "GETMSG", "conversationId": id});
    frame(world, sheet, budget("the newest 50 messages", 0.0, 4.0), ada, newest, page);
    let older = json!({"action": "GETMSG", "conversationId": id, "before": 71});
    frame(world, sheet, budget("50 older messages", 0.0, 2.0), ada, older, page);

    let row = budget("READ", 1.0, 2.0);
    let said = |world: &World| {
        let process = world.process();
        block_on(process.frame(ada, &world.message(&bob.user, Level::One)));
        let page = json!({"action": "GETMSG", "conversationId": id, "limit": 1});
        let measured = process.measure(process.frame(bob, &page));
        let seq = &measured.frame(bob, "GETMSG")["messages"][0]["seq"];
        json!({"action": "READ", "conversationId": id, "seq": seq})
    };
    let read = async |process: &Process, read: &Value| process.frame(bob, read).await;
    twice(world, sheet, row, said, read, |read, measured| {
        assert_eq!(measured.frame(ada, "READ")["seq"], read["seq"]);
    });
    let typing = json!({"action": "TYPING", "conversationId": id, "on": true});
    frame(world, sheet, budget("TYPING", 0.0, 2.0), ada, typing, |measured| {
        measured.frame(bob, "TYPING");
    });
}

fn syncs(world: &World, sheet: &mut Sheet, [ada, bob]: [&Caller; 2]) {
    let id = conversation(world);
    let process = world.process();
    let state = |caller: &Caller| {
        let all = process.measure(process.frame(caller, &json!({"action": "SYNC"})));
        let frame = all.frame(caller, "SYNC");
        (frame["since"].clone(), frame["conversations"][0]["lastSeq"].clone())
    };
    let all = json!({"action": "SYNC"});
    frame(world, sheet, budget("SYNC from nothing", 0.0, 4.0), bob, all, |measured| {
        assert_eq!(measured.frame(bob, "SYNC")["conversations"].as_array().unwrap().len(), 1);
    });
    world.wait(MINUTE);
    let (since, last) = state(bob);
    let nothing = json!({"action": "SYNC", "since": since, "cursors": {id.as_str(): last}});
    frame(world, sheet, budget("SYNC, nothing new", 0.0, 4.0), bob, nothing.clone(), |measured| {
        assert_eq!(measured.frame(bob, "SYNC")["conversations"].as_array().unwrap().len(), 0);
    });
    world.wait(MINUTE);
    block_on(process.frame(ada, &world.message(&bob.user, Level::One)));
    let missed = nothing;
    frame(world, sheet, budget("SYNC, one message missed", 0.0, 4.0), bob, missed, |measured| {
        let brought =
            |frame: &&(_, Value)| frame.1["entries"].as_array().is_some_and(|all| !all.is_empty());
        assert_eq!(measured.pushed.iter().filter(brought).count(), 1, "{:?}", measured.pushed);
    });
    let list = json!({"action": "CONVERSATIONS"});
    frame(world, sheet, ("CONVERSATIONS", None), bob, list, |measured| {
        assert_eq!(measured.frame(bob, "CONVERSATIONS")["conversations"][0]["unread"], 1);
    });
}

fn presence(world: &World, sheet: &mut Sheet, ada: &Caller) {
    let bob = &world.bob;
    let process = world.process();
    let cyd = world.person("cyd");
    let there = world.caller(&cyd, Level::One);
    block_on(process.connect(&there, &cyd, None));
    let status = |who: &Profile| json!({"action": "STATUS", "partnerSub": who.user.as_str()});
    let told = |_: &_, measured: &Measured| {
        assert_eq!(measured.frame(ada, "ISONLINE")["value"], "1");
    };
    let ask = async |process: &Process, frame: &Value| process.frame(ada, frame).await;

    let row = budget("STATUS of another", 3.0, 2.0);
    block_on(process.frame(ada, &status(bob)));
    let partners = Cell::new([&cyd, bob]);
    let other = |_: &World| {
        let [next, after] = partners.get();
        partners.set([after, next]);
        status(next)
    };
    twice(world, sheet, row, other, ask, told);
    let row = budget("STATUS again", 0.0, 2.0);
    twice(world, sheet, row, |_| status(bob), ask, told);
    frame(world, sheet, ("PING", None), ada, json!({"action": "PING"}), |measured| {
        measured.frame(ada, "PING");
    });
    let many: Vec<_> = (0..50).map(|n| MessageId::new(2, n).to_string()).collect();
    let watch = json!({"action": "WATCH", "subs": many});
    let cold = process.measure(process.frame(ada, &watch)).spent;
    sheet.note("WATCH of 50 people", None, cold, cold);
    frame(world, sheet, ("WATCH of the same again", None), ada, watch, |_| ());
    let spent = process.measure(process.frame(ada, &json!({"action": "WATCH", "subs": []}))).spent;
    sheet.note("WATCH of nobody after that", None, spent, spent);
    let renew = async |process: &Process, (): &()| process.renew(ada).await;
    let row = ("any frame, half a lease later", None);
    twice(world, sheet, row, |world| world.wait(LEASE_MS / 2), renew, |(), _| ());
}

fn level_zero(world: &World, sheet: &mut Sheet) {
    let World { ada, bob, .. } = world;
    let process = world.process();
    let (from, to) = (world.caller(ada, Level::Zero), world.caller(bob, Level::Zero));
    block_on(process.connect(&from, ada, Some(bob)));
    block_on(process.connect(&to, bob, Some(ada)));
    let row = budget("send, level 0", 3.0, 3.0);
    let message = |world: &World| world.message(&bob.user, Level::Zero);
    let send = async |process: &Process, message: &Value| process.frame(&from, message).await;
    twice(world, sheet, row, message, send, |message, measured| {
        assert_eq!(measured.frame(&to, "SENDMSG")["message"], message["message"]);
    });
    block_on(process.disconnect(&from));
    block_on(process.disconnect(&to));
}
