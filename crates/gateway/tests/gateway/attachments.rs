//! Files that come with messages.

use aizuchi_core::{
    attachments::{AttachmentId, Attachments, State},
    ids::ClientMsgId,
};
use pollster::block_on;
use serde_json::{Value, json};

use crate::support::{World, direct};

fn send(to: &str, message: &str, client_msg_id: &str, files: &[String]) -> Value {
    json!({ "action": "SENDMSG", "toSub": to, "message": message, "clientMsgId": client_msg_id,
        "attachments": files })
}

fn state(world: &World, id: &str) -> State {
    let id = AttachmentId::parse(id).unwrap();
    block_on(world.attachments().get(id)).unwrap().unwrap().state
}

fn sent(message: &str) -> State {
    State::Sent(ClientMsgId::parse(message).unwrap())
}

#[track_caller]
fn is_refused(answer: &Value, code: &str) {
    assert_eq!((&answer["action"], &answer["code"]), (&json!("ERROR"), &json!(code)), "{answer}");
    assert!(answer["error"].as_str().unwrap().ends_with('.'), "{answer}");
}

#[test]
fn files_come_with_their_message() {
    let world = World::new();
    let (ada, bob) = (world.phone("ada"), world.phone("bob"));
    let id = direct("ada", "bob");
    let files = [1, 2].map(|number| world.file("ada", &id, number));
    assert_eq!(ada.asks(&send("bob", "", "m1", &files))["seq"], 1);
    let file = |id: &String| json!({ "id": id, "name": "plan.pdf", "mediaType": "application/pdf", "size": 5 });
    let both = json!(files.iter().map(file).collect::<Vec<_>>());
    let heard = bob.hears();
    assert_eq!((&heard[0]["message"], &heard[0]["attachments"]), (&json!(""), &both));
    let page = bob.asks(&json!({ "action": "GETMSG", "conversationId": id }));
    assert_eq!(page["messages"][0]["attachments"], both);
    assert_eq!(state(&world, &files[0]), sent("m1"));
}

#[test]
fn a_resend_is_the_same_message() {
    let world = World::new();
    let (ada, bob) = (world.phone("ada"), world.phone("bob"));
    let files = [world.file("ada", &direct("ada", "bob"), 1)];
    let first = ada.asks(&send("bob", "look", "m1", &files));
    assert_eq!(ada.asks(&send("bob", "look", "m1", &files)), first);
    assert_eq!(bob.hears().len(), 1);
    // Also when the file is gone by then.
    let id = AttachmentId::parse(&files[0]).unwrap();
    assert!(block_on(world.attachments().remove(id)).unwrap());
    assert_eq!(ada.asks(&send("bob", "look", "m1", &files)), first);
}

#[test]
fn a_file_named_twice_comes_once() {
    let world = World::new();
    let (ada, bob) = (world.phone("ada"), world.phone("bob"));
    let file = world.file("ada", &direct("ada", "bob"), 1);
    ada.asks(&send("bob", "", "m1", &[file.clone(), file]));
    assert_eq!(bob.hears()[0]["attachments"].as_array().unwrap().len(), 1);
}

#[test]
fn only_what_is_ones_own_and_new_is_sent() {
    let world = World::new();
    let (ada, bob) = (world.phone("ada"), world.phone("bob"));
    let id = direct("ada", "bob");
    let own = world.file("ada", &id, 1);
    ada.asks(&send("bob", "", "m1", std::slice::from_ref(&own)));
    let wrong = [
        own,
        world.file("bob", &id, 2),
        world.file("ada", &direct("ada", "cyd"), 3),
        AttachmentId::new(4).to_string(),
    ];
    let good = world.file("ada", &id, 5);
    for (at, wrong) in wrong.into_iter().enumerate() {
        let frame = send("bob", "look", &format!("n{at}"), &[good.clone(), wrong]);
        is_refused(&ada.asks(&frame), "not_found");
    }
    assert_eq!(state(&world, &good), State::Complete, "it can be sent still");
    assert_eq!(bob.hears().len(), 1);
}

#[test]
fn forged_ids_and_too_many_are_refused() {
    let world = World::new();
    let ada = world.phone("ada");
    let id = direct("ada", "bob");
    for forged in
        ["", "a1", "../../../../../../etc/passwd.....", "000000000000000000000000000000A1"]
    {
        is_refused(&ada.asks(&send("bob", "hi", "m1", &[forged.to_owned()])), "invalid_request");
    }
    let files: Vec<_> = (0..11).map(|number| world.file("ada", &id, number)).collect();
    is_refused(&ada.asks(&send("bob", "hi", "m2", &files)), "invalid_request");
    is_refused(&ada.asks(&send("bob", "", "m3", &[])), "invalid_request");
    assert_eq!(ada.asks(&send("bob", "", "m4", &files[..10]))["seq"], 1);
}

#[test]
fn a_stranger_marks_nothing_as_sent() {
    let world = World::new();
    let cyd = world.phone("cyd");
    let id = direct("ada", "bob");
    let file = world.file("cyd", &id, 1);
    let mut frame = send("bob", "", "m1", std::slice::from_ref(&file));
    frame["conversationId"] = json!(id);
    frame.as_object_mut().unwrap().remove("toSub");
    is_refused(&cyd.asks(&frame), "forbidden");
    assert_eq!(state(&world, &file), State::Complete);
}

#[test]
fn a_page_of_level_zero_sends_no_files() {
    let world = World::new();
    let page = world.page("ada", "bob");
    let file = world.file("ada", &direct("ada", "bob"), 1);
    let mut frame = send("bob", "", "m1", std::slice::from_ref(&file));
    frame["fromSub"] = json!("ada");
    page.says(&frame);
    assert_eq!(page.hears().last().unwrap()["action"], "ERROR");
    assert_eq!(state(&world, &file), State::Complete);
}

#[test]
fn files_go_with_their_message() {
    let world = World::new();
    let (ada, bob) = (world.phone("ada"), world.phone("bob"));
    let id = direct("ada", "bob");
    let files = [1, 2].map(|number| world.file("ada", &id, number));
    let delete = json!({ "action": "DELMSG", "conversationId": id, "seq": 1, "clientMsgId": "d1" });
    ada.asks(&send("bob", "", "m1", &files));
    assert_eq!(bob.hears().len(), 1);
    is_refused(&bob.asks(&delete), "forbidden");
    assert_eq!(state(&world, &files[0]), sent("m1"));
    // One of them went when an earlier try came to its end half way.
    let [first, second] = files.map(|file| AttachmentId::parse(&file).unwrap());
    assert!(block_on(world.attachments().remove(first)).unwrap());
    assert_eq!(ada.asks(&delete)["seq"], 2);
    assert_eq!(block_on(world.attachments().get(second)).unwrap(), None);
}
