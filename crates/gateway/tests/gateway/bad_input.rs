//! What is no frame, or nearly one.

use serde_json::{Value, json};

use crate::support::{World, direct};

/// The `ERROR` for what is not understood.
fn invalid(request_id: Option<&str>) -> Value {
    let mut frame =
        json!({ "action": "ERROR", "code": "invalid_request", "error": "Invalid request" });
    if let Some(id) = request_id {
        frame["requestId"] = json!(id);
    }
    frame
}

fn hear(text: &str) -> Vec<Value> {
    let world = World::new();
    let phone = world.phone("ada");
    phone.says_text(text);
    phone.hears()
}

#[test]
fn what_is_no_json_object_is_an_invalid_request() {
    let deep = "[".repeat(10_000);
    for text in [
        "",
        " ",
        "hi",
        "null",
        "7",
        "\"PING\"",
        "[]",
        "[{\"action\":\"PING\"}]",
        "{",
        "{}",
        "{}{}",
        "{\"action\":\"PING\"}x",
        "{'action':'PING'}",
        "{\"action\":\"PING\",}",
        "\u{feff}{}",
        "{\"action\":\"PI\nNG\"}",
        &deep,
    ] {
        assert_eq!(hear(text), [invalid(None)], "{text:.40}");
    }
}

#[test]
fn white_space_around_a_frame_is_fine() {
    assert_eq!(hear(" \r\n\t{ \"action\" : \"PING\" } ")[0]["value"], "PONG");
}

#[test]
fn an_action_is_a_text_from_the_list() {
    for action in
        ["null", "7", "true", "[\"PING\"]", "{\"PING\":1}", "\"\"", "\"Ping\"", "\"PING \""]
    {
        let text = format!("{{\"action\":{action},\"requestId\":\"r\"}}");
        let [heard] = hear(&text).try_into().unwrap();
        assert_eq!(heard["error"], "Invalid request", "{text}");
    }
    assert_eq!(hear("{\"action\":\"\\u0050ING\"}")[0]["value"], "PONG", "an escape is a letter");
}

#[test]
fn what_can_be_echoed_is_echoed() {
    let world = World::new();
    let phone = world.phone("ada");
    for frame in [
        json!({ "action": "DANCE" }),
        json!({}),
        json!({ "action": "SENDMSG", "toSub": 7, "message": "hi" }),
        json!({ "action": "GETMSG", "conversationId": direct("ada", "bob"), "limit": "many" }),
    ] {
        let mut frame = frame;
        frame["requestId"] = json!("r1");
        frame["clientMsgId"] = json!("m1");
        let refused = phone.asks(&frame);
        let mut expected = invalid(Some("r1"));
        expected["clientMsgId"] = json!("m1");
        assert_eq!(refused, expected, "{frame}");
    }
}

#[test]
fn a_request_id_is_a_short_text() {
    let ping = |id: Value| json!({ "action": "PING", "requestId": id }).to_string();
    assert_eq!(hear(&ping(json!("x".repeat(64))))[0]["requestId"], "x".repeat(64));
    assert_eq!(hear(&ping(Value::Null))[0]["value"], "PONG");
    assert_eq!(hear(&ping(json!("\"\u{1}\u{1f9a9}")))[0]["requestId"], "\"\u{1}\u{1f9a9}");
    for id in [json!("x".repeat(65)), json!(7), json!(["r"]), json!({})] {
        assert_eq!(hear(&ping(id)), [invalid(None)]);
    }
}

#[test]
fn a_field_of_the_wrong_type_is_an_invalid_request() {
    let id = direct("ada", "bob");
    for frame in [
        json!({ "action": "STATUS", "partnerSub": 7 }),
        json!({ "action": "STATUS", "partnerSub": null }),
        json!({ "action": "STATUS" }),
        json!({ "action": "SENDMSG", "toSub": "bob", "message": 7, "clientMsgId": "m" }),
        json!({ "action": "SENDMSG", "toSub": ["bob"], "message": "hi", "clientMsgId": "m" }),
        json!({ "action": "SENDMSG", "toSub": "bob", "clientMsgId": "m" }),
        json!({ "action": "SENDMSG", "toSub": "bob", "message": "hi", "clientMsgId": 7 }),
        json!({ "action": "SENDMSG", "toSub": "bob", "message": "hi", "clientMsgId": "m", "replyTo": -1 }),
        json!({ "action": "SENDMSG", "toSub": "bob", "message": "hi", "clientMsgId": "m", "sentAt": "now" }),
        json!({ "action": "GETMSG", "conversationId": id, "before": -1 }),
        json!({ "action": "GETMSG", "conversationId": id, "after": "0" }),
        json!({ "action": "GETMSG", "conversationId": id, "limit": 1.5 }),
        json!({ "action": "GETMSG", "conversationId": id, "limit": 5_000_000_000_u64 }),
        json!({ "action": "GREETING" }),
        json!({ "action": "SYNC", "since": 7 }),
        json!({ "action": "SYNC", "cursors": [] }),
        json!({ "action": "SYNC", "cursors": { id.clone(): "1" } }),
        json!({ "action": "SYNC", "cursors": { id.clone(): -1 } }),
        json!({ "action": "CONVERSATIONS", "cursor": 7 }),
        json!({ "action": "CONVERSATIONS", "limit": "all" }),
        json!({ "action": "READ", "conversationId": id }),
        json!({ "action": "READ", "conversationId": id, "seq": "1" }),
        json!({ "action": "READ", "conversationId": id, "seq": 1.5 }),
        json!({ "action": "TYPING", "conversationId": id }),
        json!({ "action": "TYPING", "conversationId": id, "on": 1 }),
        json!({ "action": "WATCH" }),
        json!({ "action": "WATCH", "subs": "bob" }),
        json!({ "action": "WATCH", "subs": [7] }),
    ] {
        let [heard] = hear(&frame.to_string()).try_into().unwrap();
        assert_eq!(heard["error"], "Invalid request", "{frame}");
        assert_eq!(heard["code"], "invalid_request");
    }
}

#[test]
fn a_field_that_an_action_does_not_know_is_ignored() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for field in ["null", "{\"a\":[1,{}]}", "1e999", "\"\\ud800\"", &deep] {
        let text = format!("{{\"action\":\"PING\",\"partnerSub\":{field}}}");
        assert_eq!(hear(&text)[0]["value"], "PONG", "{field:.40}");
    }
}

#[test]
fn too_deep_a_clock_is_an_invalid_request() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let text = format!(
        "{{\"action\":\"SENDMSG\",\"toSub\":\"bob\",\"message\":\"hi\",\"timestamp\":{deep}}}"
    );
    let world = World::new();
    let page = world.page("ada", "bob");
    page.says_text(&text);
    assert_eq!(page.hears(), [invalid(None)]);
}

#[test]
fn a_key_that_comes_twice_is_an_invalid_request() {
    for text in [
        r#"{"action":"PING","action":"PING"}"#,
        r#"{"action":"PING","requestId":"a","requestId":"b"}"#,
        r#"{"action":"STATUS","partnerSub":"bob","partnerSub":"cyd"}"#,
        r#"{"action":"SENDMSG","toSub":"bob","toSub":"cyd","message":"hi","clientMsgId":"m"}"#,
    ] {
        let [heard] = hear(text).try_into().unwrap();
        assert_eq!(heard["error"], "Invalid request", "{text}");
    }
}

#[test]
fn half_a_character_is_an_invalid_request() {
    for half in [r"\ud800", r"\udc00", r"\ud83e\ud83e", r"\ud83ex"] {
        let text =
            format!(r#"{{"action":"SENDMSG","toSub":"bob","message":"{half}","clientMsgId":"m"}}"#);
        let [heard] = hear(&text).try_into().unwrap();
        assert_eq!(heard["error"], "Invalid request", "{half}");
    }
    let whole = r#"{"action":"SENDMSG","toSub":"bob","message":"\ud83e\udda9","clientMsgId":"m"}"#;
    assert_eq!(hear(whole)[0]["action"], "ACK");
}

#[test]
fn ids_of_people_are_short_and_can_be_written() {
    let world = World::new();
    let phone = world.phone("ada");
    for sub in [json!(""), json!("x".repeat(129)), json!("a\0b"), json!("a\nb"), json!("\u{85}")] {
        for frame in [
            json!({ "action": "STATUS", "partnerSub": sub }),
            json!({ "action": "WATCH", "subs": ["bob", sub] }),
            json!({ "action": "GETMSG", "fromSub": "ada", "toSub": sub }),
            json!({ "action": "SENDMSG", "toSub": sub, "message": "hi", "clientMsgId": "m" }),
        ] {
            assert_eq!(phone.is_refused(&frame), "invalid_request", "{frame}");
        }
    }
    let longest = json!({ "action": "STATUS", "partnerSub": "x".repeat(128) });
    assert_eq!(phone.is_refused(&longest), "not_found");
}

#[test]
fn ids_of_conversations_are_canonical() {
    let world = World::new();
    let phone = world.phone("ada");
    phone.writes("bob", "hi", "m1");
    for id in [
        "",
        "d:",
        "d::",
        "d:ada:",
        "d::bob",
        "d:ada",
        "d:bob:ada",
        "d:ada:ada",
        "d:ada:bob:cyd",
        "d:%61da:bob",
        "d:ada:b%6Fb",
        "d:ada:b%2fb",
        "d:ada:b b",
        "d:ada:%",
        "d:ada:%ff",
        "D:ada:bob",
        " d:ada:bob",
        "d:ada:bob ",
        "d:ada:b%00b",
        "ada:bob",
        "r:",
        "r:a b",
        "x:ada:bob",
        &format!("d:ada:{}", "b".repeat(129)),
        &format!("r:{}", "x".repeat(800)),
    ] {
        for frame in [
            json!({ "action": "GETMSG", "conversationId": id }),
            json!({ "action": "READ", "conversationId": id, "seq": 1 }),
            json!({ "action": "TYPING", "conversationId": id, "on": true }),
            json!({ "action": "SYNC", "cursors": { id: 0 } }),
            json!({ "action": "SENDMSG", "conversationId": id, "message": "hi", "clientMsgId": "m" }),
        ] {
            assert_eq!(phone.is_refused(&frame), "invalid_request", "{frame}");
        }
    }
}
