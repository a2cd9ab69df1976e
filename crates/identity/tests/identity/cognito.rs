//! The application's calls where an Amazon Cognito user pool keeps the people.

mod emulator;
mod hosted;
mod odd;

use std::sync::Arc;

use aizuchi_core::{
    clock::SystemClock,
    directory::Directory,
    identity::{Identity, TokenVerifier},
    ids::UserId,
};
use aizuchi_identity::{
    Cognito, CognitoSettings, SessionEvents, Settings,
    http::{NoLimits, cognito_router},
};
use aizuchi_testkit::directory::MemoryDirectory;
use axum::Router;
use http::{Method, StatusCode, header};
use serde_json::json;

use crate::site::{Call, Heard, PASSWORD, PUBLIC, Reply, code as error};

const REFRESH: &str = "aizuchi_refresh";
const CREDENTIALS_WRONG: &str = "The name or the password is wrong.";

/// A server whose people are in a user pool.
struct Guest {
    cognito: Arc<Cognito>,
    directory: Arc<MemoryDirectory>,
    heard: Arc<Heard>,
    router: Router,
}

impl Guest {
    /// Of the real pool.
    async fn new() -> Self {
        Self::of(emulator::settings().await)
    }

    fn of(pool: CognitoSettings) -> Self {
        let cognito = Arc::new(Cognito::new(pool, Arc::new(SystemClock)).unwrap());
        let (directory, heard) = (Arc::<MemoryDirectory>::default(), Arc::<Heard>::default());
        let router = cognito_router(
            Arc::clone(&cognito),
            Arc::clone(&directory),
            Settings::new(PUBLIC.parse().unwrap()),
            Arc::new(SystemClock),
            Arc::clone(&heard) as Arc<dyn SessionEvents>,
            Arc::new(NoLimits),
        );
        Self { cognito, directory, heard, router }
    }

    fn post(&self, path: &str) -> Call<'_> {
        Call::of(&self.router, Method::POST, path).origin(PUBLIC)
    }

    /// Signs `name` up, and gives the session.
    async fn sign_up(&self, name: &str) -> Reply {
        let reply = self.post("/api/auth/signup").credentials(name, PASSWORD).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.body);
        reply
    }

    async fn sign_in(&self, name: &str, password: &str) -> Reply {
        self.post("/api/auth/signin").credentials(name, password).await
    }

    async fn level_zero(&self, name: &str) -> Reply {
        let reply = self.post("/auth").credentials(name, PASSWORD).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
        reply
    }

    async fn refresh(&self, cookie: &str) -> Reply {
        self.post("/api/auth/refresh").cookie(cookie).send().await
    }

    async fn me(&self, token: &str) -> Reply {
        Call::of(&self.router, Method::GET, "/api/me").bearer(token).send().await
    }

    async fn own(&self, method: Method, path: &str, token: &str) -> Reply {
        Call::of(&self.router, method, path).bearer(token).send().await
    }

    async fn leave(&self, token: &str, password: &str) -> Reply {
        let call = Call::of(&self.router, Method::DELETE, "/api/me").bearer(token);
        call.json(json!({ "password": password })).await
    }

    async fn verified(&self, token: &str) -> Identity {
        self.cognito.verifier().verify(token).await.unwrap()
    }
}

#[tokio::test]
async fn whoever_signs_up_is_signed_in_and_called_as_he_typed() {
    let guest = Guest::new().await;
    let reply = guest.sign_up("Ａda.1").await;
    let session = reply.json();
    let token = reply.text("token");
    assert_eq!(session.as_object().unwrap().len(), 3, "{session}");
    assert_eq!(session["user"]["username"], "Ａda.1");
    assert!(session["expiresIn"].as_u64().unwrap() > 3_000, "{session}");
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/api/auth"] {
        assert!(reply.set_cookie(REFRESH).contains(attribute));
    }
    assert_eq!(guest.me(&token).await.json(), session["user"]);

    let known = emulator::attributes(&token).await;
    assert_eq!((&*known["Username"], &*known["preferred_username"]), ("ada.1", "Ａda.1"));
    let identity = guest.verified(&token).await;
    assert_eq!(identity.user.as_str(), session["user"]["sub"].as_str().unwrap());
    let profile = guest.directory.by_id(&identity.user).await.unwrap().unwrap();
    assert_eq!(&*profile.username, "Ａda.1");
}

#[tokio::test]
async fn a_name_is_one_persons_however_it_is_typed() {
    let guest = Guest::new().await;
    guest.sign_up("Bea").await;
    for taken in ["Bea", "bea", "BEA", "ｂｅａ"] {
        let reply = guest.post("/api/auth/signup").credentials(taken, PASSWORD).await;
        assert_eq!(reply.error(), error(409, "conflict"), "{taken}");
        let reply = guest.sign_in(taken, PASSWORD).await;
        assert_eq!(reply.json()["user"]["username"], "Bea", "{}", reply.body);
    }
}

#[tokio::test]
async fn whoever_is_in_no_directory_has_the_pools_name() {
    Guest::new().await.sign_up("Bob").await;
    let elsewhere = Guest::new().await;
    let reply = elsewhere.sign_in("Bob", PASSWORD).await;
    assert_eq!(reply.json()["user"]["username"], "bob", "{}", reply.body);
    assert_eq!(elsewhere.me(&reply.text("token")).await.json()["username"], "bob");
}

#[tokio::test]
async fn names_and_passwords_that_cannot_be_are_refused() {
    let guest = Guest::new().await;
    for (name, password) in [
        ("", PASSWORD),
        ("a b", PASSWORD),
        ("a@b.example", PASSWORD),
        ("cay", "short"),
        ("cay", "password1"),
        ("cay", " correct horse battery"),
        // By the pool's own policy alone.
        ("cay", "nine char"),
    ] {
        let reply = guest.post("/api/auth/signup").credentials(name, password).await;
        assert_eq!(reply.error(), error(400, "invalid_request"), "{name:?} {password:?}");
    }
    let reply = guest.post("/api/auth/signup").json(json!({"user": "cay"})).await;
    assert_eq!(reply.error(), error(400, "invalid_request"));
}

#[tokio::test]
async fn who_exists_is_not_told() {
    let guest = Guest::new().await;
    guest.sign_up("dan").await;
    for path in ["/auth", "/api/auth/signin"] {
        for (name, password) in [
            ("dan", "another horse battery"),
            ("dan", ""),
            ("dan", &"x".repeat(1_000)),
            ("nobody", PASSWORD),
            ("no body", PASSWORD),
            ("", PASSWORD),
        ] {
            let reply = guest.post(path).credentials(name, password).await;
            assert_eq!(reply.error(), error(401, "unauthorized"), "{name:?}");
            assert_eq!(reply.text("error"), CREDENTIALS_WRONG, "{name:?}");
            assert_eq!(reply.set_cookie(REFRESH), "");
        }
    }
}

#[tokio::test]
async fn level_zero_signs_in_and_refreshes_in_the_body() {
    let guest = Guest::new().await;
    guest.sign_up("Eve").await;
    let first = guest.level_zero("eve").await;
    let (token, refresh) = (first.text("token"), first.text("refresh"));
    assert_eq!((first.text("user"), first.set_cookie(REFRESH)), ("Eve".to_owned(), String::new()));

    let again = guest.post("/auth/refresh").json(json!({"user": "EVE", "refresh": refresh})).await;
    assert_eq!((again.text("refresh"), again.text("user")), (refresh.clone(), "Eve".to_owned()));
    assert_ne!(again.text("token"), token);
    let (before, after) =
        (guest.verified(&token).await, guest.verified(&again.text("token")).await);
    assert!(before.session.is_some());
    assert_eq!((&before.user, before.session), (&after.user, after.session));
    let other = guest.level_zero("eve").await;
    assert_ne!(guest.verified(&other.text("token")).await.session, before.session);

    for (user, refresh) in [
        ("dan", &*refresh),
        ("eve", "nonsense"),
        ("eve", ""),
        ("eve", "no token!"),
        ("eve", &token),
    ] {
        let body = json!({"user": user, "refresh": refresh});
        let reply = guest.post("/auth/refresh").json(body).await;
        assert_eq!(reply.error(), error(401, "unauthorized"), "{user} {refresh}");
    }
}

#[tokio::test]
async fn a_page_refreshes_by_its_cookie_until_it_signs_out() {
    let guest = Guest::new().await;
    guest.sign_up("fay").await;
    let (mine, other) =
        (guest.sign_in("fay", PASSWORD).await, guest.sign_in("fay", PASSWORD).await);
    let (token, cookie) = (mine.text("token"), mine.cookie(REFRESH));
    let fresh = guest.refresh(&cookie).await;
    assert_eq!(fresh.status, StatusCode::OK, "{}", fresh.body);
    // The pool does not replace it: two tabs that race do no harm.
    assert_eq!(fresh.cookie(REFRESH), cookie);
    assert_eq!(fresh.json()["user"], mine.json()["user"]);

    let identity = guest.verified(&token).await;
    let out = guest.post("/api/auth/signout").cookie(&cookie).bearer(&token).send().await;
    assert_eq!(out.status, StatusCode::OK, "{}", out.body);
    assert!(out.set_cookie(REFRESH).contains("Max-Age=0"));
    let go: url::Url = out.text("endSession").parse().unwrap();
    assert_eq!(go.path(), "/logout");
    assert_eq!(guest.heard.take(), [(identity.user, identity.session)]);
    assert_eq!(guest.refresh(&cookie).await.error(), error(401, "unauthorized"));
    assert_eq!(guest.refresh(&other.cookie(REFRESH)).await.status, StatusCode::OK);

    for cookie in ["other=1", "aizuchi_refresh=", "aizuchi_refresh=nonsense", "aizuchi_refresh=%"] {
        let reply = guest.refresh(cookie).await;
        assert_eq!(reply.error(), error(401, "unauthorized"), "{cookie}");
        let out = guest.post("/api/auth/signout").cookie(cookie).send().await;
        assert_eq!(out.status, StatusCode::OK, "{cookie}");
    }
    assert!(guest.heard.take().is_empty());
}

#[tokio::test]
async fn a_new_password_ends_all_sessions_but_the_page_stays() {
    const NEXT: &str = "another horse battery";
    let guest = Guest::new().await;
    let mine = guest.sign_up("Gil").await;
    let (token, cookie) = (mine.text("token"), mine.cookie(REFRESH));
    let other = guest.level_zero("gil").await.text("refresh");
    let change = async |current: &str, next: &str, cookie: &str| {
        let call = guest.post("/api/auth/password").bearer(&token).cookie(cookie);
        call.json(json!({"current": current, "next": next})).await
    };
    for (current, next, status) in
        [("wrong horse battery", NEXT, 401), ("", NEXT, 401), (PASSWORD, "short", 400)]
    {
        assert_eq!(change(current, next, &cookie).await.error().0, status, "{current:?}");
    }
    assert_eq!(guest.sign_in("gil", PASSWORD).await.status, StatusCode::OK);
    assert!(guest.heard.take().is_empty());

    let changed = change(PASSWORD, NEXT, &cookie).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.body);
    let user = UserId::parse(mine.json()["user"]["sub"].as_str().unwrap()).unwrap();
    let heard = guest.heard.take();
    assert!(heard.iter().all(|(whose, _)| *whose == user), "{heard:?}");
    assert_eq!(heard.last(), Some(&(user, None)));
    assert_eq!(guest.refresh(&cookie).await.error(), error(401, "unauthorized"));
    let body = json!({"user": "gil", "refresh": other});
    assert_eq!(guest.post("/auth/refresh").json(body).await.error().0, 401);
    assert_eq!(guest.refresh(&changed.cookie(REFRESH)).await.status, StatusCode::OK);
    assert_eq!(guest.sign_in("gil", PASSWORD).await.error().0, 401);
    assert_eq!(guest.sign_in("gil", NEXT).await.status, StatusCode::OK);

    let without = change(NEXT, PASSWORD, "other=1").await;
    assert_eq!(
        (without.status, without.set_cookie(REFRESH)),
        (StatusCode::NO_CONTENT, String::new())
    );
    let nobody = guest.post("/api/auth/password").json(json!({"current": "a", "next": "b"})).await;
    assert_eq!(nobody.error(), error(401, "unauthorized"));
}

#[tokio::test]
async fn foreign_pages_are_refused() {
    let guest = Guest::new().await;
    for name in ["signup", "signin", "code", "refresh", "signout", "password"] {
        let path = format!("/api/auth/{name}");
        let call = Call::of(&guest.router, Method::POST, &path).origin("https://evil.example");
        let reply = call.cookie("aizuchi_refresh=x").credentials("hal", PASSWORD).await;
        assert_eq!(reply.error(), error(403, "forbidden"), "{name}");
        assert_eq!(reply.header(header::SET_COOKIE), "");
    }
}

#[tokio::test]
async fn one_of_several_sessions_is_ended() {
    let guest = Guest::new().await;
    let lost = guest.sign_up("vera").await;
    let kept = guest.level_zero("vera").await;
    let token = kept.text("token");
    let listed = guest.own(Method::GET, "/api/sessions", &token).await.json();
    let sessions = listed["sessions"].as_array().unwrap();
    assert!(sessions.len() >= 2, "{listed}");
    assert_eq!(sessions.iter().filter(|session| session["current"] == true).count(), 1);
    let all = guest.own(Method::DELETE, "/api/sessions", &token).await;
    assert_eq!(all.status, StatusCode::NO_CONTENT, "{}", all.body);
    let refreshed = guest.refresh(&lost.cookie(REFRESH)).await;
    assert_eq!(refreshed.error(), error(401, "unauthorized"));
    assert_eq!(guest.me(&lost.text("token")).await.error(), error(401, "unauthorized"));
    assert_eq!(guest.me(&token).await.status, StatusCode::OK);
    let body = json!({"user": "vera", "refresh": kept.text("refresh")});
    assert_eq!(guest.post("/auth/refresh").json(body).await.status, StatusCode::OK);
}

#[tokio::test]
async fn whoever_leaves_is_gone_from_the_pool_too() {
    let guest = Guest::new().await;
    let (wanda, xeno) = (guest.sign_up("Wanda").await, guest.sign_up("xeno").await);
    let token = wanda.text("token");
    assert_eq!(guest.leave(&token, "wrong password").await.error(), error(401, "unauthorized"));
    let left = guest.leave(&token, PASSWORD).await;
    assert_eq!(left.status, StatusCode::NO_CONTENT, "{}", left.body);
    assert_eq!(guest.sign_in("wanda", PASSWORD).await.error(), error(401, "unauthorized"));
    assert_eq!(guest.refresh(&wanda.cookie(REFRESH)).await.error(), error(401, "unauthorized"));
    let taken = guest.post("/api/auth/signup").credentials("WANDA", PASSWORD).await;
    assert_eq!(taken.error(), error(409, "conflict"), "nobody is taken for her");
    assert_eq!(guest.me(&xeno.text("token")).await.status, StatusCode::OK);
}
