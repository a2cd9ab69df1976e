//! The code flow with PKCE, and what goes with it.

use aizuchi_core::identity::TokenVerifier;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::site::{CODE_PAGE, PASSWORD, PUBLIC, Reply, Site};

const VERIFIER: &str = "a-verifier-of-some-forty-three-characters-or-more";
const MINUTE: u64 = 60_000;

/// Signs `ada` in on the page, and gives the code that the client gets.
async fn code(site: &Site) -> String {
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let link = format!(
        "/oauth2/authorize?client_id=app&redirect_uri={CODE_PAGE}&response_type=code&nonce=n1\
         &state=s1&scope=openid&code_challenge={challenge}&code_challenge_method=S256"
    );
    let page = site.get(&link).send().await;
    let (_, action) = page.body.split_once(r#"action=""#).unwrap();
    let action = action.split('"').next().unwrap().replace("&amp;", "&");
    let (_, token) = page.body.split_once(r#"name="token" value=""#).unwrap();
    let reply = site
        .post(&action)
        .cookie(&page.cookie("aizuchi_form"))
        .form(&[("token", &token[..43]), ("user", "ada"), ("password", PASSWORD)])
        .await;
    let (page, params) = reply.went_to('?');
    assert_eq!((&*page, &*params["state"]), (CODE_PAGE, "s1"));
    params["code"].clone()
}

async fn exchange(site: &Site, code: &str, changes: &[(&str, &str)]) -> Reply {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("client_id", "app"),
        ("redirect_uri", CODE_PAGE),
        ("code", code),
        ("code_verifier", VERIFIER),
    ];
    for (name, value) in changes {
        fields.iter_mut().find(|field| field.0 == *name).unwrap().1 = value;
    }
    site.post("/oauth2/token").origin("https://app.example").form(&fields).await
}

async fn refresh(site: &Site, client: &str, token: &str) -> Reply {
    let fields = [("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", token)];
    site.post("/oauth2/token").form(&fields).await
}

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

async fn site_with_ada() -> Site {
    let site = Site::new().await;
    site.sign_up("ada").await;
    site
}

#[tokio::test]
async fn a_code_buys_tokens() {
    let site = site_with_ada().await;
    let reply = exchange(&site, &code(&site).await, &[]).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
    assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");
    assert_eq!(reply.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "https://app.example");
    assert_eq!(
        (reply.text("token_type"), &reply.json()["expires_in"]),
        ("Bearer".into(), &json!(600))
    );
    let (access, id) = (reply.text("access_token"), reply.text("id_token"));
    assert_eq!(&*site.verifier.verify(&access).await.unwrap().username, "ada");

    let (access_claims, id_claims) = (claims(&access), claims(&id));
    assert_eq!(access_claims["client_id"], "app");
    assert_eq!((&id_claims["aud"], &id_claims["nonce"]), (&json!("app"), &json!("n1")));
    assert_eq!((&id_claims["iss"], &id_claims["token_use"]), (&json!(PUBLIC), &json!("id")));
    assert_eq!(id_claims["sub"], access_claims["sub"]);
    let half = BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(&access)[..16]);
    assert_eq!(id_claims["at_hash"], half);
    assert!(site.verifier.verify(&id).await.is_err(), "an id token is no access token");
}

#[tokio::test]
async fn a_refresh_token_rotates_for_its_own_client() {
    let site = site_with_ada().await;
    let first = exchange(&site, &code(&site).await, &[]).await.text("refresh_token");
    let other = refresh(&site, "web", &first).await;
    assert_eq!((other.status.as_u16(), other.text("error")), (400, "invalid_grant".into()));
    let second = refresh(&site, "app", &first).await;
    assert_eq!(second.status, StatusCode::OK, "{}", second.body);
    assert_eq!(
        refresh(&site, "app", &first).await.text("refresh_token"),
        second.text("refresh_token")
    );

    site.clock.advance(MINUTE + 1);
    assert_eq!(refresh(&site, "app", &first).await.text("error"), "invalid_grant");
    let ended = refresh(&site, "app", &second.text("refresh_token")).await;
    assert_eq!(ended.text("error"), "invalid_grant", "a late replay ends the family");
}

#[tokio::test]
async fn a_code_that_comes_again_ends_the_session() {
    let site = site_with_ada().await;
    let code = code(&site).await;
    let first = exchange(&site, &code, &[]).await;
    site.heard.take();
    assert_eq!(exchange(&site, &code, &[]).await.text("error"), "invalid_grant");
    assert_eq!(site.heard.take().len(), 1);
    assert!(site.verifier.verify(&first.text("access_token")).await.is_err());
    let refreshed = refresh(&site, "app", &first.text("refresh_token")).await;
    assert_eq!(refreshed.text("error"), "invalid_grant");
}

#[tokio::test]
async fn a_code_is_for_who_asked_for_it() {
    let site = site_with_ada().await;
    let other_verifier = VERIFIER.to_uppercase();
    for change in [
        ("code_verifier", &*other_verifier),
        ("code_verifier", "short"),
        ("client_id", "web"),
        ("redirect_uri", "https://app.example/"),
        ("redirect_uri", "http://127.0.0.1:3000/"),
        ("code", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        ("code", "x"),
    ] {
        let code = code(&site).await;
        let reply = exchange(&site, &code, &[change]).await;
        assert_eq!(
            (reply.status.as_u16(), reply.text("error")),
            (400, "invalid_grant".into()),
            "{change:?}"
        );
        if change.0 != "code" {
            let late = exchange(&site, &code, &[]).await;
            assert_eq!(late.text("error"), "invalid_grant", "one try is all there is");
        }
    }
}

#[tokio::test]
async fn a_code_lives_for_a_minute_and_not_past_a_disabling() {
    let site = site_with_ada().await;
    let late = code(&site).await;
    site.clock.advance(MINUTE);
    assert_eq!(exchange(&site, &late, &[]).await.text("error"), "invalid_grant");

    let disabled = code(&site).await;
    site.pool.disable("ada").await.unwrap();
    assert_eq!(exchange(&site, &disabled, &[]).await.text("error"), "invalid_grant");
}

#[tokio::test]
async fn what_the_token_call_does_not_know_it_says() {
    let site = Site::new().await;
    for (fields, error) in [
        (vec![], "invalid_request"),
        (vec![("client_id", "other")], "invalid_client"),
        (vec![("client_id", "aizuchi-web")], "invalid_client"),
        (vec![("client_id", "app")], "invalid_request"),
        (vec![("client_id", "app"), ("grant_type", "password")], "unsupported_grant_type"),
        (vec![("client_id", "app"), ("grant_type", "refresh_token")], "invalid_request"),
        (vec![("client_id", "app"), ("grant_type", "authorization_code")], "invalid_request"),
    ] {
        let reply = site.post("/oauth2/token").form(&fields).await;
        assert_eq!((reply.status.as_u16(), &*reply.text("error")), (400, error), "{fields:?}");
        assert!(!reply.text("error_description").is_empty());
    }
}

#[tokio::test]
async fn a_revoked_token_ends_its_session() {
    let site = site_with_ada().await;
    let tokens = exchange(&site, &code(&site).await, &[]).await;
    let reply = site.post("/oauth2/revoke").form(&[("token", &tokens.text("refresh_token"))]).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(site.heard.take().len(), 1);
    assert!(site.verifier.verify(&tokens.text("access_token")).await.is_err());
    let unknown = site.post("/oauth2/revoke").form(&[("token", "x")]).await;
    assert_eq!(unknown.status, StatusCode::OK, "to revoke what is not there is no error");
}

#[tokio::test]
async fn user_info_wants_an_access_token() {
    let site = site_with_ada().await;
    let tokens = exchange(&site, &code(&site).await, &[]).await;
    let ask = |token: &str| site.get("/oauth2/userInfo").bearer(token).send();
    let info = ask(&tokens.text("access_token")).await;
    assert_eq!((info.status, info.text("username")), (StatusCode::OK, "ada".into()));
    for bad in ["", "x", &tokens.text("id_token"), &tokens.text("refresh_token")] {
        let reply = ask(bad).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{bad}");
        assert!(reply.header(header::WWW_AUTHENTICATE).starts_with("Bearer"));
    }
    assert_eq!(site.get("/oauth2/userInfo").send().await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn discovery_tells_what_is_offered() {
    let site = Site::new().await;
    let told = site.get("/.well-known/openid-configuration").send().await.json();
    assert_eq!(told["issuer"], PUBLIC);
    assert_eq!(told["response_types_supported"], json!(["code", "token", "id_token token"]));
    for endpoint in
        ["authorization_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint"]
    {
        let path = told[endpoint].as_str().unwrap().strip_prefix(PUBLIC).unwrap();
        let status = site.get(path).send().await.status;
        assert!(
            !matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED),
            "{endpoint}"
        );
    }
    for endpoint in ["token_endpoint", "revocation_endpoint"] {
        let path = told[endpoint].as_str().unwrap().strip_prefix(PUBLIC).unwrap();
        assert_eq!(site.post(path).send().await.text("error"), "invalid_request", "{endpoint}");
    }
    let mut settings = crate::site::settings(PUBLIC);
    settings.clients.retain(|client| !client.implicit());
    let site = Site::on(site.accounts, site.clock, settings).await;
    let told = site.get("/.well-known/openid-configuration").send().await.json();
    assert_eq!(told["response_types_supported"], json!(["code"]));

    let jwks = site.get("/.well-known/jwks.json").send().await.json();
    let key = jwks["keys"][0].as_object().unwrap();
    assert_eq!(
        (&key["kty"], &key["alg"], &key["use"]),
        (&json!("EC"), &json!("ES256"), &json!("sig"))
    );
    assert!(!key.contains_key("d"), "the private half stays here");
}
