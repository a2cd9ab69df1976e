//! `GETMSG` of level 0: the whole of a conversation, as far as it fits.

use serde_json::{Value, json};

use crate::{
    people::{Person, World},
    socket::{Socket, says, texts},
};

/// Asks a page for the messages of two people.
async fn messages(page: &mut Socket, one: &Person, two: &Person) -> Value {
    page.send(json!({ "action": "GETMSG", "fromSub": one.sub, "toSub": two.sub })).await;
    page.expect("GETMSG").await["messages"].take()
}

pub async fn a_conversation_is_told_oldest_first(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let (mut anns, mut bobs) = (ann.page(&bob).await, bob.page(&ann).await);
    let said = ["1", "2", "3", "4", "5"];
    for (number, text) in said.iter().enumerate() {
        if number % 2 == 0 {
            anns.send(ann.says(&bob, text)).await;
            bobs.message(text).await;
        } else {
            bobs.send(bob.says(&ann, text)).await;
            anns.message(text).await;
        }
    }
    let told = messages(&mut anns, &ann, &bob).await;
    assert_eq!(texts(&told), said);
    let mut ids: Vec<&str> = Vec::new();
    for (number, message) in told.as_array().unwrap().iter().enumerate() {
        let (from, to) = if number % 2 == 0 { (&ann, &bob) } else { (&bob, &ann) };
        says(message, &json!({ "fromSub": from.sub, "toSub": to.sub }));
        assert!(message["timestamp"].is_u64(), "{message}");
        ids.push(message["messageId"].as_str().unwrap());
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), said.len());
    for page in [&mut anns, &mut bobs] {
        assert_eq!(messages(page, &bob, &ann).await, told);
        assert_eq!(messages(page, &ann, &bob).await, told);
    }
}

pub async fn a_conversation_without_messages_is_an_empty_list(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let mut page = ann.page(&bob).await;
    assert_eq!(messages(&mut page, &ann, &bob).await, json!([]));
}

pub async fn a_conversation_is_told_to_its_two_people_alone(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let (mut anns, mut bobs) = (ann.page(&bob).await, bob.page(&ann).await);
    anns.send(ann.says(&bob, "between us")).await;
    bobs.message("between us").await;
    let mut cleos = cleo.page(&ann).await;
    for (one, two) in [(&ann, &bob), (&bob, &ann)] {
        cleos.send(json!({ "action": "GETMSG", "fromSub": one.sub, "toSub": two.sub })).await;
        let error = cleos.expect("ERROR").await;
        says(&error, &json!({ "code": "forbidden" }));
        assert!(error.get("messages").is_none(), "{error}");
    }
    assert_eq!(messages(&mut cleos, &cleo, &ann).await, json!([]));
    let more = cleos.rest().await;
    assert!(more.iter().all(|frame| frame["action"] == "ISONLINE"), "{more:?}");
}

pub async fn of_a_long_conversation_the_newest_part_is_told(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    bob.shows_up().await;
    let mut phone = ann.phone().await;
    let said: Vec<String> = (0..6).map(|n| n.to_string().repeat(30_000)).collect();
    for text in &said {
        phone.say(bob.is_told(text)).await;
    }
    let mut page = bob.page(&ann).await;
    let told = messages(&mut page, &ann, &bob).await;
    let told = texts(&told);
    assert!((3..6).contains(&told.len()), "{} messages in 128 KB", told.len());
    assert!(told.iter().eq(&said[6 - told.len()..]), "not the newest");
}

pub async fn every_text_comes_back_as_it_was(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let (mut page, mut bobs) = (ann.page(&bob).await, bob.page(&ann).await);
    let said = [
        "相槌を打つ",
        "👩‍👩‍👧‍👦 𠮷",
        "e\u{301} is not é",
        "\u{202e}מימין לשמאל",
        "a \"quoted\" \\ path/ <b>&amp;</b>",
        "two\nlines\r\n\tand\u{2028}more\u{1}",
        "\u{feff} spaces around ",
        "\u{10ffff}\u{fffd}",
        "null",
    ];
    for text in said {
        page.send(ann.says(&bob, text)).await;
        bobs.message(text).await;
    }
    assert_eq!(texts(&messages(&mut page, &ann, &bob).await), said);
}
