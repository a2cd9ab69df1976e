//! The OpenAPI document of the HTTP side, and where it is served.
//!
//! It is kept by hand here, in one place, and held to the running server by a
//! test: what is not documented fails there, and so does what is not served.
//! What the calls share with frames comes from the AsyncAPI document, which is
//! generated from the types of the wire.

mod accounts;
mod call;
mod chat;
mod files;
mod hosted;
mod schema;

use std::sync::{Arc, OnceLock};

use aizuchi_identity::http::{Origins, cross_origin};
use axum::{
    Router,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::IntoResponse,
    routing::get,
};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use self::call::Call;

/// Who signs people in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignsIn {
    /// The built-in pool.
    Pool,
    /// Another issuer.
    Issuer,
    /// A Cognito user pool, in the serverless shape.
    Cognito,
}

/// What a server serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// Who signs people in.
    pub signs_in: SignsIn,
    /// Whether it is the one binary: sockets, polls that wait, and the application.
    pub one_binary: bool,
    /// Whether it takes attachments.
    pub attachments: bool,
}

/// The frames' document.
const FRAMES: &str = include_str!("../../../docs/asyncapi.json");

/// `GET /api/openapi.json` and `GET /api/asyncapi.json`, which want no token.
pub fn openapi_router(served: Served, origins: Arc<Origins>) -> Router {
    let text = Arc::new(OnceLock::new());
    let told = move || {
        let text = Arc::clone(&text);
        async move {
            // Made when somebody asks, since a function starts often.
            let text: &Bytes = text.get_or_init(|| openapi(served).to_string().into());
            document(text.clone())
        }
    };
    let calls = Router::new()
        .route("/api/openapi.json", get(told))
        .route("/api/asyncapi.json", get(|| async { document(FRAMES.into()) }));
    cross_origin(calls, origins)
}

fn document(text: Bytes) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")], text)
}

/// The document of a server.
pub fn openapi(served: Served) -> Value {
    let mut paths = Map::new();
    for call in calls(served) {
        let (path, method, operation) = call.described();
        paths.entry(path).or_insert_with(|| json!({}))[method] = operation;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Aizuchi",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The HTTP side of the chat, as docs/http.md explains it. Frames are \
                described by /api/asyncapi.json.",
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A person's access token. For what is about the chat, a bot's \
                        key is as good.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "aizuchi_refresh",
                    "description": "The refresh token of a browser.",
                },
            },
            "schemas": schema::components(),
        },
    })
}

fn calls(served: Served) -> Vec<Call> {
    let mut calls = chat::calls();
    calls.extend(accounts::calls(served.signs_in));
    if served.signs_in == SignsIn::Pool {
        calls.extend(hosted::calls());
    }
    if served.attachments {
        calls.extend(files::calls());
    }
    if served.one_binary {
        calls.extend(chat::of_one_binary());
    }
    calls
}
