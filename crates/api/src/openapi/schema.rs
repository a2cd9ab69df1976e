//! The schemas that calls share.

use aizuchi_wire::ErrorCode;
use serde_json::{Map, Value, json};

/// A text.
pub(super) fn text() -> Value {
    json!({ "type": "string" })
}

/// A whole number that is not negative.
pub(super) fn number() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

/// A time.
pub(super) fn time() -> Value {
    json!({ "type": "integer", "minimum": 0, "description": "In ms since the epoch." })
}

/// One of these texts.
pub(super) fn one_of(texts: &[&str]) -> Value {
    json!({ "type": "string", "enum": texts })
}

/// Any number of these.
pub(super) fn list(of: Value) -> Value {
    json!({ "type": "array", "items": of })
}

/// Yes or no.
pub(super) fn yes() -> Value {
    json!({ "type": "boolean" })
}

/// The shared schema of this name.
pub(super) fn named(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// An object of these fields and no other. A field whose name ends with `?` may
/// be left out.
pub(super) fn object(fields: Value) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let Value::Object(fields) = fields else { return fields };
    for (name, schema) in fields {
        match name.strip_suffix('?') {
            Some(name) => {
                properties.insert(name.to_owned(), schema);
            }
            None => {
                required.push(name.clone());
                properties.insert(name, schema);
            }
        }
    }
    json!({ "type": "object", "properties": properties, "required": required,
        "additionalProperties": false })
}

/// All shared schemas: those of calls, and those of frames.
pub(super) fn components() -> Map<String, Value> {
    let frames: Value = serde_json::from_str(super::FRAMES).unwrap_or_default();
    let frames = frames["components"]["schemas"].as_object().cloned().unwrap_or_default();
    let of_server = frames.into_iter().filter(|(name, _)| name.starts_with("Server"));
    let mut all: Map<String, Value> =
        of_server.map(|(name, frame)| (name, closed(frame))).collect();
    let codes: Vec<Value> =
        ErrorCode::ALL.iter().filter_map(|code| serde_json::to_value(code).ok()).collect();
    let mut add = |name: &str, schema: Value| all.insert(name.to_owned(), schema);
    add(
        "Error",
        object(json!({
            "code": { "type": "string", "enum": codes },
            "error": { "type": "string", "description": "A sentence for a person." },
            "retryAfterMs?": number(),
        })),
    );
    add("OAuthError", object(json!({ "error": text(), "error_description": text() })));
    add("Person", object(json!({ "sub": text(), "username": text(), "createdAt?": time() })));
    add(
        "Session",
        object(json!({
            "token": { "type": "string", "description": "An access token." },
            "expiresIn": { "type": "integer", "description": "In seconds." },
            "user": named("Person"),
        })),
    );
    add(
        "Event",
        json!({
            "type": "object",
            "description": "A frame from the server; see /api/asyncapi.json.",
            "properties": { "action": text() },
            "required": ["action"],
        }),
    );
    add(
        "Events",
        object(json!({
            "events": list(named("Event")),
            "after?": { "type": "string", "description": "For the next call." },
            "more?": yes(),
            "wait?": { "type": "integer", "description": "How many seconds a call may be held." },
            "opened?": yes(),
            "closed?": number(),
        })),
    );
    all
}

/// A schema of a frame's part that takes no other fields. Such as others are
/// built upon are left open.
fn closed(mut schema: Value) -> Value {
    let is_plain = schema["type"] == "object" && schema.get("oneOf").is_none();
    if is_plain {
        schema["unevaluatedProperties"] = false.into();
    }
    schema
}
