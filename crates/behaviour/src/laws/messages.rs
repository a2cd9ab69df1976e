//! `SENDMSG` of level 1.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    people::World,
    socket::{INBOUND, Socket, says, seqs},
};

pub async fn a_message_is_acknowledged_and_reaches_every_device(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let mut sending = ann.phone().await;
    let mut others = [ann.phone().await, bob.phone().await, bob.phone().await];
    let mut said = bob.is_told("hello 🌙");
    said["sentAt"] = json!(-5);
    let ack = sending.say(said.clone()).await;
    says(
        &ack,
        &json!({ "clientMsgId": said["clientMsgId"], "conversationId": ann.with(&bob), "seq": 1 }),
    );
    assert!(ack["messageId"].is_string() && ack["timestamp"].is_u64(), "{ack}");
    let message = json!({ "conversationId": ann.with(&bob), "messageId": ack["messageId"],
        "seq": 1, "message": "hello 🌙", "fromSub": ann.sub, "timestamp": ack["timestamp"],
        "sentAt": -5, "clientMsgId": said["clientMsgId"] });
    for device in &mut others {
        let heard = device.expect("SENDMSG").await;
        says(&heard, &message);
        assert_eq!(heard["toSub"], bob.sub);
    }
    let [_, bobs, _] = &mut others;
    let mut answer = ann.is_told("good evening");
    answer["replyTo"] = json!(1);
    let second = bobs.say(answer).await;
    says(&second, &json!({ "conversationId": ann.with(&bob), "seq": 2 }));
    assert_ne!(second["messageId"], ack["messageId"]);
    says(&sending.expect("SENDMSG").await, &json!({ "seq": 2, "replyTo": 1, "toSub": ann.sub }));
    let log = bobs.history(&ann.with(&bob)).await;
    assert_eq!(seqs(&log), [1, 2]);
    let mut without_place = message;
    without_place.as_object_mut().unwrap().remove("conversationId");
    says(&log[0], &without_place);
    assert_eq!(log[1]["replyTo"], 1);
    // To neither sender his own, and to nobody anything twice.
    sending.heard_all().await;
    let [mine, bobs, his] = &mut others;
    bobs.heard_all().await;
    for device in [mine, his] {
        says(&device.expect("SENDMSG").await, &json!({ "seq": 2 }));
        device.heard_all().await;
    }
}

pub async fn a_conversation_is_named_by_either_of_its_names(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let (mut anns, mut bobs) = (ann.phone().await, bob.phone().await);
    let by_conversation = |id: String| {
        json!({ "action": "SENDMSG", "conversationId": ann.with(&bob), "message": "hi",
            "clientMsgId": id })
    };
    assert_eq!(anns.say(by_conversation(world.fresh("m"))).await["seq"], 1);
    assert_eq!(anns.say(bob.is_told("hi")).await["seq"], 2);
    assert_eq!(bobs.say(by_conversation(world.fresh("m"))).await["seq"], 3);
    assert_eq!(bobs.say(ann.is_told("hi")).await["seq"], 4);
    for (to, of) in [(&bob, [1, 2]), (&ann, [3, 4])] {
        let phone = if to.sub == bob.sub { &mut bobs } else { &mut anns };
        for seq in of {
            let heard = phone.take("SENDMSG", |one| one["seq"] == seq).await;
            assert_eq!(heard["toSub"], to.sub);
        }
    }
}

pub async fn a_resend_is_the_same_message(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let (mut anns, mut bobs) = (ann.phone().await, bob.phone().await);
    let said = bob.is_told("once");
    let first = anns.say(said.clone()).await;
    anns.say(bob.is_told("meanwhile")).await;
    assert_eq!(anns.say(said.clone()).await, first);
    // What it says now, and where it is sent to by which name, changes nothing.
    let mut otherwise = said.clone();
    otherwise["message"] = json!("twice");
    otherwise["conversationId"] = json!(ann.with(&bob));
    otherwise.as_object_mut().unwrap().remove("toSub");
    assert_eq!(anns.say(otherwise).await, first);
    anns.leave().await;
    let mut anns = ann.phone().await;
    assert_eq!(anns.say(said).await, first);
    assert_eq!(anns.say(bob.is_told("the end")).await["seq"], 3);
    for text in ["once", "meanwhile", "the end"] {
        bobs.message(text).await;
    }
    bobs.heard_all().await;
    assert_eq!(seqs(&bobs.history(&ann.with(&bob)).await), [1, 2, 3]);
}

pub async fn the_same_name_elsewhere_is_another_message(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let (mut anns, mut bobs) = (ann.phone().await, bob.phone().await);
    let mut cleos = cleo.phone().await;
    let name = json!(world.fresh("m"));
    let named = |mut frame: Value| {
        frame["clientMsgId"] = name.clone();
        frame
    };
    let to_bob = anns.say(named(bob.is_told("to bob"))).await;
    let to_cleo = anns.say(named(cleo.is_told("to cleo"))).await;
    let from_bob = bobs.say(named(ann.is_told("from bob"))).await;
    says(&to_cleo, &json!({ "conversationId": ann.with(&cleo), "seq": 1 }));
    says(&from_bob, &json!({ "conversationId": ann.with(&bob), "seq": 2 }));
    let mut ids = [&to_bob, &to_cleo, &from_bob].map(|ack| ack["messageId"].as_str().unwrap());
    ids.sort_unstable();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    cleos.message("to cleo").await;
    bobs.message("to bob").await;
    anns.message("from bob").await;
    assert_eq!(anns.say(named(cleo.is_told("to cleo"))).await, to_cleo);
}

pub async fn what_cannot_be_sent_is_refused_and_not_stored(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let (mut anns, mut bobs) = (ann.phone().await, bob.phone().await);
    let with = |changes: Value| {
        let mut frame = bob.is_told("hi");
        for (name, value) in changes.as_object().unwrap() {
            frame[name] = value.clone();
        }
        frame.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        frame
    };
    let together = ann.with(&bob);
    for (changes, code) in [
        (json!({ "toSub": ann.sub }), "invalid_request"),
        (json!({ "toSub": "" }), "invalid_request"),
        (json!({ "toSub": "a\0b" }), "invalid_request"),
        (json!({ "toSub": "x".repeat(129) }), "invalid_request"),
        (json!({ "toSub": null }), "invalid_request"),
        (json!({ "conversationId": together }), "invalid_request"),
        (json!({ "toSub": null, "conversationId": "" }), "invalid_request"),
        (json!({ "toSub": null, "conversationId": "d:x" }), "invalid_request"),
        (json!({ "message": "" }), "invalid_request"),
        (json!({ "message": "a\0b" }), "invalid_request"),
        (json!({ "message": null }), "invalid_request"),
        (json!({ "clientMsgId": "" }), "invalid_request"),
        (json!({ "clientMsgId": null }), "invalid_request"),
        (json!({ "clientMsgId": "x".repeat(65) }), "invalid_request"),
        (json!({ "fromSub": bob.sub }), "forbidden"),
        (json!({ "toSub": world.fresh("nobody") }), "not_found"),
    ] {
        anns.is_refused(with(changes), code).await;
    }
    let longest = json!({ "clientMsgId": "x".repeat(64), "fromSub": ann.sub });
    assert_eq!(anns.say(with(longest)).await["seq"], 1);
    bobs.message("hi").await;
    bobs.heard_all().await;
}

/// A message that makes a frame of so many bytes.
fn sized(mut frame: Value, bytes: usize) -> Value {
    frame["requestId"] = json!("full");
    frame["message"] = json!("");
    let around = frame.to_string().len();
    frame["message"] = json!("x".repeat(bytes - around));
    assert_eq!(frame.to_string().len(), bytes);
    frame
}

pub async fn a_frame_may_be_full_and_not_fuller(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let mut bobs = bob.phone().await;
    for bytes in [INBOUND + 1, 40_000] {
        let mut anns = ann.phone().await;
        anns.send(sized(bob.is_told(""), bytes)).await;
        assert!(anns.is_refused_or_closed("too_large").await, "{bytes} bytes");
        let mut page = ann.page(&bob).await;
        let mut said = ann.says(&bob, "");
        said["message"] = json!("x".repeat(bytes));
        page.send(said).await;
        assert!(page.is_refused_or_closed("too_large").await, "{bytes} bytes");
    }
    let mut anns = ann.phone().await;
    let full = sized(bob.is_told(""), INBOUND);
    anns.send(full.clone()).await;
    let ack = anns.answer("full").await;
    says(&ack, &json!({ "action": "ACK", "seq": 1 }));
    let heard = bobs.expect("SENDMSG").await;
    assert!(heard["message"] == full["message"], "it comes whole");
    bobs.heard_all().await;
    let log = bobs.history(&ann.with(&bob)).await;
    assert!(log.len() == 1 && log[0]["message"] == full["message"]);
}

/// Says so many things, each after the last was acknowledged.
async fn talk(phone: &mut Socket, frames: Vec<Value>) -> Vec<Value> {
    let mut acks = Vec::new();
    for frame in frames {
        acks.push(phone.say(frame).await);
    }
    acks
}

/// Asserts that what was acknowledged is the log, and each place once.
fn is_log(mut acks: Vec<Value>, log: &[Value]) {
    acks.sort_by_key(|ack| ack["seq"].as_u64());
    assert!(seqs(log).into_iter().eq(1..=acks.len() as u64), "{:?}", seqs(log));
    for (ack, entry) in acks.iter().zip(log) {
        for name in ["seq", "messageId", "clientMsgId", "timestamp"] {
            assert_eq!(ack[name], entry[name], "{name} of {entry}");
        }
    }
}

pub async fn many_senders_leave_a_dense_sequence(world: World) {
    const EACH: usize = 5;
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let mut phones = Vec::new();
    for person in [&ann, &bob, &ann, &bob] {
        phones.push(person.phone().await);
    }
    let talking = phones.iter_mut().zip([&bob, &ann, &bob, &ann]).map(|(phone, to)| {
        talk(phone, (0..EACH).map(|number| to.is_told(&number.to_string())).collect())
    });
    let acks: Vec<Value> = join_all(talking).await.into_iter().flatten().collect();
    let all = phones.len() * EACH;
    for phone in &mut phones {
        let mut heard = Vec::new();
        while heard.len() < all - EACH {
            heard.push(phone.expect("SENDMSG").await);
        }
        let mut heard = seqs(&heard);
        heard.sort_unstable();
        heard.dedup();
        assert_eq!(heard.len(), all - EACH, "each once");
        phone.heard_all().await;
    }
    let log = phones[0].history(&ann.with(&bob)).await;
    is_log(acks, &log);
}

pub async fn what_is_sent_at_once_is_stored_once_each(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    bob.shows_up().await;
    let mut phone = ann.phone().await;
    let frames: Vec<Value> = (0..10).map(|number| bob.is_told(&number.to_string())).collect();
    let mut ids = Vec::new();
    for frame in frames.iter().chain(&frames) {
        ids.push(phone.request(frame.clone()).await);
    }
    let mut acks = Vec::new();
    for id in &ids {
        acks.push(phone.answer(id).await);
    }
    let again = acks.split_off(frames.len());
    assert_eq!(acks, again, "the same, sent again before it was answered");
    is_log(acks, &phone.history(&ann.with(&bob)).await);
}
