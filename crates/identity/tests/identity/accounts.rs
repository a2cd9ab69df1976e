//! The first-party application's calls.

use aizuchi_core::identity::TokenVerifier;
use http::{StatusCode, header};
use serde_json::json;

use crate::site::{FAILURES, PASSWORD, PUBLIC, Site, code};

const MINUTE: u64 = 60_000;
const REFRESH: &str = "aizuchi_refresh";

#[tokio::test]
async fn a_person_signs_up_and_is_known() {
    let site = Site::new().await;
    let reply = site.sign_up("太郎").await;
    let session = reply.json();
    assert_eq!(session["user"]["username"], "太郎");
    assert_eq!(session["expiresIn"], 600);
    assert!(!reply.text("token").contains('='));
    assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");

    let me = site.get("/api/me").bearer(&reply.text("token")).send().await.json();
    assert_eq!(me["sub"], session["user"]["sub"]);
    assert_eq!(me["username"], "太郎");
    assert_eq!(me["createdAt"], 1_700_000_000_000_u64);
}

#[tokio::test]
async fn the_refresh_cookie_is_out_of_reach() {
    let http = Site::new().await.sign_up("ada").await.set_cookie(REFRESH);
    for part in ["HttpOnly", "SameSite=Strict", "Path=/api/auth", "Max-Age=2592000"] {
        assert!(http.contains(part), "{part} in {http}");
    }
    assert!(!http.contains("Secure"));
    let https = Site::at("https://chat.example").await.sign_up("ada").await.set_cookie(REFRESH);
    assert!(https.contains("Secure"), "{https}");
}

#[tokio::test]
async fn a_name_is_taken_however_it_is_typed() {
    let site = Site::new().await;
    site.sign_up("Ada").await;
    for name in ["Ada", "ADA", "ａｄａ"] {
        let reply = site.post("/api/auth/signup").credentials(name, PASSWORD).await;
        assert_eq!(reply.error(), code(409, "conflict"), "{name}");
        let reply = site.post("/api/auth/signin").credentials(name, PASSWORD).await;
        assert_eq!(reply.status, StatusCode::OK, "{name}");
    }
}

#[tokio::test]
async fn whoever_may_sign_up_may_sign_in() {
    let site = Site::new().await;
    for name in ["İstanbul", "ΟΔΟΣ", "ǅ", "ガ", "a.b-c_9"] {
        site.sign_up(name).await;
        let reply = site.post("/api/auth/signin").credentials(name, PASSWORD).await;
        assert_eq!(reply.status, StatusCode::OK, "{name}");
    }
}

#[tokio::test]
async fn one_of_many_at_once_gets_a_name() {
    let site = Site::new().await;
    let names = ["ada", "Ada", "ADA", "ａda"];
    let calls = names.map(|name| site.post("/api/auth/signup").credentials(name, PASSWORD));
    let [a, b, c, d] = calls;
    let (a, b, c, d) = tokio::join!(a, b, c, d);
    let mut statuses = [a, b, c, d].map(|reply| reply.status.as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409]);
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_a_sentence() {
    let site = Site::new().await;
    let sign_up = async |name: &str, password: &str| {
        site.post("/api/auth/signup").credentials(name, password).await
    };
    for name in ["", "a b", "a\u{200b}", "<b>", "x\0", &"x".repeat(65)] {
        assert_eq!(sign_up(name, PASSWORD).await.error(), code(400, "invalid_request"), "{name}");
    }
    for password in ["", "short", "password1", &"x".repeat(257)] {
        assert_eq!(
            sign_up("ada", password).await.error(),
            code(400, "invalid_request"),
            "{password}"
        );
    }
    for body in ["", "{", "[]", r#"{"user":"ada"}"#, r#"{"user":1,"password":"x"}"#, "\u{0}"] {
        let reply = site.post("/api/auth/signup").body(body).send().await;
        assert_eq!(reply.error(), code(400, "invalid_request"), "{body}");
    }
    let large = site.post("/api/auth/signup").body("x".repeat(64 * 1024 + 1)).send().await;
    assert_eq!(large.error(), code(413, "too_large"));
}

#[tokio::test]
async fn an_error_quotes_no_password() {
    let site = Site::new().await;
    let body = r#"{"user":"ada","password":"a very secret one"#;
    let reply = site.post("/api/auth/signin").body(body).send().await;
    assert!(!reply.body.contains("secret"), "{}", reply.body);
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_are_told_apart_by_nobody() {
    let site = Site::new().await;
    site.sign_up("ada").await;
    let wrong = site.post("/api/auth/signin").credentials("ada", "wrong password").await;
    let unknown = site.post("/api/auth/signin").credentials("bea", PASSWORD).await;
    let impossible = site.post("/api/auth/signin").credentials("b e a", PASSWORD).await;
    assert_eq!(wrong.error(), code(401, "unauthorized"));
    assert_eq!(wrong.body, unknown.body);
    assert_eq!(wrong.body, impossible.body);
}

#[tokio::test]
async fn failures_are_counted_by_name() {
    let site = Site::new().await;
    site.sign_up("ada").await;
    let sign_in = async |name: &str, password: &str| {
        site.post("/api/auth/signin").credentials(name, password).await
    };
    for name in ["ada", "ADA", "ａda"].iter().take(FAILURES) {
        assert_eq!(sign_in(name, "wrong password").await.status, StatusCode::UNAUTHORIZED);
    }
    let limited = sign_in("ada", PASSWORD).await;
    assert_eq!(limited.error(), code(429, "rate_limited"));
    assert_eq!(limited.json()["retryAfterMs"], 1500);
    assert_eq!(limited.header(header::RETRY_AFTER), "2");
    assert_eq!(sign_in("bea", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_refresh_token_is_good_for_one_use() {
    let site = Site::new().await;
    let first = site.sign_up("ada").await;
    site.clock.advance(5 * MINUTE);
    let refresh = |cookie: &str| site.post("/api/auth/refresh").cookie(cookie).send();
    let second = refresh(&first.cookie(REFRESH)).await;
    assert_eq!(second.status, StatusCode::OK);
    assert_ne!(second.cookie(REFRESH), first.cookie(REFRESH));
    assert_eq!(second.json()["user"], first.json()["user"]);

    // The other tab, a moment later.
    site.clock.advance(MINUTE);
    let again = refresh(&first.cookie(REFRESH)).await;
    assert_eq!(again.cookie(REFRESH), second.cookie(REFRESH), "the same successor");
    let third = refresh(&second.cookie(REFRESH)).await;
    assert_eq!(third.status, StatusCode::OK);

    // Whoever comes later has a copy: everybody is out.
    site.heard.take();
    site.clock.advance(MINUTE + 1);
    assert_eq!(refresh(&second.cookie(REFRESH)).await.error(), code(401, "unauthorized"));
    assert_eq!(refresh(&third.cookie(REFRESH)).await.error(), code(401, "unauthorized"));
    let me = site.get("/api/me").bearer(&third.text("token")).send().await;
    assert_eq!(me.error(), code(401, "unauthorized"));
    assert_eq!(site.heard.take().len(), 1, "the sockets are closed");
}

#[tokio::test]
async fn a_replay_has_its_own_successor_even_after_that_was_used() {
    let site = Site::new().await;
    let first = site.sign_up("ada").await.cookie(REFRESH);
    let refresh = |cookie: &str| site.post("/api/auth/refresh").cookie(cookie).send();
    let second = refresh(&first).await.cookie(REFRESH);
    let third = refresh(&second).await.cookie(REFRESH);
    assert_eq!(refresh(&first).await.cookie(REFRESH), second);
    assert_eq!(refresh(&second).await.cookie(REFRESH), third);
}

#[tokio::test]
async fn tabs_that_race_get_one_successor() {
    let site = Site::new().await;
    let cookie = site.sign_up("ada").await.cookie(REFRESH);
    let refresh = || site.post("/api/auth/refresh").cookie(&cookie).send();
    let (a, b, c) = tokio::join!(refresh(), refresh(), refresh());
    assert_eq!(a.cookie(REFRESH), b.cookie(REFRESH));
    assert_eq!(a.cookie(REFRESH), c.cookie(REFRESH));
    assert_eq!(a.status, StatusCode::OK);
}

#[tokio::test]
async fn refreshing_without_end_is_limited() {
    let site = Site::new().await;
    let mut cookie = site.sign_up("ada").await.cookie(REFRESH);
    let limited = loop {
        let reply = site.post("/api/auth/refresh").cookie(&cookie).send().await;
        if reply.status != StatusCode::OK {
            break reply;
        }
        cookie = reply.cookie(REFRESH);
    };
    assert_eq!(limited.error(), code(429, "rate_limited"));
    site.clock.advance(MINUTE + 1);
    let reply = site.post("/api/auth/refresh").cookie(&cookie).send().await;
    assert_eq!(reply.status, StatusCode::OK, "the token is not spent");
}

#[tokio::test]
async fn a_refresh_token_lives_from_its_last_use() {
    const DAY: u64 = 24 * 60 * MINUTE;
    let site = Site::new().await;
    let mut cookie = site.sign_up("ada").await.cookie(REFRESH);
    for _ in 0..3 {
        site.clock.advance(29 * DAY);
        let reply = site.post("/api/auth/refresh").cookie(&cookie).send().await;
        assert_eq!(reply.status, StatusCode::OK);
        cookie = reply.cookie(REFRESH);
    }
    site.clock.advance(30 * DAY);
    let reply = site.post("/api/auth/refresh").cookie(&cookie).send().await;
    assert_eq!(reply.error(), code(401, "unauthorized"));
}

#[tokio::test]
async fn without_a_good_cookie_nothing_is_refreshed() {
    let site = Site::new().await;
    let refresh = site.post("/api/auth/refresh").send().await;
    assert_eq!(refresh.error(), code(401, "unauthorized"));
    for value in ["", "x", &"A".repeat(64)] {
        let cookie = format!("other=1; {REFRESH}={value}");
        let refresh = site.post("/api/auth/refresh").cookie(&cookie).send().await;
        assert_eq!(refresh.error(), code(401, "unauthorized"), "{value}");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let site = Site::new().await;
    let here = site.sign_up("ada").await;
    let there = site.post("/api/auth/signin").credentials("ada", PASSWORD).await;
    let identity = site.verifier.verify(&here.text("token")).await.unwrap();

    let reply = site.post("/api/auth/signout").cookie(&here.cookie(REFRESH)).send().await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert!(reply.set_cookie(REFRESH).contains("Max-Age=0"));
    assert_eq!(site.heard.take(), [(identity.user, identity.session)]);
    assert!(site.verifier.verify(&here.text("token")).await.is_err(), "before it expires");
    let refresh = site.post("/api/auth/refresh").cookie(&here.cookie(REFRESH)).send().await;
    assert_eq!(refresh.error(), code(401, "unauthorized"));

    assert!(site.verifier.verify(&there.text("token")).await.is_ok(), "the other device stays");
    let again = site.post("/api/auth/signout").cookie(&here.cookie(REFRESH)).send().await;
    assert_eq!(again.status, StatusCode::NO_CONTENT);
    assert!(site.heard.take().is_empty());
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let site = Site::new().await;
    let here = site.sign_up("ada").await;
    let there = site.post("/api/auth/signin").credentials("ada", PASSWORD).await;
    let next = "another long password";
    let change = |token: String, current: &str, next: &str| {
        let body = json!({"current": current, "next": next});
        site.post("/api/auth/password").bearer(&token).json(body)
    };
    let token = here.text("token");
    assert_eq!(change(String::new(), PASSWORD, next).await.error(), code(401, "unauthorized"));
    let wrong = change(token.clone(), "wrong password", next).await;
    assert_eq!(wrong.error(), code(401, "unauthorized"));
    assert_eq!(
        change(token.clone(), PASSWORD, "short").await.error(),
        code(400, "invalid_request")
    );
    assert_eq!(change(token.clone(), PASSWORD, next).await.status, StatusCode::NO_CONTENT);

    assert_eq!(site.heard.take().len(), 1);
    assert!(site.verifier.verify(&token).await.is_ok());
    assert!(site.verifier.verify(&there.text("token")).await.is_err());
    let sign_in =
        async |password: &str| site.post("/api/auth/signin").credentials("ada", password).await;
    assert_eq!(sign_in(PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(next).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_cookies_calls_are_for_the_servers_own_pages() {
    let site = Site::new().await;
    let cookie = site.sign_up("ada").await.cookie(REFRESH);
    let calls = ["signup", "signin", "refresh", "signout"];
    for origin in ["http://127.0.0.1:3000", "https://evil.example", "null"] {
        for call in calls {
            let call = site.post(&format!("/api/auth/{call}")).cookie(&cookie).origin(origin);
            let reply = call.credentials("bea", PASSWORD).await;
            assert_eq!(reply.error(), code(403, "forbidden"), "{origin}");
        }
    }
    let own = site.post("/api/auth/refresh").cookie(&cookie).origin(PUBLIC).send().await;
    assert_eq!(own.status, StatusCode::OK, "and the refused calls have done nothing");
}

#[tokio::test]
async fn a_disabled_person_is_out_and_told_so_once_he_proves_himself() {
    let site = Site::new().await;
    let session = site.sign_up("ada").await;
    site.pool.disable("ADA").await.unwrap();
    let heard = site.heard.take();
    assert_eq!(heard.len(), 2, "the session, and the person: {heard:?}");
    assert!(heard.iter().any(|(_, session)| session.is_none()));

    assert!(site.verifier.verify(&session.text("token")).await.is_err());
    let refresh = site.post("/api/auth/refresh").cookie(&session.cookie(REFRESH)).send().await;
    assert_eq!(refresh.error(), code(401, "unauthorized"));
    let sign_in =
        async |password: &str| site.post("/api/auth/signin").credentials("ada", password).await;
    assert_eq!(sign_in(PASSWORD).await.error(), code(403, "forbidden"));
    assert_eq!(sign_in("wrong password").await.error(), code(401, "unauthorized"));

    site.pool.enable("ada").await.unwrap();
    assert_eq!(sign_in(PASSWORD).await.status, StatusCode::OK);
    let me = site.get("/api/me").bearer(&session.text("token")).send().await;
    assert_eq!(me.error(), code(401, "unauthorized"), "an old session stays ended");
}
