//! The hosted pages, as a browser walks through them.

use aizuchi_core::identity::{TokenError, TokenVerifier};
use http::{StatusCode, header};

use crate::site::{CODE_PAGE, FAILURES, PAGE, PASSWORD, PUBLIC, Reply, Site};

/// As such clients send it: not encoded.
const LINK: &str =
    "client_id=web&redirect_uri=http://127.0.0.1:3000/&response_type=token&state=/a%20b%26c";

/// The value of the form's hidden field.
fn token(page: &Reply) -> String {
    let (_, after) = page.body.split_once(r#"name="token" value=""#).unwrap();
    after.split('"').next().unwrap().to_owned()
}

/// Opens a page and submits its form.
async fn submit(site: &Site, path: &str, link: &str, name: &str, password: &str) -> Reply {
    let page = site.get(&format!("{path}?{link}")).send().await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    site.post(&format!("{path}?{link}"))
        .cookie(&page.cookie("aizuchi_form"))
        .origin(PUBLIC)
        .form(&[("token", &token(&page)), ("user", name), ("password", password)])
        .await
}

#[tokio::test]
async fn a_level_0_client_signs_in_by_the_implicit_flow() {
    let site = Site::new().await;
    site.sign_up("ada").await;
    let reply = submit(&site, "/login", LINK, "Ada", PASSWORD).await;
    let (page, params) = reply.went_to('#');
    assert_eq!(page, PAGE);
    assert_eq!(params["state"], "/a b&c");
    assert!(reply.header(header::LOCATION).ends_with("&state=%2Fa%20b%26c"), "encoded");
    assert_eq!((&*params["token_type"], &*params["expires_in"]), ("Bearer", "3600"));
    assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");
    let fragment = reply.header(header::LOCATION).split_once('#').unwrap().1;
    assert!(fragment.split('&').all(|pair| pair.matches('=').count() == 1), "{fragment}");

    let user = site.verifier.verify(&params["access_token"]).await.unwrap();
    assert_eq!(&*user.username, "ada");
    let info = site.get("/oauth2/userInfo").bearer(&params["access_token"]).send().await;
    assert_eq!((info.text("username"), info.text("sub")), ("ada".into(), user.user.to_string()));
    let id_token = site.verifier.verify(&params["id_token"]).await;
    assert!(matches!(id_token, Err(TokenError::Refused(_))), "an id token opens nothing");

    site.clock.advance(60 * 60_000);
    let expired = site.verifier.verify(&params["access_token"]).await;
    assert!(matches!(expired, Err(TokenError::Expired)));
}

#[tokio::test]
async fn a_person_signs_up_on_the_page() {
    let site = Site::new().await;
    let reply = submit(&site, "/signup", LINK, "太郎", PASSWORD).await;
    let (_, params) = reply.went_to('#');
    assert_eq!(&*site.verifier.verify(&params["access_token"]).await.unwrap().username, "太郎");
    let again = submit(&site, "/signup", LINK, "太郎", PASSWORD).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.body.contains("This name is taken"));
    assert!(again.body.contains(r#"value="太郎""#), "the name stays");
    assert!(!again.body.contains(PASSWORD), "the password does not");
}

#[tokio::test]
async fn what_goes_wrong_is_told_on_the_page() {
    let site = Site::new().await;
    site.sign_up("ada").await;
    for _ in 0..FAILURES {
        let wrong = submit(&site, "/login", LINK, "ada", "wrong password").await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
        assert!(wrong.body.contains(r#"role="alert""#), "{}", wrong.body);
    }
    let limited = submit(&site, "/login", LINK, "ada", PASSWORD).await;
    assert_eq!(limited.status, StatusCode::TOO_MANY_REQUESTS);
    let weak = submit(&site, "/signup", LINK, "bea", "password1").await;
    assert_eq!(weak.status, StatusCode::BAD_REQUEST);
    let marked_up = submit(&site, "/login", LINK, "\"><b>x", PASSWORD).await;
    assert!(!marked_up.body.contains("<b>"), "{}", marked_up.body);
    site.pool.disable("ada").await.unwrap();
}

#[tokio::test]
async fn a_form_of_another_page_signs_nobody_in() {
    let site = Site::new().await;
    site.sign_up("ada").await;
    let page = site.get(&format!("/login?{LINK}")).send().await;
    let (cookie, token) = (page.cookie("aizuchi_form"), token(&page));
    let mut forged = token.clone();
    forged.replace_range(..1, if token.starts_with('A') { "B" } else { "A" });
    let post = |cookie: &str, origin: &str, token: &str| {
        let call = site.post(&format!("/login?{LINK}")).cookie(cookie).origin(origin);
        let fields =
            [("token", token.to_owned()), ("user", "ada".into()), ("password", PASSWORD.into())];
        async move {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, &**value)).collect();
            call.form(&fields).await
        }
    };
    for (cookie, origin, token) in [
        ("", PUBLIC, &*token),
        (&*cookie, PUBLIC, ""),
        (&*cookie, PUBLIC, &*forged),
        ("aizuchi_form=", PUBLIC, ""),
        ("aizuchi_form=x", PUBLIC, "x"),
        (&*cookie, "https://evil.example", &*token),
        (&*cookie, "http://127.0.0.1:3000", &*token),
    ] {
        let reply = post(cookie, origin, token).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{cookie} {origin} {token}");
        assert!(!reply.headers.contains_key(header::LOCATION));
    }
    assert_eq!(post(&cookie, "null", &token).await.status, StatusCode::SEE_OTHER);
    assert_eq!(post(&cookie, PUBLIC, &token).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_tabs_of_a_browser_share_a_token() {
    let site = Site::new().await;
    let first = site.get(&format!("/login?{LINK}")).send().await;
    let cookie = first.cookie("aizuchi_form");
    let second = site.get(&format!("/signup?{LINK}")).cookie(&cookie).send().await;
    assert_eq!(token(&first), token(&second));
    let set = first.set_cookie("aizuchi_form");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict"), "{set}");
    let planted = site.get(&format!("/login?{LINK}")).cookie("aizuchi_form=planted").send().await;
    assert_ne!(token(&planted), "planted");
}

#[tokio::test]
async fn cookies_are_for_https_alone_where_that_is_the_address() {
    let site = Site::at("https://chat.example").await;
    let page = site.get(&format!("/login?{LINK}")).send().await;
    let set = page.set_cookie("__Host-aizuchi_form");
    assert!(set.contains("Secure") && set.contains("Path=/"), "{set}");
}

#[tokio::test]
async fn a_link_to_anywhere_else_is_a_page_and_no_redirect() {
    let site = Site::new().await;
    for link in [
        "",
        "client_id=web",
        "client_id=web&redirect_uri=https://evil.example/&response_type=token",
        "client_id=web&redirect_uri=http://127.0.0.1:3000&response_type=token",
        "client_id=web&redirect_uri=http://127.0.0.1:3000/x&response_type=token",
        "client_id=app&redirect_uri=http://127.0.0.1:3000/&response_type=token",
        "client_id=app&redirect_uri=https://app.example/back&response_type=token",
        "client_id=app&redirect_uri=https://app.example/back&response_type=code",
        "client_id=web&redirect_uri=http://127.0.0.1:3000/&redirect_uri=https://evil.example/&response_type=token",
    ] {
        for path in ["/login", "/signup", "/oauth2/authorize"] {
            let reply = site.get(&format!("{path}?{link}")).send().await;
            assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{path}?{link}");
            assert!(!reply.headers.contains_key(header::LOCATION));
            assert!(reply.body.contains("<h1>"), "a page for people");
            assert!(!reply.body.contains("evil.example"), "which names nothing unknown");
        }
        let posted = site.post(&format!("/login?{link}")).form(&[("user", "ada")]).await;
        assert_eq!(posted.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn a_page_cannot_be_framed_and_runs_nothing() {
    let site = Site::new().await;
    let page = site.get(&format!("/login?{LINK}")).send().await;
    let policy = page.header(header::CONTENT_SECURITY_POLICY);
    for part in [
        "default-src 'none'",
        "style-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self' http://127.0.0.1:3000",
    ] {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    assert_eq!(page.header(header::X_FRAME_OPTIONS), "DENY");
    assert_eq!(page.header(header::CACHE_CONTROL), "no-store");
    assert!(!page.body.contains("<script") && !page.body.contains("style="));

    let style = site.get("/login/style.css").send().await;
    assert_eq!(style.header(header::CONTENT_TYPE), "text/css; charset=utf-8");
    let broken = site.get("/login").send().await;
    assert!(broken.header(header::CONTENT_SECURITY_POLICY).ends_with("form-action 'self'"));
}

#[tokio::test]
async fn the_pages_speak_two_languages() {
    let site = Site::new().await;
    let ask = |language: &str| {
        site.get(&format!("/login?{LINK}")).header(header::ACCEPT_LANGUAGE, language).send()
    };
    let japanese = ask("ja,en;q=0.5").await;
    assert!(japanese.body.contains(r#"<html lang="ja">"#) && japanese.body.contains("サインイン"));
    assert!(ask("fr").await.body.contains(r#"<html lang="en">"#));
    assert!(japanese.header(header::VARY).contains("accept-language"));
}

#[tokio::test]
async fn the_pages_lead_to_each_other_with_the_whole_request() {
    let site = Site::new().await;
    let page = site.get(&format!("/login?{LINK}")).send().await;
    let (_, after) = page.body.split_once(r#"href="/signup?"#).unwrap();
    let link = after.split('"').next().unwrap().replace("&amp;", "&");
    let reply = submit(&site, "/signup", &link, "ada", PASSWORD).await;
    assert_eq!(reply.went_to('#').1["state"], "/a b&c");
}

#[tokio::test]
async fn signing_out_ends_what_these_pages_began() {
    let site = Site::new().await;
    site.sign_up("ada").await;
    let first = submit(&site, "/login", LINK, "ada", PASSWORD).await;
    let page = site.get(&format!("/login?{LINK}")).send().await;
    let both = format!("{}; {}", page.cookie("aizuchi_form"), first.cookie("aizuchi_sessions"));
    let second = site
        .post(&format!("/login?{LINK}"))
        .cookie(&both)
        .form(&[("token", &token(&page)), ("user", "ada"), ("password", PASSWORD)])
        .await;

    let kept = second.cookie("aizuchi_sessions");
    let out = site.get("/logout").cookie(&kept).send().await;
    assert_eq!(out.status, StatusCode::OK);
    assert!(out.body.contains("You are signed out"));
    assert!(out.set_cookie("aizuchi_sessions").contains("Max-Age=0"));
    assert_eq!(site.heard.take().len(), 2, "both tabs' sockets are closed");
    for reply in [first, second] {
        let token = &reply.went_to('#').1["access_token"];
        assert!(site.verifier.verify(token).await.is_err());
    }
}

#[tokio::test]
async fn signing_out_leads_back_to_registered_pages_only() {
    let site = Site::new().await;
    let back = "/logout?client_id=web&logout_uri=http://127.0.0.1:3000/";
    assert_eq!(site.get(back).send().await.went_to('#').0, PAGE);
    for away in [
        "/logout?client_id=web&logout_uri=https://evil.example/",
        "/logout?logout_uri=http://127.0.0.1:3000/",
        "/logout?client_id=app&logout_uri=http://127.0.0.1:3000/",
    ] {
        let reply = site.get(away).send().await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{away}");
        assert!(!reply.headers.contains_key(header::LOCATION));
    }
}

#[tokio::test]
async fn an_id_token_is_a_hint_whom_to_sign_out() {
    let site = Site::new().await;
    site.sign_up("ada").await;
    let (_, tokens) = submit(&site, "/login", LINK, "ada", PASSWORD).await.went_to('#');
    site.clock.advance(2 * 60 * 60_000);
    let back =
        format!("id_token_hint={}&post_logout_redirect_uri={PAGE}&state=s", tokens["id_token"]);
    let reply = site.get(&format!("/logout?{back}")).send().await;
    assert_eq!(reply.header(header::LOCATION), format!("{PAGE}?state=s"), "though expired");
    assert_eq!(site.heard.take().len(), 1);

    let forged = tokens["id_token"].rsplit_once('.').unwrap().0.to_owned() + ".AAAA";
    let back = format!("id_token_hint={forged}&post_logout_redirect_uri={PAGE}");
    let reply = site.get(&format!("/logout?{back}")).send().await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_client_that_wants_no_page_is_told_that_one_is_needed() {
    let site = Site::new().await;
    let silent = site.get(&format!("/oauth2/authorize?{LINK}&prompt=none")).send().await;
    let (page, params) = silent.went_to('#');
    assert_eq!((&*page, &*params["error"], &*params["state"]), (PAGE, "login_required", "/a b&c"));
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let link = format!(
        "client_id=app&redirect_uri={CODE_PAGE}&response_type=code&code_challenge={challenge}\
         &code_challenge_method=S256&prompt=none"
    );
    let silent = site.get(&format!("/oauth2/authorize?{link}")).send().await;
    let (page, params) = silent.went_to('?');
    assert_eq!((&*page, &*params["error"]), (CODE_PAGE, "login_required"));
}
