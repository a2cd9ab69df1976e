//! The calls about the chat.

use serde_json::json;

use super::{
    call::Call,
    schema::{list, named, number, object, one_of, text, time, yes},
};

/// Of every shape.
pub(super) fn calls() -> Vec<Call> {
    let mut all = people();
    all.extend(messages());
    all.extend(rooms());
    all.extend(notices());
    all
}

fn people() -> Vec<Call> {
    let someone = object(json!({ "sub": text(), "username": text(), "deleted?": yes() }));
    let audience = object(json!({ "audience": one_of(&["everybody", "contacts", "nobody"]) }));
    vec![
        Call::get("/api/users", "findPerson", "Who has exactly this name.")
            .bearer()
            .query("name", text())
            .gives(200, "The person.", someone.clone())
            .fails(&[400, 404]),
        Call::get("/api/users/{sub}", "getPerson", "Who has this id.")
            .bearer()
            .gives(200, "The person.", someone.clone())
            .fails(&[404]),
        Call::post(
            "/api/introduction",
            "introduce",
            "Makes the caller known, and tells who he is.",
        )
        .bearer()
        .gives(200, "The caller.", object(json!({ "sub": text(), "username": text() }))),
        Call::get("/api/blocks", "listBlocked", "Whom one blocks.").bearer().gives(
            200,
            "They.",
            object(
                json!({ "blocked": list(object(json!({ "sub": text(), "username": text() }))) }),
            ),
        ),
        Call::post("/api/reports", "report", "Tells the operator about somebody.")
            .bearer()
            .takes(object(json!({
                "sub": text(), "conversationId?": text(), "seq?": number(), "reason": text(),
            })))
            .gives_nothing(204, "It is told.")
            .fails(&[404]),
        Call::get("/api/me/presence", "getAudience", "Who sees whether one is there.")
            .bearer()
            .gives(200, "Who.", audience.clone()),
        Call::put("/api/me/presence", "setAudience", "Decides it.")
            .bearer()
            .takes(audience)
            .gives_nothing(204, "Decided."),
        Call::get("/api/me/export", "export", "A part of all that is one's own.")
            .bearer()
            .query("after", text())
            .gives_as(200, "Lines of JSON.", "application/x-ndjson", text())
            .fails(&[400]),
        Call::get("/api/estimate", "estimate", "What a chat costs a month.")
            .query("users", number())
            .gives(
                200,
                "The costs, as `aizuchi estimate --json` tells them.",
                json!({
                    "type": "object",
                    "properties": { "options": list(json!({ "type": "object" })) },
                    "required": ["options"],
                }),
            )
            .fails(&[400]),
        Call::get("/api/openapi.json", "getOpenApi", "This document.").gives(
            200,
            "It.",
            json!({ "type": "object" }),
        ),
        Call::get("/api/asyncapi.json", "getAsyncApi", "The document of the frames.").gives(
            200,
            "It.",
            json!({ "type": "object" }),
        ),
        Call::get("/healthz", "isAlive", "Whether the process lives.").gives_as(
            200,
            "It does.",
            "text/plain",
            text(),
        ),
    ]
}

fn messages() -> Vec<Call> {
    let ack = object(json!({
        "clientMsgId": text(), "conversationId": text(), "messageId": text(), "seq": number(),
        "timestamp": time(),
    }));
    vec![
        Call::post("/api/messages", "send", "Sends a message.")
            .bearer()
            .takes(object(json!({
                "to?": text(), "conversationId?": text(), "message?": text(), "replyTo?": number(),
                "mentions?": list(text()), "attachments?": list(text()), "clientMsgId?": text(),
            })))
            .gives(200, "It is durable.", ack)
            .fails(&[404, 409]),
        Call::get("/api/conversations", "listConversations", "One's conversations, most recent first.")
            .bearer()
            .query("cursor", text())
            .query("limit", number())
            .gives(200, "A part of them.", object(json!({
                "conversations": list(named("ServerConversation")), "cursor?": text(),
            })))
            .fails(&[400]),
        Call::get("/api/conversations/{id}/messages", "readMessages", "A part of a conversation, oldest first.")
            .bearer()
            .query("before", number())
            .query("after", number())
            .query("limit", number())
            .gives(200, "The part.", object(json!({
                "conversationId": text(), "messages": list(named("ServerMessage")), "hasMore": yes(),
            })))
            .fails(&[400, 404]),
        Call::post("/api/frames", "takeFrame", "Does what a frame asks.")
            .bearer()
            .query("over", text())
            .takes_as("application/json", json!({ "type": "object", "description": "A client frame." }))
            .gives(200, "Its direct answers, an `ERROR` among them.", named("Events"))
            .fails(&[400, 404, 413]),
        Call::get("/api/events", "poll", "What happened after a cursor.")
            .bearer()
            .query("after", text())
            .query("wait", json!({ "type": "integer", "minimum": 0, "maximum": 25 }))
            .gives(200, "Events, perhaps none.", named("Events"))
            .fails(&[400]),
    ]
}

fn rooms() -> Vec<Call> {
    let link = object(json!({
        "linkId": text(), "createdBy": text(), "createdAt": time(), "expiresAt": time(),
    }));
    let member = object(json!({
        "sub": text(), "username": text(), "role": one_of(&["member", "admin", "owner"]),
        "read": number(),
    }));
    vec![
        Call::post("/api/rooms/preview", "previewRoom", "Where a link leads.")
            .bearer()
            .takes(object(json!({ "secret": text() })))
            .gives(
                200,
                "The room.",
                object(json!({
                    "conversationId": text(), "name": text(), "members": number(),
                })),
            )
            .fails(&[404]),
        Call::get(
            "/api/rooms/{id}/members",
            "listMembers",
            "Who is in a room, and how far each has read.",
        )
        .bearer()
        .query("cursor", text())
        .query("limit", number())
        .gives(
            200,
            "A part of them.",
            object(json!({ "members": list(member), "cursor?": text() })),
        )
        .fails(&[400, 404]),
        Call::get("/api/rooms/{id}/links", "listLinks", "The links into a room.")
            .bearer()
            .gives(200, "They.", object(json!({ "links": list(link) })))
            .fails(&[404]),
        Call::post("/api/rooms/{id}/links", "makeLink", "Makes a link into a room.")
            .bearer()
            .may_take(object(json!({ "expiresInSeconds?": number() })))
            .gives(
                201,
                "The link; its secret is told this once.",
                object(json!({
                    "linkId": text(), "secret": text(), "expiresAt": time(),
                })),
            )
            .fails(&[404, 409]),
        Call::delete("/api/rooms/{id}/links/{link}", "revokeLink", "Takes a link back.")
            .bearer()
            .gives_nothing(204, "It leads nowhere.")
            .fails(&[404]),
    ]
}

fn notices() -> Vec<Call> {
    let decision = object(json!({ "notifications": one_of(&["all", "mentions", "none"]) }));
    vec![
        Call::get("/api/push/key", "getPushKey", "The key that pushes are signed with.")
            .bearer()
            .gives(200, "Its public half.", object(json!({ "key": text() }))),
        Call::put("/api/push/subscriptions", "subscribe", "Has a browser told of messages.")
            .bearer()
            .takes(object(json!({
                "endpoint": text(),
                "keys": object(json!({ "p256dh": text(), "auth": text() })),
                "preview?": yes(),
            })))
            .gives_nothing(204, "It will be."),
        Call::delete("/api/push/subscriptions", "unsubscribe", "Has it told no more.")
            .bearer()
            .takes(object(json!({ "endpoint": text() })))
            .gives_nothing(204, "It will not be."),
        Call::get(
            "/api/conversations/{id}/notifications",
            "getNotifications",
            "Of what one is told.",
        )
        .bearer()
        .gives(200, "Of what.", decision.clone())
        .fails(&[404]),
        Call::put("/api/conversations/{id}/notifications", "setNotifications", "Decides it.")
            .bearer()
            .takes(decision)
            .gives_nothing(204, "Decided.")
            .fails(&[404]),
    ]
}

/// Of the one binary alone.
pub(super) fn of_one_binary() -> Vec<Call> {
    vec![
        Call::get("/ws", "openSocket", "The socket; see /api/asyncapi.json.")
            .query("Authorizer", text())
            .query("selfSub", text())
            .query("sub", text())
            .query("level", text())
            .gives_nothing(101, "It is open.")
            .fails(&[400, 401, 403, 426, 429, 503]),
        Call::get("/config.json", "getConfig", "Where the application finds things.").gives(
            200,
            "Addresses, perhaps relative to the page's.",
            object(json!({
                "socketUrl": text(), "httpUrl": text(), "tokenIn": text(),
                "idleReleaseSeconds": number(),
                "auth": { "type": "object", "required": ["kind"] },
            })),
        ),
        Call::get("/readyz", "isReady", "Whether it takes traffic.")
            .gives_as(200, "It does.", "text/plain", text())
            .gives_as(503, "Not now.", "text/plain", text()),
    ]
}
