//! One's own sessions, and leaving for good.

use aizuchi_core::{accounts::Accounts, ids::UserId};
use http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::site::{FAILURES, PASSWORD, Reply, Site, code};

const MINUTE: u64 = 60_000;
const REFRESH: &str = "aizuchi_refresh";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

async fn sign_in(site: &Site, name: &str, agent: &str) -> Reply {
    let call = site.post("/api/auth/signin").header(header::USER_AGENT, agent);
    let reply = call.credentials(name, PASSWORD).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
    reply
}

async fn sessions(site: &Site, token: &str) -> Vec<Value> {
    let reply = site.get("/api/sessions").bearer(token).send().await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
    assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");
    reply.json()["sessions"].as_array().unwrap().clone()
}

async fn end(site: &Site, token: &str, id: &str) -> Reply {
    site.call(Method::DELETE, &format!("/api/sessions/{id}")).bearer(token).send().await
}

async fn leave(site: &Site, token: &str, password: &str) -> Reply {
    site.call(Method::DELETE, "/api/me").bearer(token).json(json!({ "password": password })).await
}

fn of_current(sessions: &[Value], current: bool) -> String {
    let one = sessions.iter().find(|one| one["current"] == current).unwrap();
    one["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn ones_sessions_are_listed_with_their_devices() {
    let site = Site::new().await;
    let first = site.sign_up("ada").await;
    site.sign_up("bob").await;
    site.clock.advance(MINUTE);
    let second = sign_in(&site, "ada", FIREFOX).await;
    let listed = sessions(&site, &second.text("token")).await;
    assert_eq!(listed.len(), 2);
    assert_eq!(
        (&listed[0]["device"], &listed[0]["current"]),
        (&json!("Firefox, Linux"), &json!(true))
    );
    assert_eq!(listed[0]["createdAt"], 1_700_000_000_000_u64 + MINUTE);
    assert_eq!(listed[1].get("device"), None, "nothing was told");
    assert_eq!(listed[1]["current"], false);

    site.clock.advance(MINUTE);
    let call = site.post("/api/auth/refresh").cookie(&first.cookie(REFRESH));
    let refreshed = call.header(header::USER_AGENT, FIREFOX).send().await;
    let listed = sessions(&site, &refreshed.text("token")).await;
    assert_eq!(listed[0]["current"], true, "the one used last is first");
    assert_eq!(listed[0]["device"], "Firefox, Linux");
    assert_eq!(listed[0]["createdAt"], 1_700_000_000_000_u64);
    assert_eq!(listed[0]["lastUsedAt"], 1_700_000_000_000_u64 + 2 * MINUTE);
    let nobody = site.get("/api/sessions").send().await;
    assert_eq!(nobody.error(), code(401, "unauthorized"));
}

#[tokio::test]
async fn a_session_ended_from_another_is_over_at_once() {
    let site = Site::new().await;
    let (lost, kept) = (site.sign_up("ada").await, sign_in(&site, "ada", FIREFOX).await);
    let token = kept.text("token");
    let id = of_current(&sessions(&site, &token).await, false);
    site.heard.take();
    assert_eq!(end(&site, &token, &id).await.status, StatusCode::NO_CONTENT);
    let heard = site.heard.take();
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].1.unwrap().to_string(), id);
    let reply = site.post("/api/auth/refresh").cookie(&lost.cookie(REFRESH)).send().await;
    assert_eq!(reply.error(), code(401, "unauthorized"));
    let reply = site.get("/api/me").bearer(&lost.text("token")).send().await;
    assert_eq!(reply.error(), code(401, "unauthorized"));
    assert_eq!(end(&site, &token, &id).await.error(), code(404, "not_found"), "it is over");
    assert_eq!(sessions(&site, &token).await.len(), 1);
}

#[tokio::test]
async fn nobody_ends_somebody_elses_session() {
    let site = Site::new().await;
    let (ada, bob) = (site.sign_up("ada").await, site.sign_up("bob").await);
    let adas = of_current(&sessions(&site, &ada.text("token")).await, true);
    let token = bob.text("token");
    let unknown = "0".repeat(32);
    for id in [&*adas, &unknown, "x", "%00", &adas.to_uppercase()[1..]] {
        assert_eq!(end(&site, &token, id).await.error(), code(404, "not_found"), "{id}");
    }
    let all = site.call(Method::DELETE, "/api/sessions").bearer(&token).send().await;
    assert_eq!(all.status, StatusCode::NO_CONTENT);
    assert_eq!(sessions(&site, &ada.text("token")).await.len(), 1);
    assert_eq!(sessions(&site, &token).await.len(), 1);
    let nobody = site.call(Method::DELETE, "/api/sessions").send().await;
    assert_eq!(nobody.error(), code(401, "unauthorized"));
}

#[tokio::test]
async fn all_other_sessions_end_together() {
    let site = Site::new().await;
    site.sign_up("ada").await;
    sign_in(&site, "ada", FIREFOX).await;
    let token = sign_in(&site, "ada", FIREFOX).await.text("token");
    assert_eq!(sessions(&site, &token).await.len(), 3);
    let all = site.call(Method::DELETE, "/api/sessions").bearer(&token).send().await;
    assert_eq!(all.status, StatusCode::NO_CONTENT);
    let left = sessions(&site, &token).await;
    assert_eq!((left.len(), &left[0]["current"]), (1, &json!(true)));
}

#[tokio::test]
async fn whoever_leaves_is_gone_for_good() {
    let site = Site::new().await;
    let (ada, other) = (site.sign_up("Ada").await, sign_in(&site, "ada", FIREFOX).await);
    let token = ada.text("token");
    assert_eq!(leave(&site, &token, "wrong password").await.error(), code(401, "unauthorized"));
    let without = site.call(Method::DELETE, "/api/me").bearer(&token).json(json!({})).await;
    assert_eq!(without.error(), code(401, "unauthorized"));
    let nobody = site.call(Method::DELETE, "/api/me").json(json!({ "password": PASSWORD })).await;
    assert_eq!(nobody.error(), code(401, "unauthorized"));
    site.heard.take();
    let left = leave(&site, &token, PASSWORD).await;
    assert_eq!(left.status, StatusCode::NO_CONTENT, "{}", left.body);
    assert!(left.set_cookie(REFRESH).contains("Max-Age=0"));
    let heard = site.heard.take();
    assert!(heard.iter().any(|(_, session)| session.is_none()), "every socket of his: {heard:?}");
    for token in [&token, &other.text("token")] {
        let me = site.get("/api/me").bearer(token).send().await;
        assert_eq!(me.error(), code(401, "unauthorized"));
    }
    assert_eq!(leave(&site, &token, PASSWORD).await.error(), code(401, "unauthorized"), "twice");
    for reply in [&ada, &other] {
        let again = site.post("/api/auth/refresh").cookie(&reply.cookie(REFRESH)).send().await;
        assert_eq!(again.error(), code(401, "unauthorized"));
    }
    let again = site.post("/api/auth/signin").credentials("ada", PASSWORD).await;
    assert_eq!(again.error(), code(401, "unauthorized"));
    let taken = site.post("/api/auth/signup").credentials("ADA", PASSWORD).await;
    assert_eq!(taken.error(), code(409, "conflict"), "nobody is taken for him");
    let id = UserId::parse(ada.json()["user"]["sub"].as_str().unwrap()).unwrap();
    assert_eq!(site.accounts.user(&id).await.unwrap(), None);
}

#[tokio::test]
async fn guesses_on_leaving_are_counted() {
    let site = Site::new().await;
    let token = site.sign_up("ada").await.text("token");
    for _ in 0..FAILURES {
        assert_eq!(leave(&site, &token, "a guess").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(leave(&site, &token, PASSWORD).await.error(), code(429, "rate_limited"));
}
