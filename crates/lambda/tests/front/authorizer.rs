//! Who may open a socket.

use aizuchi_core::{
    accounts::SessionId,
    error::PortError,
    identity::{Identity, TokenError, TokenVerifier},
    ids::UserId,
};
use aizuchi_identity::{Settings, http::Origins};
use aizuchi_lambda::authorizer::decide;
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
