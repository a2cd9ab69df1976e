//! `SYNC`: after any drop a device is brought to the state of one that never
//! dropped.

use serde_json::{Map, Value, json};

use crate::{
    people::World,
    socket::{Socket, says, seqs},
};

/// What one `SYNC` brought, its frames put together.
struct Brought {
    conversations: Vec<Value>,
    entries: Vec<Value>,
    since: Value,
    frames: usize,
}

impl Brought {
    /// A conversation that was brought.
    fn conversation(&self, id: &str) -> &Value {
        let found = self.conversations.iter().find(|one| one["conversationId"] == id);
        found.unwrap_or_else(|| panic!("no {id} in {:?}", self.conversations))
    }

    /// Asserts that there was nothing to be brought: no entry, and what came of
    /// conversations is what the caller's list says of them. Those that changed
    /// shortly before may come again.
    async fn is_no_news(&self, phone: &mut Socket) {
        assert!(self.entries.is_empty(), "{:?}", self.entries);
        self.is_as_listed(phone).await;
    }

    /// Asserts that each conversation came as the caller's list has it.
    async fn is_as_listed(&self, phone: &mut Socket) {
        let list = phone.ask(json!({ "action": "CONVERSATIONS" })).await;
        for conversation in &self.conversations {
            let is_it = |one: &&Value| one["conversationId"] == conversation["conversationId"];
            let mut listed = list["conversations"].as_array().unwrap().iter();
            let listed = listed.find(is_it).expect("a conversation of the caller's");
            for name in ["lastSeq", "unread", "reads"] {
                assert_eq!(conversation[name], listed[name], "{name} of {conversation}");
            }
        }
    }

    /// The places of a conversation's entries, as they came.
    fn seqs(&self, id: &str) -> Vec<u64> {
        seqs(self.entries.iter().filter(|one| one["conversationId"] == id))
    }
}

/// Asks, and takes frames until there is no more.
async fn sync(phone: &mut Socket, since: Option<&Value>, cursors: &[(&str, u64)]) -> Brought {
    let mut frame = json!({ "action": "SYNC" });
    if let Some(since) = since {
        frame["since"] = since.clone();
    }
    if !cursors.is_empty() {
        let named = cursors.iter().map(|(id, seq)| ((*id).to_owned(), json!(seq)));
        frame["cursors"] = Value::Object(named.collect::<Map<_, _>>());
    }
    let id = phone.request(frame).await;
    let mut brought =
        Brought { conversations: Vec::new(), entries: Vec::new(), since: Value::Null, frames: 0 };
    loop {
        let mut frame = phone.answer(&id).await;
        assert_eq!(frame["action"], "SYNC", "{frame}");
        brought.conversations.append(frame["conversations"].as_array_mut().unwrap());
        brought.entries.append(frame["entries"].as_array_mut().unwrap());
        brought.since = frame["since"].take();
        brought.frames += 1;
        if !frame["more"].as_bool().expect("whether there is more") {
            break;
        }
    }
    let mut ids: Vec<&Value> =
        brought.conversations.iter().map(|one| &one["conversationId"]).collect();
    ids.sort_by_key(|id| id.as_str());
    assert!(ids.is_sorted_by(|a, b| a.as_str() < b.as_str()), "a conversation came twice");
    assert!(brought.since.is_string());
    brought
}

pub async fn a_new_device_is_brought_its_conversations(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let (mut bobs, mut cleos) = (bob.phone().await, cleo.phone().await);
    let mut phone = ann.phone().await;
    let nothing = sync(&mut phone, None, &[]).await;
    assert_eq!((nothing.conversations.len(), nothing.entries.len(), nothing.frames), (0, 0, 1));
    phone.say(bob.is_told("1")).await;
    bobs.say(ann.is_told("2")).await;
    cleos.say(ann.is_told("1")).await;
    let brought = sync(&mut ann.phone().await, None, &[]).await;
    assert_eq!(brought.conversations.len(), 2);
    assert!(brought.entries.is_empty(), "a device that names no cursor takes a page");
    for (other, last, unread) in [(&bob, 2, 1), (&cleo, 1, 1)] {
        let conversation = brought.conversation(&ann.with(other));
        says(conversation, &json!({ "lastSeq": last, "unread": unread, "reads": {} }));
        assert!(conversation.get("reset").is_none(), "{conversation}");
        let members = conversation["members"].as_array().unwrap();
        assert_eq!(members.len(), 2, "{conversation}");
        for person in [&ann, other] {
            let member = json!({ "sub": person.sub, "username": person.name });
            assert!(members.contains(&member), "{conversation}");
        }
    }
}

pub async fn a_device_is_brought_what_it_missed(world: World) {
    let [ann, bob, cleo, dan] = world.people(["ann", "bob", "cleo", "dan"]).await;
    let (mut anns, mut cleos) = (ann.phone().await, cleo.phone().await);
    let (mut dropped, mut other) = (bob.phone().await, bob.phone().await);
    anns.say(bob.is_told("1")).await;
    dan.phone().await.say(bob.is_told("1")).await;
    let (with_ann, with_cleo, with_dan) = (bob.with(&ann), bob.with(&cleo), bob.with(&dan));
    let cursors = [(&*with_ann, 1), (&with_dan, 1)];
    let before = sync(&mut dropped, None, &cursors).await;
    assert_eq!((before.conversations.len(), before.entries.len()), (2, 0), "it has them all");
    dropped.leave().await;

    let second = anns.say(bob.is_told("2")).await;
    anns.say(bob.is_told("3")).await;
    other.say(ann.is_told("4")).await;
    other.ask(json!({ "action": "READ", "conversationId": with_ann, "seq": 2 })).await;
    cleos.say(bob.is_told("1")).await;

    let mut back = bob.phone().await;
    let brought = sync(&mut back, Some(&before.since), &cursors).await;
    brought.is_as_listed(&mut back).await;
    let reads = json!({ &bob.sub: 2 });
    let conversation = brought.conversation(&with_ann);
    says(conversation, &json!({ "lastSeq": 4, "unread": 1, "reads": reads }));
    let conversation = brought.conversation(&with_cleo);
    says(conversation, &json!({ "lastSeq": 1, "unread": 1, "reads": {} }));
    assert_eq!(brought.seqs(&with_ann), [2, 3, 4]);
    assert_eq!(brought.entries.len(), 3, "of no conversation that was not named");
    says(
        &brought.entries[0],
        &json!({ "kind": "message", "messageId": second["messageId"],
        "message": "2", "fromSub": ann.sub, "timestamp": second["timestamp"],
        "clientMsgId": second["clientMsgId"] }),
    );
    says(&brought.entries[2], &json!({ "message": "4", "fromSub": bob.sub }));

    let cursors = [(&*with_ann, 4), (&with_cleo, 1), (&with_dan, 1)];
    let again = sync(&mut back, Some(&brought.since), &cursors).await;
    again.is_no_news(&mut back).await;
    // A cursor of somebody else's is news, too.
    cleos.ask(json!({ "action": "READ", "conversationId": with_cleo, "seq": 1 })).await;
    let brought = sync(&mut back, Some(&again.since), &cursors).await;
    let reads = json!({ &cleo.sub: 1 });
    says(brought.conversation(&with_cleo), &json!({ "unread": 1, "reads": reads }));
    brought.is_no_news(&mut back).await;
}

pub async fn a_cursor_brings_its_entries_though_nothing_changed(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    cleo.shows_up().await;
    let (mut anns, mut bobs) = (ann.phone().await, bob.phone().await);
    for text in ["1", "2", "3"] {
        anns.say(bob.is_told(text)).await;
    }
    anns.say(cleo.is_told("1")).await;
    let (with_bob, with_cleo) = (ann.with(&bob), ann.with(&cleo));
    let since = sync(&mut bobs, None, &[]).await.since;
    let brought = sync(&mut bobs, Some(&since), &[(&*with_bob, 1)]).await;
    assert_eq!(brought.seqs(&with_bob), [2, 3]);
    says(brought.conversation(&with_bob), &json!({ "lastSeq": 3, "unread": 3 }));
    let brought = sync(&mut bobs, Some(&since), &[(&*with_bob, 0)]).await;
    assert_eq!(brought.seqs(&with_bob), [1, 2, 3]);
    let brought = sync(&mut bobs, Some(&since), &[(&*with_bob, 3), (&with_cleo, 0)]).await;
    brought.is_no_news(&mut bobs).await;
}

pub async fn many_entries_come_in_many_frames(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let (mut anns, mut bobs) = (ann.phone().await, bob.phone().await);
    cleo.phone().await.say(bob.is_told("1")).await;
    let said: Vec<String> = (0..6).map(|n| n.to_string().repeat(30_000)).collect();
    for text in &said {
        anns.say(bob.is_told(text)).await;
    }
    let (with_ann, with_cleo) = (bob.with(&ann), bob.with(&cleo));
    let brought = sync(&mut bobs, None, &[(&*with_ann, 0), (&with_cleo, 0)]).await;
    assert!(brought.frames > 1, "one frame does not hold it");
    assert_eq!(brought.seqs(&with_ann), [1, 2, 3, 4, 5, 6]);
    assert_eq!(brought.seqs(&with_cleo), [1]);
    let of_ann = brought.entries.iter().filter(|one| one["conversationId"] == with_ann);
    assert!(of_ann.zip(&said).all(|(entry, text)| entry["message"] == **text));
    let again = sync(&mut bobs, Some(&brought.since), &[(&*with_ann, 6)]).await;
    again.is_no_news(&mut bobs).await;
}

pub async fn a_since_of_elsewhere_brings_everything(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    bob.shows_up().await;
    let mut phone = ann.phone().await;
    phone.say(bob.is_told("1")).await;
    for since in ["", "yesterday", "-1", "99999999999999999999999"] {
        let brought = sync(&mut phone, Some(&json!(since)), &[(&ann.with(&bob), 0)]).await;
        assert_eq!(brought.conversations.len(), 1, "{since}");
        assert_eq!(brought.seqs(&ann.with(&bob)), [1], "{since}");
    }
}

pub async fn what_is_asked_of_a_sync_wrongly_is_refused(world: World) {
    let ann = world.person("ann").await;
    let mut phone = ann.phone().await;
    let cursors = |many: usize| {
        let named = (0..many).map(|number| (format!("r:{number}"), json!(0)));
        Value::Object(named.collect::<Map<_, _>>())
    };
    for asked in [
        json!({ "action": "SYNC", "since": 7 }),
        json!({ "action": "SYNC", "cursors": [] }),
        json!({ "action": "SYNC", "cursors": { "r:1": -1 } }),
        json!({ "action": "SYNC", "cursors": { "nowhere": 1 } }),
        json!({ "action": "SYNC", "cursors": cursors(201) }),
    ] {
        phone.is_refused(asked, "invalid_request").await;
    }
    let most = phone.ask(json!({ "action": "SYNC", "cursors": cursors(200) })).await;
    assert_eq!(most["action"], "SYNC", "{most}");
}
