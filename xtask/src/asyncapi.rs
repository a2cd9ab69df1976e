//! The AsyncAPI document of the frames, from the types of the wire.

use std::{error::Error, fs, path::PathBuf};

use aizuchi_wire::{ClientFrame, level_zero::LevelZeroFrame, server::ServerFrame};
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// Writes the generated file.
pub(crate) fn write() -> Result<(), Box<dyn Error>> {
    fs::write(path(), text()?)?;
    Ok(())
}

fn path() -> PathBuf {
    crate::root().join("docs/asyncapi.json")
}

fn text() -> Result<String, serde_json::Error> {
    Ok(format!("{:#}\n", document()?))
}

/// Frames of one direction and level: what they are called, and their schemas.
struct Frames {
    messages: Map<String, Value>,
    schemas: Map<String, Value>,
}

impl Frames {
    /// Of an enum of frames. Everything it is made of is called by `prefix` and
    /// its own name.
    fn of<T: JsonSchema>(prefix: &str, what: &str) -> Result<Self, serde_json::Error> {
        let mut settings = SchemaSettings::draft07();
        settings.definitions_path = "/components/schemas".into();
        let mut generator = settings.into_generator();
        let root = serde_json::to_value(generator.root_schema_for::<T>())?;
        let mut schemas = Map::new();
        for (name, schema) in generator.definitions() {
            schemas.insert(format!("{prefix}{name}"), prefixed(schema.clone(), prefix));
        }
        let mut messages = Map::new();
        for variant in root["oneOf"].as_array().into_iter().flatten() {
            let action = &variant["properties"]["action"]["const"];
            let Some(action) = action.as_str() else { continue };
            let mut payload = prefixed(variant.clone(), prefix);
            let summary = payload.as_object_mut().and_then(|payload| payload.remove("description"));
            let message = json!({ "name": action, "title": format!("{action} ({what})"),
                "summary": summary, "contentType": "application/json", "payload": payload });
            messages.insert(format!("{prefix}{action}"), message);
        }
        Ok(Self { messages, schemas })
    }

    fn names(&self, at: &str) -> Vec<Value> {
        self.messages.keys().map(|name| json!({ "$ref": format!("#/{at}/{name}") })).collect()
    }
}

/// A schema whose parts are called by `prefix` too.
fn prefixed(schema: Value, prefix: &str) -> Value {
    match schema {
        Value::Object(fields) => {
            let renamed = fields.into_iter().map(|(name, value)| match (&*name, &value) {
                ("$ref", Value::String(to)) => {
                    let to = to.replace("/schemas/", &format!("/schemas/{prefix}"));
                    (name, to.into())
                }
                _ => (name, prefixed(value, prefix)),
            });
            Value::Object(renamed.collect())
        }
        Value::Array(all) => all.into_iter().map(|one| prefixed(one, prefix)).collect(),
        other => other,
    }
}

/// The document.
fn document() -> Result<Value, serde_json::Error> {
    let client = Frames::of::<ClientFrame<'static>>("Client", "from a client")?;
    let server = Frames::of::<ServerFrame<'static>>("Server", "from the server")?;
    let zero = Frames::of::<LevelZeroFrame<'static>>("LevelZero", "to a level 0 client")?;
    let all = [&client, &server, &zero];
    let in_channel = "channels/socket/messages";
    let told: Vec<Value> = [&server, &zero].iter().flat_map(|one| one.names(in_channel)).collect();
    let messages = || all.iter().flat_map(|one| one.messages.clone());
    let named: Map<String, Value> = messages()
        .map(|(name, _)| (name.clone(), json!({ "$ref": format!("#/components/messages/{name}") })))
        .collect();
    let schemas: Map<String, Value> = all.iter().flat_map(|one| one.schemas.clone()).collect();
    Ok(json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Aizuchi",
            "version": "1",
            "description": "The frames of the chat, as docs/protocol.md explains them. Generated \
                from crates/wire by `cargo xtask codegen`. Any client frame may have a `requestId` \
                of at most 64 bytes, which its answer repeats.",
            "license": { "name": "MIT" },
        },
        "defaultContentType": "application/json",
        "channels": { "socket": {
            "address": "/ws",
            "description": "A WebSocket, also reached by `GET /api/events` and `POST /api/frames`.",
            "messages": named,
        } },
        "operations": {
            "hear": {
                "action": "receive",
                "summary": "What the server takes.",
                "channel": { "$ref": "#/channels/socket" },
                "messages": client.names(in_channel),
            },
            "tell": {
                "action": "send",
                "summary": "What the server sends, asked or unasked.",
                "channel": { "$ref": "#/channels/socket" },
                "messages": told,
            },
        },
        "components": {
            "messages": messages().collect::<Map<String, Value>>(),
            "schemas": schemas,
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generated_document_is_fresh() {
        let there = fs::read_to_string(path()).unwrap_or_default();
        let fresh = text().unwrap_or_default();
        assert!(there == fresh, "{} is stale: run `cargo xtask codegen`", path().display());
    }

    /// Every frame that the golden tests hold is as the document says, and has no
    /// field that the document does not know.
    #[test]
    fn the_golden_frames_are_as_it_says() {
        let document = document().unwrap();
        let mut checked = std::collections::BTreeSet::new();
        for file in fs::read_dir(crate::root().join("fixtures/wire")).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            let golden: Value = serde_json::from_str(&text).unwrap();
            let frame = &golden["frame"];
            let action = frame["action"].as_str().unwrap();
            let zero = format!("LevelZero{action}");
            let name = match (golden["direction"].as_str().unwrap(), golden["level"].as_u64()) {
                ("client", _) => format!("Client{action}"),
                (_, Some(0)) if !document["components"]["messages"][&zero].is_null() => zero,
                _ => format!("Server{action}"),
            };
            let mut payload = document["components"]["messages"][&name]["payload"].clone();
            assert!(payload.is_object(), "{name} is not in the document");
            // By the newer draft, which sees through references.
            payload["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
            payload["unevaluatedProperties"] = json!(false);
            payload["properties"]["requestId"] = json!({ "type": "string" });
            payload["components"] = document["components"].clone();
            let validator = jsonschema::validator_for(&payload).unwrap();
            let errors: Vec<String> = validator.iter_errors(frame).map(|e| e.to_string()).collect();
            assert!(errors.is_empty(), "{}: {errors:?}", golden["name"]);
            checked.insert(name);
        }
        let all = document["components"]["messages"].as_object().unwrap();
        let left: Vec<&String> = all.keys().filter(|name| !checked.contains(*name)).collect();
        assert!(left.is_empty(), "no golden frame shows {left:?}");
    }
}
