//! What pages of level 0 send, and what they hear.

use serde_json::{Value, json};

use crate::{people::World, socket::says};

/// How many messages a person may send at once, and some room.
const MANY: usize = 80;

fn history(one: &str, two: &str) -> Value {
    json!({ "action": "GETMSG", "fromSub": one, "toSub": two })
}

pub async fn what_is_no_frame_is_told_so(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let mut page = ann.page(&bob).await;
    for text in [
        "hello",
        "{",
        "[]",
        "null",
        "7",
        r#""PING""#,
        "{}",
        r#"{"action":null}"#,
        r#"{"action":7}"#,
        r#"{"action":"NONSENSE"}"#,
        r#"{"action":"ping"}"#,
        r#"[{"action":"PING"}]"#,
        r#"{"action":"PING"}{"action":"PING"}"#,
        r#"{"action":"STATUS"}"#,
        r#"{"action":"STATUS","partnerSub":7}"#,
        r#"{"action":"GETMSG","fromSub":"a"}"#,
        r#"{"action":"SENDMSG","toSub":"a"}"#,
        r#"{"action":"SENDMSG","message":"hi"}"#,
        r#"{"action":"SENDMSG","message":{},"toSub":"a"}"#,
        // Of level 1, whose answers such a page would not understand.
        r#"{"action":"SYNC"}"#,
        r#"{"action":"CONVERSATIONS"}"#,
        r#"{"action":"WATCH","subs":[]}"#,
    ] {
        page.send_text(text).await;
        let error = page.expect("ERROR").await;
        let told = json!({ "code": "invalid_request", "error": "Invalid request" });
        says(&error, &told);
        assert!(error.get("requestId").is_none(), "{error}");
    }
    page.heard_all().await;
}

pub async fn an_error_leaves_the_page_connected(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let (mut anns, mut bobs) = (ann.page(&bob).await, bob.page(&ann).await);
    anns.send_text("hello").await;
    anns.expect("ERROR").await;
    anns.send(ann.says(&bob, "still here")).await;
    bobs.message("still here").await;
    bobs.leave().await;
    anns.presence(&bob.sub, "0").await;
}

pub async fn greetings_are_turned_off(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let (mut anns, mut bobs) = (ann.page(&bob).await, bob.page(&ann).await);
    anns.send(json!({ "action": "GREETING", "message": "hello, everybody" })).await;
    says(&anns.expect("ERROR").await, &json!({ "code": "forbidden" }));
    anns.send(ann.says(&bob, "hello, you")).await;
    bobs.message("hello, you").await;
    assert!(bobs.rest().await.iter().all(|frame| frame["action"] != "GREETING"));
}

pub async fn a_message_reaches_the_pages_that_show_it_and_no_other(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    cleo.shows_up().await;
    let mut sending = ann.page(&bob).await;
    let mut showing = [ann.page(&bob).await, bob.page(&ann).await];
    let mut phones = [ann.phone().await, bob.phone().await];
    let mut elsewhere = [ann.page(&cleo).await, bob.page(&cleo).await, cleo.page(&ann).await];
    let said = ann.says(&bob, "hi");
    sending.send(said.clone()).await;
    for page in &mut showing {
        let heard = page.message("hi").await;
        says(&heard, &json!({ "fromSub": ann.sub, "toSub": bob.sub }));
        assert!(heard["timestamp"].is_u64() && heard["timestamp"] != said["timestamp"], "{heard}");
    }
    for phone in &mut phones {
        let heard = phone.message("hi").await;
        says(
            &heard,
            &json!({ "fromSub": ann.sub, "toSub": bob.sub, "seq": 1,
            "conversationId": ann.with(&bob), "sentAt": said["timestamp"] }),
        );
    }
    for page in elsewhere.iter_mut().chain([&mut sending]).chain(&mut showing) {
        let more = page.rest().await;
        assert!(more.iter().all(|frame| frame["action"] != "SENDMSG"), "{more:?}");
    }
    // From a phone, which is acknowledged, to the same pages.
    let [mine, his] = &mut phones;
    his.say(ann.is_told("hello")).await;
    mine.message("hello").await;
    for page in showing.iter_mut().chain([&mut sending]) {
        says(&page.message("hello").await, &json!({ "fromSub": bob.sub, "toSub": ann.sub }));
    }
    for page in &mut elsewhere {
        let more = page.rest().await;
        assert!(more.iter().all(|frame| frame["action"] != "SENDMSG"), "{more:?}");
    }
    mine.heard_all().await;
    his.heard_all().await;
}

pub async fn a_page_that_looks_elsewhere_hears_of_elsewhere(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let (mut bobs, mut cleos) = (bob.phone().await, cleo.phone().await);
    let mut page = ann.page(&bob).await;
    page.send(json!({ "action": "STATUS", "partnerSub": cleo.sub })).await;
    page.expect("PARTNERINFO").await;
    page.presence(&cleo.sub, "1").await;
    bobs.say(ann.is_told("from bob")).await;
    cleos.say(ann.is_told("from cleo")).await;
    page.message("from cleo").await;
    let more = page.rest().await;
    assert!(more.iter().all(|frame| frame["action"] != "SENDMSG"), "{more:?}");
}

pub async fn a_pages_clock_is_kept_and_orders_nothing(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let (mut page, mut bobs) = (ann.page(&bob).await, bob.phone().await);
    let clocks = [json!(2_000), json!(1_000), json!("yesterday"), Value::Null];
    for (number, clock) in clocks.iter().enumerate() {
        let text = number.to_string();
        let mut said = ann.says(&bob, &text);
        said["timestamp"] = clock.clone();
        page.send(said).await;
        bobs.message(&text).await;
    }
    let log = bobs.history(&ann.with(&bob)).await;
    let clocks: Vec<Option<&Value>> = log.iter().map(|one| one.get("sentAt")).collect();
    assert_eq!(clocks, [Some(&json!(2_000)), Some(&json!(1_000)), None, None]);
    let taken: Vec<u64> = log.iter().map(|one| one["timestamp"].as_u64().unwrap()).collect();
    assert!(taken.is_sorted() && taken[0] > 1_600_000_000_000, "the server's: {taken:?}");
}

pub async fn nobody_writes_in_another_persons_name(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let (mut anns, mut bobs) = (ann.page(&bob).await, bob.page(&ann).await);
    let mut cleos = cleo.phone().await;
    for forged in [bob.says(&ann, "forged"), bob.says(&cleo, "forged"), cleo.says(&bob, "forged")] {
        anns.send(forged).await;
        says(&anns.expect("ERROR").await, &json!({ "code": "forbidden" }));
    }
    let mut forged = bob.is_told("forged");
    forged["fromSub"] = json!(ann.sub);
    cleos.is_refused(forged, "forbidden").await;
    anns.send(ann.says(&bob, "true")).await;
    says(&bobs.expect("SENDMSG").await, &json!({ "message": "true", "fromSub": ann.sub }));
    cleos.heard_all().await;
    for other in [&ann, &bob] {
        assert_eq!(cleos.history(&cleo.with(other)).await, [Value::Null; 0]);
    }
    assert_eq!(bob.phone().await.history(&ann.with(&bob)).await.len(), 1);
}

pub async fn what_no_page_may_send_is_not_stored(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let (mut page, mut bobs) = (ann.page(&bob).await, bob.page(&ann).await);
    let mut to_nobody = ann.says(&bob, "hi");
    to_nobody["toSub"] = json!(world.fresh("nobody"));
    let mut to_an_empty_id = ann.says(&bob, "hi");
    to_an_empty_id["toSub"] = json!("");
    for (frame, code) in [
        (ann.says(&bob, ""), "invalid_request"),
        (ann.says(&bob, "a\0b"), "invalid_request"),
        (ann.says(&ann, "hi"), "invalid_request"),
        (to_an_empty_id, "invalid_request"),
        (to_nobody.clone(), "not_found"),
    ] {
        page.send(frame.clone()).await;
        let error = page.expect("ERROR").await;
        assert_eq!(error["code"], code, "{frame}: {error}");
    }
    for asked in
        [history(&ann.sub, &bob.sub), history(&ann.sub, to_nobody["toSub"].as_str().unwrap())]
    {
        page.send(asked).await;
        assert_eq!(page.expect("GETMSG").await["messages"], json!([]));
    }
    page.send(ann.says(&bob, "hello")).await;
    assert_eq!(bobs.expect("SENDMSG").await["message"], "hello");
}

pub async fn a_page_that_hears_nothing_is_still_heard(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    bob.shows_up().await;
    let mut page = ann.page(&bob).await;
    // He is not there, and such a page gets no acknowledgement.
    for number in 0..MANY {
        page.send(ann.says(&bob, &number.to_string())).await;
    }
    page.ping().await;
}
