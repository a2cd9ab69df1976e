//! Who is there, as a page of level 0 sees it.

use serde_json::json;

use crate::{
    people::{Person, World},
    socket::{Socket, says},
};

/// Asks for somebody's status, and waits for both answers.
async fn status(page: &mut Socket, of: &Person, value: &str) {
    page.send(json!({ "action": "STATUS", "partnerSub": of.sub })).await;
    says(&page.expect("PARTNERINFO").await, &json!({ "value": of.name, "sub": of.sub }));
    page.presence(&of.sub, value).await;
}

pub async fn status_tells_who_somebody_is_and_whether_he_is_there(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    cleo.shows_up().await;
    let _bobs = bob.phone().await;
    let mut page = ann.page(&bob).await;
    // Such pages ask at each keystroke.
    for _ in 0..2 {
        status(&mut page, &bob, "1").await;
        status(&mut page, &cleo, "0").await;
    }
    let mut phone = ann.phone().await;
    let id = phone.request(json!({ "action": "STATUS", "partnerSub": bob.sub })).await;
    for _ in 0..2 {
        let answer = phone.answer(&id).await;
        assert_eq!(answer["sub"], bob.sub, "{answer}");
        let value = if answer["action"] == "ISONLINE" { "1" } else { &bob.name };
        assert_eq!(answer["value"], value, "{answer}");
    }
}

pub async fn a_status_of_nobody_leaves_the_page_connected(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let _bobs = bob.phone().await;
    let mut page = ann.page(&bob).await;
    for (nobody, code) in [(&*world.fresh("nobody"), "not_found"), ("", "invalid_request")] {
        page.send(json!({ "action": "STATUS", "partnerSub": nobody })).await;
        says(&page.expect("ERROR").await, &json!({ "code": code }));
    }
    status(&mut page, &bob, "1").await;
}

pub async fn a_page_sees_its_partner_come_first_and_leave_last(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let mut page = ann.page(&bob).await;
    page.heard_all().await;
    let first = bob.phone().await;
    page.presence(&bob.sub, "1").await;
    let mut second = bob.page(&ann).await;
    page.heard_all().await;
    first.leave().await;
    second.send(bob.says(&ann, "still here")).await;
    page.message("still here").await;
    page.heard_all().await;
    second.leave().await;
    page.presence(&bob.sub, "0").await;
    let _third = bob.phone().await;
    page.presence(&bob.sub, "1").await;
}

pub async fn status_replaces_whom_a_page_watches(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let cleos = cleo.phone().await;
    let mut page = ann.page(&bob).await;
    status(&mut page, &cleo, "1").await;
    page.rest().await;
    let bobs = bob.phone().await;
    cleos.leave().await;
    page.presence(&cleo.sub, "0").await;
    bobs.leave().await;
    let _cleos = cleo.phone().await;
    page.presence(&cleo.sub, "1").await;
    let more = page.rest().await;
    assert!(more.is_empty(), "of one whom it no longer watches: {more:?}");
}
