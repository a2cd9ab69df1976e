//! Signing up and in, and finding people, over HTTP.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    people::{Answer, PASSWORD, World},
    token::Token,
};

async fn sign_in(world: &World, user: &str, password: &str) -> Answer {
    world.post("/auth", &json!({ "user": user, "password": password })).await
}

async fn refresh(world: &World, user: &str, token: &str) -> Answer {
    world.post("/auth/refresh", &json!({ "user": user, "refresh": token })).await
}

/// Asserts that this token opens a socket, of somebody.
async fn opens_a_socket(world: &World, token: &Value, sub: &str) {
    let token = token.as_str().expect("a token");
    let query = [("Authorizer", token), ("selfSub", sub), ("level", "1")];
    world.knock(&query, None).await.expect("a socket").ping().await;
}

pub async fn whoever_signs_up_can_sign_in(world: World) {
    let ann = world.person("ann").await;
    let Answer { status, body } = sign_in(&world, &ann.name, PASSWORD).await;
    assert_eq!((status, &body["user"]), (200, &json!(ann.name)));
    for name in ["token", "refresh"] {
        assert!(!body[name].as_str().unwrap().contains('='), "pages split at it: {name}");
    }
    assert_eq!(Token::read(body["token"].as_str().unwrap()).user(), ann.sub);
    opens_a_socket(&world, &body["token"], &ann.sub).await;
    let Answer { status, body } = world.get("/api/me", Some(&ann.token)).await;
    assert_eq!(status, 200);
    assert_eq!((&body["sub"], &body["username"]), (&json!(ann.sub), &json!(ann.name)));
}

pub async fn a_name_goes_to_whoever_was_first(world: World) {
    let ann = world.person("ann").await;
    let again = json!({ "user": ann.name, "password": "another password" });
    world.post("/api/auth/signup", &again).await.is_refused(409, "conflict");
    sign_in(&world, &ann.name, "another password").await.is_refused(401, "unauthorized");
    assert_eq!(sign_in(&world, &ann.name, PASSWORD).await.status, 200);
}

pub async fn what_cannot_be_an_account_is_refused(world: World) {
    let name = world.fresh("ann");
    for body in [
        json!({ "user": "", "password": PASSWORD }),
        json!({ "user": "two words", "password": PASSWORD }),
        json!({ "user": "x".repeat(65), "password": PASSWORD }),
        json!({ "user": name, "password": "short" }),
        json!({ "user": name, "password": "x".repeat(257) }),
        json!({ "user": name, "password": 12_345_678 }),
        json!({ "user": name }),
        json!({ "password": PASSWORD }),
        json!([]),
    ] {
        let answer = world.post("/api/auth/signup", &body).await;
        answer.is_refused(400, "invalid_request");
    }
    sign_in(&world, &name, "short").await.is_refused(401, "unauthorized");
}

pub async fn a_wrong_password_and_a_wrong_name_are_told_alike(world: World) {
    let ann = world.person("ann").await;
    let wrong = sign_in(&world, &ann.name, "another password").await;
    let nobody = sign_in(&world, &world.fresh("nobody"), PASSWORD).await;
    wrong.is_refused(401, "unauthorized");
    nobody.is_refused(401, "unauthorized");
    assert_eq!(wrong.body, nobody.body, "which of the two is not told");
}

pub async fn a_session_is_refreshed(world: World) {
    let ann = world.person("ann").await;
    let mut token = json!(ann.refresh);
    for _ in 0..2 {
        let Answer { status, body } = refresh(&world, &ann.name, token.as_str().unwrap()).await;
        assert_eq!((status, &body["user"]), (200, &json!(ann.name)), "{body}");
        opens_a_socket(&world, &body["token"], &ann.sub).await;
        token = body["refresh"].clone();
    }
}

pub async fn a_session_is_refreshed_by_its_own_token_alone(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    for (user, token) in [
        (&ann, "no token"),
        (&ann, ""),
        (&ann, &ann.token),
        (&ann, &bob.refresh),
        (&bob, &ann.refresh),
    ] {
        refresh(&world, &user.name, token).await.is_refused(401, "unauthorized");
    }
    let without = world.post("/auth/refresh", &json!({ "user": ann.name })).await;
    without.is_refused(400, "invalid_request");
}

pub async fn people_are_found_by_name_and_by_id(world: World) {
    let [ann, bob] = world.people(["ann", "bob"]).await;
    bob.shows_up().await;
    let by_name = format!("/api/users?name={}", bob.name);
    let by_id = format!("/api/users/{}", bob.sub);
    for path in [&by_name, &by_id] {
        let Answer { status, body } = world.get(path, Some(&ann.token)).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!((&body["sub"], &body["username"]), (&json!(bob.sub), &json!(bob.name)));
        world.get(path, None).await.is_refused(401, "unauthorized");
        world.get(path, Some("no.token.atall")).await.is_refused(401, "unauthorized");
    }
    let nobody = world.fresh("nobody");
    let part = &bob.name[..bob.name.len() - 2];
    for path in [format!("?name={nobody}"), format!("?name={part}"), format!("/{nobody}")] {
        let answer = world.get(&format!("/api/users{path}"), Some(&ann.token)).await;
        answer.is_refused(404, "not_found");
    }
    let without = world.get("/api/users", Some(&ann.token)).await;
    without.is_refused(400, "invalid_request");
}

pub async fn what_is_no_call_is_told_in_json(world: World) {
    let broken = world.call(Method::POST, "/auth", None, Some("{".to_owned())).await;
    broken.is_refused(400, "invalid_request");
    world.get("/api/nothing", None).await.is_refused(404, "not_found");
    world.get("/auth", None).await.is_refused(405, "invalid_request");
    world.get("/api/me", None).await.is_refused(401, "unauthorized");
    assert_eq!(world.get("/healthz", None).await.status, 200);
}
