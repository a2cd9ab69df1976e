//! `SEARCH`.

use serde_json::{Value, json};

use crate::{people::World, socket::Socket};

async fn found(phone: &mut Socket, query: &str) -> Vec<(u64, String)> {
    let answer = phone.ask(json!({ "action": "SEARCH", "query": query })).await;
    assert_eq!(answer["action"], "SEARCH", "{answer}");
    let hit = |hit: &Value| {
        let units: Vec<u16> = hit["excerpt"].as_str().unwrap().encode_utf16().collect();
        let [from, to] = [0, 1].map(|end| hit["highlights"][0][end].as_u64().unwrap() as usize);
        (hit["seq"].as_u64().unwrap(), String::from_utf16(&units[from..to]).unwrap())
    };
    answer["hits"].as_array().unwrap().iter().map(hit).collect()
}

pub async fn what_was_said_is_found(world: World) {
    let [ann, bob, cyd] = world.people(["ann", "bob", "cyd"]).await;
    bob.shows_up().await;
    let (mut phone, mut bobs, mut cyds) = (ann.phone().await, bob.phone().await, cyd.phone().await);
    for text in ["🦩 the flamingos", "明日は東京駅で会いましょう", "A flamingo again"]
    {
        phone.say(bob.is_told(text)).await;
    }
    for one in [&mut phone, &mut bobs] {
        let hits = [(3, "flamingo".to_owned()), (1, "flamingo".to_owned())];
        assert_eq!(found(one, "ＦＬＡＭＩＮＧＯ").await, hits, "whole words first");
        assert_eq!(found(one, "京駅").await, [(2, "京駅".to_owned())]);
        assert_eq!(found(one, "駅").await, [(2, "駅".to_owned())]);
        assert_eq!(found(one, "flamingo zebra").await, []);
    }
    assert_eq!(found(&mut cyds, "flamingo").await, [], "whoever is no member finds nothing");
}

pub async fn what_is_changed_is_found_as_it_reads(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    bob.shows_up().await;
    let mut phone = ann.phone().await;
    let id = ann.with(&bob);
    phone.say(bob.is_told("meet at noon")).await;
    let edit = json!({ "action": "EDITMSG", "conversationId": id, "seq": 1,
        "message": "meet at dusk", "clientMsgId": world.fresh("c") });
    phone.say(edit).await;
    assert_eq!(found(&mut phone, "noon").await, []);
    assert_eq!(found(&mut phone, "dusk").await, [(1, "dusk".to_owned())]);
    let deletion = json!({ "action": "DELMSG", "conversationId": id, "seq": 1,
        "clientMsgId": world.fresh("c") });
    phone.say(deletion).await;
    assert_eq!(found(&mut phone, "dusk").await, []);
}
