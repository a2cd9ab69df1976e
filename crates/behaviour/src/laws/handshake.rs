//! Who may open a socket.

use serde_json::json;

use crate::{
    people::World,
    socket::says,
    token::{Token, signed_elsewhere, written},
};

/// Asserts that this query opens no socket.
async fn refused(world: &World, query: &[(&str, &str)], origin: Option<&str>) {
    match world.knock(query, origin).await {
        Ok(_) => panic!("let in with {query:?} from {origin:?}"),
        Err(status) => assert!(matches!(status, 401 | 403), "{status} for {query:?}"),
    }
}

/// Asserts that this text is no token at either level.
async fn opens_nothing(world: &World, token: &str) {
    refused(world, &[("Authorizer", token), ("level", "1")], None).await;
    refused(world, &[("Authorizer", token), ("connectionType", "chat")], None).await;
}

pub async fn a_token_opens_sockets_of_both_levels(world: World) {
    let ann = world.person("ann").await;
    let list = json!({ "action": "CONVERSATIONS" });
    let mut phone = ann.phone().await;
    phone.ping().await;
    assert_eq!(phone.ask(list.clone()).await["action"], "CONVERSATIONS");
    for query in
        [vec![("Authorizer", &*ann.token)], vec![("Authorizer", &ann.token), ("level", "0")]]
    {
        let mut page = world.knock(&query, None).await.expect("a socket");
        page.ping().await;
        page.send(list.clone()).await;
        says(&page.expect("ERROR").await, &json!({ "error": "Invalid request" }));
    }
}

pub async fn without_a_token_there_is_no_socket(world: World) {
    for query in [vec![], vec![("level", "1")], vec![("connectionType", "chat")]] {
        refused(&world, &query, None).await;
    }
    opens_nothing(&world, "").await;
    opens_nothing(&world, "no token").await;
}

pub async fn a_tampered_token_opens_nothing(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let token = Token::read(&ann.token);
    let Token { header, claims, signature } = token;
    let mut as_bob = token.claims();
    as_bob["sub"] = json!(bob.sub);
    let unsigned = written(&json!({ "alg": "none", "typ": "JWT" }));
    let (first, rest) = signature.split_at(1);
    let other = if first == "A" { "B" } else { "A" };
    for tampered in [
        format!("{header}.{}.{signature}", written(&as_bob)),
        format!("{header}.{claims}.{other}{rest}"),
        format!("{header}.{claims}.{}", Token::read(&bob.token).signature),
        format!("{header}.{claims}."),
        format!("{header}.{claims}"),
        format!("{unsigned}.{claims}."),
        format!("{unsigned}.{claims}.{signature}"),
    ] {
        opens_nothing(&world, &tampered).await;
    }
}

pub async fn a_token_of_another_issuer_opens_nothing(world: World) {
    let ann = world.person("ann").await;
    let token = Token::read(&ann.token);
    let mut header = token.header();
    header["alg"] = json!("ES256");
    opens_nothing(&world, &signed_elsewhere(&header, &token.claims())).await;
    header["kid"] = json!("of-elsewhere");
    let mut claims = token.claims();
    claims["iss"] = json!("https://issuer.example");
    opens_nothing(&world, &signed_elsewhere(&header, &claims)).await;
}

pub async fn a_refresh_token_opens_nothing(world: World) {
    let ann = world.person("ann").await;
    opens_nothing(&world, &ann.refresh).await;
}

/// For the tests of each shape, which know how to get one: an id token of a
/// person's, signed as his access token is.
pub async fn an_id_token_opens_no_socket(world: World, id_token: &str) {
    assert!(Token::read(id_token).claims()["aud"].is_string(), "no id token");
    opens_nothing(&world, id_token).await;
}

pub async fn nobody_is_taken_for_somebody_else(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    let mut bobs = bob.page(&ann).await;
    for claimed in [&*bob.sub, ""] {
        let query = [("Authorizer", &*ann.token), ("selfSub", claimed), ("sub", &bob.sub)];
        let refused = world.knock(&query, None).await;
        assert_eq!(refused.err(), Some(403), "for selfSub={claimed}");
    }
    bobs.heard_all().await;
    let mut page = ann.page(&bob).await;
    page.ping().await;
    bobs.presence(&ann.sub, "1").await;
}

pub async fn pages_of_elsewhere_are_refused(world: World) {
    let ann = world.person("ann").await;
    for origin in ["https://elsewhere.example", "null"] {
        refused(&world, &[("Authorizer", &ann.token), ("level", "1")], Some(origin)).await;
    }
}
