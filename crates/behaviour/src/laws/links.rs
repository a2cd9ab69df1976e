//! Who is in a room, how far each has read, and the links by which people come.

use reqwest::Method;
use serde_json::{Value, json};

use super::rooms::{about, create, listed, says_in};
use crate::{
    people::{Answer, Person, World},
    socket::says,
};

/// A call about a room, by somebody.
async fn call(world: &World, method: Method, path: &str, of: &Person, body: Value) -> Answer {
    let body = Some(body).filter(|body| !body.is_null()).map(|body| body.to_string());
    world.call(method, &format!("/api/rooms/{path}"), Some(&of.token), body).await
}

/// A link; its id and its secret.
async fn make(world: &World, room: &str, of: &Person) -> (String, String) {
    let made = call(world, Method::POST, &format!("{room}/links"), of, json!({})).await;
    assert_eq!(made.status, 201, "{made:?}");
    let text = |name: &str| made.body[name].as_str().unwrap().to_owned();
    assert_eq!(text("secret").len(), 22);
    (text("linkId"), text("secret"))
}

async fn preview(world: &World, of: &Person, secret: &str) -> Answer {
    call(world, Method::POST, "preview", of, json!({ "secret": secret })).await
}

fn join(world: &World, secret: &str) -> Value {
    json!({ "action": "JOIN", "link": secret, "clientMsgId": world.fresh("j") })
}

pub async fn a_link_leads_into_its_room(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let (mut anns, mut bobs, mut cleos) =
        (ann.phone().await, bob.phone().await, cleo.phone().await);
    let room = create(&world, &mut anns, &[&bob], "all").await;
    bobs.expect("MEMBERSHIP").await;
    let (link, secret) = make(&world, &room, &ann).await;
    let listed_links = call(&world, Method::GET, &format!("{room}/links"), &ann, Value::Null).await;
    let [only] = &listed_links.body["links"].as_array().unwrap()[..] else {
        panic!("{listed_links:?}")
    };
    says(only, &json!({ "linkId": link, "createdBy": ann.sub }));
    let week = 7 * 24 * 60 * 60 * 1_000;
    let (from, to) = (only["createdAt"].as_u64().unwrap(), only["expiresAt"].as_u64().unwrap());
    assert_eq!(to - from, week);
    assert!(!listed_links.body.to_string().contains(&secret), "{listed_links:?}");
    let seen = preview(&world, &cleo, &secret).await;
    assert_eq!(seen.status, 200, "{seen:?}");
    assert_eq!(seen.body, json!({ "conversationId": room, "name": "Walks 散歩", "members": 2 }));
    let frame = join(&world, &secret);
    let ack = cleos.say(frame.clone()).await;
    says(&ack, &json!({ "conversationId": room, "seq": 2 }));
    for phone in [&mut anns, &mut bobs] {
        let told = phone.expect("MEMBERSHIP").await;
        says(&told, &json!({ "conversationId": room, "fromSub": cleo.sub, "seq": 2 }));
        let members = json!([{ "sub": cleo.sub, "username": cleo.name }]);
        says(&told["change"], &json!({ "type": "joined", "members": members }));
    }
    assert_eq!(cleos.say(frame).await, ack, "a resend is acknowledged");
    assert_eq!(cleos.say(join(&world, &secret)).await["seq"], 2, "he is in it already");
    says(&listed(&mut cleos, &room).await.unwrap(), &json!({ "role": "member", "memberCount": 3 }));
    cleos.say(says_in(&world, &room, "hello")).await;
    anns.message("hello").await;
}

pub async fn a_link_that_was_taken_back_leads_nowhere(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let (mut anns, mut bobs, mut cleos) =
        (ann.phone().await, bob.phone().await, cleo.phone().await);
    let room = create(&world, &mut anns, &[&bob], "all").await;
    let (link, secret) = make(&world, &room, &ann).await;
    let (_, other) = make(&world, &room, &ann).await;
    let path = format!("{room}/links/{link}");
    for (of, status, code) in [(&bob, 403, "forbidden"), (&cleo, 403, "forbidden")] {
        for (method, path) in [
            (Method::DELETE, &*path),
            (Method::GET, &*format!("{room}/links")),
            (Method::POST, &*format!("{room}/links")),
        ] {
            let answer = call(&world, method, path, of, Value::Null).await;
            answer.is_refused(status, code);
        }
    }
    let gone = call(&world, Method::DELETE, &path, &ann, Value::Null).await;
    assert_eq!(gone.status, 204, "{gone:?}");
    let again = call(&world, Method::DELETE, &path, &ann, Value::Null).await;
    again.is_refused(404, "not_found");
    preview(&world, &cleo, &secret).await.is_refused(404, "not_found");
    cleos.is_refused(join(&world, &secret), "not_found").await;
    // Who is put out comes back by no link, and by an invitation.
    bobs.expect("MEMBERSHIP").await;
    anns.say(about(&world, "REMOVE", &room, &json!({ "sub": bob.sub }))).await;
    bobs.expect("MEMBERSHIP").await;
    bobs.is_refused(join(&world, &other), "forbidden").await;
    anns.say(about(&world, "INVITE", &room, &json!({ "subs": [bob.sub] }))).await;
    assert_eq!(bobs.say(join(&world, &other)).await["seq"], 3);
    cleos.say(join(&world, &other)).await;
}

pub async fn what_is_asked_of_links_wrongly_is_refused(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let mut anns = ann.phone().await;
    let room = create(&world, &mut anns, &[], "all").await;
    let links = format!("{room}/links");
    for wrong in [json!({ "expiresInSeconds": 0 }), json!({ "expiresInSeconds": 90 * 86_400 + 1 })]
    {
        let answer = call(&world, Method::POST, &links, &ann, wrong).await;
        answer.is_refused(400, "invalid_request");
    }
    let text = json!({ "expiresInSeconds": "soon" });
    call(&world, Method::POST, &links, &ann, text).await.is_refused(400, "invalid_request");
    let answer = world.call(Method::POST, &format!("/api/rooms/{links}"), None, None).await;
    answer.is_refused(401, "unauthorized");
    for of in ["r:00000000000000000000000000000000/links", "nonsense/links"] {
        call(&world, Method::GET, of, &ann, Value::Null).await.is_refused(404, "not_found");
    }
    for secret in ["", "x", "AAAAAAAAAAAAAAAAAAAAAA", "../../etc/passwd"] {
        preview(&world, &bob, secret).await.is_refused(404, "not_found");
    }
    let wrong = call(&world, Method::POST, "preview", &bob, json!({ "secret": 7 })).await;
    wrong.is_refused(400, "invalid_request");
    anns.is_refused(
        json!({ "action": "JOIN", "clientMsgId": world.fresh("j") }),
        "invalid_request",
    )
    .await;
    let unnamed = json!({ "action": "JOIN", "link": "AAAAAAAAAAAAAAAAAAAAAA" });
    anns.is_refused(unnamed, "invalid_request").await;
}

pub async fn who_has_read_is_told_to_members(world: World) {
    let [ann, bob, cleo] = world.people(["ann", "bob", "cleo"]).await;
    let (mut anns, mut bobs) = (ann.phone().await, bob.phone().await);
    let room = create(&world, &mut anns, &[&bob], "all").await;
    anns.say(says_in(&world, &room, "one")).await;
    anns.say(says_in(&world, &room, "two")).await;
    bobs.message("two").await;
    bobs.ask(json!({ "action": "READ", "conversationId": room, "seq": 2 })).await;
    let path = format!("{room}/members");
    let all = call(&world, Method::GET, &path, &bob, Value::Null).await;
    assert_eq!(all.status, 200, "{all:?}");
    let mut expected = [
        json!({ "sub": ann.sub, "username": ann.name, "role": "owner", "read": 0 }),
        json!({ "sub": bob.sub, "username": bob.name, "role": "member", "read": 2 }),
    ];
    expected.sort_by_key(|one| one["sub"].as_str().unwrap().to_owned());
    assert_eq!(all.body, json!({ "members": expected }));
    let first = call(&world, Method::GET, &format!("{path}?limit=1"), &ann, Value::Null).await;
    assert_eq!(first.body["members"], json!([expected[0]]));
    let cursor = first.body["cursor"].as_str().expect("a cursor");
    let rest = format!("{path}?limit=1&cursor={cursor}");
    let rest = call(&world, Method::GET, &rest, &ann, Value::Null).await;
    assert_eq!(rest.body, json!({ "members": [expected[1]] }));
    call(&world, Method::GET, &path, &cleo, Value::Null).await.is_refused(403, "forbidden");
    let of_two = format!("{}/members", ann.with(&bob));
    call(&world, Method::GET, &of_two, &ann, Value::Null).await.is_refused(400, "invalid_request");
    for wrong in ["limit=0", "limit=1001", "limit=few"] {
        let answer = call(&world, Method::GET, &format!("{path}?{wrong}"), &ann, Value::Null).await;
        answer.is_refused(400, "invalid_request");
    }
}
