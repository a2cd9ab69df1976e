//! Who may open a socket.

use aizuchi_core::{
    accounts::SessionId,
    error::PortError,
    identity::{Identity, TokenError, TokenVerifier},
    ids::UserId,
};
use aizuchi_identity::{Settings, http::Origins};
use aizuchi_lambda::{authorizer::decide, http::trusted, settings::Issuer};
use serde_json::{Value, json};

const ARN: &str = "arn:aws:execute-api:ap-northeast-1:123456789012:abc/prod/$connect";

/// Knows two tokens, and cannot tell of a third.
struct Tokens;

impl TokenVerifier for Tokens {
    async fn verify(&self, token: &str) -> Result<Identity, TokenError> {
        match token {
            "of ada" => Ok(Identity {
                user: UserId::parse("u-ada").unwrap(),
                username: "Ada 相槌".into(),
                session: Some(SessionId(7)),
                expires_at: 1,
            }),
            "old" => Err(TokenError::Expired),
            "who knows" => Err(PortError::unavailable("the issuer", "out of reach").into()),
            _ => Err(TokenError::Refused("unknown")),
        }
    }
}

async fn verdict(headers: Value, query: Value) -> Value {
    let event = json!({
        "type": "REQUEST",
        "methodArn": ARN,
        "headers": headers,
        "queryStringParameters": query,
        "requestContext": { "routeKey": "$connect", "connectionId": "L0SM9cOFvHcCIhw=" },
    });
    let mut settings = Settings::new("https://chat.example".parse().unwrap());
    settings.allowed_origins.push("https://other.example".to_owned());
    let handshake = serde_json::from_value(event).unwrap();
    serde_json::to_value(decide(handshake, &Origins::of(&settings), &Tokens).await).unwrap()
}

fn effect(verdict: &Value) -> &str {
    verdict["policyDocument"]["Statement"][0]["Effect"].as_str().unwrap()
}

#[tokio::test]
async fn whoever_has_a_token_may_and_is_named_with_every_event() {
    let query = json!({ "Authorizer": "of ada", "level": "1", "selfSub": "u-ada", "sub": "u-bob" });
    let verdict = verdict(json!({ "Host": "x" }), query).await;
    assert_eq!(
        verdict,
        json!({
            "principalId": "u-ada",
            "policyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    { "Action": "execute-api:Invoke", "Effect": "Allow", "Resource": ARN }
                ],
            },
            "context": {
                "user": "u-ada",
                "username": "Ada 相槌",
                "level": "1",
                "session": "00000000000000000000000000000007",
            },
        }),
        "and a level 1 connection has no partner"
    );
}

#[tokio::test]
async fn a_level_0_page_watches_its_partner() {
    let query = |sub: &str| json!({ "Authorizer": "of ada", "sub": sub, "connectionType": "chat" });
    let context = verdict(json!(null), query("u-bob")).await["context"].clone();
    assert_eq!((&context["level"], &context["partner"]), (&json!("0"), &json!("u-bob")));
    for none in ["", "a\u{0}b"] {
        let context = verdict(json!(null), query(none)).await["context"].clone();
        assert_eq!(context.get("partner"), None, "{none:?}");
    }
}

#[tokio::test]
async fn all_others_may_not_and_learn_nothing() {
    let refused = [
        json!(null),
        json!({}),
        json!({ "Authorizer": "" }),
        json!({ "authorizer": "of ada" }),
        json!({ "Authorizer": "old" }),
        json!({ "Authorizer": "foreign" }),
        json!({ "Authorizer": "who knows" }),
        json!({ "Authorizer": "of ada", "selfSub": "u-bob" }),
    ];
    for query in refused {
        let verdict = verdict(json!({}), query.clone()).await;
        assert_eq!(effect(&verdict), "Deny", "{query}");
        assert_eq!(verdict.get("context"), None);
        assert_eq!(verdict["principalId"], "nobody");
    }
}

#[tokio::test]
async fn pages_of_other_origins_may_not() {
    let query = || json!({ "Authorizer": "of ada" });
    for origin in ["https://chat.example", "https://other.example"] {
        for name in ["Origin", "origin"] {
            assert_eq!(effect(&verdict(json!({ name: origin }), query()).await), "Allow");
        }
    }
    for origin in ["https://evil.example", "null", "https://chat.example.evil.example", ""] {
        let verdict = verdict(json!({ "Origin": origin }), query()).await;
        assert_eq!(effect(&verdict), "Deny", "{origin}");
    }
}

#[tokio::test]
async fn a_products_user_may_by_the_products_own_token() {
    // An Ed25519 key of a fixed seed, and its public half.
    let private =
        [&[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20][..], &[1; 32]];
    let private = jsonwebtoken::EncodingKey::from_ed_der(&private.concat());
    let public = "MCowBQYDK2VwAyEAiojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=";
    let product = format!("name=shop,issuer=https://shop.example,audience=chat,keys={public}");
    let issuer = Issuer {
        issuer: "https://cognito.example".to_owned(),
        jwks_url: "http://127.0.0.1:1/keys".parse().unwrap(),
        client_id: "client-1".to_owned(),
        public_url: "https://chat.example".parse().unwrap(),
        allowed_origins: vec!["https://shop.example".to_owned()],
        products: vec![product.parse().unwrap()],
    };
    let (origins, verifier) = trusted(issuer).unwrap();
    let now = aizuchi_core::clock::Clock::now_ms(&aizuchi_core::clock::SystemClock) / 1_000;
    let mut claims = json!({
        "iss": "https://shop.example", "aud": "chat", "sub": "42", "name": "Ann Lee",
        "iat": now, "exp": now + 300,
    });
    let mut told = async |audience: &str, origin: &str| {
        claims["aud"] = json!(audience);
        let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::EdDSA);
        let token = jsonwebtoken::encode(&header, &claims, &private).unwrap();
        let event = json!({
            "methodArn": ARN,
            "headers": { "Origin": origin },
            "queryStringParameters": { "Authorizer": token, "level": "1" },
        });
        let handshake = serde_json::from_value(event).unwrap();
        serde_json::to_value(decide(handshake, &origins, &verifier).await).unwrap()
    };
    let verdict = told("chat", "https://shop.example").await;
    let context = json!({ "user": "shop:42", "username": "Ann Lee@shop", "level": "1" });
    assert_eq!(verdict["context"], context);
    assert_eq!(effect(&told("else", "https://shop.example").await), "Deny");
    assert_eq!(effect(&told("chat", "https://other.example").await), "Deny");
}
