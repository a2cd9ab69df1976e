//! Tokens that are good, and every kind that is not.

use std::collections::BTreeMap;

use aizuchi_core::identity::{TokenError, TokenVerifier};
use aizuchi_identity::FIRST_PARTY;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::site::{PASSWORD, PUBLIC, Site};

const MINUTE: u64 = 60_000;

/// Good claims but for `changes`; a change to null takes the claim away.
fn claims(site: &Site, changes: Value) -> Value {
    let now = aizuchi_core::clock::Clock::now_ms(&*site.clock) / 1000;
    let mut claims = json!({
        "iss": PUBLIC,
        "sub": "somebody",
        "client_id": FIRST_PARTY,
        "username": "ada",
        "token_use": "access",
        "sid": "0123456789abcdef0123456789abcdef",
        "iat": now,
        "exp": now + 600,
    });
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    claims
}

async fn sign(site: &Site, claims: &Value) -> String {
    let (kid, pem) = site.pem().await;
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some(kid);
    encode(&header, claims, &EncodingKey::from_ec_pem(pem.as_bytes()).unwrap()).unwrap()
}

fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

fn decoded(token: &str, index: usize) -> BTreeMap<String, Value> {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

async fn refused(site: &Site, token: &str) -> bool {
    matches!(site.verifier.verify(token).await, Err(TokenError::Refused(_)))
}

#[tokio::test]
async fn a_token_has_the_shape_that_clients_know() {
    let site = Site::new().await;
    let token = site.sign_up("ada").await.text("token");
    let (header, claims) = (decoded(&token, 0), decoded(&token, 1));
    assert_eq!((&header["alg"], &header["typ"]), (&json!("ES256"), &json!("JWT")));
    assert_eq!(claims["iss"], PUBLIC);
    assert_eq!(claims["client_id"], FIRST_PARTY);
    assert_eq!(claims["username"], "ada");
    assert_eq!(claims["token_use"], "access");
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 600);
    let other = site.post("/api/auth/signin").credentials("ada", PASSWORD).await.text("token");
    for unique in ["jti", "sid"] {
        assert_ne!(claims[unique], decoded(&other, 1)[unique], "{unique}");
    }
    let identity = site.verifier.verify(&token).await.unwrap();
    assert_eq!(identity.user.as_str(), claims["sub"]);
    assert_eq!(identity.session.unwrap().to_string(), claims["sid"]);
    assert_eq!(identity.expires_at, claims["exp"].as_u64().unwrap() * 1000);
}

#[tokio::test]
async fn a_token_expires() {
    let site = Site::new().await;
    let token = site.sign_up("ada").await.text("token");
    site.clock.advance(10 * MINUTE - 1);
    assert!(site.verifier.verify(&token).await.is_ok());
    site.clock.advance(1);
    assert!(matches!(site.verifier.verify(&token).await, Err(TokenError::Expired)));
}

#[tokio::test]
async fn the_test_can_forge() {
    let site = Site::new().await;
    let good = sign(&site, &claims(&site, json!({}))).await;
    assert_eq!(site.verifier.verify(&good).await.unwrap().user.as_str(), "somebody");
    let moved = sign(&site, &claims(&site, json!({"aizuchi_id": "before"}))).await;
    assert_eq!(site.verifier.verify(&moved).await.unwrap().user.as_str(), "before");
}

#[tokio::test]
async fn claims_that_are_not_ours_are_refused() {
    let site = Site::new().await;
    for change in [
        json!({"iss": "https://evil.example"}),
        json!({"iss": format!("{PUBLIC}/")}),
        json!({"iss": null}),
        json!({"client_id": "other"}),
        json!({"client_id": null}),
        json!({"client_id": null, "aud": ["other"]}),
        json!({"token_use": "id"}),
        json!({"token_use": null}),
        json!({"token_use": "refresh"}),
        json!({"sid": null}),
        json!({"sid": "x"}),
        json!({"sub": null}),
        json!({"sub": ""}),
        json!({"sub": "a\u{0}b"}),
        json!({"sub": "x".repeat(129)}),
        json!({"aizuchi_id": ""}),
        json!({"exp": null}),
        json!({"exp": "tomorrow"}),
        json!({"nbf": 9_999_999_999_u64}),
    ] {
        let token = sign(&site, &claims(&site, change.clone())).await;
        assert!(refused(&site, &token).await, "{change}");
    }
    let past = sign(&site, &claims(&site, json!({"exp": -5}))).await;
    assert!(matches!(site.verifier.verify(&past).await, Err(TokenError::Expired)));
}

#[tokio::test]
async fn a_tampered_token_is_refused() {
    let site = Site::new().await;
    let token = site.sign_up("ada").await.text("token");
    let parts: Vec<_> = token.split('.').collect();
    let mut changed = decoded(&token, 1);
    changed.insert("sub".into(), json!("another"));
    let changed = part(&json!(changed));
    let (header, claims, signature) = (parts[0], parts[1], parts[2]);
    for forged in [
        format!("{header}.{changed}.{signature}"),
        format!("{header}.{claims}."),
        format!("{header}.{claims}"),
        format!("{header}.{claims}.{signature}A"),
        format!("{header}.{claims}.{}", BASE64_URL_SAFE_NO_PAD.encode([0; 64])),
        format!("{}.{claims}.{signature}", part(&json!({"alg": "ES256"}))),
        format!(".{claims}.{signature}"),
        String::new(),
        "a.b.c".to_owned(),
        "x".repeat(100_000),
    ] {
        assert!(refused(&site, &forged).await, "{forged}");
    }
}

#[tokio::test]
async fn the_algorithm_is_the_keys_not_the_tokens() {
    let site = Site::new().await;
    let body = part(&claims(&site, json!({})));
    let (kid, _) = site.pem().await;
    for algorithm in ["none", "None", "NONE", ""] {
        let unsigned = part(&json!({"alg": algorithm, "typ": "JWT", "kid": kid}));
        assert!(refused(&site, &format!("{unsigned}.{body}.")).await, "{algorithm}");
    }
    // The public key taken for a shared secret, in every form that it is known in.
    let jwk = site.pool.jwks().keys[0].clone();
    let jwk_text = serde_json::to_string(&jwk).unwrap();
    let x = serde_json::to_value(&jwk).unwrap()["x"].as_str().unwrap().to_owned();
    for secret in [jwk_text.as_bytes(), x.as_bytes(), &BASE64_URL_SAFE_NO_PAD.decode(&x).unwrap()] {
        for algorithm in [Algorithm::HS256, Algorithm::HS512] {
            let mut header = Header::new(algorithm);
            header.kid = Some(kid.clone());
            let key = EncodingKey::from_secret(secret);
            let token = encode(&header, &claims(&site, json!({})), &key).unwrap();
            assert!(refused(&site, &token).await, "{algorithm:?}");
        }
    }
    let rsa = part(&json!({"alg": "RS256", "typ": "JWT", "kid": kid}));
    assert!(refused(&site, &format!("{rsa}.{body}.AAAA")).await);
}

#[tokio::test]
async fn only_a_known_key_signs() {
    let (site, other) = (Site::new().await, Site::new().await);
    let claims = claims(&site, json!({}));
    let foreign = sign(&other, &claims).await;
    assert!(refused(&site, &foreign).await, "another server's key");

    // Another server's signature under this server's key id.
    let (kid, _) = site.pem().await;
    let (_, pem) = other.pem().await;
    let key = EncodingKey::from_ec_pem(pem.as_bytes()).unwrap();
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some(kid);
    header.jwk = Some(other.pool.jwks().keys[0].clone());
    assert!(refused(&site, &encode(&header, &claims, &key).unwrap()).await);
}

#[tokio::test]
async fn a_header_with_a_demand_or_another_kind_is_refused() {
    let site = Site::new().await;
    let (kid, pem) = site.pem().await;
    let key = EncodingKey::from_ec_pem(pem.as_bytes()).unwrap();
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some(kid);
    let with = |change: fn(&mut Header)| {
        let mut header = header.clone();
        change(&mut header);
        encode(&header, &claims(&site, json!({})), &key).unwrap()
    };
    assert!(refused(&site, &with(|header| header.crit = Some(vec!["exp".into()]))).await);
    assert!(refused(&site, &with(|header| header.typ = Some("logout+jwt".into()))).await);
    assert!(refused(&site, &with(|header| header.kid = Some("other".into()))).await);
    for good in
        [with(|header| header.typ = Some("at+jwt".into())), with(|header| header.kid = None)]
    {
        assert!(site.verifier.verify(&good).await.is_ok());
    }
}
