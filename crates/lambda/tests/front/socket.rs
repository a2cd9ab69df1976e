//! What a socket's function does with events that are not as they should be.

use aizuchi_lambda::{Chats, settings, socket};
use aizuchi_store_dynamodb::Access;
use aws_credential_types::Credentials;
use serde_json::{Value, json};

/// A chat that nothing is listening for: what reaches a port fails.
fn chats() -> Chats {
    let credentials = Credentials::new("id", "secret", None, None, "test");
    let access = Access {
        endpoint: Some("http://127.0.0.1:9".to_owned()),
        ..Access::new("ap-northeast-1", credentials)
    };
    let settings = settings::Chat {
        table: "nowhere".to_owned(),
        management_url: "http://127.0.0.1:9".to_owned(),
        broadcasts: false,
        search: true,
        push_contact: None,
    };
    Chats::open(settings, &access)
}

async fn status(event: Value) -> Value {
    let event = serde_json::from_value(event).unwrap();
    let answer = serde_json::to_value(Box::pin(socket::answer(&chats(), event)).await).unwrap();
    assert_eq!(answer.as_object().unwrap().len(), 1, "no body, no header: {answer}");
    answer["statusCode"].clone()
}

fn event(kind: &str, authorizer: Value) -> Value {
    json!({
        "requestContext": {
            "routeKey": "$default",
            "eventType": kind,
            "connectionId": "L0SM9cOFvHcCIhw=",
            "connectedAt": 1,
            "authorizer": authorizer,
        },
        "body": "{\"action\":\"PING\"}",
        "isBase64Encoded": false,
    })
}

#[tokio::test]
async fn an_event_that_names_nobody_does_nothing() {
    for kind in ["CONNECT", "MESSAGE", "DISCONNECT"] {
        assert_eq!(status(event(kind, Value::Null)).await, 403);
        let nobody = json!({ "user": "", "username": "", "level": "1", "principalId": "x" });
        assert_eq!(status(event(kind, nobody)).await, 403);
    }
}
